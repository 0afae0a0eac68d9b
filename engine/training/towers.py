"""What can be trained: two sides that bring pictures and texts into one space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, slots=True)
class Parameter:
    """A tensor that is learnt, in place."""

    tensor: Tensor
    pace: float = 1.0  # its learning rate, as a share of the plan's
    decays: bool = True  # whether it is drawn towards zero


def parameters_of(weights: Mapping[str, Tensor]) -> dict[str, Parameter]:
    """Biases are not drawn towards zero."""
    return {name: Parameter(tensor, decays=tensor.ndim > 1) for name, tensor in weights.items()}


class Towers(Protocol):
    """Whatever is trained over frozen features: heads of its own, an adapter of a model.

    Pictures and texts go by number, those of `Pairs`. `rng` is None when nothing is to be left to it: when
    measuring. Results: (count, dimension), rows of unit length.
    """

    def parameters(self) -> Mapping[str, Parameter]: ...

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor: ...

    def texts(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor: ...
