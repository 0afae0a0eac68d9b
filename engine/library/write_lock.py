"""The lock for writing to a library: one process, and one thread in it, at a time."""

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
OWN_PATIENCE_SECONDS = 120.0  # and this long for long work of its own to yield: a page may take a minute
POLL_SECONDS = 0.05


class WriteLock:
    """Held while the library is written to. Searches need no lock. Thread-safe."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._waiting = 0
        self._waiting_lock = threading.Lock()
        self._thread_lock = threading.Lock()  # for the threads of this process, without touching the disk
        self._held_for_long = False  # whether its holder may keep it for long

    @contextmanager
    def try_exclusive(self) -> Iterator[None]:
        """Take the lock without waiting. Raises LibraryInUse if another thread or process holds it."""
        if not self._thread_lock.acquire(blocking=False):
            raise self._busy()
        with self._long_hold():
            yield

    @contextmanager
    def yielding(self, cancel: CancelToken) -> Iterator[None]:
        """Take the lock for long work, which must end soon once the lock `has_waiters`.

        Short writes go first. Raises LibraryInUse if another process, or other long work of this one, holds
        the lock; Cancelled.
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
        """Take the lock for a change that a person waits for.

        Raises LibraryInUse if it stays taken too long.
        """
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
        """Whether a short write of this process is waiting or running."""
        return self._waiting > 0

    def yield_to_waiters(self, cancel: CancelToken) -> None:
        """Wait until the short writes of this process are done; called between two steps of long work."""
        while self.has_waiters and not cancel.wait(POLL_SECONDS):
            pass

    @contextmanager
    def _long_hold(self) -> Iterator[None]:
        """Requires the thread lock, and releases it at the end."""
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
