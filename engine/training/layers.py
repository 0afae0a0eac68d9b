"""The few layers that heads consist of, over weights by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from torch import Generator, Tensor

LayerWeights: TypeAlias = "dict[str, Tensor]"


def new_linear(name: str, inputs: int, outputs: int, rng: Generator) -> LayerWeights:
    """Weights of a linear layer, uniform within the inverse root of the inputs (LeCun et al. 1998)."""
    import torch

    bound = inputs**-0.5
    weight = torch.empty(outputs, inputs).uniform_(-bound, bound, generator=rng)
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(outputs)}


def new_head(name: str, inputs: int, hidden: int, outputs: int, rng: Generator) -> LayerWeights:
    """A linear map beside a hidden layer, as `engine.models.starter.heads.Head` computes it."""
    return {
        **new_linear(f"{name}.direct", inputs, outputs, rng),
        **new_linear(f"{name}.wide", inputs, hidden, rng),
        **new_linear(f"{name}.narrow", hidden, outputs, rng),
    }


def linear(weights: LayerWeights, name: str, x: Tensor) -> Tensor:
    """Apply a linear layer: (..., inputs) -> (..., outputs)."""
    from torch.nn import functional

    return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def head(weights: LayerWeights, name: str, x: Tensor, dropout: float, rng: Generator | None) -> Tensor:
    """(count, inputs) -> (count, outputs), rows of unit length.

    `dropout`: the share of the inputs, and of the hidden layer, to drop. `rng`: None: no dropout.
    """
    from torch.nn.functional import gelu, normalize

    x = apply_dropout(x, dropout, rng)
    hidden = apply_dropout(gelu(linear(weights, f"{name}.wide", x), approximate="tanh"), dropout, rng)
    return normalize(linear(weights, f"{name}.direct", x) + linear(weights, f"{name}.narrow", hidden), dim=-1)


def apply_dropout(x: Tensor, share: float, rng: Generator | None) -> Tensor:
    """`x` with a share of its values zero and the others scaled up (Srivastava et al. 2014)."""
    import torch

    if rng is None or share == 0:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=rng)
    return x * kept / (1 - share)
