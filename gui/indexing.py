"""Keeps the index up to date: starts, pauses and stops runs, and polls their progress."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import Cancelled, LibraryInUse
from engine.progress import CancelToken, Progress, Snapshot
from gui.jobs import Lane
from gui.preferences import Preferences
from gui.session import Session

POLL_MILLISECONDS = 200
PATIENCE_MILLISECONDS = 3_000  # before another attempt if another program is changing the library
AT_REST = "watching"  # the phase in which the library is up to date and waits for changes
IN_USE = "in use"  # the phase in which it waits for another program


class IndexState(Enum):
    """The state of indexing as the window shows it."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    WATCHING = "watching"  # up to date; changes in the folders are noticed


class IndexingController(QObject):
    """Runs indexing, one run at a time. With `Settings.watch` a run continues as watching."""

    state_changed = Signal(object)  # IndexState
    advanced = Signal(object)  # Snapshot
    finished = Signal()  # everything is up to date
    stopped = Signal()

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__(session)
        self._session = session
        self._preferences = preferences
        self._state = IndexState.IDLE
        self._progress = Progress()
        self._cancel = CancelToken()
        self._wanted = preferences.settings.watch
        self._watches = False  # whether the current or last run watches
        self._disturbs = False  # whether there was work when it was told to stop
        self._again = False
        self._held = False
        self._closed = False
        self._rested = 0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self._run)
        preferences.changed.connect(self._follow_preferences)

    @property
    def state(self) -> IndexState:
        """The state of the current run."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether there is work, running or paused; watching is not work."""
        if self._state is IndexState.STOPPING:
            return self._disturbs
        return self._state in (IndexState.RUNNING, IndexState.PAUSED)

    @property
    def held(self) -> bool:
        """Whether the user stopped indexing, so that changes go unnoticed until `start`."""
        return self._held and self._state is IndexState.IDLE

    def snapshot(self) -> Snapshot:
        """The progress of the current or last run."""
        return self._progress.snapshot()

    def start(self) -> None:
        """Bring the index up to date; after a running run another follows, unless that one watches."""
        if self._closed or self._session.read_only:  # reported by the session
            return
        self._held = False
        if self._state is not IndexState.IDLE:
            self._again = self._state is IndexState.STOPPING or not self._watches
            return
        self._again = False
        self._rested = 0
        self._run()
        self._timer.start()
        self._enter(IndexState.RUNNING)

    def pause(self) -> None:
        """Pause the running run."""
        if self._state is IndexState.RUNNING:
            self._cancel.pause()
            self._enter(IndexState.PAUSED)

    def resume(self) -> None:
        """Continue a paused run."""
        if self._state is IndexState.PAUSED:
            self._cancel.resume()
            self._enter(IndexState.RUNNING)

    def hold(self) -> None:
        """Stop, and do not notice changes until `start`."""
        self._held = True
        self.stop()

    def stop(self) -> None:
        """Ask the run to end; its work so far is kept."""
        self._again = False
        if self._state in (IndexState.IDLE, IndexState.STOPPING):
            return
        self._disturbs = self._state is not IndexState.WATCHING
        self._cancel.cancel()
        self._enter(IndexState.STOPPING)
        if self._patience.isActive():
            self._patience.stop()
            self._end()
            self.stopped.emit()

    def close(self) -> None:
        """Stop for good: later calls of `start` do nothing."""
        self._closed = True
        self.stop()

    def _run(self) -> None:
        self._progress, self._cancel = Progress(), CancelToken()
        self._watches = self._preferences.settings.watch
        if self._state is IndexState.PAUSED:
            self._cancel.pause()
        self._session.jobs.run(Lane.INDEX, self._work(), self._succeeded, self._failed)

    def _work(self) -> Callable[[], object]:
        library, progress, cancel = self._session.library, self._progress, self._cancel
        if self._watches:
            return lambda: library.watch(progress, cancel)
        return lambda: library.index(progress, cancel)

    def _enter(self, state: IndexState) -> None:
        self._state = state
        self._session.poll(self.active)
        self.state_changed.emit(state)

    def _poll(self) -> None:
        snapshot = self._progress.snapshot()
        self._settle(snapshot)
        self.advanced.emit(snapshot)

    def _settle(self, snapshot: Snapshot) -> None:
        """Switch between running and watching as the phase changes."""
        if snapshot.phase != AT_REST:
            if self._state is IndexState.WATCHING:
                self._enter(IndexState.RUNNING)
            return
        if self._state is IndexState.RUNNING:
            self._enter(IndexState.WATCHING)
        if self._state is IndexState.WATCHING and snapshot.phases != self._rested:
            self._rested = snapshot.phases
            self.finished.emit()

    def _follow_preferences(self) -> None:
        wanted, before = self._preferences.settings.watch, self._wanted
        self._wanted = wanted
        if wanted == before or not self._session.is_open:
            return
        if self._state is IndexState.IDLE:
            if wanted and not self._held:
                self.start()
        elif wanted != self._watches:
            resting, waiting = self._state is IndexState.WATCHING, self._patience.isActive()
            self.stop()
            if waiting:
                self.start()  # there was no run that had to end first
            else:
                self._again = not resting

    def _end(self) -> None:
        self._timer.stop()
        self._enter(IndexState.IDLE)

    def _succeeded(self, _report: object) -> None:
        self._end()
        if self._again:
            self.start()
        else:
            self.finished.emit()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, LibraryInUse) and self.active and not self._cancel.cancelled:
            self._progress.start(IN_USE, "files")
            self._patience.start()
            return
        self._end()
        if not isinstance(error, Cancelled):
            self._session.messages.report(error)
        self.stopped.emit()
        if self._again:
            self.start()
