"""How much of each document speaks of what is asked: what most of its pages carry, it is about.

One page says little of which report it is from: all reports of a shelf speak of capital expenditure, and each
names other companies and other years. What a document is about, its pages repeat.
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

MOST_COUNTED = 30_000  # pages that carry words of one query, the rarest words first: 3 ms
# Pages that a document seems to have besides its own. A page that carries a word is no further evidence of
# itself, and of two pages the other is little.
PRIOR_PAGES = 5

CARRIERS = "SELECT group_concat(rowid) FROM page_search WHERE page_search MATCH ?"


@dataclass(frozen=True, slots=True, eq=False)
class CoverageScores:
    """Of one query."""

    scores: NDArray[np.float64]  # (contents,) by content number, 0 or more
    items: NDArray[np.int64]  # (pages,), those that carry one of the words, sorted
    contents: NDArray[np.int64]  # (pages,)
    rarity: NDArray[np.float64]  # (pages,), the rarity of the words that each carries

    def score_of(self, contents: NDArray[np.int64]) -> NDArray[np.float64]:
        """0 for what came since."""
        return np.append(self.scores, 0.0)[np.minimum(contents, len(self.scores))]

    def best_pages(self, documents: int, pages: int) -> list[int]:
        """Of the so many documents that are covered best the so many pages that carry most."""
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
    """Safe to use from several threads."""

    def __init__(self, known: Callable[[], ItemRows]) -> None:
        """`known`: all items that can be found; the same object until there are others."""
        self._known = known
        self._pages: _DocumentPages | None = None

    def score(
        self, db: Connection, found: Sequence[LibraryTerm], allowed: NDArray[np.int64] | None = None
    ) -> CoverageScores:
        """`allowed`: only these items are among the pages, sorted; None: all."""
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
    """In `pages`, of those that carry the word; where none does, that carry what it may be a slip of."""
    words = piece.matches[:1] if piece.page_count else piece.matches
    held = db.execute(CARRIERS, (" OR ".join(map(quote_phrase, words)),)).fetchone()[0]
    items = np.fromstring(held or "", np.int64, sep=",")
    if not len(pages.items):
        return items[:0]
    places = np.minimum(np.searchsorted(pages.items, items), len(pages.items) - 1)
    there: NDArray[np.int64] = places[pages.items[places] == items]
    return there


def _rarity(shares: NDArray[np.float64], documents: int) -> float:
    """As idf, where a document that carries a word on half of its pages counts half."""
    carrying = float(shares.sum())
    return math.log1p((documents - carrying + 0.5) / (carrying + 0.5))
