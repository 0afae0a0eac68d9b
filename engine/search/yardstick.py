"""What the scores on a library are compared with: measured once, and anew as the library grows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.index.nearest import NearestIndex
from engine.models.base import PictureEmbedder
from engine.records import Kind, Vector, Vectors
from engine.search.references import REFERENCE_PHRASES, REFERENCE_WORDS
from engine.search.verdict import Manner, Reference, picture_reference, text_reference
from engine.store.presence import Items, Present

SAMPLE = 400  # vectors that stand for the library where its statistics are needed
SMALLEST_SPREAD = 1e-4  # of cosines, where all pictures are alike
GROWTH = 0.02  # a library that grew by more than this share is measured anew

Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """Of the photographs alone, or of the pages alone."""

    sample: Vectors  # (count, dimension): stands for them
    references: Mapping[Manner, Reference]

    def usual(self, vector: Vector) -> float:
        """The middle of what they score for a query; there must be one at least."""
        return float(np.median(self.sample @ vector))

    def spread(self, vector: Vector) -> float:
        """The standard deviation of what they score for a query, above 0."""
        return max(float(np.std(self.sample @ vector)), SMALLEST_SPREAD)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Photographs are measured among photographs and pages among pages: they are ranked apart.

    Some phrases fit a page better than any photograph: by the best of both, documents that are added to
    photographs would make some of these far off that matched before.
    """

    sizes: Sizes  # of the library when it was taken
    sample: Vectors  # (count, dimension): stands for the library's pictures
    of: Mapping[Kind, Measure]


class Measuring:
    """Keeps the yardstick of one model's vectors. Safe to use from several threads."""

    def __init__(self, embedder: PictureEmbedder, everywhere: Callable[[], Present]) -> None:
        """`everywhere`: all items that can be found, whatever a query may ask for."""
        self._embedder = embedder
        self._everywhere = everywhere
        self._lock = threading.Lock()
        self._texts: Vectors | None = None  # of the references
        self._taken: Yardstick | None = None

    def measured(self, nearest: NearestIndex) -> Yardstick:
        """Taken once, and anew when the library has grown or shrunk by a little."""
        with self._lock:
            present = self._everywhere()
            # Items are there before their vectors are, so that both count.
            sizes = (len(nearest), len(present.photos), len(present.pages))
            if self._taken is None or _differ(sizes, self._taken.sizes):
                self._taken = self._take(nearest, present, sizes)
            return self._taken

    def _take(self, nearest: NearestIndex, present: Present, sizes: Sizes) -> Yardstick:
        if self._texts is None:
            self._texts = self._embedder.embed_texts((*REFERENCE_PHRASES, *REFERENCE_WORDS))
        of = {
            Kind.PHOTO: _measure(nearest, self._texts, present.photos),
            Kind.PAGE: _measure(nearest, self._texts, present.pages),
        }
        return Yardstick(sizes, nearest.sample(SAMPLE)[1], of)


def _measure(nearest: NearestIndex, texts: Vectors, among: Items) -> Measure:
    reached = nearest.scan_many(texts, among)
    _, sample = nearest.sample(SAMPLE, among)
    references = {
        Manner.SENTENCE: text_reference(reached[: len(REFERENCE_PHRASES)]),
        Manner.WORDS: text_reference(reached[len(REFERENCE_PHRASES) :], Manner.WORDS),
        Manner.PICTURE: picture_reference(sample),
    }
    return Measure(sample, references)


def _differ(now: Sizes, before: Sizes) -> bool:
    return any(abs(new - old) > GROWTH * old for new, old in zip(now, before, strict=True))
