"""Contrastive training: pulls each text to its own pictures, and each picture to its own texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def info_nce(
    texts: Tensor, pictures: Tensor, matches: Tensor, sharpness: Tensor, smoothing: float = 0.0
) -> Tensor:
    """The symmetric InfoNCE loss of a batch, a scalar (van den Oord et al. 2018; Radford et al. 2021).

    Several right answers share the probability of one (Khosla et al. 2020). `texts`: (texts, dimension) and
    `pictures`: (pictures, dimension), rows of unit length; `matches`: (texts, pictures), how surely each
    describes each, or 0; `sharpness`: multiplies the cosines; `smoothing`: the share of the right answers'
    probability that is spread over all.
    """
    scores = sharpness * texts @ pictures.T
    return (_loss(scores, matches, smoothing) + _loss(scores.T, matches.T, smoothing)) / 2


def _loss(scores: Tensor, matches: Tensor, smoothing: float) -> Tensor:
    """The mean over those that have a right answer; 0 if none has."""
    from torch.nn.functional import cross_entropy

    totals = matches.sum(1)
    asked = totals > 0
    if not asked.any():
        return scores.sum() * 0
    wanted = matches[asked] / totals[asked, None]
    return cross_entropy(scores[asked], wanted, label_smoothing=smoothing)
