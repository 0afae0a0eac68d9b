"""The few layers that heads are made of, over weights by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from torch import Generator, Tensor

Weights: TypeAlias = "dict[str, Tensor]"


def new_linear(name: str, inputs: int, outputs: int, chance: Generator) -> Weights:
    """Uniform, as wide as the number of inputs allows (LeCun et al. 1998)."""
    import torch

    bound = inputs**-0.5
    weight = torch.empty(outputs, inputs).uniform_(-bound, bound, generator=chance)
    return {f"{name}.weight": weight, f"{name}.bias": torch.zeros(outputs)}


def new_norm(name: str, width: int) -> Weights:
    import torch

    return {f"{name}.weight": torch.ones(width), f"{name}.bias": torch.zeros(width)}


def linear(weights: Weights, name: str, x: Tensor) -> Tensor:
    from torch.nn import functional

    return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def dropped(x: Tensor, share: float, chance: Generator | None) -> Tensor:
    """`x` with a share of its numbers zero and the others larger (Srivastava et al. 2014)."""
    import torch

    if chance is None or share == 0:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=chance)
    return x * kept / (1 - share)
