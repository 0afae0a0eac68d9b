"""Whose turn it is to change the library: one process, and one thread of it, at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine import private
from engine.errors import LibraryInUse
from engine.progress import CancelToken

LOCK_FILE = "library.lock"
PATIENCE_SECONDS = 15.0  # a short change waits this long for another
LONG_PATIENCE_SECONDS = 120.0  # and this long for work that gives way: a page may take a minute
GIVING_WAY_SECONDS = 0.05


class Turns:
    """Any number may search meanwhile."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._waiting = 0
        self._giving_way = False
        self._count = threading.Lock()

    @contextmanager
    def change(self, patience_seconds: float = 0.0) -> Iterator[None]:
        """Raises LibraryInUse when another does not end within `patience_seconds`."""
        lock = FileLock(self._location / LOCK_FILE, patience_seconds, private.FILE_MODE, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryInUse(
                f"The library {self._location} is being indexed by another Findling.",
                "Wait until it is done, or stop it.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def long_change(self) -> Iterator[None]:
        """For work that ends soon once a short change of this process is wanted. Raises LibraryInUse."""
        with self.change():
            self._giving_way = True
            try:
                yield
            finally:
                self._giving_way = False

    @contextmanager
    def short_change(self) -> Iterator[None]:
        """A change that a person waits for. Raises LibraryInUse when no turn comes."""
        with self._count:
            self._waiting += 1
        try:
            with self.change(LONG_PATIENCE_SECONDS if self._giving_way else PATIENCE_SECONDS):
                yield
        finally:
            with self._count:
                self._waiting -= 1

    @property
    def wanted(self) -> bool:
        """Whether a short change of this process waits."""
        return self._waiting > 0

    def give_way(self, cancel: CancelToken) -> None:
        """Between two slices of long work: let short changes of this process have their turn first."""
        while self.wanted and not cancel.wait(GIVING_WAY_SECONDS):
            pass
