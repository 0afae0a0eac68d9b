"""The lock for writing to a library: one process, and one thread of it, at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine import permissions
from engine.errors import LibraryInUse
from engine.progress import CancelToken
from engine.store.database.connection import read_only_error, translate_errors

LOCK_FILE = "library.lock"
PATIENCE_SECONDS = 15.0  # a short write waits this long for another process
OWN_PATIENCE_SECONDS = 120.0  # and this long for work of its own, which gives way: a page may take a minute
POLL_SECONDS = 0.05


class WriteLock:
    """Held while the library is written to; any number may search meanwhile."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._waiting = 0
        self._waiting_lock = threading.Lock()
        self._thread_lock = threading.Lock()  # among the threads of this process, which need not ask the disk
        self._held_for_long = False  # whether what has it may keep it for long

    @contextmanager
    def try_exclusive(self) -> Iterator[None]:
        """Raises LibraryInUse when anybody else is at it."""
        if not self._thread_lock.acquire(blocking=False):
            raise self._busy()
        with self._long_hold():
            yield

    @contextmanager
    def yielding(self, cancel: CancelToken) -> Iterator[None]:
        """For long work that ends soon once the lock `has_waiters`. Short writes go first.

        Raises LibraryInUse when another process, or other long work of this one, holds the lock; Cancelled.
        """
        while True:
            self.yield_to_waiters(cancel)
            cancel.checkpoint()
            if self._thread_lock.acquire(timeout=POLL_SECONDS):
                break
            if self._held_for_long:
                raise self._busy()
        with self._long_hold():
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """A change that a person waits for. Raises LibraryInUse when it cannot be had in time."""
        with self._waiting_lock:
            self._waiting += 1
        try:
            if not self._thread_lock.acquire(timeout=OWN_PATIENCE_SECONDS):
                raise self._busy()
            try:
                with self._process_lock(PATIENCE_SECONDS):
                    yield
            finally:
                self._thread_lock.release()
        finally:
            with self._waiting_lock:
                self._waiting -= 1

    @property
    def has_waiters(self) -> bool:
        """Whether a short write of this process waits, or is under way."""
        return self._waiting > 0

    def yield_to_waiters(self, cancel: CancelToken) -> None:
        """Between two slices of long work: let short writes of this process go first."""
        while self.has_waiters and not cancel.wait(POLL_SECONDS):
            pass

    @contextmanager
    def _long_hold(self) -> Iterator[None]:
        """With the thread lock held, which is released."""
        self._held_for_long = True
        try:
            with self._process_lock(0.0):
                yield
        finally:
            self._held_for_long = False
            self._thread_lock.release()

    @contextmanager
    def _process_lock(self, patience_seconds: float) -> Iterator[None]:
        """Raises LibraryInUse, LibraryReadOnly, DiskFull."""
        path = self._location / LOCK_FILE
        lock = FileLock(path, patience_seconds, permissions.FILE_MODE, thread_local=False)
        try:
            with translate_errors(path):
                if path.is_symlink() or (path.exists() and not path.is_file()):
                    permissions.move_aside(path)
                lock.acquire()
        except Timeout as error:
            raise LibraryInUse(
                f"The library {self._location} is being indexed by another Findling.",
                "Wait until it is done, or stop it.",
            ) from error
        except OSError as error:
            raise read_only_error(path) from error
        try:
            yield
        finally:
            lock.release()

    def _busy(self) -> LibraryInUse:
        return LibraryInUse(
            f"Findling itself is at work on the library {self._location}.",
            "Try again when it has come to another step.",
        )
