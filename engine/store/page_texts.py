"""The text of items, and where each word of it stands."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence

import numpy as np

from engine.records import Word
from engine.store.database import Database
from engine.store.terms import Digests, cut, digests, terms_of

STORED_TERM = "<u4"
LACKING = """
SELECT item_id, text FROM page_text
WHERE NOT EXISTS (SELECT 1 FROM page_terms WHERE page_terms.item_id = page_text.item_id)
ORDER BY item_id LIMIT ?
"""
TEXTS = "SELECT item_id, text FROM page_text WHERE item_id IN (SELECT value FROM json_each(?))"
TERMS = """
SELECT wanted.value, page_terms.terms, CASE WHEN page_terms.terms IS NULL THEN page_text.text END
FROM json_each(?) AS wanted JOIN page_text ON page_text.item_id = wanted.value
LEFT JOIN page_terms ON page_terms.item_id = wanted.value
"""


class PageTexts:
    """The tables `page_text` and `page_terms`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def texts(self, items: Sequence[int]) -> dict[int, str]:
        """Items without text are left out."""
        with self._database.reading() as db:
            return dict(db.execute(TEXTS, (json.dumps(list(items)),)).fetchall())

    def words(self, item: int) -> tuple[Word, ...]:
        """In reading order; empty when the item has no text."""
        with self._database.reading() as db:
            row = db.execute("SELECT words FROM page_text WHERE item_id = ?", (item,)).fetchone()
        return () if row is None else unpacked(row[0])

    def terms(self, items: Sequence[int]) -> dict[int, Digests]:
        """The terms of items in reading order, as `terms.digest` has them; items without text are left out.

        Texts that an older version wrote have no terms yet: they are made on the spot, in milliseconds each.
        """
        with self._database.reading() as db:
            rows = db.execute(TERMS, (json.dumps(list(items)),)).fetchall()
            found = {item: np.frombuffer(terms, STORED_TERM) for item, terms, _ in rows if terms is not None}
            lacking = [(item, text) for item, terms, text in rows if terms is None]
            if lacking:
                cut_up = terms_of(db, [text for _, text in lacking])
                for (item, _), terms in zip(lacking, cut_up, strict=True):
                    found[item] = digests(terms)
        return found

    def catch_up(self, most: int = 200) -> int:
        """Write down the terms of texts that an older version wrote: `most` at a time. Returns how many."""
        with self._database.writing() as db:
            rows = db.execute(LACKING, (most,)).fetchall()
            for (item, text), terms in zip(rows, terms_of(db, [cut(row[1]) for row in rows]), strict=True):
                if (indexed := cut(text)) != text:
                    db.execute("UPDATE page_text SET text = ? WHERE item_id = ?", (indexed, item))
                _write_terms(db, item, terms)
        return len(rows)


def write_text(db: sqlite3.Connection, item: int, text: str, words: Sequence[Word]) -> None:
    """Within a transaction; a text that was there gives way. Scripts without spaces are stored cut."""
    indexed = cut(encodable(text))
    db.execute(
        "INSERT INTO page_text VALUES (?, ?, ?) ON CONFLICT (item_id) DO UPDATE "
        "SET text = excluded.text, words = excluded.words",
        (item, indexed, _packed(words)),
    )
    (terms,) = terms_of(db, [indexed])
    _write_terms(db, item, terms)


def encodable(text: str) -> str:
    """A broken text layer may hold halves of characters, which SQLite cannot."""
    return text.encode("utf-8", "replace").decode()


def _write_terms(db: sqlite3.Connection, item: int, terms: Sequence[str]) -> None:
    packed = digests(terms).astype(STORED_TERM).tobytes()
    db.execute("INSERT OR REPLACE INTO page_terms (item_id, terms) VALUES (?, ?)", (item, packed))


def _packed(words: Sequence[Word]) -> bytes:
    """Words and boxes, compressed: [[text, left, top, right, bottom], ...] as JSON."""
    rows = [[word.text, *(round(edge, 4) for edge in word.box)] for word in words]
    return zlib.compress(json.dumps(rows).encode())


def unpacked(stored: bytes) -> tuple[Word, ...]:
    """The inverse of what `page_text.words` holds."""
    rows = json.loads(zlib.decompress(stored))
    return tuple(Word(row[0], (row[1], row[2], row[3], row[4])) for row in rows)
