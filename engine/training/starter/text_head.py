"""The starter's text head, for training: the same as in `engine.models.starter.heads`, with torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter.heads import HEAD_DIMENSION, SENTENCE_SCALE, TEXT_HEAD
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vectors
from engine.training.layers import LayerWeights, head, new_head
from engine.training.towers import Parameter, parameters_of

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """The shape and regularisation of the text head."""

    hidden: int = 512
    dropout: float = 0.1  # of the sentence vector, and of the hidden layer


class TextHead:
    """A trainable head over the frozen sentence vectors of texts."""

    def __init__(self, sentences: Vectors, plan: TextPlan, rng: Generator) -> None:
        """`sentences`: (texts, SENTENCE_DIMENSION), a unit vector for each text."""
        self._plan = plan
        self._sentences = sentences
        self.weights: LayerWeights = new_head(TEXT_HEAD, SENTENCE_DIMENSION, plan.hidden, HEAD_DIMENSION, rng)

    def parameters(self) -> dict[str, Parameter]:
        """The tensors to train, by name."""
        return parameters_of(self.weights)

    def __call__(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """Numbers of texts -> (count, HEAD_DIMENSION), rows of unit length."""
        return self.of(self._sentences[numbers], rng)

    def of(self, sentences: Vectors, rng: Generator | None) -> Tensor:
        """The same for sentence vectors: (count, SENTENCE_DIMENSION)."""
        import torch

        x = torch.from_numpy(sentences) * SENTENCE_SCALE
        return head(self.weights, TEXT_HEAD, x, self._plan.dropout, rng)
