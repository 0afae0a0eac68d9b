"""The starter's trained half: two small heads that map pictures and sentences into one space.

Each is a linear map beside a hidden layer: over the backbone's features of a picture (`backbone`), and over
the vector of a sentence (`sentence_encoder`). `engine.training` has the same two for training; this is numpy,
except for the products of the picture head, so that a sentence never waits for torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.models.array_math import gelu, l2_normalize, torch_matmul
from engine.models.starter.backbone import FEATURE_COUNT
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vectors

HEAD_DIMENSION = 256
FEATURE_LIMITS = (-5.0, 8.0)  # of a standardised feature
SENTENCE_SCALE = SENTENCE_DIMENSION**0.5  # gives the layers inputs of about 1
PICTURE_HEAD, TEXT_HEAD = "picture", "text"

Array: TypeAlias = NDArray[np.float32]


class Head:
    """A linear map beside a hidden layer. Thread-safe."""

    def __init__(
        self, weights: Mapping[str, Array], name: str, inputs: int, matmul: Callable[[Array, Array], Array]
    ) -> None:
        """`matmul`: how two matrices are multiplied.

        Raises KeyError, ValueError if the weights do not fit.
        """
        hidden = len(weights[f"{name}.wide.bias"])
        self._direct = _read_linear(weights, f"{name}.direct", inputs, HEAD_DIMENSION)
        self._wide = _read_linear(weights, f"{name}.wide", inputs, hidden)
        self._narrow = _read_linear(weights, f"{name}.narrow", hidden, HEAD_DIMENSION)
        self._matmul = matmul

    def __call__(self, x: Array) -> Vectors:
        """(count, inputs) -> (count, HEAD_DIMENSION), rows of unit length."""
        hidden = gelu(self._apply_linear(x, self._wide))
        return l2_normalize(self._apply_linear(x, self._direct) + self._apply_linear(hidden, self._narrow))

    def _apply_linear(self, x: Array, linear: tuple[Array, Array]) -> Array:
        weight, bias = linear
        return self._matmul(x, weight) + bias


class StarterHeads:
    """Both heads. Thread-safe."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        """Raises KeyError, ValueError if the weights are missing or do not fit."""
        self._picture = Head(weights, PICTURE_HEAD, FEATURE_COUNT, torch_matmul)
        self._text = Head(weights, TEXT_HEAD, SENTENCE_DIMENSION, np.matmul)
        self._mean = _check_shape(weights, f"{PICTURE_HEAD}.mean", (FEATURE_COUNT,))
        self._scale = _check_shape(weights, f"{PICTURE_HEAD}.scale", (FEATURE_COUNT,))

    def embed_pictures(self, features: Array) -> Vectors:
        """(count, FEATURE_COUNT) of the backbone -> (count, HEAD_DIMENSION), rows of unit length."""
        return self._picture(np.clip((features - self._mean) / self._scale, *FEATURE_LIMITS))

    def embed_texts(self, sentences: Vectors) -> Vectors:
        """(count, SENTENCE_DIMENSION) of unit length -> (count, HEAD_DIMENSION), rows of unit length."""
        return self._text(sentences * np.float32(SENTENCE_SCALE))


def _read_linear(weights: Mapping[str, Array], name: str, inputs: int, outputs: int) -> tuple[Array, Array]:
    weight = _check_shape(weights, f"{name}.weight", (outputs, inputs))
    return np.ascontiguousarray(weight.T), _check_shape(weights, f"{name}.bias", (outputs,))


def _check_shape(weights: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Array:
    if weights[name].shape != shape:
        raise ValueError(f"{name} has the shape {weights[name].shape}")
    return weights[name]
