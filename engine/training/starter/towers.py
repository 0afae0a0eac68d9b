"""The two heads of the starter as `Towers`, and their weights as the starter reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.models.starter.heads import PICTURE_HEAD
from engine.training.starter.picture_head import PictureHead
from engine.training.starter.text_head import TextHead
from engine.training.towers import Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor


Array: TypeAlias = NDArray[Any]  # of the numbers of a file


class StarterTowers:
    def __init__(self, picture_head: PictureHead, text_head: TextHead) -> None:
        self._picture_head = picture_head
        self._text_head = text_head

    def parameters(self) -> dict[str, Parameter]:
        return {**self._picture_head.parameters(), **self._text_head.parameters()}

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        return self._picture_head(numbers, rng)

    def texts(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        return self._text_head(numbers, rng)

    def stored(self) -> dict[str, Array]:
        """By the names of `engine.models.starter.heads`."""
        learnt = {**self._picture_head.weights, **self._text_head.weights}
        return {
            **{name: tensor.detach().numpy().astype(np.float16) for name, tensor in learnt.items()},
            f"{PICTURE_HEAD}.mean": self._picture_head.mean,
            f"{PICTURE_HEAD}.scale": self._picture_head.scale,
        }
