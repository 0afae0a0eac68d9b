"""ConSE: represents a picture by the names of the classes that it may show.

Norouzi et al. 2013, "Zero-shot learning by convex combination of semantic embeddings": a picture is the mean
of the classes' meanings, weighted by their probabilities. A meaning is a sentence encoder's vector.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.models.array_math import l2_normalize, softmax, torch_matmul
from engine.models.starter.imagenet_labels import CLASS_COUNT
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vectors

LABELS_KEY, CENTRE_KEY = "conse.labels", "conse.centre"
# Tuned on captioned photographs: see docs/decisions/models.md.
SHARPNESS = 0.5  # of the class posterior: softmax(logits x sharpness)
_DEFINITION_SHARE = 0.8  # of a class's meaning, against 1 for its name


class Conse:
    """Embeds pictures and sentences in the sentence encoder's space, rows of unit length."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """`weights`: from `make_label_vectors`. Raises KeyError, ValueError if they do not fit."""
        self._labels, self._centre = weights[LABELS_KEY], weights[CENTRE_KEY]
        if (self._labels.shape, self._centre.shape) != (
            (CLASS_COUNT, SENTENCE_DIMENSION),
            (SENTENCE_DIMENSION,),
        ):
            raise ValueError(f"{LABELS_KEY} has the shape {self._labels.shape}")

    def embed_pictures(self, likely: NDArray[np.float32]) -> Vectors:
        """(count, 1000) class probabilities -> (count, SENTENCE_DIMENSION)."""
        return l2_normalize(torch_matmul(likely, self._labels))

    def embed_texts(self, sentences: Vectors) -> Vectors:
        """(count, SENTENCE_DIMENSION) of unit length -> the same, comparable with pictures."""
        return l2_normalize(sentences - self._centre)


def class_probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(count, 1000) ImageNet logits -> (count, 1000) probabilities."""
    return softmax(logits * np.float32(SHARPNESS))


def make_label_vectors(names: Vectors, definitions: Vectors) -> dict[str, NDArray[np.float32]]:
    """The weights of `Conse`, from the encoder's vectors of the classes' names and definitions."""
    centre = names.mean(axis=0)
    meanings = l2_normalize(
        l2_normalize(names - centre)
        + _DEFINITION_SHARE * l2_normalize(definitions - definitions.mean(axis=0))
    )
    meanings -= meanings.mean(axis=0)  # so that no class is near to every picture
    return {LABELS_KEY: meanings, CENTRE_KEY: centre}
