"""Exact scores for pages that were already found: how well their words match the words of the query.

Late interaction over words: each word of the query gets the most similar word of the page (MaxSim; Khattab
and Zaharia 2020, "ColBERT"), weighted by its rarity in the library. BM25 (Robertson and Zaragoza 2009) counts
the frequency, and nearness whether neighbours in the query are neighbours on the page (like the ordered pairs
of Metzler and Croft 2005, "A Markov random field model for term dependencies").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.search.query.library_terms import ExpandedTerm
from engine.store.pages.terms import Digests, PageTerms, digest

K1, B = 1.2, 0.75  # BM25's usual constants
USUAL_LENGTH = 300  # words of a page that is neither short nor long
# The weight of a page with a word only under other accents if another page has it as typed: so small that no
# number of occurrences comes before one.
OTHER_FORM_FACTOR = 0.3
# The weight of similar words on a page in BM25, however many: never as much as the word itself.
SYNONYM_FACTOR = 0.25
NEAR = 3  # the largest distance of two words that form a pair

Scores = NDArray[np.float64]  # (pages,)


@dataclass(frozen=True, slots=True)
class FeatureWeights:
    """The weights of the features, in units of idf; 0 disables one."""

    frequency: float = 1.0  # BM25
    similarity: float = 0.5  # MaxSim
    nearness: float = 1.0
    name: float = 0.5  # of the document
    coverage: float = 2.0  # of the document by the query's words


@dataclass(frozen=True, slots=True, eq=False)
class PageFeatures:
    """The features of pages: (units, pages) each, `nearness` (pages,).

    `bm25`: the BM25 scores, `maxsim`: the MaxSim scores, both in idf; `presence`: how surely the page has the
    unit itself, 0 to 1. `positions`: of matching words, counted from the first word of the first page,
    sorted; `answered_units`: which unit each of them matches; `page_starts`: (pages + 1,), where each page
    begins.
    """

    bm25: NDArray[np.float64]
    maxsim: NDArray[np.float64]
    nearness: Scores
    presence: NDArray[np.float64]
    positions: NDArray[np.int64]
    answered_units: NDArray[np.int64]
    page_starts: NDArray[np.int64]

    @property
    def frequency(self) -> Scores:
        """(pages,): the BM25 score of all units together."""
        return np.asarray(self.bm25.sum(axis=0))

    @property
    def similarity(self) -> Scores:
        """(pages,): the MaxSim score of all units together."""
        return np.asarray(self.maxsim.sum(axis=0))

    def scale(self, factors: NDArray[np.float64]) -> PageFeatures:
        """A copy with BM25 and MaxSim multiplied by `factors`: (units, pages)."""
        return replace(self, bm25=self.bm25 * factors, maxsim=self.maxsim * factors)

    def best_passage(self, page: int, length: int, idf: Sequence[float]) -> int:
        """The word of a page at which its best matching `length` words begin, by their units' idf."""
        begin, end = np.searchsorted(self.positions, self.page_starts[page : page + 2])
        places, units = self.positions[begin:end].tolist(), self.answered_units[begin:end].tolist()
        best, most, last, different = 0, 0.0, 0, len(set(units))
        for at, place in enumerate(places):
            while last < len(places) and places[last] < place + length:
                last += 1
            together = set(units[at:last])
            worth = sum(idf[unit] for unit in together)
            if worth > most:
                best, most = place - int(self.page_starts[page]), worth
            if len(together) == different:
                break
        return best


