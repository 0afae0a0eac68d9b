"""The names of files, found by their trigrams in milliseconds, however many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from engine.store.database.connection import Database

FEW = 500  # files whose names are looked at one by one
AROUND = "/"  # stands before and behind each name in the index
OTHER_LETTERS = "///"  # behind a name with letters beyond ASCII's

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
    """The table `file_search`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self, ways: Sequence[str], patterns: Sequence[str]) -> list[tuple[int, Path]]:
        """Photographs and first pages of documents with a file that fits one of `patterns`: items and files.

        `ways`: matches for the index that all of these fit, the ones that say more later; the first that
        leads to few files is taken, and none leads to nothing. Patterns are those of LIKE, with "!" before
        what stands for itself.
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
        """As `items`, all whose names have a letter that is not of ASCII and that fit all of `ways`."""
        match = " AND ".join([trigrams(OTHER_LETTERS), *(f"({way})" for way in ways)])
        with self._database.read() as db:
            rows = db.execute(MATCHING_FILES, (match,)).fetchall()
        return [(item, Path(os.fsdecode(path))) for item, path in rows]


def trigrams(text: str) -> str:
    """What the index is asked for to have all of `text`; "" where it is too short."""
    return " AND ".join(_quoted(text[at : at + 3]) for at in range(len(text) - 2))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
