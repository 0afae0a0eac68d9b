"""The only place that starts threads. Work is put into a lane; its outcome arrives in the main thread.

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

TURN_SECONDS = 0.008  # per round of the event loop, for delivering outcomes

logger = logging.getLogger(__name__)


class Lane(Enum):
    """The lanes; each runs its jobs in order unless noted."""

    LIBRARY = "library"  # open, status: short, in order
    FOLDERS = "folders"  # add, remove, exclude: in order; a removal may have to wait for the write lock
    INDEX = "index"
    DOWNLOAD = "download"  # models: minutes to hours, one after another
    SEARCH = "search"
    FILES = "files"  # checks dropped and opened files, which may be on a slow drive
    BIN = "bin"  # moves files to the trash and back, after reading them
    TRACE = "trace"  # diagnoses many files at once, perhaps on a slow drive
    EXPORT = "export"  # copies files, which may take minutes
    PASSAGES = "passages"  # passages on cards: a page is rendered for each
    PICTURES = "pictures"  # thumbnails: the newest request is visible now, so it comes first


_THREADS = {Lane.PICTURES: 2}
# The main thread has priority over the lanes, and these over the processes of models and decoders: a
# thread that has to wait for them may hold the interpreter lock that the window needs.
PROMPT, PATIENT = 3, 4
_PATIENT = frozenset({Lane.INDEX, Lane.DOWNLOAD, Lane.EXPORT})
_NEWEST_FIRST = frozenset({Lane.PASSAGES, Lane.PICTURES})


class Job(Generic[T]):
    """A piece of work in a lane. Cancelling drops its outcome, and the work too if it has not begun."""

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
        """Drop the outcome. May be called from any thread."""
        self.cancelled = True

    def perform(self) -> None:
        """Do the work and store its outcome; called in a thread of the lane."""
        try:
            self._result = self._work()
        except (UserError, Cancelled) as error:
            self._error = error
        except BaseException as error:  # also a panic of native code: the lane must go on
            logger.exception("A background job failed")
            self._error = contain_base_exception(error)

    def deliver(self) -> None:
        """Pass the outcome to the callback, unless cancelled; called in the main thread."""
        if self.cancelled:
            return
        if self._error is not None:
            self._on_failure(self._error)
        else:
            self._on_success(self._result)  # type: ignore[arg-type]  # set by `perform` unless there is an error


class Jobs(QObject):
    """Runs callables in lanes. Create, use and shut it down in the main thread."""

    _finished = Signal(object)

    def __init__(self, report: Callable[[Exception], None], parent: QObject | None = None) -> None:
        """`report` gets the errors of jobs without their own handler."""
        super().__init__(parent)
        self._report = report
        self._closed = False
        self._finished.connect(self._take_in, Qt.ConnectionType.QueuedConnection)
        self._on_answer: deque[Job[object]] = deque()
        self._turn = QTimer(self)
        self._turn.setInterval(0)  # once per round of the event loop
        self._turn.timeout.connect(self._deliver)
        self._lanes = {lane: _Worker(lane, self._finished.emit) for lane in Lane}

    def run(
        self,
        lane: Lane,
        work: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Job[T]:
        """Queue `work` in a lane. Main thread only.

        One of the callbacks is called in the main thread; errors without `on_failure` are reported. After
        `shutdown` the job is cancelled.
        """
        job = Job(work, on_success, on_failure or self._report)
        if self._closed:
            job.cancel()
        else:
            self._lanes[lane].submit(job)
        return job

    def shutdown(self, seconds: float) -> bool:
        """Drop waiting jobs and wait for running ones. Returns False if any still runs after `seconds`."""
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
        """Deliver outcomes for a few milliseconds at a time, so that many at once do not block the window."""
        end = time.perf_counter() + TURN_SECONDS
        while self._on_answer and not self._closed:
            self._on_answer.popleft().deliver()
            if time.perf_counter() > end:
                break
        if not self._on_answer:
            self._turn.stop()


class _Worker:
    """The queue and the threads of a lane; they start with the first job."""

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
            # If the newest come first, the old end is reached only when all else is done: cancelled jobs
            # would pile up there during scrolling.
            while self._queue and self._queue[0].cancelled:
                self._queue.popleft()
            self._queue.append(job)  # type: ignore[arg-type]  # the queue does not use results
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
        # Daemons, so that a hanging decoder cannot keep the process alive after the bounded join.
        thread = threading.Thread(target=self._serve, name=f"{self._name}-lane", daemon=True)
        thread.start()
        self._threads.append(thread)  # not before: if no thread can be started, the next job tries again

    def _serve(self) -> None:
        if sys.platform == "linux":  # only Linux has a niceness for each thread
            os.nice(self._niceness)
        while (job := self._next()) is not None:
            if job.cancelled:
                continue
            job.perform()
            with self._ready:
                closed = self._closed
            if not closed:
                self._finished(job)
            del job  # its result may be large, and the next job may be far off

    def _next(self) -> Job[object] | None:
        with self._ready:
            while not self._queue and not self._closed:
                self._ready.wait()
            return None if self._closed else self._take(self._queue)
