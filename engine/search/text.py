"""Finds pages by their words: BM25 over SQLite's full-text index (FTS5)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.store.database import Database

WORDS = re.compile(r"\w+")
MOST_PARTS = 64  # words, phrases, or phrases to leave out, of one query: a pasted page is no question
COMMON = 0.5  # a word on more than this share of the pages says nothing about any of them
SNIPPET_WORDS = 16

SEARCH = f"""
SELECT rowid, -rank, snippet(page_search, 0, '', '', '…', {SNIPPET_WORDS})
FROM page_search
WHERE page_search MATCH :match AND (:everywhere OR rowid IN (SELECT value FROM json_each(:allowed)))
AND EXISTS (SELECT 1 FROM item JOIN file ON file.content_id = item.content_id
            WHERE item.id = page_search.rowid AND missing_since IS NULL)
ORDER BY rank LIMIT :limit
"""
PAGE_COUNT = "SELECT COUNT(*) FROM page_search_docsize"  # without the texts themselves: much smaller to walk
CARRIES = """
SELECT rowid FROM page_search WHERE page_search MATCH ? AND rowid IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class WordHit:
    item: int
    score: float  # BM25, higher is better
    matched: float  # the share of the query's idf mass that the page carries, 0 to 1
    snippet: str


class PageWords:
    """Searches the pages' text layers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self,
        text: str,
        without: Sequence[str],
        limit: int,
        allowed: NDArray[np.int64] | None = None,
        phrases: Sequence[str] = (),
    ) -> tuple[WordHit, ...]:
        """Pages that carry any telling word of `text`, all of `phrases` and none of `without`, best first.

        `allowed`: only these items; None: all. Score as in Robertson and Zaragoza 2009, computed by FTS5.
        """
        weights = self._weights(text)
        if not weights or limit <= 0:
            return ()
        arguments = {
            "match": _expression(weights, phrases, without),
            "everywhere": allowed is None,
            "allowed": "[]" if allowed is None else json.dumps(allowed.tolist()),
            "limit": limit,
        }
        with self._database.reading() as db:
            rows = db.execute(SEARCH, arguments).fetchall()
        matched = self._matched([row[0] for row in rows], weights)
        return tuple(WordHit(row[0], row[1], matched[row[0]], " ".join(row[2].split())) for row in rows)

    def _weights(self, text: str) -> dict[str, float]:
        """Query words with their idf; words that half of the pages carry only when there are no others."""
        words = list(dict.fromkeys(word.casefold() for word in WORDS.findall(text)))[:MOST_PARTS]
        with self._database.reading() as db:
            pages = db.execute(PAGE_COUNT).fetchone()[0]
            counts = {
                word: db.execute(
                    "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?", (_quoted(word),)
                ).fetchone()[0]
                for word in words
            }
        telling = [word for word in words if counts[word] <= COMMON * pages] or words
        return {word: math.log1p((pages - counts[word] + 0.5) / (counts[word] + 0.5)) for word in telling}

    def _matched(self, items: Sequence[int], weights: dict[str, float]) -> dict[int, float]:
        total = sum(weights.values())
        matched = dict.fromkeys(items, 0.0)
        listed = json.dumps(list(items))
        with self._database.reading() as db:
            for word, weight in weights.items():
                for (item,) in db.execute(CARRIES, (_quoted(word), listed)):
                    matched[item] += weight / total
        return matched


def _expression(words: Iterable[str], phrases: Sequence[str], without: Sequence[str]) -> str:
    """Flat, since FTS5 takes nothing that is deeply nested."""
    expression = f"({' OR '.join(_quoted(word) for word in words)})"
    for phrase in _spoken(phrases):
        expression += f" AND {phrase}"
    unwanted = " OR ".join(_spoken(without))
    return f"({expression}) NOT ({unwanted})" if unwanted else expression


def _spoken(phrases: Sequence[str]) -> list[str]:
    found = (" ".join(WORDS.findall(phrase)) for phrase in phrases)
    return [_quoted(words) for words in found if words][:MOST_PARTS]


def _quoted(words: str) -> str:
    """A phrase for FTS5, in which nothing has a special meaning."""
    return '"' + words.replace('"', '""') + '"'
