"""How near a text is to the name of a thing that ConSE knows.

The starter can find such a thing even if no caption of its training data names it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.models.array_math import l2_normalize
from engine.models.starter.conse import LABELS_KEY
from engine.models.starter.familiarity import read_stored_arrays
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vector, Vectors

# Cosine to the nearest label: "speaks" .4 or less, "a rocket" .62, "lighthouse" .88.
UNKNOWN_COSINE, KNOWN_COSINE = 0.4, 0.9


class LabelSimilarity:
    """Compares texts with the labels. Thread-safe."""

    def __init__(self, labels: NDArray[np.float32]) -> None:
        """`labels`: (classes, SENTENCE_DIMENSION), from `conse.make_label_vectors`."""
        self._labels: Vectors = l2_normalize(labels)

    @classmethod
    def load(cls) -> LabelSimilarity:
        """Load the labels; a few milliseconds.

        Raises ModelError if the starter's file is missing or damaged.
        """
        return cls(read_stored_arrays(LABELS_KEY)[LABELS_KEY].astype(np.float32))

    def score(self, vector: Vector) -> float:
        """From 0 for a text far from all labels to 1 for a label itself.

        `vector`: the starter's, of the text.
        """
        meaning = vector[-SENTENCE_DIMENSION:]
        length = float(np.linalg.norm(meaning))
        if not length:  # the heads know the words so well that ConSE has no share
            return 0.0
        nearest = float((self._labels @ meaning).max()) / length
        return min(max((nearest - UNKNOWN_COSINE) / (KNOWN_COSINE - UNKNOWN_COSINE), 0.0), 1.0)
