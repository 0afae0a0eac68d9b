"""Which items can be found at present: those that at least one file holds."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Sequence
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
HELD = """
SELECT DISTINCT item.id, item.page FROM file JOIN item ON item.content_id = file.content_id
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
        rows: set[tuple[int, int]] = set()
        prefixes = [os.fsencode(folder).rstrip(b"/\\") + os.fsencode(os.sep) for folder in folders] or [b""]
        types = {"any_type": not file_types, "types": json.dumps(list(file_types))}
        with self._database.reading() as db:
            for prefix in prefixes:
                rows.update(db.execute(HELD, {"prefix": prefix, **types}).fetchall())
        return _sorted_by_kind(rows)


def _sorted_by_kind(rows: Iterable[tuple[int, int]]) -> Present:
    photos = sorted(item for item, page in rows if page == 0)
    pages = sorted(item for item, page in rows if page > 0)
    return Present(np.array(photos, np.int64), np.array(pages, np.int64))
