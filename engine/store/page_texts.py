"""The text of items, and where each word of it stands."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence

from engine.records import Word
from engine.store.database import Database


class PageTexts:
    """Reads the table `page_text`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def words(self, item: int) -> tuple[Word, ...]:
        """In reading order; empty when the item has no text."""
        with self._database.reading() as db:
            row = db.execute("SELECT words FROM page_text WHERE item_id = ?", (item,)).fetchone()
        return () if row is None else unpacked(row[0])


def write_text(db: sqlite3.Connection, item: int, text: str, words: Sequence[Word]) -> None:
    """Within a transaction; a text that was there gives way."""
    db.execute(
        "INSERT INTO page_text VALUES (?, ?, ?) ON CONFLICT (item_id) DO UPDATE "
        "SET text = excluded.text, words = excluded.words",
        (item, encodable(text), _packed(words)),
    )


def encodable(text: str) -> str:
    """A broken text layer may hold halves of characters, which SQLite cannot."""
    return text.encode("utf-8", "replace").decode()


def _packed(words: Sequence[Word]) -> bytes:
    """Words and boxes, compressed: [[text, left, top, right, bottom], ...] as JSON."""
    rows = [[word.text, *(round(edge, 4) for edge in word.box)] for word in words]
    return zlib.compress(json.dumps(rows).encode())


def unpacked(stored: bytes) -> tuple[Word, ...]:
    """The inverse of what `page_text.words` holds."""
    rows = json.loads(zlib.decompress(stored))
    return tuple(Word(row[0], (row[1], row[2], row[3], row[4])) for row in rows)
