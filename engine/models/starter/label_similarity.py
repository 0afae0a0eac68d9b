"""How near a text is to the name of a thing that ConSE knows: the starter can tell such a thing even where no
caption that its heads learnt from names it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.models.array_math import l2_normalize
from engine.models.starter.conse import LABELS_KEY
from engine.models.starter.familiarity import read_stored_arrays
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vector, Vectors

# Cosines: "speaks" has .4 or less with what it is nearest to, "a rocket" .62, "lighthouse" .88.
UNKNOWN_COSINE, KNOWN_COSINE = 0.4, 0.9


class LabelSimilarity:
    """Safe to use from any thread."""

    def __init__(self, labels: NDArray[np.float32]) -> None:
        """`labels`: (classes, SENTENCE_DIMENSION), as `conse.make_label_vectors` makes them."""
        self._labels: Vectors = l2_normalize(labels)

    @classmethod
    def load(cls) -> LabelSimilarity:
        """A few milliseconds. Raises ModelError when the starter's file is missing or damaged."""
        return cls(read_stored_arrays(LABELS_KEY)[LABELS_KEY].astype(np.float32))

    def score(self, vector: Vector) -> float:
        """0 for a text far from all of them, 1 for the name of one. `vector`: the starter's, of the text."""
        meaning = vector[-SENTENCE_DIMENSION:]
        length = float(np.linalg.norm(meaning))
        if not length:  # of words that the heads know so well that ConSE is not asked
            return 0.0
        nearest = float((self._labels @ meaning).max()) / length
        return min(max((nearest - UNKNOWN_COSINE) / (KNOWN_COSINE - UNKNOWN_COSINE), 0.0), 1.0)
