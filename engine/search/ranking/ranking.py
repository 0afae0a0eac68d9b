"""Rankings within one space, their fusion, and both spaces in one list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engine.records import LEAD, Verdict
from engine.search.ranking.rank_fusion import reciprocal_rank_fusion

VERDICTS = (Verdict.NONE, Verdict.WEAK, Verdict.STRONG)
CONFIDENCE = {verdict: confidence for confidence, verdict in enumerate(VERDICTS)}

Positions = NDArray[np.int64] | NDArray[np.bool_] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Distinct items, best first, in arrays: the ranking of a whole library may have 100,000 items."""

    items: NDArray[np.int64]
    scores: NDArray[np.float64]
    confidence: NDArray[np.int8]  # indices into VERDICTS
    # By item: make the snippet from its text, lazily, since few of thousands are ever shown.
    snippets: Mapping[int, Callable[[str], str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def unranked(cls, items: Sequence[int] | NDArray[np.int64]) -> Ranking:
        """Items without scores, in the given order."""
        numbers = np.asarray(items, np.int64)
        return cls(numbers, np.zeros(len(numbers)), np.zeros(len(numbers), np.int8))

    def take(self, places: Positions) -> Ranking:
        """The items at these positions, in that order."""
        return replace(
            self, items=self.items[places], scores=self.scores[places], confidence=self.confidence[places]
        )

    def followed_by(self, other: Ranking) -> Ranking:
        """This ranking unchanged, then what only the other has."""
        rest = other.take(~np.isin(other.items, self.items))
        return concatenate_rankings([self, rest])

    def cap_confidence(self, verdict: Verdict) -> Ranking:
        """The same order, with no verdict above `verdict`."""
        return replace(self, confidence=np.minimum(self.confidence, np.int8(CONFIDENCE[verdict])))

    def best_score(self) -> float:
        """The highest score; 0 if empty."""
        return float(self.scores.max(initial=0.0))

    def best_verdict(self) -> Verdict:
        """The surest verdict; NONE if empty."""
        return VERDICTS[int(self.confidence.max(initial=0))]


EMPTY_RANKING = Ranking.unranked(())


def fuse_rankings(*rankings: Ranking) -> Ranking:
    """Fuse several rankings into one by rank, never by raw score.

    An item in several rankings keeps the score of the first, the surest verdict and any snippet.
    """
    filled = [ranking for ranking in rankings if len(ranking)]
    if len(filled) < 2:
        return filled[0] if filled else EMPTY_RANKING
    order, _ = reciprocal_rank_fusion([ranking.items for ranking in filled])
    each = _deduplicate(concatenate_rankings(filled))
    return each.take(np.searchsorted(each.items, order))


def put_kind_first(leading: Ranking, others: Ranking) -> Ranking:
    """Both spaces in one list: first `LEAD` items of the kind that the query is for, then alternating.

    After these, items without a match come last. Scores of the two are never compared. An item in both gets
    its better place; otherwise each ranking keeps its own order.
    """
    return _interleave(leading, others, lead=LEAD)


def interleave_by_confidence(photos: Ranking, pages: Ranking) -> Ranking:
    """Both spaces in one list: the surer matches of either first, alternating.

    Ranks are never added up: a photograph that shows text is in both rankings, and would for that reason
    alone come before the first of either.
    """
    return _interleave(photos, pages, by_confidence=True)


def _interleave(first: Ranking, second: Ranking, lead: int = 0, by_confidence: bool = False) -> Ranking:
    both = concatenate_rankings([first, second])
    ranks = np.concatenate([np.arange(len(first)), np.arange(len(second))])
    sides = np.repeat([0, 1], [len(first), len(second)])
    tiers = np.ones(len(both), np.int64)
    if by_confidence:
        tiers = np.concatenate([_raise_to_later(first.confidence), _raise_to_later(second.confidence)])
    tiers[both.confidence == CONFIDENCE[Verdict.NONE]] = 0
    tiers[: min(lead, len(first))] = 1 + max(CONFIDENCE.values())
    both = both.take(np.lexsort((sides, ranks, -tiers)))
    _, place = np.unique(both.items, return_index=True)
    return _deduplicate(both).take(np.argsort(place))


def _raise_to_later(tiers: NDArray[np.int8] | NDArray[np.int64]) -> NDArray[np.int64]:
    """A ranking's order is more reliable than its verdicts: an item before a sure one is as sure."""
    return np.maximum.accumulate(np.asarray(tiers, np.int64)[::-1])[::-1]


def concatenate_rankings(rankings: Sequence[Ranking]) -> Ranking:
    """All entries one after another, repetitions included; of an item's snippets the first counts."""
    snippets = {item: text for ranking in reversed(rankings) for item, text in ranking.snippets.items()}
    return Ranking(
        np.concatenate([ranking.items for ranking in rankings]),
        np.concatenate([ranking.scores for ranking in rankings]),
        np.concatenate([ranking.confidence for ranking in rankings]),
        snippets,
    )


def _deduplicate(entries: Ranking) -> Ranking:
    """Sorted by item: the score of its first place, the surest verdict of all."""
    items, first, owners = np.unique(entries.items, return_index=True, return_inverse=True)
    surest = np.zeros(len(items), np.int8)
    np.maximum.at(surest, owners, entries.confidence)
    return Ranking(items, entries.scores[first], surest, entries.snippets)
