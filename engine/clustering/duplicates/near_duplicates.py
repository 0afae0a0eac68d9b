"""Finds the pairs of photographs that are the same picture, or of one burst.

Four filters, each stricter than the one before: the nearest by vectors, those with similar average hashes,
those whose grey views agree, and those of which one can be made from the other, in colour. Works in the order
in which vectors were created, one block at a time, and stores each block when it is done: whenever the
program ends, at most one block is compared twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.clustering.duplicates.copies import SIDE_LOOKED_AT, is_copy
from engine.clustering.duplicates.image_similarity import (
    LARGEST_CROP,
    ComparedImage,
    ImageSimilarity,
    compare_images,
    comparison_view,
)
from engine.clustering.duplicates.perceptual_hash import PerceptualHashes
from engine.clustering.resumable_steps import Steps
from engine.index.nearest_index import NearestIndex
from engine.store.clusters import cluster_store
from engine.store.clusters.cluster_store import ClusterStore, PhotoFacts, SimilarPair
from engine.store.items.thumbnails import Thumbnails

METHOD = 6  # increase it when the method changes: everything is then compared again
BLOCK = 64  # photographs; larger ones are no faster
NEIGHBOURS = 32  # of a photograph to compare closely, at most
VIEWS = 2_000  # cached, some 32 kB each
# Cached pictures, some 2 MB each: a photograph is compared with its neighbours in turn.
OPENED = 2 * NEIGHBOURS
BURST_SECONDS = 10

# Measured on 7,000 photographs with 3,100 altered copies (saved at quality 40, halved, cropped by 5 %,
# brightened, edited), and on 11,663 pairs of pages of one document each. These filters reject most other
# pairs before the close comparison.
LEAST_COSINE = 0.75  # .99 of the altered copies pass
LEAST_HASH = 0.75  # .999 of those pass, and 1 of 300 other pairs
LEAST_INNER_HASH = 0.8  # without the outer cells: every border tried passes, and 1 of 650 other pairs
LEAST_WHOLE, LEAST_EDGES = 0.85, 0.75  # .98 of those pass
BURST_COSINE, BURST_WHOLE, BURST_EDGES = 0.85, 0.8, 0.45

# An item and the most pixels of its longer side -> the picture in RGB; None if its file is not accessible.
LoadPicture: TypeAlias = Callable[[int, int], Image.Image | None]
Made = TypeVar("Made")
Items = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class CandidatePairs:
    """Pairs of items that may be the same picture, (pairs,) each."""

    items: Items
    others: Items
    scores: Scores

    def joined(self, other: CandidatePairs) -> CandidatePairs:
        """The pairs of both, this one's first."""
        return CandidatePairs(
            np.concatenate([self.items, other.items]),
            np.concatenate([self.others, other.others]),
            np.concatenate([self.scores, other.scores]),
        )

    def nearest(self, count: int) -> CandidatePairs:
        """The `count` nearest of each item."""
        order = np.lexsort((self.others, -self.scores, self.items))
        items = self.items[order]
        firsts = np.searchsorted(items, items)
        chosen = order[np.arange(len(items)) - firsts < count]
        return CandidatePairs(self.items[chosen], self.others[chosen], self.scores[chosen])


