"""Measures how well texts find their pictures, and pictures their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.metrics import average_precision


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of queries that find a right answer among the first 1, 5 and 10."""

    at_1: float
    at_5: float
    at_10: float

    def __str__(self) -> str:
        return f"{self.at_1:.3f} / {self.at_5:.3f} / {self.at_10:.3f}"


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """Hodosh, Young and Hockenmaier 2013: a text finds its picture, a picture finds any of its texts."""

    pictures_by_text: Recall
    texts_by_picture: Recall

    @classmethod
    def of(cls, numbers: Sequence[float]) -> RetrievalScores:
        """The inverse of `numbers`."""
        return cls(Recall(*numbers[:3]), Recall(*numbers[3:]))

    def numbers(self) -> tuple[float, ...]:
        """The six values; their sum is a common single figure for both directions (Faghri et al. 2018)."""
        return astuple(self.pictures_by_text) + astuple(self.texts_by_picture)


def measure_retrieval(scores: NDArray[np.float32], picture_of: NDArray[np.int64]) -> RetrievalScores:
    """`scores`: (texts, pictures); text k belongs to picture `picture_of[k]`.

    Ties count against the right answer, and NaN is the lowest score. A picture without a text is not a query.
    """
    scores = np.where(np.isnan(scores), np.float32(-np.inf), scores)
    right = scores[np.arange(len(scores)), picture_of]
    by_text = (scores >= right[:, None]).sum(axis=1)
    best = np.full(scores.shape[1], -np.inf, np.float32)
    np.maximum.at(best, picture_of, right)
    asked = np.unique(picture_of)
    own = picture_of[:, None] == asked[None, :]
    by_picture = ((scores[:, asked] >= best[asked]) & ~own).sum(axis=0) + 1
    return RetrievalScores(_recall(by_text), _recall(by_picture))


def mean_average_precision(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> float:
    """Both (queries, pictures). Ties count against the right answers.

    A query without a right answer is ignored; 0 without queries.
    """
    asked = [_precision(*query) for query in zip(scores, relevant, strict=True) if query[1].any()]
    return float(np.mean(asked)) if asked else 0.0


def _precision(scores: NDArray[np.float32], relevant: NDArray[np.bool_]) -> float:
    ordered = relevant[np.lexsort((relevant, -scores))]
    ranks = (np.flatnonzero(ordered) + 1).tolist()
    return average_precision(ranks, len(ranks))


def _recall(places: NDArray[np.int64]) -> Recall:
    """`places`: of the right answers, from 1."""
    return Recall(*(float(np.mean(places <= k)) for k in (1, 5, 10)))
