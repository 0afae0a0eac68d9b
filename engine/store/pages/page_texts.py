"""Stores the text of items, and the position of each word."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from engine.records import Word
from engine.store.database.connection import Database
from engine.store.database.repair import TERMS as DAMAGED_TERMS
from engine.store.database.repair import TEXTS as DAMAGED_TEXTS
from engine.store.database.repair import UNREADABLE_ERRORS, delete_damaged
from engine.store.pages.terms import PageTerms, page_terms

STORED_TERM = "<u4"
OLD_JOINT = "\u200b"  # separated words for the index in texts of format 3
# Increase it when texts become other terms: existing terms are then recomputed, a few at a time.
RULES = 2
MERGED_AT_A_TIME = 500  # database pages of the full-text index: some two megabytes

HELD = """
EXISTS (SELECT 1 FROM item JOIN file ON file.content_id = item.content_id
        WHERE item.id = {item} AND missing_since IS NULL)
"""
LACKING = f"""
SELECT item_id, text FROM page_text
WHERE NOT EXISTS (SELECT 1 FROM page_terms WHERE page_terms.item_id = page_text.item_id AND rules = ?)
AND {HELD.format(item="page_text.item_id")} ORDER BY item_id LIMIT ?
"""
GONE = f"SELECT id FROM page_search_docsize WHERE NOT {HELD.format(item='page_search_docsize.id')} LIMIT ?"
LAST_CHANGE = "SELECT COALESCE(MAX(sequence), 0) FROM document_change"
TEXTS = "SELECT item_id, text FROM page_text WHERE item_id IN (SELECT value FROM json_each(?))"
INDEXED = "SELECT rowid, text FROM page_search WHERE rowid IN (SELECT value FROM json_each(?))"
TERMS = """
SELECT wanted.value, page_terms.terms, marks, writings,
       CASE WHEN page_terms.terms IS NULL THEN page_text.text END
FROM json_each(?) AS wanted JOIN page_text ON page_text.item_id = wanted.value
LEFT JOIN page_terms ON page_terms.item_id = wanted.value AND rules = ?
"""


class PageTexts:
    """The tables `page_text` and `page_terms`, and the full-text index. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._settled = -1  # the document change up to which the index has no pages without a file
        self._taken_in = 0  # pages indexed since the index was last complete

    def texts(self, items: Sequence[int]) -> dict[int, str]:
        """The texts of items; items without text are left out."""
        with self._database.read() as db:
            rows = db.execute(TEXTS, (json.dumps(list(items)),)).fetchall()
        return {item: text.replace(OLD_JOINT, "") for item, text in rows}

    def words(self, item: int) -> tuple[Word, ...]:
        """The words of an item in reading order; empty if it has no text."""
        with self._database.read() as db:
            row = db.execute("SELECT words FROM page_text WHERE item_id = ?", (item,)).fetchone()
        try:
            return () if row is None else unpack_words(row[0])
        except UNREADABLE_ERRORS:
            delete_damaged(self._database, DAMAGED_TEXTS, [(item,)])
            return ()

    def indexed(self, items: Sequence[int]) -> dict[int, str]:
        """What the full-text index stores for items: plain words, separated by spaces."""
        with self._database.read() as db:
            return dict(db.execute(INDEXED, (json.dumps(list(items)),)).fetchall())

    def terms(self, items: Sequence[int]) -> dict[int, PageTerms]:
        """The terms of items in reading order.

        Items without text are left out, damaged terms are recomputed.
        """
        try:
            return self._terms(items)
        except UNREADABLE_ERRORS:
            damaged = [item for item in items if not self._has_whole_terms(item)]
        whole = self._terms([item for item in items if item not in damaged])
        forgotten = delete_damaged(self._database, DAMAGED_TERMS, ((item,) for item in damaged))
        return whole | self._terms(damaged) if forgotten else whole

    def _has_whole_terms(self, item: int) -> bool:
        try:
            self._terms([item])
        except UNREADABLE_ERRORS:
            return False
        return True

    def _terms(self, items: Sequence[int]) -> dict[int, PageTerms]:
        """The terms of items in reading order; items without text are left out.

        Texts of an older version have no terms yet: they are computed here, in milliseconds each.
        """
        with self._database.read() as db:
            rows = db.execute(TERMS, (json.dumps(list(items)), RULES)).fetchall()
            found = {item: _unpack_terms(*its) for item, *its, text in rows if text is None}
            lacking = [(item, text) for item, *_, text in rows if text is not None]
            if lacking:
                made = page_terms(db, [text for _, text in lacking])
                found.update((item, terms) for (item, _), (terms, _) in zip(lacking, made, strict=True))
        return found

    def catch_up(self, most: int = 200) -> int:
        """Make the full-text index hold the pages of present files and no others, `most` at a time.

        The rarity of words and spelling correction depend on the index. So pages of missing files are removed
        from it and added again when the files return, and texts of an older version are added. Returns how
        many pages were processed.
        """
        return self._unindex(most) or self._index(most)

    def _unindex(self, most: int) -> int:
        with self._database.transaction() as db:
            last = int(db.execute(LAST_CHANGE).fetchone()[0])
            if last == self._settled:
                return 0
            gone = db.execute(GONE, (most,)).fetchall()
            db.executemany("DELETE FROM page_search WHERE rowid = ?", gone)
            db.executemany("DELETE FROM page_terms WHERE item_id = ?", gone)
        if not gone:
            self._settled = last
        return len(gone)

    def _index(self, most: int) -> int:
        """After the last of many pages, merges the fragmented index: queries take a quarter less time."""
        with self._database.transaction() as db:
            lacking = db.execute(LACKING, (RULES, most + 1)).fetchall()
            rows = lacking[:most]
            made = page_terms(db, [text for _, text in rows])
            for (item, text), (terms, indexed) in zip(rows, made, strict=True):
                if OLD_JOINT in text:
                    db.execute(
                        "UPDATE page_text SET text = ? WHERE item_id = ?", (text.replace(OLD_JOINT, ""), item)
                    )
                _write_terms(db, item, terms, indexed)
            self._taken_in += len(rows)
            if len(lacking) <= most:
                if self._taken_in > most:
                    db.execute("INSERT INTO page_search (page_search) VALUES ('optimize')")
                self._taken_in = 0
        return len(rows)

    def merge(self, checkpoint: Callable[[], None]) -> None:
        """Compact the full-text index: deleted pages leave marks in it until then.

        `checkpoint` is called between steps and may raise.
        """
        wanted = -MERGED_AT_A_TIME  # negative: begin a merge of the whole index
        changed = 2
        while changed >= 2:  # fewer changes mean that nothing is left, as SQLite documents
            checkpoint()
            with self._database.transaction() as db:
                before = db.total_changes
                db.execute("INSERT INTO page_search (page_search, rank) VALUES ('merge', ?)", (wanted,))
                changed = db.total_changes - before
            wanted = MERGED_AT_A_TIME


