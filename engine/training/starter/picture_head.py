"""The starter's picture head, for training: what `engine.models.starter.heads` computes, with torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter.heads import FEATURE_LIMITS, HEAD_DIMENSION, PICTURE_HEAD
from engine.training.layers import LayerWeights, head, new_head
from engine.training.towers import Parameter, parameters_of

if TYPE_CHECKING:
    from torch import Generator, Tensor

_LEAST_SPREAD = 1e-3  # of a feature that hardly differs between pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlan:
    hidden: int = 1024
    dropout: float = 0.5  # of the features, and of the hidden layer


class PictureHead:
    def __init__(
        self,
        views: NDArray[np.float32],
        trained: NDArray[np.int64],
        plan: PicturePlan,
        rng: Generator,
    ) -> None:
        """`views`: (views, pictures, features), the first of each picture the whole of it.

        `trained`: numbers of the pictures to train on; features are standardised by theirs.
        """
        self._plan = plan
        self._views = views
        whole = views[0][trained]
        self.mean, self.scale = whole.mean(axis=0), whole.std(axis=0) + _LEAST_SPREAD
        self.weights: LayerWeights = new_head(PICTURE_HEAD, views.shape[-1], plan.hidden, HEAD_DIMENSION, rng)

    def parameters(self) -> dict[str, Parameter]:
        return parameters_of(self.weights)

    def __call__(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """Numbers of pictures -> (count, HEAD_DIMENSION), rows of unit length.

        In training any view of each, else the whole.
        """
        import torch

        views = np.zeros(len(numbers), np.int64)
        if rng is not None:
            views = torch.randint(len(self._views), (len(numbers),), generator=rng).numpy()
        x = ((self._views[views, numbers] - self.mean) / self.scale).clip(*FEATURE_LIMITS)
        return head(self.weights, PICTURE_HEAD, torch.from_numpy(x), self._plan.dropout, rng)
