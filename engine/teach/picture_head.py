"""The starter's picture head, for training: what `engine.models.starter_heads` computes, with torch.

Its parameters bear the names of the weights there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.models.starter_heads import FEATURE_LIMITS, HEAD_DIMENSION
from engine.teach.layers import Weights, dropped, linear, new_linear
from engine.teach.towers import Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor

_LEAST_SPREAD = 1e-3  # of a feature that hardly differs between pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlan:
    hidden: int = 512
    dropout: float = 0.5  # of the features, and of the hidden layer


class PictureHead:
    def __init__(
        self,
        views: NDArray[np.float32],
        trained: NDArray[np.int64],
        plan: PicturePlan,
        chance: Generator,
    ) -> None:
        """`views`: (views, pictures, features), the first of each picture the whole of it.

        `trained`: numbers of the pictures to train on; features are standardised by theirs.
        """
        import torch

        self._plan = plan
        whole = views[0][trained]
        self.mean, self.scale = whole.mean(axis=0), whole.std(axis=0) + _LEAST_SPREAD
        standard = ((views - self.mean) / self.scale).clip(*FEATURE_LIMITS)
        self._views = torch.from_numpy(standard.astype(np.float32, copy=False))
        features = views.shape[-1]
        self.weights: Weights = {
            **new_linear("picture.direct", features, HEAD_DIMENSION, chance),
            **new_linear("picture.wide", features, plan.hidden, chance),
            **new_linear("picture.narrow", plan.hidden, HEAD_DIMENSION, chance),
        }

    def parameters(self) -> dict[str, Parameter]:
        return {name: Parameter(tensor, decays=tensor.ndim > 1) for name, tensor in self.weights.items()}

    def __call__(self, numbers: NDArray[np.int64], chance: Generator | None) -> Tensor:
        """Numbers of pictures -> (count, 256), rows of unit length; in training any view of each."""
        from torch.nn.functional import gelu, normalize

        x = dropped(self._seen(numbers, chance), self._plan.dropout, chance)
        hidden = gelu(linear(self.weights, "picture.wide", x), approximate="tanh")
        hidden = dropped(hidden, self._plan.dropout, chance)
        return normalize(
            linear(self.weights, "picture.direct", x) + linear(self.weights, "picture.narrow", hidden),
            dim=-1,
        )

    def _seen(self, numbers: NDArray[np.int64], chance: Generator | None) -> Tensor:
        import torch

        rows = torch.from_numpy(numbers)
        if chance is None:
            return self._views[0, rows]
        return self._views[torch.randint(len(self._views), rows.shape, generator=chance), rows]
