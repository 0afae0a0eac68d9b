"""Reciprocal rank fusion: merges rankings whose scores cannot be compared.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
Methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RANK_CONSTANT = 60  # the paper's k: the larger, the less the first ranks dominate

Entries = NDArray[np.int64]


def reciprocal_rank_fusion(
    rankings: Sequence[Entries], weights: Sequence[float] | None = None, constant: int = RANK_CONSTANT
) -> tuple[Entries, NDArray[np.float64]]:
    """The entries of all rankings (each best first), best first, and their scores.

    A score is the sum of weight / (constant + rank), comparable within one fusion only. Ties are ordered by
    the best rank in any ranking, then by the earlier ranking. A repeated entry counts at its first place.
    Raises ValueError unless there is one weight of 0 or more for each ranking.
    """
    if weights is None:
        weights = [1.0] * len(rankings)
    if len(weights) != len(rankings) or any(not weight >= 0 for weight in weights):
        raise ValueError("one weight, not negative, is needed for each ranking")
    once = [ranking[np.sort(np.unique(ranking, return_index=True)[1])] for ranking in rankings]
    listed = np.concatenate([np.empty(0, np.int64), *once])
    ranks = np.concatenate([np.empty(0, np.int64), *(np.arange(1, len(part) + 1) for part in once)])
    owners = np.repeat(np.arange(len(once)), [len(part) for part in once])
    entries, places = np.unique(listed, return_inverse=True)
    scores = np.zeros(len(entries))
    np.add.at(scores, places, np.array(weights, np.float64)[owners] / (constant + ranks))
    best = np.full(len(entries), len(listed))
    np.minimum.at(best, places[np.lexsort((owners, ranks))], np.arange(len(listed)))
    order = np.lexsort((best, -scores))
    return entries[order], scores[order]
