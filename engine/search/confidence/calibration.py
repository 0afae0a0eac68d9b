"""Measures the scores that chance matches reach on a library: once, and again when its items change."""

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

SAMPLE = 400  # vectors that represent the library in statistics
SMALLEST_SPREAD = 1e-4  # of cosines, for a library of equal pictures

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScoreStats:
    """Score statistics of the photographs only, or of the pages only."""

    sample: Vectors  # (count, dimension): represents them
    thresholds: Mapping[QueryKind, ScoreThresholds]

    def median(self, vector: Vector) -> float:
        """The median of their scores for a query vector; the sample must not be empty."""
        return float(np.median(self.sample @ vector))

    def standard_deviation(self, vector: Vector) -> float:
        """The standard deviation of their scores for a query vector, above 0."""
        return max(float(np.std(self.sample @ vector)), SMALLEST_SPREAD)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The statistics of a library. Photographs and pages are measured separately, since they are ranked so.

    Some phrases match a page better than any photograph. With one statistic for both, adding documents would
    turn photographs that matched before into bad matches.
    """

    sample: Vectors  # (count, dimension): represents the library's pictures
    by_kind: Mapping[ItemKind, ScoreStats]


class Calibrator:
    """Caches the calibration of one model's vectors. Thread-safe."""

    def __init__(self, embedder: PictureEmbedder, known: Callable[[], ItemRows]) -> None:
        """`known`: returns all visible items, whatever a query filters; the same object until they change."""
        self._embedder = embedder
        self._known = known
        self._lock = threading.Lock()
        self._texts: Vectors | None = None  # of the calibration queries
        self._reached: dict[ItemKind, _BestScores] = {}
        self._taken: tuple[ItemRows, int, Calibration] | None = None

    def calibration(self, nearest: NearestIndex) -> Calibration:
        """The current calibration, measured again only if the visible items or vectors changed."""
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
        """The best score of each text among `items`.

        As long as items are only added, only the new ones are scored: 100,000 items take a tenth of a second.
        """
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
    best: Scores  # (calibration queries,): of these items


def _draw_sample(nearest: NearestIndex, among: ItemRows) -> Vectors:
    """(count, dimension): vectors that represent the items.

    The same items always give the same sample, in whichever order they were added, so that confidence does
    not depend on that.
    """
    lowest = np.argsort(among.sampling_keys, kind="stable")[:SAMPLE]
    return nearest.present(among.items[lowest])[1]