class NearDuplicateSearch:
    """Searches the vectors of one model. Nothing else may change the library meanwhile."""

    def __init__(
        self,
        found: ClusterStore,
        thumbnails: Thumbnails,
        look: LoadPicture,
        nearest: NearestIndex,
        model: int,
    ) -> None:
        self._found = found
        self._look = look
        self._thumbnails = thumbnails
        self._nearest = nearest
        self._model = model
        self._hashes = PerceptualHashes(found.average_hashes())
        self._views: OrderedDict[int, ComparedImage | None] = OrderedDict()
        self._opened: OrderedDict[int, Image.Image | None] = OrderedDict()

    def compare(self, until: int) -> Steps[None]:
        """Compare the photographs up to vector `until` that were not compared yet, and store the pairs."""
        done = self._found.compared_until(self._model, METHOD)
        if not done:
            self._found.begin_comparing(self._model, METHOD)
        while done < until:
            block = self._found.new_photos(self._model, done, until, BLOCK)
            done = block[-1][0] if block else until
            items = [item for _, item in block]
            prints = yield from self._new_hashes(items)
            self._hashes.add(prints)
            pairs = yield from self._find_pairs(np.array(items, np.int64))
            self._found.save_pairs(self._model, pairs, prints, done)
            yield len(items)

    def _new_hashes(self, items: Sequence[int]) -> Steps[list[tuple[int, bytes]]]:
        """A photograph without a thumbnail gets none, and is similar to no other."""
        prints = []
        for item in items:
            yield 0
            view = None if item in self._hashes else self._view(item)
            if view is not None:
                prints.append((item, view.average_hash()))
        return prints

    def _find_pairs(self, items: Items) -> Steps[list[SimilarPair]]:
        candidates = yield from self._find_candidates(items)
        both = np.unique(np.concatenate([candidates.items, candidates.others])).tolist()
        facts = self._found.facts(both)
        pairs: dict[tuple[int, int], SimilarPair] = {}
        looked_at: set[tuple[int, int]] = set()
        for one, other, score in zip(
            candidates.items.tolist(), candidates.others.tolist(), candidates.scores.tolist(), strict=True
        ):
            first, second = min(one, other), max(one, other)
            if (first, second) in looked_at:
                continue
            looked_at.add((first, second))
            yield 0
            kind = self._classify_pair(first, second, score, facts)
            if kind is not None:
                pairs[first, second] = SimilarPair(first, second, kind)
        return list(pairs.values())

    def _find_candidates(self, items: Items) -> Steps[CandidatePairs]:
        none = np.empty(0, np.int64)
        best = CandidatePairs(none, none, np.empty(0, np.float32))
        if not len(items):
            return best
        for asked, keys, scores in self._nearest.pairs_above(self._nearest.vectors(items), LEAST_COSINE):
            yield 0
            mine = items[asked]
            kept = mine != keys
            kept[kept] = self._hashes.may_match(mine[kept], keys[kept], LEAST_HASH, LEAST_INNER_HASH)
            if kept.any():
                best = best.joined(CandidatePairs(mine[kept], keys[kept], scores[kept])).nearest(NEIGHBOURS)
        return best

    def _classify_pair(
        self, first: int, second: int, cosine: float, facts: dict[int, PhotoFacts]
    ) -> cluster_store.SimilarityKind | None:
        if first not in facts or second not in facts or not has_similar_shape(facts[first], facts[second]):
            return None
        seconds = seconds_between(facts[first].taken, facts[second].taken)
        if seconds is not None and seconds > BURST_SECONDS:
            return None  # taken one after another: each was intended
        here, there = self._view(first), self._view(second)
        if here is None or there is None:
            return None
        alike = compare_images(here, there)
        if may_be_same(alike) and is_copy(here, there, alike, lambda: self._open_both(first, second)):
            return "burst" if seconds else "alike"
        paper = here.paper or there.paper
        return "burst" if seconds is not None and is_same_burst(alike, paper, cosine) else None

    def _open_both(self, first: int, second: int) -> tuple[Image.Image, Image.Image] | None:
        here = self._picture(first)
        there = None if here is None else self._picture(second)
        return None if here is None or there is None else (here, there)

    def _picture(self, item: int) -> Image.Image | None:
        return _cached(self._opened, item, lambda: self._look(item, SIDE_LOOKED_AT), OPENED)

    def _view(self, item: int) -> ComparedImage | None:
        return _cached(self._views, item, lambda: self._new_view(item), VIEWS)

    def _new_view(self, item: int) -> ComparedImage | None:
        jpeg = self._thumbnails.get(item)
        try:
            return None if jpeg is None else comparison_view(jpeg)
        except OSError:
            return None  # a damaged thumbnail counts as missing


def _cached(held: OrderedDict[int, Made], item: int, make: Callable[[], Made], most: int) -> Made:
    """A least-recently-used cache of `most` values."""
    if item not in held:
        held[item] = make()
        if len(held) > most:
            held.popitem(last=False)
    held.move_to_end(item)
    return held[item]


def may_be_same(alike: ImageSimilarity) -> bool:
    """Whether two photographs are similar enough for the close comparison."""
    return alike.whole >= LEAST_WHOLE and alike.edges >= LEAST_EDGES


def is_same_burst(alike: ImageSimilarity, paper: bool, cosine: float) -> bool:
    """Whether two photographs, taken within BURST_SECONDS by the camera's clock, are of one burst."""
    return not paper and cosine >= BURST_COSINE and alike.whole >= BURST_WHOLE and alike.edges >= BURST_EDGES


def has_similar_shape(first: PhotoFacts, second: PhotoFacts) -> bool:
    """Whether one may be a small crop of the other."""
    here, there = first.width * second.height, second.width * first.height
    return min(here, there) >= (1 - LARGEST_CROP) * max(here, there)


def seconds_between(first: str | None, second: str | None) -> float | None:
    """The time between two dates; None if one is missing or invalid."""
    if first is None or second is None:
        return None
    try:
        return abs((datetime.fromisoformat(first) - datetime.fromisoformat(second)).total_seconds())
    except ValueError:
        return None  # a damaged date counts as missing
