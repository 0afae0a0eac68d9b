"""Records which reader (text layer or OCR) read the text of which item; the others still have to be read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileProblem
from engine.records import Word
from engine.store.database.connection import Database
from engine.store.database.versioned_value import VersionedValue
from engine.store.files.drives import AWAY
from engine.store.pages.page_texts import write_text

PAGE = 500  # rows fetched at a time, so that others can write in between

# An item without a width is not decoded yet, so nothing is known of its text layer.
UNREAD = f"""
FROM item JOIN file ON file.id = (
    SELECT copy.id FROM file AS copy JOIN folder ON folder.id = copy.folder_id
    WHERE copy.content_id = item.content_id AND copy.missing_since IS NULL AND copy.problem_kind IS NULL
    AND {AWAY.format(file="copy")} = 0 ORDER BY copy.path LIMIT 1)
WHERE item.id > ? AND item.width > 0 AND item.problem_kind IS NULL
AND NOT EXISTS (SELECT 1 FROM reading WHERE item_id = item.id)
AND EXISTS (SELECT 1 FROM content WHERE id = item.content_id AND opened AND content.problem_kind IS NULL)
"""


@dataclass(frozen=True, slots=True)
class UnreadItem:
    """An item whose text has not been read, and a connected file that contains it."""

    item: int
    page: int | None
    path: Path
    size: int  # bytes
    mtime_ns: int


class OcrResults:
    """The table `reading`, and the texts that readers find. Thread-safe.

    A reader's name includes its version, so that a better one may read again what an older one read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending = VersionedValue(database, self._count_pending)

    def unread_items(self) -> Iterator[UnreadItem]:
        """Unread items in order of discovery; changes made meanwhile do not matter."""
        last = 0
        while batch := self._unread_after(last):
            yield from batch
            last = batch[-1].item

    def pending_count(self) -> int:
        """How many connected items still have to be read."""
        return self._pending.get(None)

    def _count_pending(self, _key: None) -> int:
        with self._database.read() as db:
            return int(db.execute(f"SELECT COUNT(*) {UNREAD}", (0,)).fetchone()[0])

    def save(self, item: int, reader: str, text: str, words: Sequence[Word]) -> None:
        """Store what was read ("" if nothing). No effect if the item is gone.

        An existing text is replaced only by one with more letters.
        """
        with self._database.transaction() as db:
            if _record(db, item, reader, None, None) and len(_letters(text)) > len(
                _letters(_known(db, item))
            ):
                write_text(db, item, text, words)

    def fail(self, item: int, reader: str, problem: FileProblem) -> None:
        """Record that reading failed, so that it is not retried; the item itself stays valid."""
        with self._database.transaction() as db:
            _record(db, item, reader, problem.kind.value, problem.message)

    def _unread_after(self, item: int) -> list[UnreadItem]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT item.id, item.page, file.path, file.size, file.mtime_ns {UNREAD} "
                "ORDER BY item.id LIMIT ?",
                (item, PAGE),
            ).fetchall()
        return [UnreadItem(row[0], row[1] or None, Path(os.fsdecode(row[2])), row[3], row[4]) for row in rows]


def _record(db: sqlite3.Connection, item: int, reader: str, kind: str | None, message: str | None) -> bool:
    """Returns whether the item exists."""
    changed = db.execute(
        "INSERT OR REPLACE INTO reading (item_id, reader, problem_kind, problem_message) "
        "SELECT id, ?, ?, ? FROM item WHERE id = ?",
        (reader, kind, message, item),
    )
    return changed.rowcount > 0


def _known(db: sqlite3.Connection, item: int) -> str:
    row = db.execute("SELECT text FROM page_text WHERE item_id = ?", (item,)).fetchone()
    return "" if row is None else str(row[0])


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
