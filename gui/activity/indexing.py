"""Runs the index job: starts it, pauses it, stops it, and looks at how far it is."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import Cancelled
from engine.progress import CancelToken, Progress, Snapshot
from engine.records import IndexReport
from gui.jobs import Lane
from gui.session import Session

POLL_MILLISECONDS = 200
STATUS_EVERY_POLLS = 10  # counts of folders and pictures cost a query each; every two seconds is enough


class IndexState(Enum):
    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


class Indexing(QObject):
    """At most one run at a time. A request during a run makes another follow it."""

    state_changed = Signal(object)  # IndexState
    advanced = Signal(object)  # Snapshot
    finished = Signal(object)  # IndexReport
    stopped = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._state = IndexState.IDLE
        self._progress = Progress()
        self._cancel = CancelToken()
        self._again = False
        self._closed = False
        self._polls = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)

    @property
    def state(self) -> IndexState:
        return self._state

    @property
    def active(self) -> bool:
        return self._state is not IndexState.IDLE

    def snapshot(self) -> Snapshot:
        return self._progress.snapshot()

    def start(self) -> None:
        if self._closed:
            return
        if self.active:
            self._again = True
            return
        self._again = False
        self._progress, self._cancel = Progress(), CancelToken()
        progress, cancel = self._progress, self._cancel
        library = self._session.library
        self._session.jobs.run(
            Lane.INDEX, lambda: library.index(progress, cancel), self._succeeded, self._failed
        )
        self._polls = 0
        self._timer.start()
        self._enter(IndexState.RUNNING)

    def pause(self) -> None:
        if self._state is IndexState.RUNNING:
            self._cancel.pause()
            self._enter(IndexState.PAUSED)

    def resume(self) -> None:
        if self._state is IndexState.PAUSED:
            self._cancel.resume()
            self._enter(IndexState.RUNNING)

    def stop(self) -> None:
        """Ask the run to end; what it has done is kept."""
        self._again = False
        if self._state in (IndexState.RUNNING, IndexState.PAUSED):
            self._cancel.cancel()
            self._enter(IndexState.STOPPING)

    def close(self) -> None:
        """Stop, for good: whatever asks for a run from now on gets none."""
        self._closed = True
        self.stop()

    def _enter(self, state: IndexState) -> None:
        self._state = state
        self.state_changed.emit(state)

    def _poll(self) -> None:
        self.advanced.emit(self._progress.snapshot())
        self._polls += 1
        if self._polls % STATUS_EVERY_POLLS == 0:
            self._session.refresh_status()

    def _end(self) -> None:
        self._timer.stop()
        self._session.refresh_status()
        self._enter(IndexState.IDLE)

    def _succeeded(self, report: IndexReport) -> None:
        self._end()
        self.finished.emit(report)
        if self._again:
            self.start()

    def _failed(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, Cancelled):
            self._session.messages.report(error)
        self.stopped.emit()
        if self._again:
            self.start()
