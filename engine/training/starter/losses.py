"""What the starter's heads learn beside captions: single words, and the names of what the backbone knows."""

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
    terms: float = 1.0  # weight of the loss of words, beside that of captions
    labels: float = 1.0  # ... of the classes' names
    terms_at_once: int = 512


class TermLoss:
    """A word is nearest to the pictures whose captions say it: people search with single words too."""

    def __init__(self, text_head: TextHead, sentences: Vectors, counts: NDArray[np.uint8], most: int) -> None:
        """`sentences`: a vector of each term; `counts`: (terms, pictures), captions that say it."""
        import torch

        self._text_head = text_head
        self._sentences = sentences
        self._counts = counts
        self._most = min(most, len(sentences))
        # Common words come more often, but not as much as they are commoner.
        self._weights = torch.from_numpy(np.sqrt((counts > 0).sum(axis=1, dtype=np.float32)))

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        import torch

        if not self._most:  # no term is said often enough
            return pictures.sum() * 0
        rows = torch.multinomial(self._weights, self._most, generator=rng).numpy()
        matches = torch.from_numpy(self._counts[rows][:, numbers].astype(np.float32))
        texts = self._text_head.of(self._sentences[rows], rng)
        return info_nce(texts, pictures, matches, sharpness)


class LabelLoss:
    """The backbone's own view of which class a picture shows, told by names and definitions.

    Distillation (Hinton, Vinyals and Dean 2015): so the heads know things that no caption names.
    """

    def __init__(
        self, text_head: TextHead, sentences: tuple[Vectors, ...], logits: NDArray[np.float32]
    ) -> None:
        """`sentences`: ways to say the classes, (1000, dimension) each; `logits`: (pictures, 1000)."""
        import torch

        self._text_head = text_head
        self._sentences = sentences
        self._likely = torch.from_numpy(class_probabilities(logits))

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        import torch
        from torch.nn.functional import cross_entropy

        way = int(torch.randint(len(self._sentences), (), generator=rng))
        labels = self._text_head.of(self._sentences[way], rng)
        return cross_entropy(sharpness * pictures @ labels.T, self._likely[numbers])


class StarterLosses:
    """Both, as the plan weighs them."""

    def __init__(self, terms: TermLoss, labels: LabelLoss, plan: LossPlan) -> None:
        self._terms = terms
        self._labels = labels
        self._plan = plan

    def __call__(
        self, numbers: NDArray[np.int64], pictures: Tensor, sharpness: Tensor, rng: Generator
    ) -> Tensor:
        return self._plan.terms * self._terms(
            numbers, pictures, sharpness, rng
        ) + self._plan.labels * self._labels(numbers, pictures, sharpness, rng)
