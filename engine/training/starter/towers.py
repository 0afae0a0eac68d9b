"""The two heads of the starter as `Towers`, and their weights in the starter's format."""

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


Array: TypeAlias = NDArray[Any]  # an array of a file


class StarterTowers:
    """The picture head and the text head, trained together."""

    def __init__(self, picture_head: PictureHead, text_head: TextHead) -> None:
        self._picture_head = picture_head
        self._text_head = text_head

    def parameters(self) -> dict[str, Parameter]:
        """The tensors of both heads to train, by name."""
        return {**self._picture_head.parameters(), **self._text_head.parameters()}

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """Numbers of pictures -> (count, HEAD_DIMENSION), rows of unit length."""
        return self._picture_head(numbers, rng)

    def texts(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """Numbers of texts -> (count, HEAD_DIMENSION), rows of unit length."""
        return self._text_head(numbers, rng)

    def stored(self) -> dict[str, Array]:
        """The arrays of the starter's file, by the names of `engine.models.starter.heads`.

        Weights as float16.
        """
        learnt = {**self._picture_head.weights, **self._text_head.weights}
        return {
            **{name: tensor.detach().numpy().astype(np.float16) for name, tensor in learnt.items()},
            f"{PICTURE_HEAD}.mean": self._picture_head.mean,
            f"{PICTURE_HEAD}.scale": self._picture_head.scale,
        }
