"""Finds file names by their trigrams, in milliseconds however many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from engine.store.database.connection import Database

FEW = 500  # files whose names are examined one by one
AROUND = "/"  # before and after each name in the index
OTHER_LETTERS = "///"  # after a name with non-ASCII letters

MATCHING_FILES = """
SELECT item.id, file.path FROM file JOIN item ON item.content_id = file.content_id
WHERE file.id IN (SELECT rowid FROM file_search WHERE file_search MATCH ?)
AND missing_since IS NULL AND page <= 1
"""
FITTING = f"""{MATCHING_FILES}
AND EXISTS (SELECT 1 FROM json_each(?) WHERE CAST(file.path AS TEXT) LIKE value ESCAPE '!')
"""
COUNTED = "SELECT COUNT(*) FROM (SELECT 1 FROM file_search WHERE file_search MATCH ? LIMIT ?)"


class FileNames:
    """The table `file_search`. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self, ways: Sequence[str], patterns: Sequence[str]) -> list[tuple[int, Path]]:
        """The photographs and first pages whose file name matches one of `patterns`, with the file's path.

        `patterns`: of SQL LIKE, with "!" as escape character. `ways`: full-text matches that every such name
        satisfies, the more selective later; the first that leaves few files is used. Empty `ways`: no
        results.
        """
        if not ways:
            return []
        with self._database.read() as db:
            way = next(
                (way for way in ways[:-1] if db.execute(COUNTED, (way, FEW + 1)).fetchone()[0] <= FEW),
                ways[-1],
            )
            rows = db.execute(FITTING, (way, json.dumps(list(patterns)))).fetchall()
        return [(item, Path(os.fsdecode(path))) for item, path in rows]

    def items_with_other_letters(self, ways: Sequence[str]) -> list[tuple[int, Path]]:
        """Like `items`, for all names with a non-ASCII letter that satisfy all of `ways`."""
        match = " AND ".join([trigrams(OTHER_LETTERS), *(f"({way})" for way in ways)])
        with self._database.read() as db:
            rows = db.execute(MATCHING_FILES, (match,)).fetchall()
        return [(item, Path(os.fsdecode(path))) for item, path in rows]


def trigrams(text: str) -> str:
    """The full-text match for names that contain all trigrams of `text`; "" if it is too short."""
    return " AND ".join(_quoted(text[at : at + 3]) for at in range(len(text) - 2))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