def write_text(db: sqlite3.Connection, item: int, text: str, words: Sequence[Word]) -> None:
    """Store a text, its words and its terms, replacing older ones. Call within a transaction."""
    text = encodable(text)
    db.execute(
        "INSERT INTO page_text VALUES (?, ?, ?) ON CONFLICT (item_id) DO UPDATE "
        "SET text = excluded.text, words = excluded.words",
        (item, text, _pack_words(words)),
    )
    ((terms, indexed),) = page_terms(db, [text])
    _write_terms(db, item, terms, indexed)


def encodable(text: str) -> str:
    """Replace lone surrogates, which a broken text layer may contain and SQLite cannot store."""
    return text.encode("utf-8", "replace").decode()


def _write_terms(db: sqlite3.Connection, item: int, terms: PageTerms, indexed: str) -> None:
    db.execute("INSERT OR REPLACE INTO page_search (rowid, text) VALUES (?, ?)", (item, indexed))
    db.execute(
        "INSERT OR REPLACE INTO page_terms (item_id, rules, terms, marks, writings) VALUES (?, ?, ?, ?, ?)",
        (
            item,
            RULES,
            terms.stems.astype(STORED_TERM).tobytes(),
            _pack_marks(terms),
            terms.variants.astype(STORED_TERM).tobytes(),
        ),
    )


def _pack_marks(terms: PageTerms) -> bytes:
    """(count, 2): positions and marks of the few terms that have one."""
    places = np.flatnonzero(terms.marks)
    return np.stack([places, terms.marks[places]], axis=1).astype(STORED_TERM).tobytes()


def _unpack_terms(terms: bytes, marks: bytes, writings: bytes) -> PageTerms:
    stems = np.frombuffer(terms, STORED_TERM)
    written = np.frombuffer(writings, STORED_TERM).reshape(-1, 2)
    if not marks:  # most pages
        return PageTerms(stems, np.zeros(len(stems), np.uint32), written)
    places, its = np.frombuffer(marks, STORED_TERM).reshape(-1, 2).T
    spread = np.zeros(len(stems), np.uint32)
    spread[places] = its
    return PageTerms(stems, spread, written)


def _pack_words(words: Sequence[Word]) -> bytes:
    """Words and boxes, compressed: [[text, left, top, right, bottom], ...] as JSON."""
    rows = [[word.text, *(round(edge, 4) for edge in word.box)] for word in words]
    return zlib.compress(json.dumps(rows).encode())


def unpack_words(stored: bytes) -> tuple[Word, ...]:
    """Decode the column `page_text.words`. Raises one of UNREADABLE_ERRORS."""
    rows = json.loads(zlib.decompress(stored))
    return tuple(
        Word(str(text), (float(left), float(top), float(right), float(bottom)))
        for text, left, top, right, bottom in rows
    )
