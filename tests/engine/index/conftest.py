"""Vectors for the index tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

MakeVectors = Callable[..., NDArray[np.float32]]


@pytest.fixture
def make_vectors() -> MakeVectors:
    """(count, dimension, seed) -> unit vectors around a few centres, as pictures of a few subjects are."""

    def make(count: int, dimension: int = 32, seed: int = 0) -> NDArray[np.float32]:
        random = np.random.default_rng(seed)
        centres = random.standard_normal((20, dimension), dtype=np.float32)
        vectors = centres[random.integers(0, 20, count)]
        vectors = vectors + random.standard_normal((count, dimension), dtype=np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    return make
