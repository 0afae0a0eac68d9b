"""What the starter's heads learn besides captions: single words, and the names of the backbone's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter.conse import class_probabilities
from engine.records import Vectors
from engine.training.info_nce import info_nce
from engine.training.starter.text_head import TextHead

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPlan:
    """The weights of the extra losses."""

    terms: float = 1.0  # weight of the loss of words, relative to that of captions
    labels: float = 1.0  # weight of the loss of the classes' names
    terms_at_once: int = 512


class TermLoss:
    """Pulls a word to the pictures whose captions contain it, since people also search with single words."""

    def __init__(self, text_head: TextHead, sentences: Vectors, counts: NDArray[np.uint8], most: int) -> None:
        """`sentences`: a vector for each term; `counts`: (terms, pictures), captions with the term."""
        import torch

        self._text_head = text_head
        self._sentences = sentences
        self._counts = counts
        self._most = min(most, len(sentences))
        # Common words are drawn more often, but less than in proportion.
        self._weights = torch.from_numpy(np.sqrt((counts > 0).sum(axis=1, dtype=np.float32)))

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        """The loss of a batch, a scalar: `pictures` are the vectors of the pictures `numbers`."""
        import torch

        if not self._most:  # no term is frequent enough
            return pictures.sum() * 0
        rows = torch.multinomial(self._weights, self._most, generator=rng).numpy()
        matches = torch.from_numpy(self._counts[rows][:, numbers].astype(np.float32))
        texts = self._text_head.of(self._sentences[rows], rng)
        return info_nce(texts, pictures, matches, sharpness)


class LabelLoss:
    """Teaches the backbone's own classification of a picture, through names and definitions of the classes.

    Distillation (Hinton, Vinyals and Dean 2015), so that the heads know things that no caption names.
    """

    def __init__(
        self, text_head: TextHead, sentences: tuple[Vectors, ...], logits: NDArray[np.float32]
    ) -> None:
        """`sentences`: several vectors for the classes, (1000, dimension) each.

        `logits`: (pictures, 1000).
        """
        import torch

        self._text_head = text_head
        self._sentences = sentences
        self._likely = torch.from_numpy(class_probabilities(logits))

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        """The loss of a batch, a scalar: `pictures` are the vectors of the pictures `numbers`."""
        import torch
        from torch.nn.functional import cross_entropy

        way = int(torch.randint(len(self._sentences), (), generator=rng))
        labels = self._text_head.of(self._sentences[way], rng)
        return cross_entropy(sharpness * pictures @ labels.T, self._likely[numbers])


class StarterLosses:
    """Both losses with the plan's weights."""

    def __init__(self, terms: TermLoss, labels: LabelLoss, plan: LossPlan) -> None:
        self._terms = terms
        self._labels = labels
        self._plan = plan

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        """The loss of a batch, a scalar: `pictures` are the vectors of the pictures `numbers`."""
        return self._plan.terms * self._terms(
            numbers, pictures, sharpness, rng
        ) + self._plan.labels * self._labels(numbers, pictures, sharpness, rng)
