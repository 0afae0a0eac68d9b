"""Whose turn it is to change the library: one process, and one thread of it, at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine import permissions
from engine.errors import LibraryInUse
from engine.progress import CancelToken
from engine.store.database.connection import (
    sentences,
    unwritable,
)

LOCK_FILE = "library.lock"
PATIENCE_SECONDS = 15.0  # a short change waits this long for another process
OWN_PATIENCE_SECONDS = 120.0  # and this long for work of its own, which gives way: a page may take a minute
GIVING_WAY_SECONDS = 0.05


class WriteLock:
    """Any number may search meanwhile."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._waiting = 0
        self._count = threading.Lock()
        self._own = threading.Lock()  # among the threads of this process, which need not ask the disk
        self._long = False  # whether what has it may keep it for long

    @contextmanager
    def change(self) -> Iterator[None]:
        """Raises LibraryInUse when anybody else is at it."""
        if not self._own.acquire(blocking=False):
            raise self._busy()
        with self._at_length():
            yield

    @contextmanager
    def yielding(self, cancel: CancelToken) -> Iterator[None]:
        """For work that ends soon once a short change of this process is `wanted`. Those go first.

        Raises LibraryInUse when another process, or other long work of this one, has the turn; Cancelled.
        """
        while True:
            self.yield_to_waiters(cancel)
            cancel.checkpoint()
            if self._own.acquire(timeout=GIVING_WAY_SECONDS):
                break
            if self._long:
                raise self._busy()
        with self._at_length():
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """A change that a person waits for. Raises LibraryInUse when no turn comes."""
        with self._count:
            self._waiting += 1
        try:
            if not self._own.acquire(timeout=OWN_PATIENCE_SECONDS):
                raise self._busy()
            try:
                with self._among_processes(PATIENCE_SECONDS):
                    yield
            finally:
                self._own.release()
        finally:
            with self._count:
                self._waiting -= 1

    @property
    def wanted(self) -> bool:
        """Whether a short change of this process waits, or is being made."""
        return self._waiting > 0

    def yield_to_waiters(self, cancel: CancelToken) -> None:
        """Between two slices of long work: let short changes of this process have their turn first."""
        while self.wanted and not cancel.wait(GIVING_WAY_SECONDS):
            pass

    @contextmanager
    def _at_length(self) -> Iterator[None]:
        """With the turn among threads, which is given back."""
        self._long = True
        try:
            with self._among_processes(0.0):
                yield
        finally:
            self._long = False
            self._own.release()

    @contextmanager
    def _among_processes(self, patience_seconds: float) -> Iterator[None]:
        """Raises LibraryInUse, LibraryReadOnly, DiskFull."""
        path = self._location / LOCK_FILE
        lock = FileLock(path, patience_seconds, permissions.FILE_MODE, thread_local=False)
        try:
            with sentences(path):
                if path.is_symlink() or (path.exists() and not path.is_file()):
                    permissions.put_aside(path)
                lock.acquire()
        except Timeout as error:
            raise LibraryInUse(
                f"The library {self._location} is being indexed by another Findling.",
                "Wait until it is done, or stop it.",
            ) from error
        except OSError as error:
            raise unwritable(path) from error
        try:
            yield
        finally:
            lock.release()

    def _busy(self) -> LibraryInUse:
        return LibraryInUse(
            f"Findling itself is at work on the library {self._location}.",
            "Try again when it has come to another step.",
        )
