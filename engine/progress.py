"""How long work tells where it is, and how it is asked to pause or stop.

Both objects are shared between the working thread and any number of watchers. Watchers poll; nothing calls
back, so a slow watcher cannot slow the work.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.errors import Cancelled

RATE_WINDOW_SECONDS = 10.0
LEFT_WINDOW_SECONDS = 60.0  # what is left is told by more than a moment, else it jumps with each pause
LEFT_SPACING_SECONDS = 1.0  # between two looks at what is left

Marks = deque[tuple[float, int]]  # when how many units were finished, or left


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at running work. Counts are in `unit` ("files", "items", "bytes")."""

    phase: str = "waiting"
    unit: str = "items"
    found: int = 0
    done: int = 0
    failed: int = 0
    current: str = ""
    rate: float = 0.0  # units a second over the last ten seconds
    remaining_seconds: float | None = None  # None while it cannot be told
    phases: int = 0  # how many have begun: a short one may come and go between two looks


class Progress:
    """A thread-safe counter that can be read at any time as a `Snapshot`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._snapshot = Snapshot()
        self._marks: Marks = deque()
        self._shrinking: Marks = deque()  # how much was left when
        self._left: dict[str, tuple[Marks, Marks]] = {}  # both, by phase

    def start(self, phase: str, unit: str, found: int = 0) -> None:
        """Begin a phase: counters return to zero."""
        with self._lock:
            now = self._clock()
            self._reset(phase, unit, found, deque([(now, 0)]), deque([(now, found)]))

    def resume_phase(self, phase: str, unit: str, left: int, done: int, failed: int) -> None:
        """Begin a phase again that was left for something else: counters and rate go on where they were.

        `done` and `failed`: since it was begun for the first time; `left`: what is still to be finished.
        """
        with self._lock:
            now, finished = self._clock(), done + failed
            self._remember_rate()
            marks, shrinking = self._left.get(phase, (deque(), deque()))
            if not marks or marks[-1][1] != finished:  # not what was left
                marks, shrinking = deque([(now, finished)]), deque([(now, left)])
            away, more = now - marks[-1][0], left - shrinking[-1][1]
            self._reset(
                phase,
                unit,
                finished + left,
                deque((at + away, count) for at, count in marks),
                deque((at + away, count + more) for at, count in shrinking),
            )
            self._snapshot = replace(self._snapshot, done=done, failed=failed)

    def add_found(self, count: int) -> None:
        with self._lock:
            self._snapshot = replace(self._snapshot, found=self._snapshot.found + count)
            if not (self._snapshot.done or self._snapshot.failed):
                self._shrinking = deque([(self._clock(), self._snapshot.found)])

    def add_done(self, count: int = 1, current: str = "") -> None:
        with self._lock:
            self._advance(count, 0, current)

    def add_failed(self, count: int = 1, current: str = "") -> None:
        """Count units that are finished because they failed (they are not counted in `done`)."""
        with self._lock:
            self._advance(0, count, current)

    def snapshot(self) -> Snapshot:
        with self._lock:
            return replace(self._snapshot, rate=self._rate(), remaining_seconds=self._remaining())

    def _reset(self, phase: str, unit: str, found: int, marks: Marks, shrinking: Marks) -> None:
        self._remember_rate()
        self._snapshot = Snapshot(phase=phase, unit=unit, found=found, phases=self._snapshot.phases + 1)
        self._marks, self._shrinking = marks, shrinking

    def _remember_rate(self) -> None:
        """Keep how fast this phase was, for when it goes on."""
        self._left[self._snapshot.phase] = self._marks, self._shrinking
        if self._marks and self._shrinking[-1][0] < self._marks[-1][0]:
            self._shrinking.append((self._marks[-1][0], self._unfinished()))
        elif self._marks:
            self._shrinking[-1] = self._marks[-1][0], self._unfinished()

    def _advance(self, done: int, failed: int, current: str) -> None:
        old = self._snapshot
        self._snapshot = replace(
            old, done=old.done + done, failed=old.failed + failed, current=current or old.current
        )
        now = self._clock()
        self._marks.append((now, self._snapshot.done + self._snapshot.failed))
        while len(self._marks) > 2 and self._marks[1][0] < now - RATE_WINDOW_SECONDS:
            self._marks.popleft()
        if not self._shrinking or now - self._shrinking[-1][0] >= LEFT_SPACING_SECONDS:
            self._shrinking.append((now, self._unfinished()))
        while len(self._shrinking) > 2 and self._shrinking[1][0] < now - LEFT_WINDOW_SECONDS:
            self._shrinking.popleft()

    def _unfinished(self) -> int:
        return self._snapshot.found - self._snapshot.done - self._snapshot.failed

    def _remaining(self) -> float | None:
        """Of what is left, by how fast that becomes less; None while more is found than is finished."""
        if not (self._snapshot.found and self._shrinking):
            return None
        (began, before), left = self._shrinking[0], self._unfinished()
        elapsed = self._clock() - began
        if left <= 0 or elapsed <= 0:
            return 0.0 if left <= 0 < before else None
        return left * elapsed / (before - left) if left < before else None

    def _rate(self) -> float:
        if not self._marks:
            return 0.0
        (began, first), finished = self._marks[0], self._snapshot.done + self._snapshot.failed
        elapsed = self._clock() - began
        return (finished - first) / elapsed if elapsed > 0 else 0.0


class CancelToken:
    """Asks running work to stop or to pause. The work calls `checkpoint()` at least once a second."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """No effect on what is cancelled."""
        self._running.clear()
        if self._cancelled.is_set():  # asked after, so that a `cancel` at the same time is not undone
            self._running.set()

    def resume(self) -> None:
        self._running.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def checkpoint(self) -> None:
        """Wait while paused; raise `Cancelled` when asked to stop."""
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; True when cancelled meanwhile."""
        return self._cancelled.wait(seconds)


class Paused(Cancelled):
    """Work ended because it was paused, or gave way: it is begun again later, from what it kept."""


class NonBlockingToken(CancelToken):
    """Another token for work that must not wait: where that one would, this one raises `Paused`.

    So it does where `leave` says that something else comes first.
    """

    def __init__(self, token: CancelToken, leave: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self._token = token
        self._should_leave = leave
        self._cancelled, self._running = token._cancelled, token._running

    def checkpoint(self) -> None:
        if self.paused or (self._should_leave() and not self.cancelled):
            raise Paused
        self._token.checkpoint()
