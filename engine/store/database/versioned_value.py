"""Caches a value read from the catalogue until somebody writes to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from engine.store.database.connection import Database

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class VersionedValue(Generic[Key, Value]):
    """Reads a value again only if the catalogue has changed, or for another key. Thread-safe."""

    def __init__(self, database: Database, read: Callable[[Key], Value]) -> None:
        """`read` returns the value for a key from the catalogue."""
        self._database = database
        self._read = read
        self._lock = threading.Lock()
        self._known: tuple[Hashable, Key, Value] | None = None

    def get(self, key: Key) -> Value:
        """The current value for `key`. Raises what reading raises."""
        version = self._database.version()  # first, so that what is written while reading is read again
        with self._lock:
            known = self._known
        if known is not None and known[:2] == (version, key):
            return known[2]
        value = self._read(key)
        with self._lock:
            self._known = (version, key, value)
        return value
