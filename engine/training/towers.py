"""What can be trained: two sides that map pictures and texts into one space."""

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
    """A tensor that is trained in place."""

    tensor: Tensor
    pace: float = 1.0  # its learning rate, as a share of the plan's
    decays: bool = True  # whether weight decay applies


def parameters_of(weights: Mapping[str, Tensor]) -> dict[str, Parameter]:
    """Parameters for these weights; weight decay does not apply to biases."""
    return {name: Parameter(tensor, decays=tensor.ndim > 1) for name, tensor in weights.items()}


class Towers(Protocol):
    """Anything trained over frozen features: its own heads, or an adapter of a model.

    Pictures and texts are referred to by number, as in `Pairs`. `rng` is None if nothing may be random, as in
    measuring. Results: (count, dimension), rows of unit length.
    """

    def parameters(self) -> Mapping[str, Parameter]:
        """The tensors to train, by name."""

    def pictures(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """The vectors of these pictures."""

    def texts(self, numbers: NDArray[np.int64], rng: Generator | None) -> Tensor:
        """The vectors of these texts."""
