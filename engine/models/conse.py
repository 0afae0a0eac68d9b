"""ConSE: what a picture means, by the names of the classes that it may show.

Norouzi et al. 2013, "Zero-shot learning by convex combination of semantic embeddings": a picture is the mean
of the meanings of the classes, weighted by how likely each is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.models.arithmetic import product, softmax, unit
from engine.models.efficientnet_lite import PICTURE_INPUT, Backbone
from engine.models.label_names import read_labels
from engine.models.token_vectors import TOKEN_DIMENSION, TokenVectors, words_of
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

# Chosen on the train split of 1,000-photograph galleries, R@10: see docs/decisions.md.
_SHARPNESS = 0.35  # of the class posterior: softmax(logits x sharpness)
_DEFINITION_SHARE = 0.8  # of a class's meaning, against 1 for its name
_TEXT_CENTRE_SHARE = 0.5  # of the labels' mean that is taken off a sentence

# fmt: off
STOP_WORDS = frozenset({
    "a", "an", "the", "of", "in", "on", "at", "is", "are", "with", "and", "to", "by", "while", "from",
    "as", "his", "her", "their", "its", "it", "that", "this", "there", "for", "into", "over", "next",
    "up", "down", "out", "two", "one", "some", "near",
})
# fmt: on


class Conse:
    """Pictures and sentences as mixtures of word meanings, (count, 256) float32, rows of unit length."""

    def __init__(self, tokens: TokenVectors) -> None:
        self._tokens = tokens
        labels = read_labels()
        names = self._means([label.name for label in labels])
        definitions = self._means([label.definition for label in labels])
        centre = names.mean(axis=0)
        meanings = unit(names - centre) + _DEFINITION_SHARE * unit(definitions - definitions.mean(axis=0))
        self._label_vectors = unit(meanings)
        self._label_vectors -= self._label_vectors.mean(axis=0)  # then no class is nearer to every picture
        self._text_centre = _TEXT_CENTRE_SHARE * centre

    def pictures(self, logits: NDArray[np.float32]) -> Vectors:
        """(count, 1000) of the ImageNet classes."""
        return unit(product(softmax(logits * _SHARPNESS), self._label_vectors))

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Raises QueryError for a text that has no word the model knows."""
        sums, totals = self._tokens.weighted_sums([telling(words_of(text)) for text in texts])
        for text, total in zip(texts, totals, strict=True):
            if total == 0:
                raise QueryError(
                    f'"{text.strip()[:40]}" has no word that the starter model knows.',
                    "It reads English words; other models read more.",
                )
        return unit(sums / totals[:, None] - self._text_centre)

    def _means(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums, totals = self._tokens.weighted_sums([telling(words_of(text)) for text in texts])
        means: NDArray[np.float32] = sums / totals[:, None]
        return means


CONSE_1 = ModelIdentity(name="starter", revision="conse-1", dimension=TOKEN_DIMENSION)


class ConseModel:
    """The starter as it was before it had trained heads: it answers where only its vectors are complete."""

    identity: ModelIdentity = CONSE_1
    picture_input: PictureInput = PICTURE_INPUT
    batch_size: int = 16

    def __init__(self, conse: Conse, backbone: Backbone) -> None:
        self._conse = conse
        self._backbone = backbone

    @classmethod
    def load(cls) -> ConseModel:
        """About 0.2 s. Raises ModelError when the installation is damaged."""
        return cls(Conse(TokenVectors.load()), Backbone())

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        """(count, 260, 260, 3) uint8 RGB -> (count, 256) float32, rows of unit length."""
        network = self._backbone.loaded()
        return self._conse.pictures(network.logits(network.features(pictures)))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Sentences -> (count, 256) float32, rows of unit length. Raises QueryError."""
        return self._conse.texts(texts)


def telling(words: Sequence[str]) -> Sequence[str]:
    """The words without those that tell nothing of a picture, unless there are no others."""
    return [word for word in words if word not in STOP_WORDS] or words
