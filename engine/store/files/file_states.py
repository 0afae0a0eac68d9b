"""What the catalogue knows of one file by its path: how far it is indexed, and what went wrong."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from engine.paths import path_prefix
from engine.store.database.connection import Database

FILE = """
SELECT file.content_id, file.size, file.mtime_ns, file.missing_since IS NOT NULL,
    COALESCE(file.problem_message, content.problem_message, ''), COALESCE(content.opened, 0),
    file.stamp, file.doubtful
FROM file LEFT JOIN content ON content.id = file.content_id WHERE file.path = ?
"""
ITEMS = """
SELECT item.id, item.page, COALESCE(item.problem_message, problem.message, ''),
    EXISTS (SELECT 1 FROM vector WHERE item_id = item.id AND model_id = :model),
    reading.item_id IS NOT NULL, COALESCE(reading.problem_message, '')
FROM item LEFT JOIN reading ON reading.item_id = item.id
LEFT JOIN embedding_problem AS problem ON problem.item_id = item.id AND problem.model_id = :model
WHERE item.content_id = :content ORDER BY item.page
"""
KNOWN = """
SELECT content.hash, file.size, file.mtime_ns, file.doubtful
FROM file JOIN content ON content.id = file.content_id JOIN item ON item.content_id = content.id
WHERE item.id = ? AND file.path = ?
"""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when it was read."""

    content: bytes  # its hash
    size: int  # bytes
    mtime_ns: int
    doubtful: bool  # its content may have changed since


@dataclass(frozen=True, slots=True)
class ItemState:
    """How far an item of a file is indexed."""

    item: int
    page: int  # 0: a photograph
    problem: str  # why it cannot be found, or ""
    findable: bool
    read: bool  # its text is known, from the text layer or OCR
    reading_problem: str


@dataclass(frozen=True, slots=True)
class FileState:
    """How far a file is indexed, with its items."""

    size: int  # bytes, as the scan saw them
    mtime_ns: int
    missing: bool
    problem: str  # of the file as a whole, or ""
    opened: bool
    stamp: int | None  # None: an earlier version recorded it last
    doubtful: bool  # its content may have changed since
    items: tuple[ItemState, ...]


class FileStates:
    """Looks up single files in the catalogue. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, path: Path, model: int | None) -> FileState | None:
        """The state of the file at `path`; None if no scan has found it.

        `model`: row of the model that answers.
        """
        with self._database.read() as db:
            row = db.execute(FILE, (os.fsencode(path),)).fetchone()
            if row is None:
                return None
            items = db.execute(ITEMS, {"model": model, "content": row[0]}).fetchall()
        return FileState(
            row[1],
            row[2],
            bool(row[3]),
            row[4],
            bool(row[5]),
            row[6],
            bool(row[7]),
            tuple(
                ItemState(item, page, problem, bool(findable), bool(read), reading_problem)
                for item, page, problem, findable, read, reading_problem in items
            ),
        )

    def read_file(self, item: int, path: Path) -> KnownFile | None:
        """The file as it was read; None if it is unknown or no longer has that item."""
        with self._database.read() as db:
            row = db.execute(KNOWN, (item, os.fsencode(path))).fetchone()
        return None if row is None else KnownFile(bytes(row[0]), row[1], row[2], bool(row[3]))

    def below(self, folder: Path) -> int:
        """How many present files the catalogue has below a folder."""
        prefix = path_prefix(folder)
        with self._database.read() as db:
            row = db.execute(
                "SELECT COUNT(*) FROM file WHERE missing_since IS NULL AND substr(path, 1, ?) = ?",
                (len(prefix), prefix),
            ).fetchone()
        return int(row[0])
