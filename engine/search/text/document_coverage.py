"""Scores how much of each document covers the query: a document is about what most of its pages mention.

A single page says little about which report it belongs to: all reports mention capital expenditure, but each
names other companies and years. A document repeats its subject on its pages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.search.query.library_terms import LibraryTerm, quote_phrase
from engine.store.items.item_table import ItemRows

MOST_COUNTED = 30_000  # pages with words of one query, the rarest words first: 3 ms
# Added to a document's page count: a page with a word is no further evidence for itself, and in a document
# of two pages the other one is little evidence.
PRIOR_PAGES = 5

CARRIERS = "SELECT group_concat(rowid) FROM page_search WHERE page_search MATCH ?"


@dataclass(frozen=True, slots=True, eq=False)
class CoverageScores:
    """The coverage of documents by one query."""

    scores: NDArray[np.float64]  # (contents,) by content number, 0 or more
    items: NDArray[np.int64]  # (pages,): pages with one of the words, sorted
    contents: NDArray[np.int64]  # (pages,)
    rarity: NDArray[np.float64]  # (pages,): the total rarity of the words on each

    def score_of(self, contents: NDArray[np.int64]) -> NDArray[np.float64]:
        """The scores of these contents; 0 for newer ones."""
        return np.append(self.scores, 0.0)[np.minimum(contents, len(self.scores))]

    def best_pages(self, documents: int, pages: int) -> list[int]:
        """The `pages` pages with the most rarity among the `documents` best covered documents."""
        best = np.argsort(-self.scores, kind="stable")[:documents]
        within = np.flatnonzero(np.isin(self.contents, best[self.scores[best] > 0]))
        most = within[np.argsort(-self.rarity[within], kind="stable")[:pages]]
        items: list[int] = self.items[most].tolist()
        return items


NO_COVERAGE = CoverageScores(np.zeros(1), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class _DocumentPages:
    known: ItemRows
    items: NDArray[np.int64]  # sorted
    contents: NDArray[np.int64]
    lengths: NDArray[np.int64]  # by content number
    documents: int


class DocumentCoverage:
    """Computes coverage. Thread-safe."""

    def __init__(self, known: Callable[[], ItemRows]) -> None:
        """`known`: returns all visible items; the same object until they change."""
        self._known = known
        self._pages: _DocumentPages | None = None

    def score(
        self, db: Connection, found: Sequence[LibraryTerm], allowed: NDArray[np.int64] | None = None
    ) -> CoverageScores:
        """The coverage by the terms of a query. `allowed`: only these items as pages, sorted; None: all."""
        pages = self._current_pages(self._known())
        scores = np.zeros(len(pages.lengths))
        items: list[NDArray[np.int64]] = []
        worth: list[NDArray[np.float64]] = []
        counted = 0
        for piece in sorted(found, key=lambda piece: piece.match_count):
            counted += piece.match_count
            if counted > MOST_COUNTED:
                break
            places = _find_carrying_pages(db, piece, pages)
            carrying = np.bincount(pages.contents[places], minlength=len(scores))
            shares = np.maximum(carrying - 1, 0) / (pages.lengths + PRIOR_PAGES)
            scores += _rarity(shares, pages.documents) * shares
            items.append(places)
            worth.append(np.full(len(places), piece.unit.idf))
        if not items:
            return NO_COVERAGE
        carriers, owner = np.unique(np.concatenate(items), return_inverse=True)
        carried = np.bincount(owner, np.concatenate(worth), len(carriers)).astype(np.float64)
        if allowed is not None:
            kept = np.isin(pages.items[carriers], allowed)
            carriers, carried = carriers[kept], carried[kept]
        return CoverageScores(scores, pages.items[carriers], pages.contents[carriers], carried)

    def _current_pages(self, known: ItemRows) -> _DocumentPages:
        pages = self._pages
        if pages is None or pages.known is not known:
            contents = known.contents[known.is_page]
            lengths = np.bincount(contents, minlength=1)
            pages = _DocumentPages(
                known, known.items[known.is_page], contents, lengths, int(np.count_nonzero(lengths))
            )
            self._pages = pages
        return pages


def _find_carrying_pages(db: Connection, piece: LibraryTerm, pages: _DocumentPages) -> NDArray[np.int64]:
    """Positions in `pages` of those with the word, or if there are none, with its spelling corrections."""
    words = piece.matches[:1] if piece.page_count else piece.matches
    held = db.execute(CARRIERS, (" OR ".join(map(quote_phrase, words)),)).fetchone()[0]
    items = np.fromstring(held or "", np.int64, sep=",")
    if not len(pages.items):
        return items[:0]
    places = np.minimum(np.searchsorted(pages.items, items), len(pages.items) - 1)
    there: NDArray[np.int64] = places[pages.items[places] == items]
    return there


def _rarity(shares: NDArray[np.float64], documents: int) -> float:
    """Like idf, where a document with a word on half of its pages counts half."""
    carrying = float(shares.sum())
    return math.log1p((documents - carrying + 0.5) / (carrying + 0.5))
