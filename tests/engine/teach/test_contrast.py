from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.teach.contrast import info_nce

SHARPNESS = torch.tensor(7.0)


def rows(seed: int, count: int = 6, dimension: int = 5) -> Tensor:
    made = torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(made, dim=-1)


def plain(texts: Tensor, pictures: Tensor, sharpness: float, smoothing: float) -> float:
    scores = sharpness * texts.double().numpy() @ pictures.double().numpy().T
    count = len(scores)
    wanted = (1 - smoothing) * np.eye(count) + smoothing / count

    def of_rows(scores: NDArray[np.float64]) -> float:
        likely = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return float(-(wanted * np.log(likely)).sum(axis=1).mean())

    return (of_rows(scores) + of_rows(scores.T)) / 2


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_it_is_the_formula(smoothing: float) -> None:
    loss = info_nce(rows(0), rows(1), SHARPNESS, smoothing)
    assert loss.shape == ()
    assert loss.item() == pytest.approx(plain(rows(0), rows(1), 7.0, smoothing), rel=1e-5)


def test_texts_and_pictures_may_change_sides() -> None:
    one, other = info_nce(rows(0), rows(1), SHARPNESS), info_nce(rows(1), rows(0), SHARPNESS)
    assert one.item() == pytest.approx(other.item(), rel=1e-6)


def test_it_is_lowest_when_each_pair_agrees() -> None:
    apart = torch.eye(6)
    agreed = info_nce(apart, apart, SHARPNESS).item()
    assert agreed == pytest.approx(math.log(1 + 5 * math.exp(-7)), rel=1e-4)
    assert agreed < info_nce(apart, apart[[1, 0, 2, 3, 4, 5]], SHARPNESS).item()
    assert agreed < min(info_nce(rows(seed, 6, 6), apart, SHARPNESS).item() for seed in range(20))


def test_vectors_that_are_all_alike_tell_nothing() -> None:
    alike = torch.eye(6)[[0] * 6]
    assert info_nce(alike, alike, SHARPNESS).item() == pytest.approx(math.log(6), rel=1e-5)


def test_smoothing_punishes_being_too_sure() -> None:
    sure, less_sure = (
        info_nce(torch.eye(6), torch.eye(6), torch.tensor(sharpness), 0.1).item() for sharpness in (50.0, 4.0)
    )
    assert less_sure < sure


def test_both_sides_and_the_sharpness_are_learnt() -> None:
    texts, pictures, sharpness = rows(0), rows(1), torch.tensor(7.0)
    for tensor in (texts, pictures, sharpness):
        tensor.requires_grad_(True)
    grown = torch.autograd.grad(info_nce(texts, pictures, sharpness, 0.1), (texts, pictures, sharpness))
    assert all(bool(part.any()) for part in grown)
