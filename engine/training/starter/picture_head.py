"""The starter's picture head, for training: the same as in `engine.models.starter.heads`, with torch."""

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

_LEAST_SPREAD = 1e-3  # for a feature that hardly varies between pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlan:
    """The shape and regularisation of the picture head."""

    hidden: int = 1024
    dropout: float = 0.5  # of the features, and of the hidden layer


class PictureHead:
    """A trainable head over the frozen features of pictures."""

    def __init__(
        self,
        views: NDArray[np.float32],
        trained: NDArray[np.int64],
        plan: PicturePlan,
        rng: Generator,
    ) -> None:
        """`views`: (views, pictures, features), the first view of each picture the whole.

        `trained`: numbers of the training pictures, which determine how features are standardised.
        """
        self._plan = plan
        self._views = views
        whole = views[0][trained]
        self.mean, self.scale = whole.mean(axis=0), whole.std(axis=0) + _LEAST_SPREAD
        self.weights: LayerWeights = new_head(PICTURE_HEAD, views.shape[-1], plan.hidden, HEAD_DIMENSION, rng)

    def parameters(self) -> dict[str, Parameter]:
        """The tensors to train, by name."""
        return parameters_of(self.weights)

    def __call__(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """Numbers of pictures -> (count, HEAD_DIMENSION), rows of unit length.

        In training (`rng` given) a random view of each, else the whole.
        """
        import torch

        views = np.zeros(len(numbers), np.int64)
        if rng is not None:
            views = torch.randint(len(self._views), (len(numbers),), generator=rng).numpy()
        x = ((self._views[views, numbers] - self.mean) / self.scale).clip(*FEATURE_LIMITS)
        return head(self.weights, PICTURE_HEAD, torch.from_numpy(x), self._plan.dropout, rng)
