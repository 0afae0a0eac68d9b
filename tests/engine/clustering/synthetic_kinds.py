"""Photographs of certain kinds as vectors, and a model that has words for the kinds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.clustering.themes.label_vocabulary import vocabulary
from engine.clustering.themes.theme_update import ThemeUpdate
from engine.errors import QueryError
from engine.index.nearest_index import NearestIndex
from engine.models.array_math import l2_normalize
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vector, Vectors
from engine.store.clusters.cluster_store import Items, StoredTheme
from tests.engine.clustering.sample_library import at_once

_MEANT = {sentence: word for word, sentence in vocabulary().items()}

DIMENSION = 32
WORDS = ("dogs", "cars", "snow", "boats", "cats", "pizza", "books", "clouds")  # each its own direction
SHADE = 0.35  # length of what makes two photographs of a kind different


def direction(word: str) -> Vector:
    axis: Vector = np.eye(DIMENSION, dtype=np.float32)[WORDS.index(word)]
    return axis


def photographs(count: int, word: str, seed: int = 0) -> Vectors:
    """Of what one word says."""
    return l2_normalize(direction(word) + _noise(count, seed))


def unsaid_photographs(count: int, seed: int = 0) -> Vectors:
    """They have something in common that there is no word for, and each something of its own."""
    own = [direction(("pizza", "books", "clouds")[number % 3]) for number in range(count)]
    return l2_normalize(np.eye(DIMENSION, dtype=np.float32)[-1] + 0.5 * np.stack(own) + _noise(count, seed))


def _noise(count: int, seed: int) -> Vectors:
    noise = np.random.default_rng(seed).normal(size=(count, DIMENSION)) * SHADE / DIMENSION**0.5
    return np.asarray(noise, dtype=np.float32)


class WordModel:
    """Knows the words, and no pictures: their vectors are given."""

    identity = ModelIdentity("words", "1", DIMENSION)
    picture_input = PictureInput(16)
    batch_size = 4

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return photographs(len(pictures), "dogs")

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        words = [_MEANT.get(text, text) for text in texts]
        if not set(words) <= set(WORDS):
            raise QueryError("No word is known.")
        return np.stack([direction(word) for word in words])


class Collection:
    """Photographs, numbered from 1 in the order in which they came, and their themes."""

    def __init__(self) -> None:
        self.themes: list[StoredTheme] = []
        self.found_from = ""
        self._numbered = 0
        self._index = NearestIndex(DIMENSION)

    def add(self, vectors: Vectors) -> Items:
        """Their numbers."""
        items = np.arange(len(vectors), dtype=np.int64) + len(self._index) + 1
        self._index.add(items, vectors)
        return items

    def update(self) -> None:
        work = ThemeUpdate(self._index, WordModel(), 1, self.themes, self._numbered, self.found_from)
        self.themes, self.found_from = at_once(work.run(self._index.keys()))
        self._numbered = max([self._numbered, *(theme.number for theme in self.themes)])

    def named(self) -> dict[str, tuple[int, int]]:
        """Number and size of each theme by its name, in their order."""
        return {theme.name: (theme.number, len(theme.items)) for theme in self.themes}
