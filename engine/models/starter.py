"""The starter: pictures and sentences in one space, from nothing but what the installed packages carry.

Its one half so far is ConSE (Norouzi et al. 2013, "Zero-shot learning by convex combination of semantic
embeddings"): a picture is the mean of the meanings of the classes it may show, weighted by how likely each
is. A trained half is to be concatenated to it, each half scaled to the length that its share of the score
asks for.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.models.efficientnet_lite import PICTURE_INPUT, EfficientNetLite
from engine.models.label_names import read_labels
from engine.models.token_vectors import TOKEN_DIMENSION, TokenVectors, words_of
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

IDENTITY = ModelIdentity(name="starter", revision="conse-1", dimension=TOKEN_DIMENSION)

# Chosen on the train split of 1,000-photograph galleries, R@10: see docs/decisions.md.
_SHARPNESS = 0.35  # of the class posterior: softmax(logits x sharpness)
_DEFINITION_SHARE = 0.8  # of a class's meaning, against 1 for its name
_TEXT_CENTRE_SHARE = 0.5  # of the labels' mean that is taken off a sentence

# fmt: off
_STOP_WORDS = frozenset({
    "a", "an", "the", "of", "in", "on", "at", "is", "are", "with", "and", "to", "by", "while", "from",
    "as", "his", "her", "their", "its", "it", "that", "this", "there", "for", "into", "over", "next",
    "up", "down", "out", "two", "one", "some", "near",
})
# fmt: on


class StarterModel:
    """A `PictureEmbedder`. Sentences never wait for torch: the first picture loads the backbone."""

    identity: ModelIdentity = IDENTITY
    picture_input: PictureInput = PICTURE_INPUT
    batch_size: int = 16

    def __init__(self, tokens: TokenVectors) -> None:
        self._tokens = tokens
        labels = read_labels()
        names = self._means([label.name for label in labels])
        definitions = self._means([label.definition for label in labels])
        centre = names.mean(axis=0)
        meanings = _unit(names - centre) + _DEFINITION_SHARE * _unit(definitions - definitions.mean(axis=0))
        self._label_vectors = _unit(meanings)
        self._label_vectors -= self._label_vectors.mean(axis=0)  # then no class is nearer to every picture
        self._text_centre = _TEXT_CENTRE_SHARE * centre
        self._backbone: EfficientNetLite | None = None
        self._loading = threading.Lock()

    @classmethod
    def load(cls) -> StarterModel:
        """About 0.2 s. Raises ModelError when the installation is damaged."""
        return cls(TokenVectors.load())

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, 260, 260, 3) uint8 RGB -> (count, 256) float32, rows of unit length.

        A vector does not depend on the batch. The first call imports torch and loads the backbone (seconds).
        """
        logits = self._load_backbone().logits(pictures)
        return _unit(_softmax(logits * _SHARPNESS) @ self._label_vectors)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, 256) float32, rows of unit length.

        Raises QueryError for a text that has no word the model knows.
        """
        sums, totals = self._tokens.weighted_sums([_telling(words_of(text)) for text in texts])
        for text, total in zip(texts, totals, strict=True):
            if total == 0:
                raise QueryError(
                    f'"{text.strip()[:40]}" has no word that the starter model knows.',
                    "It reads English words; other models read more.",
                )
        return _unit(sums / totals[:, None] - self._text_centre)

    def _means(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums, totals = self._tokens.weighted_sums([_telling(words_of(text)) for text in texts])
        means: NDArray[np.float32] = sums / totals[:, None]
        return means

    def _load_backbone(self) -> EfficientNetLite:
        with self._loading:
            if self._backbone is None:
                self._backbone = EfficientNetLite.load()
            return self._backbone


def _telling(words: Sequence[str]) -> Sequence[str]:
    """The words without those that tell nothing of a picture, unless there are no others."""
    return [word for word in words if word not in _STOP_WORDS] or words


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    result: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return result


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return result
