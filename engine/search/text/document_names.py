"""The names of documents in memory: a page is also found by its file's name and its title."""

from __future__ import annotations

import json
import math
import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from sqlite3 import Connection

from engine.store.database.connection import Database
from engine.store.pages.page_texts import encodable
from engine.store.pages.terms import stems_of

BATCH = 2000  # documents whose names are read at a time
MOST_NAMED = 1000  # a word in more names than this finds no document by itself

_SUFFIX = re.compile(r"\.\w{1,5}$")
_LOWER_UPPER = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

LAST_CHANGE = "SELECT COALESCE(MAX(sequence), 0) FROM document_change"
CHANGED = "SELECT content_id FROM document_change WHERE sequence > ?"
WITH_TEXT = "SELECT DISTINCT content_id FROM item JOIN page_text ON page_text.item_id = item.id"
NAMES = """
SELECT content.id, content.title, file.path
FROM json_each(?) AS wanted JOIN content ON content.id = wanted.value
JOIN file ON file.content_id = content.id
WHERE missing_since IS NULL
AND EXISTS (SELECT 1 FROM item JOIN page_text ON page_text.item_id = item.id
            WHERE item.content_id = content.id)
"""


class DocumentNames:
    """The terms in the names of contents that have text. Thread-safe.

    Read once, then kept current by the catalogue's document changes: files are moved and renamed without
    being read again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._last = -1
        self._terms: dict[int, frozenset[str]] = {}  # by content
        self._paths: dict[int, bytes] = {}  # by content, the first
        self._called: dict[str, set[int]] = {}  # by term

    def catch_up(self) -> None:
        """Read the names that changed since the last call."""
        with self._lock, self._database.read() as db:
            last = int(db.execute(LAST_CHANGE).fetchone()[0])
            if last == self._last:
                return
            rows = db.execute(WITH_TEXT) if self._last < 0 else db.execute(CHANGED, (self._last,))
            changed = [row[0] for row in rows]
            for first in range(0, len(changed), BATCH):
                self._read(db, changed[first : first + BATCH])
            self._last = last

    def matching_terms(self, content: int, terms: Iterable[str]) -> dict[str, float]:
        """Those of `terms` that are in the content's names, each with its idf among all documents."""
        with self._lock:
            names = self._terms.get(content, frozenset())
            return {term: self._idf(term) for term in terms if term in names}

    def best_matches(self, terms: Iterable[str], most: int) -> list[int]:
        """The contents with the best matching names, by the sum of idf; ties by path."""
        with self._lock:
            telling = [term for term in set(terms) if 0 < len(self._called.get(term, ())) <= MOST_NAMED]
            scores: dict[int, float] = {}
            for term in telling:
                idf = self._idf(term)
                for content in self._called[term]:
                    scores[content] = scores.get(content, 0.0) + idf
            return sorted(scores, key=lambda content: (-scores[content], self._paths[content]))[:most]

    def _idf(self, term: str) -> float:
        find_by_file_name = len(self._called.get(term, ()))
        return math.log1p((len(self._terms) - find_by_file_name + 0.5) / (find_by_file_name + 0.5))

    def _read(self, db: Connection, contents: Sequence[int]) -> None:
        names: dict[int, list[str]] = {}
        paths: dict[int, bytes] = {}
        for content, title, path in db.execute(NAMES, (json.dumps(list(contents)),)):
            paths[content] = min(path, paths.get(content, path))
            names.setdefault(content, [title]).append(spell_out(Path(os.fsdecode(path)).name))
        terms = dict(zip(names, stems_of(db, [" ".join(found) for found in names.values()]), strict=True))
        for content in contents:
            self._replace(content, frozenset(terms.get(content, ())))
        self._paths.update(paths)

    def _replace(self, content: int, terms: frozenset[str]) -> None:
        for term in self._terms.pop(content, frozenset()) - terms:
            self._called[term].discard(content)
            if not self._called[term]:
                del self._called[term]
        for term in terms:
            self._called.setdefault(term, set()).add(content)
        if terms:
            self._terms[content] = terms


def spell_out(name: str) -> str:
    """Split a file name into words: "AnnualReport2018_v2.pdf" becomes "Annual Report 2018 v 2"."""
    words = _SUFFIX.sub("", unicodedata.normalize("NFC", encodable(name))).replace("_", " ")
    return _LETTER_DIGIT.sub(" ", _LOWER_UPPER.sub(" ", words))
