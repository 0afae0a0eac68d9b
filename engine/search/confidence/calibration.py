"""What the scores on a library are compared with: measured once, and anew when other items can be found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.index.nearest_index import NearestIndex
from engine.models.protocols import PictureEmbedder
from engine.records import ItemKind, Vector, Vectors
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES, CALIBRATION_WORDS
from engine.search.confidence.thresholds import (
    QueryKind,
    ScoreThresholds,
    picture_thresholds,
    text_thresholds,
)
from engine.store.items.item_table import ItemRows, Items

SAMPLE = 400  # vectors that stand for the library where its statistics are needed
SMALLEST_SPREAD = 1e-4  # of cosines, where all pictures are alike

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScoreStats:
    """Of the photographs alone, or of the pages alone."""

    sample: Vectors  # (count, dimension): stands for them
    thresholds: Mapping[QueryKind, ScoreThresholds]

    def median(self, vector: Vector) -> float:
        """The middle of what they score for a query; there must be one at least."""
        return float(np.median(self.sample @ vector))

    def standard_deviation(self, vector: Vector) -> float:
        """The standard deviation of what they score for a query, above 0."""
        return max(float(np.std(self.sample @ vector)), SMALLEST_SPREAD)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Photographs are measured among photographs and pages among pages: they are ranked apart.

    Some phrases fit a page better than any photograph: by the best of both, documents that are added to
    photographs would make some of these far off that matched before.
    """

    sample: Vectors  # (count, dimension): stands for the library's pictures
    by_kind: Mapping[ItemKind, ScoreStats]


class Calibrator:
    """Keeps the calibration of one model's vectors. Safe to use from several threads."""

    def __init__(self, embedder: PictureEmbedder, known: Callable[[], ItemRows]) -> None:
        """`known`: all items that can be found, whatever a query may ask for; the same object until there are
        others."""
        self._embedder = embedder
        self._known = known
        self._lock = threading.Lock()
        self._texts: Vectors | None = None  # of the references
        self._reached: dict[ItemKind, _BestScores] = {}
        self._taken: tuple[ItemRows, int, Calibration] | None = None

    def calibration(self, nearest: NearestIndex) -> Calibration:
        """Taken once, and anew when what can be found is not the same any more."""
        with self._lock:
            known, changes = self._known(), nearest.changes
            if self._taken is None or self._taken[0] is not known or self._taken[1] != changes:
                self._taken = known, changes, self._calibrate(nearest, known)
            return self._taken[2]

    def _calibrate(self, nearest: NearestIndex, known: ItemRows) -> Calibration:
        if self._texts is None:
            self._texts = self._embedder.embed_texts((*CALIBRATION_PHRASES, *CALIBRATION_WORDS))
        looked_at = np.isin(known.items, nearest.keys(), assume_unique=True)
        of = {
            ItemKind.PHOTO: self._score_stats(
                nearest, self._texts, known.at(looked_at & ~known.is_page), ItemKind.PHOTO
            ),
            ItemKind.PAGE: self._score_stats(
                nearest, self._texts, known.at(looked_at & known.is_page), ItemKind.PAGE
            ),
        }
        return Calibration(_draw_sample(nearest, known.at(looked_at)), of)

    def _score_stats(
        self, nearest: NearestIndex, texts: Vectors, among: ItemRows, kind: ItemKind
    ) -> ScoreStats:
        best = self._best_scores(nearest, texts, among.items, kind)
        sample = _draw_sample(nearest, among)
        references = {
            QueryKind.SENTENCE: text_thresholds(best[: len(CALIBRATION_PHRASES)]),
            QueryKind.WORDS: text_thresholds(best[len(CALIBRATION_PHRASES) :], QueryKind.WORDS),
            QueryKind.PICTURE: picture_thresholds(sample),
        }
        return ScoreStats(sample, references)

    def _best_scores(self, nearest: NearestIndex, texts: Vectors, items: Items, kind: ItemKind) -> Scores:
        """What each of `texts` reaches among `items`. While these only become more, new ones alone are asked:
        a library of 100,000 takes a tenth of a second."""
        before = self._reached.get(kind)
        if before is not None and np.isin(before.items, items, assume_unique=True).all():
            added = np.setdiff1d(items, before.items, assume_unique=True)
            best = np.maximum(before.best, nearest.best_scores(texts, added)) if len(added) else before.best
        else:
            best = nearest.best_scores(texts, items)
        self._reached[kind] = _BestScores(items, best)
        return best


@dataclass(frozen=True, slots=True, eq=False)
class _BestScores:
    items: Items  # sorted
    best: Scores  # (references,): of these items


def _draw_sample(nearest: NearestIndex, among: ItemRows) -> Vectors:
    """(count, dimension): vectors that stand for them. The same ones for the same items, however these came:
    how sure a match is may not depend on that."""
    lowest = np.argsort(among.sampling_keys, kind="stable")[:SAMPLE]
    return nearest.present(among.items[lowest])[1]
