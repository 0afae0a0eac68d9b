"""The only place that starts threads. Work goes into a lane; its outcome comes back in the main thread.

A lane is a queue with its own few threads, so that a long index run never delays a search and a slow search
never delays a thumbnail.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.errors import Cancelled, UserError, contain_base_exception

T = TypeVar("T")

TURN_SECONDS = 0.008  # then something else has its turn

logger = logging.getLogger(__name__)


class Lane(Enum):
    LIBRARY = "library"  # open, status: short, in order
    FOLDERS = "folders"  # added, removed, left out: in order; a removal may have to wait for its turn
    INDEX = "index"
    DOWNLOAD = "download"  # models: minutes to hours, one after the other
    SEARCH = "search"
    FILES = "files"  # looks at dropped and opened files, which may lie on a slow drive
    BIN = "bin"  # moves files to the bin and back; before that it reads them
    TRACE = "trace"  # looks for many files at once that somebody misses, perhaps on such a drive
    EXPORT = "export"  # copies files, which may take minutes
    PASSAGES = "passages"  # parts of pages, on cards: a page is drawn for each
    PICTURES = "pictures"  # thumbnails: what was asked for last is on the screen now, so it comes first


_THREADS = {Lane.PICTURES: 2}
# The main thread goes before its lanes, and all of them before the models' process and those that decode: a
# thread that these keep waiting may hold the interpreter that the window needs.
PROMPT, PATIENT = 3, 4
_PATIENT = frozenset({Lane.INDEX, Lane.DOWNLOAD, Lane.EXPORT})
_NEWEST_FIRST = frozenset({Lane.PASSAGES, Lane.PICTURES})


class Job(Generic[T]):
    """A piece of work on its way. Cancelling drops its outcome, and the work itself if it has not begun."""

    def __init__(
        self, work: Callable[[], T], on_success: Callable[[T], None], on_failure: Callable[[Exception], None]
    ) -> None:
        self._work = work
        self._on_success = on_success
        self._on_failure = on_failure
        self._result: T | None = None
        self._error: Exception | None = None
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def perform(self) -> None:
        """In a lane's thread: do the work and keep what came of it."""
        try:
            self._result = self._work()
        except (UserError, Cancelled) as error:
            self._error = error
        except BaseException as error:  # also a panic of native code: the lane has other work to do
            logger.exception("A background job failed")
            self._error = contain_base_exception(error)

    def deliver(self) -> None:
        """In the main thread: hand over the outcome, unless nobody wants it any more."""
        if self.cancelled:
            return
        if self._error is not None:
            self._on_failure(self._error)
        else:
            self._on_success(self._result)  # type: ignore[arg-type]  # set by `perform` when no error is


class Jobs(QObject):
    """Runs callables in lanes. Make it, use it and shut it down in the main thread."""

    _finished = Signal(object)

    def __init__(self, report: Callable[[Exception], None], parent: QObject | None = None) -> None:
        """`report` gets the failures of jobs that brought no handler of their own."""
        super().__init__(parent)
        self._report = report
        self._closed = False
        self._finished.connect(self._take_in, Qt.ConnectionType.QueuedConnection)
        self._on_answer: deque[Job[object]] = deque()
        self._turn = QTimer(self)
        self._turn.setInterval(0)  # with every round of the event loop
        self._turn.timeout.connect(self._deliver)
        self._lanes = {lane: _Worker(lane, self._finished.emit) for lane in Lane}

    def run(
        self,
        lane: Lane,
        work: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Job[T]:
        job = Job(work, on_success, on_failure or self._report)
        if self._closed:
            job.cancel()
        else:
            self._lanes[lane].submit(job)
        return job

    def shutdown(self, seconds: float) -> bool:
        """Forget what has not begun, wait for what has. False when something still runs after `seconds`."""
        self._closed = True
        self._turn.stop()
        for worker in self._lanes.values():
            worker.close()
        deadline = time.monotonic() + seconds
        ended = [worker.join(deadline) for worker in self._lanes.values()]
        return all(ended)

    def _take_in(self, job: Job[object]) -> None:
        if self._closed:
            return
        self._on_answer.append(job)
        if not self._turn.isActive():
            self._turn.start()

    def _deliver(self) -> None:
        """What has come, but no longer than a moment: what comes together would hold the window together."""
        end = time.perf_counter() + TURN_SECONDS
        while self._on_answer and not self._closed:
            self._on_answer.popleft().deliver()
            if time.perf_counter() > end:
                break
        if not self._on_answer:
            self._turn.stop()


class _Worker:
    """One lane: a queue and its threads, which start with the first job."""

    def __init__(self, lane: Lane, finished: Callable[[Job[object]], None]) -> None:
        self._name = lane.value
        self._count = _THREADS.get(lane, 1)
        self._niceness = PATIENT if lane in _PATIENT else PROMPT
        self._finished = finished
        self._take = deque[Job[object]].pop if lane in _NEWEST_FIRST else deque[Job[object]].popleft
        self._queue: deque[Job[object]] = deque()
        self._ready = threading.Condition()
        self._closed = False
        self._threads: list[threading.Thread] = []

    def submit(self, job: Job[T]) -> None:
        with self._ready:
            # With the newest first, the old end comes up only when all else is done: what nobody wants any
            # more would pile up there for as long as somebody scrolls.
            while self._queue and self._queue[0].cancelled:
                self._queue.popleft()
            self._queue.append(job)  # type: ignore[arg-type]  # the queue does not look at results
            if len(self._threads) < self._count:
                self._start()
            self._ready.notify()

    def close(self) -> None:
        with self._ready:
            self._closed = True
            self._queue.clear()
            self._ready.notify_all()

    def join(self, deadline: float) -> bool:
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self) -> None:
        # Daemons, so that a decoder that hangs cannot keep the process alive after the bounded join.
        thread = threading.Thread(target=self._serve, name=f"{self._name}-lane", daemon=True)
        thread.start()
        self._threads.append(
            thread
        )  # not before: where there is no thread to be had, the next job asks again

    def _serve(self) -> None:
        if sys.platform == "linux":  # only there does a thread have a niceness of its own
            os.nice(self._niceness)
        while (job := self._next()) is not None:
            if job.cancelled:
                continue
            job.perform()
            with self._ready:
                closed = self._closed
            if not closed:
                self._finished(job)
            del job  # its result may be large, and the next job may be long in coming

    def _next(self) -> Job[object] | None:
        with self._ready:
            while not self._queue and not self._closed:
                self._ready.wait()
            return None if self._closed else self._take(self._queue)
