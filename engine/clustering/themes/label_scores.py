"""Scores words for photographs: which ones a photograph shows, and which a theme shows more than the library.

A photograph shows the few words that are nearest to it, and what they are kinds of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.clustering.resumable_steps import Steps
from engine.clustering.themes.label_families import is_kind_of
from engine.clustering.themes.label_vocabulary import rare_labels
from engine.errors import QueryError
from engine.models.array_math import l2_normalize
from engine.models.protocols import PictureEmbedder
from engine.records import Vector, Vectors

TEXTS_AT_A_TIME = 4  # one second for a large model on two busy cores, where more are no faster
PIECE = 4_096  # photographs at a time

# Some words are near to everything, some hardly to what they mean. But frequent subjects of a library must
# remain visible: so only half of a word's mean score in the library, and of its spread, is normalised away.
USUAL = 0.5
SHOWN = 3  # words that a photograph shows, at most:
NEARER = 1.0  # those that exceed the mean of all words by so many standard deviations
BEHIND = 0.7  # standard deviations subtracted for a rare label
COMMON = 0.5  # of a word's share of the library is subtracted from its share of a theme
LEAST = np.float32(1e-6)

Shares = NDArray[np.float32]


def word_vectors(embedder: PictureEmbedder, words: Mapping[str, str]) -> Steps[tuple[list[str], Vectors]]:
    """The words that the model knows, and a vector for each. Raises ModelError.

    `words`: sentences by word. Some models place a word better within a sentence, some alone, so both count;
    if the sentence does not contain the word, it replaces it.
    """
    names = list(words)
    known: list[str] = []
    vectors: list[Vector] = []
    for start in range(0, len(names), TEXTS_AT_A_TIME):
        alone = yield from _embed_known(embedder, names[start : start + TEXTS_AT_A_TIME])
        said = yield from _embed_known(embedder, [words[name] for name in alone])
        for name, vector in alone.items():
            sentence = words[name]
            known.append(name)
            if sentence not in said:
                vectors.append(vector)
            else:
                vectors.append(said[sentence] + vector if name in sentence else said[sentence])
    if not known:
        return [], np.empty((0, embedder.identity.dimension), np.float32)
    return known, l2_normalize(np.stack(vectors))


class LabelScores:
    """The scores of words for photographs of one library. Call `learn` first."""

    def __init__(self, words: Sequence[str], vectors: Vectors) -> None:
        """`vectors`: one for each word, in the space of the photographs."""
        self._vectors = vectors
        self._kinds = is_kind_of(words).T.astype(np.float32)
        rare = rare_labels()
        self._behind = np.array([BEHIND if word in rare else 0 for word in words], np.float32)
        self._usual = np.zeros(len(words), np.float32)
        self._scale = np.ones(len(words), np.float32)
        self._common = np.zeros(len(words), np.float32)

    def learn(self, sample: Vectors) -> Steps[None]:
        """Measure the words' usual scores and shares in the library on a sample of its photographs."""
        pieces: list[Vectors] = []
        for start in range(0, len(sample), PIECE):
            yield 0
            pieces.append(sample[start : start + PIECE] @ self._vectors.T)
        scores = np.concatenate(pieces)
        yield 0
        self._usual = USUAL * scores.mean(axis=0)
        self._scale = np.maximum(scores.std(axis=0), LEAST) ** -USUAL
        shares: list[Shares] = []
        for start in range(0, len(sample), PIECE):
            yield 0
            piece = sample[start : start + PIECE]
            shares.append(self._shares(piece) * (len(piece) / len(sample)))
        self._common = np.sum(shares, axis=0, dtype=np.float32)

    def of_theme(self, photos: Vectors) -> Shares:
        """(words,): the share of the photographs that show a word, minus part of its share of the library."""
        return self._shares(photos) - COMMON * self._common

    def _shares(self, photos: Vectors) -> Shares:
        """A photograph that shows a word also shows the words that it is a kind of."""
        scores = (photos @ self._vectors.T - self._usual) * self._scale
        spread = scores.std(axis=1, keepdims=True)
        nearer = scores.mean(axis=1, keepdims=True) + NEARER * spread
        scores -= self._behind * spread
        count = min(SHOWN, scores.shape[1])
        nearest = np.partition(scores, -count, axis=1)[:, -count, None]
        shown = scores >= np.maximum(nearest, nearer)
        share: Shares = (shown @ self._kinds > 0).mean(axis=0, dtype=np.float32)
        return share


def _embed_known(embedder: PictureEmbedder, texts: Sequence[str]) -> Steps[dict[str, Vector]]:
    """The texts that the model knows, in as few calls as possible: it refuses texts without a known word."""
    if not texts:
        return {}
    yield 0
    try:
        return dict(zip(texts, embedder.embed_texts(texts), strict=True))
    except QueryError:
        if len(texts) == 1:
            return {}
    middle = len(texts) // 2
    first = yield from _embed_known(embedder, texts[:middle])
    second = yield from _embed_known(embedder, texts[middle:])
    return {**first, **second}
