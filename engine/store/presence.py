"""Which items can be found at present: those that at least one file holds."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.store.database import Database

ADDED = """
SELECT item.id, item.page FROM item WHERE item.id > ? AND EXISTS (
    SELECT 1 FROM file WHERE file.content_id = item.content_id AND missing_since IS NULL)
ORDER BY item.id
"""
# Files first: each is looked at once, not once for each of its pages.
HELD = """
SELECT item.id, item.page FROM file CROSS JOIN item ON item.content_id = file.content_id
WHERE missing_since IS NULL AND substr(file.path, 1, length(:prefix)) = :prefix
AND (:any_type OR EXISTS (
    SELECT 1 FROM json_each(:types) WHERE lower(CAST(substr(file.path, -length(value)) AS TEXT)) = value))
"""


@dataclass(frozen=True, slots=True)
class Present:
    """Item numbers by kind, sorted."""

    photos: NDArray[np.int64]
    pages: NDArray[np.int64]


class Presence:
    """Keeps the answer for the whole library, since asking for 100,000 items takes longer than a search.

    New items are asked for and appended; only when an item that could be found no longer can, or can again,
    is everything asked anew.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._generation = -1
        self._last = 0
        self._present = _sorted_by_kind(())

    def everywhere(self) -> Present:
        with self._lock, self._database.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'presence'").fetchone()
            generation = 0 if row is None else int(row[0])
            if generation != self._generation:
                self._generation, self._last, self._present = generation, 0, _sorted_by_kind(())
            rows = db.execute(ADDED, (self._last,)).fetchall()
            if rows:
                added = _sorted_by_kind(rows)
                self._last = rows[-1][0]
                self._present = Present(
                    np.concatenate([self._present.photos, added.photos]),
                    np.concatenate([self._present.pages, added.pages]),
                )
            return self._present

    def held(self, folders: Sequence[Path], file_types: Sequence[str]) -> Present:
        """The items that a file below one of `folders` holds whose name ends in one of `file_types`.

        No folders: everywhere; no types (".pdf", in lower case): all.
        """
        rows: list[tuple[int, int]] = []
        prefixes = [os.fsencode(folder).rstrip(b"/\\") + os.fsencode(os.sep) for folder in folders] or [b""]
        types = {"any_type": not file_types, "types": json.dumps(list(file_types))}
        with self._database.reading() as db:
            for prefix in prefixes:
                rows.extend(db.execute(HELD, {"prefix": prefix, **types}).fetchall())
        return _sorted_by_kind(rows)


def _sorted_by_kind(rows: Sequence[tuple[int, int]]) -> Present:
    """From items and their pages; an item may come once for each of its files."""
    items, pages = np.array(rows, np.int64).reshape(-1, 2).T
    return Present(_each_once(items[pages == 0]), _each_once(items[pages > 0]))


def _each_once(items: NDArray[np.int64]) -> NDArray[np.int64]:
    ordered = np.sort(items)
    return ordered[np.diff(ordered, prepend=0) > 0]
