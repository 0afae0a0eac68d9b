"""How long-running work reports its progress, and how it is paused or stopped.

The working thread and any number of watchers share both objects. Watchers poll: there are no callbacks, so a
slow watcher cannot slow the work.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.errors import Cancelled

RATE_WINDOW_SECONDS = 10.0
LEFT_WINDOW_SECONDS = 60.0  # a shorter window would make the remaining time jump with each pause
LEFT_SPACING_SECONDS = 1.0  # between two samples of the remaining count

Marks = deque[tuple[float, int]]  # (time, units finished or remaining at that time)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of running work at one moment. Counts are in `unit` ("files", "items", "bytes")."""

    phase: str = "waiting"
    unit: str = "items"
    found: int = 0
    done: int = 0
    failed: int = 0
    current: str = ""
    rate: float = 0.0  # units a second over the last ten seconds
    remaining_seconds: float | None = None  # None while it cannot be estimated
    phases: int = 0  # how many have begun: a short one may begin and end between two polls


class Progress:
    """A thread-safe counter that can be read at any time as a `Snapshot`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._snapshot = Snapshot()
        self._marks: Marks = deque()
        self._shrinking: Marks = deque()  # units remaining over time
        self._left: dict[str, tuple[Marks, Marks]] = {}  # (marks, shrinking) of interrupted phases

    def start(self, phase: str, unit: str, found: int = 0) -> None:
        """Begin a phase with `found` units to do; all counters return to zero."""
        with self._lock:
            now = self._clock()
            self._reset(phase, unit, found, deque([(now, 0)]), deque([(now, found)]))

    def resume_phase(self, phase: str, unit: str, left: int, done: int, failed: int) -> None:
        """Continue a phase that was interrupted: counters and rate go on from where they were.

        `left`: units still to do. `done` and `failed`: counts since the phase first began.
        """
        with self._lock:
            now, finished = self._clock(), done + failed
            self._remember_rate()
            marks, shrinking = self._left.get(phase, (deque(), deque()))
            if not marks or marks[-1][1] != finished:  # not the phase that was interrupted
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
        """Add units to the total of the current phase, while more work is being discovered."""
        with self._lock:
            self._snapshot = replace(self._snapshot, found=self._snapshot.found + count)
            if not (self._snapshot.done or self._snapshot.failed):
                self._shrinking = deque([(self._clock(), self._snapshot.found)])

    def add_done(self, count: int = 1, current: str = "") -> None:
        """Count units as done; `current` names the one to show, such as a file."""
        with self._lock:
            self._advance(count, 0, current)

    def add_failed(self, count: int = 1, current: str = "") -> None:
        """Count units that finished because they failed; they do not count as done."""
        with self._lock:
            self._advance(0, count, current)

    def snapshot(self) -> Snapshot:
        """The current counts, rate and estimate, as one consistent record. Cheap enough to poll."""
        with self._lock:
            return replace(self._snapshot, rate=self._rate(), remaining_seconds=self._remaining())

    def _reset(self, phase: str, unit: str, found: int, marks: Marks, shrinking: Marks) -> None:
        self._remember_rate()
        self._snapshot = Snapshot(phase=phase, unit=unit, found=found, phases=self._snapshot.phases + 1)
        self._marks, self._shrinking = marks, shrinking

    def _remember_rate(self) -> None:
        """Store this phase's speed for when it resumes."""
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
        """Seconds until the remaining units are done, by how fast they shrink; None while they grow."""
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
    """Stops or pauses running work, from any thread. The work calls `checkpoint()` at least once a second."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        """Stop the work at its next checkpoint; paused work too. Cannot be undone."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        """Make the work wait at its next checkpoint. No effect once cancelled."""
        self._running.clear()
        if self._cancelled.is_set():  # checked afterwards, so that a simultaneous `cancel` is not undone
            self._running.set()

    def resume(self) -> None:
        """Let paused work continue."""
        self._running.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called; does not wait, unlike `checkpoint`."""
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        """Whether the work would wait at a checkpoint now; False once cancelled."""
        return not self._running.is_set()

    def checkpoint(self) -> None:
        """Wait while paused; raise `Cancelled` once cancelled."""
        self._running.wait()
        if self._cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; return True as soon as the token is cancelled."""
        return self._cancelled.wait(seconds)


class Paused(Cancelled):
    """Work ended because it was paused or gave way; it starts again later from what it saved."""


class NonBlockingToken(CancelToken):
    """A view of another token for work that must not wait: `checkpoint` raises `Paused` instead.

    It also raises `Paused` when `leave` returns True, because something else has priority.
    """

    def __init__(self, token: CancelToken, leave: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self._token = token
        self._should_leave = leave
        self._cancelled, self._running = token._cancelled, token._running

    def checkpoint(self) -> None:
        """Raise `Paused` where the other token would wait or `leave` says so.

        Raise `Cancelled` once cancelled.
        """
        if self.paused or (self._should_leave() and not self.cancelled):
            raise Paused
        self._token.checkpoint()
