"""Synthetic pages and queries with the clusters that page models make: seeded, each page drawn by itself.

A page is made of topics (a few from its document, the rest its own), each in a few regions that speak of a
concept of that topic in the page's own way, and of layout: white paper, margins, rules, which look alike on
every page. Topics and layout are drawn by a power law: some stand on half of all pages. All directions have a
falling spectrum and a common offset, as the embeddings of one model have. A query's tokens come from a few
regions of its source page, with much noise, and from generic tokens (prefixes, query augmentation) that all
queries share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Vectors

DIMENSION = 128
VECTORS = 340  # a page, after pooling by three
LAYOUT_SHARE = 0.4
TOPICS_A_PAGE = 10
TOPICS_OF_DOCUMENT = 4  # of these
PAGES_A_DOCUMENT = 20
CONCEPTS_A_TOPIC = 8
REGIONS_A_TOPIC = 3  # concepts of a topic that a page speaks of
TOKENS = 20
GENERIC_TOKENS = 8
REGIONS_A_QUERY = 3
OFFSET = 0.6
POWER = 0.9


@dataclass(frozen=True, slots=True)
class Noise:
    """How far from its centre a vector lies, as a share of the centre's own length."""

    concept: float = 0.9  # of a concept from its topic
    region: float = 0.4  # of a page's region from the concept that it speaks of
    vector: float = 0.6  # of a vector from its region
    layout: float = 0.35
    query: float = 1.8  # of a token from the page's vector
    generic: float = 0.3


class SyntheticPages:
    """An endless library: page n is the same whatever was drawn before it."""

    def __init__(
        self, seed: int = 0, topics: int = 6000, layouts: int = 300, noise: Noise | None = None
    ) -> None:
        self._seed = seed
        self._noise = noise or Noise()
        random = np.random.default_rng([seed, 0])
        spread = (1.0 / np.sqrt(1.0 + np.arange(DIMENSION) / 16.0)).astype(np.float32)
        turn = np.linalg.qr(random.standard_normal((DIMENSION, DIMENSION)))[0].astype(np.float32)
        self._shape = (spread[:, None] * turn) / np.float32(np.linalg.norm(spread))
        subjects = np.repeat(self._directions(random, topics), CONCEPTS_A_TOPIC, axis=0)
        self._concepts = subjects + self._noise.concept * self._directions(random, len(subjects))
        self._layouts = self._directions(random, layouts)
        self._generic = self._directions(random, 40)
        offset, gap = self._directions(random, 2)
        self._offset, self._query_offset = OFFSET * offset, OFFSET * (0.7 * offset + 0.7 * gap)
        self._topic_chance = _power_law(topics)
        self._layout_chance = _power_law(layouts)

    def page(self, number: int) -> Vectors:
        """(VECTORS, DIMENSION), rows of unit length; the layout stands behind the topics."""
        random = np.random.default_rng([self._seed, 1, number])
        layouts = int(LAYOUT_SHARE * VECTORS)
        regions = self._regions(random, number)
        owners = np.sort(random.integers(0, len(regions), VECTORS - layouts))
        centres = np.concatenate(
            [regions[owners], self._layouts[_draw(random, self._layout_chance, layouts)]]
        )
        spread = np.full((VECTORS, 1), self._noise.layout, dtype=np.float32)
        spread[: VECTORS - layouts] = self._noise.vector
        return _unit(centres + spread * self._directions(random, VECTORS) + self._offset)

    def pages(self, first: int, count: int) -> NDArray[np.float32]:
        """(count, VECTORS, DIMENSION)."""
        return np.stack([self.page(number) for number in range(first, first + count)])

    def query(self, source: int, number: int = 0) -> Vectors:
        """(TOKENS, DIMENSION), rows of unit length, asking for page `source`."""
        random = np.random.default_rng([self._seed, 2, source, number])
        page = self.page(source) - self._offset
        content = int((1.0 - LAYOUT_SHARE) * VECTORS)
        chosen = random.choice(content, REGIONS_A_QUERY, replace=False)
        told = chosen[random.integers(0, REGIONS_A_QUERY, TOKENS - GENERIC_TOKENS)]
        tokens = _unit(page[told]) + self._noise.query * self._directions(random, len(told))
        generic = self._generic[random.integers(0, len(self._generic), GENERIC_TOKENS)]
        generic = generic + self._noise.generic * self._directions(random, GENERIC_TOKENS)
        return _unit(np.concatenate([tokens, generic]) + self._query_offset)

    def queries(self, sources: Sequence[int]) -> list[Vectors]:
        return [self.query(source) for source in sources]

    def _regions(self, random: np.random.Generator, number: int) -> NDArray[np.float32]:
        document = np.random.default_rng([self._seed, 3, number // PAGES_A_DOCUMENT])
        shared = _draw(document, self._topic_chance, TOPICS_OF_DOCUMENT)
        own = _draw(random, self._topic_chance, TOPICS_A_PAGE - TOPICS_OF_DOCUMENT)
        topics = np.repeat(np.concatenate([shared, own]), REGIONS_A_TOPIC)
        concepts = topics * CONCEPTS_A_TOPIC + random.integers(0, CONCEPTS_A_TOPIC, len(topics))
        of_page = self._noise.region * self._directions(random, len(concepts))
        return np.asarray(self._concepts[concepts] + of_page, dtype=np.float32)

    def _directions(self, random: np.random.Generator, count: int) -> NDArray[np.float32]:
        """(count, DIMENSION) of about unit length."""
        return np.asarray(random.standard_normal((count, DIMENSION), dtype=np.float32) @ self._shape)


def _draw(random: np.random.Generator, cumulated: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.minimum(np.searchsorted(cumulated, random.random(count)), len(cumulated) - 1)


def _power_law(count: int) -> NDArray[np.float64]:
    """Chances of 1 / rank ** POWER, cumulated."""
    chances = (1.0 + np.arange(count)) ** -POWER
    return np.asarray(np.cumsum(chances / chances.sum()))


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
