"""The few layers that heads are made of, over weights by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from torch import Generator, Tensor

TermWeights: TypeAlias = "dict[str, Tensor]"


def new_linear(name: str, inputs: int, outputs: int, chance: Generator) -> TermWeights:
    """Uniform, as wide as the number of inputs allows (LeCun et al. 1998)."""
    import torch

    bound = inputs**-0.5
    weight = torch.empty(outputs, inputs).uniform_(-bound, bound, generator=chance)
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(outputs)}


def new_head(name: str, inputs: int, hidden: int, outputs: int, chance: Generator) -> TermWeights:
    """A linear map beside a hidden layer: what `engine.models.starter.heads.Head` computes."""
    return {
        **new_linear(f"{name}.direct", inputs, outputs, chance),
        **new_linear(f"{name}.wide", inputs, hidden, chance),
        **new_linear(f"{name}.narrow", hidden, outputs, chance),
    }


def linear(weights: TermWeights, name: str, x: Tensor) -> Tensor:
    from torch.nn import functional

    return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def head(weights: TermWeights, name: str, x: Tensor, dropout: float, chance: Generator | None) -> Tensor:
    """(count, inputs) -> (count, outputs), rows of unit length.

    `dropout`: the share of the inputs, and of the hidden layer, that is left out.
    """
    from torch.nn.functional import gelu, normalize

    x = dropped(x, dropout, chance)
    hidden = dropped(gelu(linear(weights, f"{name}.wide", x), approximate="tanh"), dropout, chance)
    return normalize(linear(weights, f"{name}.direct", x) + linear(weights, f"{name}.narrow", hidden), dim=-1)


def dropped(x: Tensor, share: float, chance: Generator | None) -> Tensor:
    """`x` with a share of its numbers zero and the others larger (Srivastava et al. 2014)."""
    import torch

    if chance is None or share == 0:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=chance)
    return x * kept / (1 - share)
