"""How much of each document speaks of what is asked: what most of its pages carry, it is about.

One page says little of which report it is from: all reports of a shelf speak of capital expenditure, and each
names other companies and other years. What a document is about, its pages repeat.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.search.sought import Sought, quoted
from engine.store.presence import Known

MOST_COUNTED = 30_000  # pages that carry words of one query, the rarest words first: 3 ms
# Pages that a document seems to have besides its own. A page that carries a word is no further evidence of
# itself, and of two pages the other is little.
USUAL = 5

CARRIERS = "SELECT group_concat(rowid) FROM page_search WHERE page_search MATCH ?"


class Coverage:
    """Safe to use from several threads."""

    def __init__(self, known: Callable[[], Known]) -> None:
        """`known`: all items that can be found."""
        self._known = known

    def scores(self, db: Connection, found: Sequence[Sought]) -> NDArray[np.float64]:
        """(contents,) by content number: the sum over words of rarity among documents and share of pages."""
        known = self._known()
        pages = known.at(known.is_page)
        lengths = np.bincount(pages.contents, minlength=1)
        scores = np.zeros(len(lengths))
        counted = 0
        for piece in sorted(found, key=lambda piece: piece.rows):
            counted += piece.rows
            if counted > MOST_COUNTED:
                break
            carrying = np.bincount(_contents(db, piece, pages), minlength=len(lengths))
            shares = np.maximum(carrying - 1, 0) / (lengths + USUAL)
            scores += _rarity(shares, int(np.count_nonzero(lengths))) * shares
        return scores


def _contents(db: Connection, piece: Sought, pages: Known) -> NDArray[np.int64]:
    """Of the pages that carry the word; where none does, that carry what it may be a slip of."""
    if not len(pages.items):
        return pages.contents
    words = piece.matches[:1] if piece.count else piece.matches
    held = db.execute(CARRIERS, (" OR ".join(map(quoted, words)),)).fetchone()[0]
    items = np.fromstring(held or "", np.int64, sep=",")
    places = np.minimum(np.searchsorted(pages.items, items), len(pages.items) - 1)
    contents: NDArray[np.int64] = pages.contents[places[pages.items[places] == items]]
    return contents


def _rarity(shares: NDArray[np.float64], documents: int) -> float:
    """As idf, where a document that carries a word on half of its pages counts half."""
    carrying = float(shares.sum())
    return math.log1p((documents - carrying + 0.5) / (carrying + 0.5))