@dataclass(frozen=True, slots=True, eq=False)
class _Occurrences:
    """Where a unit occurs in the pages laid end to end."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]  # the last word of each
    similarity: NDArray[np.float64]
    is_own: NDArray[np.bool_]  # the unit itself, in any spelling
    has_typed_marks: NDArray[np.bool_]  # with the accents that were typed


class PackedPages:
    """The terms of pages, laid end to end. Immutable."""

    def __init__(self, pages: Sequence[PageTerms]) -> None:
        self.lengths = np.array([len(page.stems) for page in pages], np.int64)
        self._terms = np.concatenate([*(page.stems for page in pages), np.zeros(0, np.uint32)])
        self._marks = np.concatenate([*(page.marks for page in pages), np.zeros(0, np.uint32)])
        self._page = np.repeat(np.arange(len(pages)), self.lengths)
        self._first = np.concatenate([[0], np.cumsum(self.lengths)])
        self._variants = _concatenate_variants(pages, self._first)

    def features(self, units: Sequence[ExpandedTerm]) -> PageFeatures:
        """Match the units of a query with all pages."""
        found = self._occurrences(units)
        count = len(self.lengths)
        said, similar = np.zeros((len(units), count)), np.zeros((len(units), count))
        factors = np.ones((len(units), count))
        counted = np.zeros((len(units), count))
        norm = K1 * (1 - B + B * self.lengths / USUAL_LENGTH)
        for row, (unit, there) in enumerate(zip(units, found, strict=True)):
            pages = self._page[there.starts]
            np.maximum.at(said[row], pages[there.is_own], there.similarity[there.is_own])
            np.maximum.at(similar[row], pages[~there.is_own], there.similarity[~there.is_own])
            factors[row] = _mark_factors(pages, there, count)
            often = np.bincount(pages[there.is_own], there.similarity[there.is_own], count)
            bm25 = factors[row] * often * (K1 + 1) / (often + norm)
            counted[row] = unit.idf * np.where(often > 0, bm25, SYNONYM_FACTOR * similar[row])
        idf = np.array([unit.idf for unit in units])
        places = np.concatenate([there.starts for there in found])
        answered = np.repeat(np.arange(len(units)), [len(there.starts) for there in found])
        order = np.argsort(places, kind="stable")
        nearness = self._nearness(units, found)
        alike = idf[:, None] * factors * np.maximum(said, similar)
        return PageFeatures(counted, alike, nearness, said, places[order], answered[order], self._first)

    def _occurrences(self, units: Sequence[ExpandedTerm]) -> list[_Occurrences]:
        wanted = sorted({digest(term) for unit in units for term in _terms_of(unit)})
        needles = np.array(wanted, np.uint32)
        hits, slot = _find_any(needles, self._terms)
        variant_hits, variant_slot = _find_any(needles, self._variants[:, 1])
        places = np.concatenate([hits, self._variants[variant_hits, 0]])
        order = np.argsort(places, kind="stable")
        slot = np.concatenate([slot, variant_slot])[order]
        return [self._unit_occurrences(unit, needles, places[order], slot) for unit in units]

    def _unit_occurrences(
        self, unit: ExpandedTerm, needles: Digests, hits: NDArray[np.int64], slot: NDArray[np.int64]
    ) -> _Occurrences:
        """A unit of several words is found by its first word, each of its variants by itself."""
        similarity, own = np.zeros(len(needles)), np.zeros(len(needles), np.bool_)
        for term, score in (*unit.synonyms.items(), *unit.variants.items()):
            place = np.searchsorted(needles, digest(term))
            similarity[place], own[place] = score, term in unit.variants
        first = np.searchsorted(needles, digest(unit.terms[0]))
        whole = (slot == first) & self._matches_phrase(unit, hits)
        scores = np.where(whole, 1.0, similarity[slot])
        there = np.flatnonzero(scores > 0)
        there = there[_best_at_each_position(hits[there], scores[there])]
        starts, whole = hits[there], whole[there]
        ends = starts + np.where(whole, len(unit.terms) - 1, 0)
        is_own = whole | own[slot[there]]
        return _Occurrences(starts, ends, scores[there], is_own, self._has_typed_marks(unit, starts))

    def _matches_phrase(self, unit: ExpandedTerm, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the words after the first one of the unit follow on the page too."""
        whole = np.ones(len(starts), np.bool_)
        for offset, term in enumerate(unit.terms[1:], 1):
            ends = np.minimum(starts + offset, len(self._terms) - 1)
            whole &= (self._terms[ends] == digest(term)) & (self._page[ends] == self._page[starts])
        return whole

    def _has_typed_marks(self, unit: ExpandedTerm, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        alike = np.ones(len(starts), np.bool_)
        for offset, mark in enumerate(unit.marks):
            alike &= self._marks[np.minimum(starts + offset, len(self._marks) - 1)] == mark
        return alike

    def _nearness(self, units: Sequence[ExpandedTerm], found: Sequence[_Occurrences]) -> Scores:
        """The smaller idf of each pair of units that are adjacent in the query and on the page."""
        total = np.zeros(len(self.lengths))
        for at in range(len(units) - 1):
            if units[at].terms == units[at + 1].terms:
                continue
            ends = found[at].ends
            starts = found[at + 1].starts
            if not len(ends) or not len(starts):
                continue
            next_one = np.minimum(np.searchsorted(starts, ends, side="right"), len(starts) - 1)
            gap = starts[next_one] - ends
            paired = (gap >= 1) & (gap <= NEAR) & (self._page[starts[next_one]] == self._page[ends])
            total[np.unique(self._page[ends[paired]])] += min(units[at].idf, units[at + 1].idf)
        return total


def _concatenate_variants(pages: Sequence[PageTerms], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count, 2): positions in the pages laid end to end, and digests."""
    offsets = np.stack([first, np.zeros_like(first)], axis=1)
    laid = [page.variants + offset for page, offset in zip(pages, offsets, strict=False)]
    return np.concatenate([np.zeros((0, 2), np.int64), *laid])


def _find_any(needles: Digests, terms: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The positions of any of `needles` (sorted, not empty), and which needle each is."""
    slot = np.minimum(np.searchsorted(needles, terms), len(needles) - 1)
    hits = np.flatnonzero(needles[slot] == terms)
    return hits, slot[hits]


def _best_at_each_position(places: NDArray[np.int64], scores: Scores) -> NDArray[np.int64]:
    """The best at each position, so that a word with a variant counts once. `places`: sorted."""
    order = np.lexsort((-scores, places))
    first = np.ones(len(places), np.bool_)
    first[1:] = places[order][1:] != places[order][:-1]
    return order[first]


def _terms_of(unit: ExpandedTerm) -> tuple[str, ...]:
    return (unit.terms[0], *unit.variants, *unit.synonyms)


def _mark_factors(pages: NDArray[np.int64], there: _Occurrences, count: int) -> Scores:
    """The weight of each page: lower if it has the word only with other accents than another page."""
    same = there.similarity >= 1.0
    exact = np.bincount(pages[same & there.has_typed_marks], minlength=count) > 0
    other = np.bincount(pages[same & ~there.has_typed_marks], minlength=count) > 0
    return np.where(other & ~exact & exact.any(), OTHER_FORM_FACTOR, 1.0)
