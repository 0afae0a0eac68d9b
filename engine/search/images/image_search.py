"""Ranks photographs, and pages by their look, with one model's picture vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError, QueryPictureError
from engine.index.nearest_index import NearestIndex, Neighbours
from engine.index.picture_index import PictureIndex
from engine.records import ItemKind, Query, Scope, Vector
from engine.search.confidence.calibration import Calibration, Calibrator, ScoreStats
from engine.search.confidence.probability import ScoreFeatures, confidence_levels, match_probabilities
from engine.search.images.query_encoder import EncodedQuery, QueryEncoder, QueryPart
from engine.search.query.text_query import TextQuery
from engine.search.ranking.ranking import EMPTY_RANKING, Ranking
from engine.search.ranking.tie_order import break_ties
from engine.search.stopwatch import Stopwatch
from engine.store.items.item_table import Items, VisibleItems
from engine.store.items.locations import LocationsOf


@dataclass(frozen=True, slots=True)
class ImageResults:
    """The answer of the picture vectors, or the error that prevented one."""

    photos: Ranking = EMPTY_RANKING
    pages: Ranking = EMPTY_RANKING
    encoded: EncodedQuery | None = None
    error: QueryError | None = None
    margin: float = -math.inf
    """How far the best photograph for a text is above a strong match: see `ScoreThresholds.margin`."""


class ImageSearch:
    """Searches one model's picture vectors. Thread-safe."""

    def __init__(
        self,
        pictures: PictureIndex,
        encoder: QueryEncoder,
        calibrator: Calibrator,
        locations_of: LocationsOf,
    ) -> None:
        self._pictures = pictures
        self._encoder = encoder
        self._calibrator = calibrator
        self._locations_of = locations_of

    def warm_up(self) -> None:
        """Load new vectors and calibrate the library's scores. Raises ModelError."""
        self._pictures.catch_up()
        self._calibrator.calibration(self._pictures.nearest)

    def search(
        self,
        query: Query,
        text_query: TextQuery,
        visible: VisibleItems,
        encoded: EncodedQuery | None,
        stopwatch: Stopwatch,
    ) -> ImageResults:
        """Rank photographs.

        If the query has pictures, pages too, since sentences say little about their look. `encoded`: the
        query's encoding from before, or None. Raises QueryPictureError, ModelError.
        """
        has_pictures = bool(query.like or query.like_items)
        if query.scope is Scope.PAGES and not has_pictures:
            return ImageResults()
        with stopwatch.stage("catch up"):
            self._pictures.catch_up()
            nearest = self._pictures.nearest
            calibration = self._calibrator.calibration(nearest)
        if encoded is None:
            try:
                with stopwatch.stage("encode"):
                    encoded = self._encoder.encode(query, text_query, nearest, calibration.sample)
            except QueryPictureError:
                raise  # searching by the words only would answer another query
            except QueryError as error:
                return ImageResults(error=error)
        with stopwatch.stage("nearest"):
            return self._rank(nearest, encoded, calibration, text_query.limit, visible, has_pictures)

    def _rank(
        self,
        nearest: NearestIndex,
        encoded: EncodedQuery,
        calibration: Calibration,
        depth: int,
        visible: VisibleItems,
        with_pages: bool,
    ) -> ImageResults:
        by_kind = calibration.by_kind
        photos = self._rank_nearest(nearest, encoded, depth, visible.photos, by_kind[ItemKind.PHOTO])
        pages = EMPTY_RANKING
        if with_pages:
            pages = self._rank_nearest(nearest, encoded, depth, visible.pages, by_kind[ItemKind.PAGE])
        margin = _best_margin(encoded, photos, by_kind[ItemKind.PHOTO])
        return ImageResults(photos, pages, encoded, margin=margin)

    def _rank_nearest(
        self, nearest: NearestIndex, encoded: EncodedQuery, depth: int, allowed: Items, stats: ScoreStats
    ) -> Ranking:
        """With several parts a match must fit each of them; with one part its score decides."""
        if not len(allowed):
            return EMPTY_RANKING
        found = self._find_nearest(nearest, encoded.vector, depth, allowed)
        scores = found.scores.astype(np.float64)
        if len(encoded.parts) == 1:
            levels = _confidence_levels(encoded.parts[0], encoded.vector, scores, stats)
            return Ranking(found.keys, scores, levels)
        by_part = nearest.scores(np.stack([part.vector for part in encoded.parts]), found.keys)
        levels_by_part = [
            _confidence_levels(part, part.vector, part_scores.astype(np.float64), stats)
            for part, part_scores in zip(encoded.parts, by_part, strict=True)
        ]
        lowest: NDArray[np.int8] = np.min(levels_by_part, axis=0)
        return Ranking(found.keys, scores, lowest)

    def _find_nearest(self, nearest: NearestIndex, vector: Vector, depth: int, allowed: Items) -> Neighbours:
        """The `depth` nearest of `allowed`; ties in the order of their locations."""
        count = depth + 1  # one more shows whether others tie with the last one
        while True:
            found = nearest.search(vector, min(count, len(allowed)), allowed)
            scores = found.scores
            if len(scores) < count or scores[-1] != scores[depth - 1]:
                break
            count *= 2
        shown = break_ties(found.keys, scores, self._locations_of, depth)[:depth]
        return Neighbours(found.keys[shown], scores[shown])


def _confidence_levels(
    part: QueryPart, vector: Vector, scores: NDArray[np.float64], stats: ScoreStats
) -> NDArray[np.int8]:
    """(count,) scores by `vector` -> (count,) indices into `VERDICTS`."""
    thresholds = stats.thresholds[part.query_kind]
    if part.text is None or not len(scores):
        return thresholds.confidence_levels(scores)
    median, deviation = stats.median(vector), stats.standard_deviation(vector)
    features = ScoreFeatures(
        thresholds.margin(scores), (scores - median) / deviation, (scores.max() - scores) / deviation
    )
    return confidence_levels(match_probabilities(part.text, features))


def _best_margin(encoded: EncodedQuery, photos: Ranking, stats: ScoreStats) -> float:
    if not len(photos):
        return -math.inf
    return float(stats.thresholds[encoded.parts[0].query_kind].margin(photos.scores[:1])[0])
