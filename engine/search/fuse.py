"""Reciprocal rank fusion: rankings whose scores do not compare become one.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
Methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

RANK_CONSTANT = 60  # the paper's k: how little the first places count for more than those that follow

Entry = TypeVar("Entry", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fused(Generic[Entry]):
    entry: Entry
    score: float  # the sum of weight / (constant + rank); comparable within one fusion only


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[Entry]],
    weights: Sequence[float] | None = None,
    constant: int = RANK_CONSTANT,
) -> list[Fused[Entry]]:
    """The entries of all rankings (best first), best first.

    Equal scores are ordered by the best rank anywhere, then by the earlier ranking. A repeated entry counts
    at its first place. Raises ValueError when the weights are not one a ranking, or one is negative.
    """
    if weights is None:
        weights = [1.0] * len(rankings)
    if len(weights) != len(rankings) or any(not weight >= 0 for weight in weights):
        raise ValueError("one weight, not negative, is needed for each ranking")
    scores: dict[Entry, float] = {}
    best: dict[Entry, tuple[int, int]] = {}
    for number, (ranking, weight) in enumerate(zip(rankings, weights, strict=True)):
        for rank, entry in enumerate(dict.fromkeys(ranking), start=1):
            scores[entry] = scores.get(entry, 0.0) + weight / (constant + rank)
            best[entry] = min(best.get(entry, (rank, number)), (rank, number))
    ordered = sorted(scores, key=lambda entry: (-scores[entry], best[entry]))
    return [Fused(entry, scores[entry]) for entry in ordered]
