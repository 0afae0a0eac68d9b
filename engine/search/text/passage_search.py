"""Finds pages by meaning: by the passage that is nearest to the query.

Words and meaning are combined in a weighted sum, since both have scales that do not depend on the library:
shares of the query's rarity, and cosines. Figures: docs/decisions/words.md.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.index.passage_index import PassageIndex
from engine.models.protocols import TextEncoder
from engine.records import Vector, Verdict
from engine.search.ranking.ranking import CONFIDENCE, Ranking

Items = NDArray[np.int64]

WEIGHT = 1.5  # of a cosine of 1, where a page with all words of the query gets about 3 for them
LEAST = 0.4  # for a page without any of the words; captions of photographs reach .3 in one case of twenty
LIKELY = 0.5  # from here on the nearest page is right in about every second case, its document almost always
QUERIES_KEPT = 8  # so that a hit can be explained without encoding the query again


@dataclass(frozen=True, slots=True, eq=False)
class PassageMatches:
    """How near pages are to a query, sorted by item. Pages without passages are left out."""

    items: Items = field(default_factory=lambda: np.empty(0, np.int64))
    cosines: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    problem: str = ""  # a sentence on why nothing was found, or ""

    def cosines_of(self, items: Items) -> NDArray[np.float64]:
        """(count,) items -> (count,) cosines; NaN for an item without one."""
        if not len(self.items):
            return np.full(len(items), np.nan)
        places = np.minimum(np.searchsorted(self.items, items), len(self.items) - 1)
        return np.where(self.items[places] == items, self.cosines[places], np.nan)

    def nearest(self, most: int) -> Items:
        """The up to `most` nearest pages that may match without any of the words, best first."""
        near = np.flatnonzero(self.cosines >= LEAST)
        return self.items[near[np.argsort(-self.cosines[near], kind="stable")[:most]]]


class PassageSearch:
    """Searches passages by meaning. Thread-safe."""

    def __init__(
        self,
        load: Callable[[], TextEncoder],
        index: Callable[[], PassageIndex | None],
        is_english: Callable[[str], bool],
    ) -> None:
        """`load`: called for the first query. `index`: returns None while there are no passages.

        `is_english`: whether the encoder understands a query.
        """
        self._load = load
        self._index = index
        self._is_english = is_english
        self._lock = threading.Lock()  # guards the cached queries; never held for long
        self._queries: OrderedDict[str, Vector] = OrderedDict()

    def warm_up(self) -> None:
        """Load the index and the encoder. Raises ModelError."""
        if self._current_index() is not None:
            self._vector("word")

    def search(self, text: str, allowed: Items) -> PassageMatches:
        """Compare all passages with the text.

        `allowed`: only these pages (sorted, unique). Raises ModelError.
        """
        index = self._current_index()
        if index is None or not self._is_english(text):
            return PassageMatches()
        items, cosines = index.scores(self._vector(text), allowed)
        order = np.argsort(items)
        return PassageMatches(items[order], cosines[order].astype(np.float64))

    def _current_index(self) -> PassageIndex | None:
        """None if there is nothing to find."""
        index = self._index()
        if index is None:
            return None
        index.catch_up()
        return index if len(index) else None

    def _vector(self, text: str) -> Vector:
        with self._lock:
            known = self._queries.get(text)
        if known is None:
            known = self._load().encode([text])[0]
            with self._lock:
                self._queries[text] = known
                while len(self._queries) > QUERIES_KEPT:
                    self._queries.popitem(last=False)
        return known


def merge_with_passages(words: Ranking, near: PassageMatches, most: int, said_by_others: float) -> Ranking:
    """One ranking of pages by words and meaning: all of `words`, and at most `most` of the nearest others.

    `said_by_others`: the word score of pages that are not in `words`.
    """
    if not len(near.items):
        return words
    others = np.setdiff1d(near.nearest(most), words.items)
    items = np.concatenate([words.items, others])
    said = np.concatenate([words.scores, np.full(len(others), said_by_others)])
    cosines = near.cosines_of(items)
    known = np.isfinite(cosines)
    # A page without passages, so far or at all, counts as near as the median of those found.
    usual = float(np.median(cosines[known])) if known.any() else 0.0
    scores = said + WEIGHT * np.where(known, cosines, usual)
    by_meaning = np.where(known & (cosines >= LIKELY), CONFIDENCE[Verdict.WEAK], 0).astype(np.int8)
    confidence = np.maximum(np.concatenate([words.confidence, np.zeros(len(others), np.int8)]), by_meaning)
    order = np.argsort(-scores, kind="stable")
    return Ranking(items[order], scores[order], confidence[order], words.snippets)
