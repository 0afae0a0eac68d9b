"""What contrastive training asks for: each text nearest to its own picture, each picture to its own text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def info_nce(texts: Tensor, pictures: Tensor, sharpness: Tensor, smoothing: float = 0.0) -> Tensor:
    """The symmetric InfoNCE loss of a batch (van den Oord et al. 2018; Radford et al. 2021), a scalar.

    `texts` and `pictures`: (count, dimension), rows of unit length, row k of both a pair; `sharpness`: what
    cosines are multiplied by; `smoothing`: the share of the right answer that goes to all alike.
    """
    import torch
    from torch.nn.functional import cross_entropy

    scores = sharpness * texts @ pictures.T
    right = torch.arange(len(scores))
    by_text = cross_entropy(scores, right, label_smoothing=smoothing)
    by_picture = cross_entropy(scores.T, right, label_smoothing=smoothing)
    return (by_text + by_picture) / 2
