from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.info_nce import info_nce

SHARPNESS = torch.tensor(7.0)
EACH_ITS_OWN = torch.eye(6)
# Of six texts and five pictures: a text of two pictures, a picture of three texts of which one is less sure,
# a text of none, a picture of none.
SEVERAL = torch.tensor(
    [
        [1.0, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.5, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 3.0, 0.0, 1.0, 0.0],
    ]
)


def rows(seed: int, count: int = 6, dimension: int = 5) -> Tensor:
    made = torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(made, dim=-1)


def plain(texts: Tensor, pictures: Tensor, matches: Tensor, sharpness: float, smoothing: float) -> float:
    scores = sharpness * texts.double().numpy() @ pictures.double().numpy().T

    def of_rows(scores: NDArray[np.float64], matches: NDArray[np.float64]) -> float:
        losses = []
        for row, right in zip(scores, matches, strict=True):
            if right.sum() > 0:
                wanted = (1 - smoothing) * right / right.sum() + smoothing / len(row)
                losses.append(-(wanted * np.log(np.exp(row) / np.exp(row).sum())).sum())
        return float(np.mean(losses))

    right = matches.double().numpy()
    return (of_rows(scores, right) + of_rows(scores.T, right.T)) / 2


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("matches", [EACH_ITS_OWN, SEVERAL], ids=["each its own", "several"])
def test_it_is_the_formula(matches: Tensor, smoothing: float) -> None:
    texts, pictures = rows(0), rows(1, matches.shape[1])
    loss = info_nce(texts, pictures, matches, SHARPNESS, smoothing)
    assert loss.shape == ()
    assert loss.item() == pytest.approx(plain(texts, pictures, matches, 7.0, smoothing), rel=1e-5)


def test_texts_and_pictures_may_change_sides() -> None:
    texts, pictures = rows(0), rows(1, 5)
    one, other = (
        info_nce(texts, pictures, SEVERAL, SHARPNESS),
        info_nce(pictures, texts, SEVERAL.T, SHARPNESS),
    )
    assert one.item() == pytest.approx(other.item(), rel=1e-6)


def test_it_is_lowest_when_each_pair_agrees() -> None:
    apart = torch.eye(6)
    agreed = info_nce(apart, apart, EACH_ITS_OWN, SHARPNESS).item()
    assert agreed == pytest.approx(math.log(1 + 5 * math.exp(-7)), rel=1e-4)
    assert agreed < info_nce(apart, apart[[1, 0, 2, 3, 4, 5]], EACH_ITS_OWN, SHARPNESS).item()
    others = (info_nce(rows(seed, 6, 6), apart, EACH_ITS_OWN, SHARPNESS).item() for seed in range(20))
    assert agreed < min(others)


def test_several_right_answers_share_what_one_would_have() -> None:
    """A text of two pictures has learnt all there is when it is as near to both, and far from the others."""
    pictures, matches = torch.eye(4), torch.tensor([[1.0, 1.0, 0.0, 0.0]])
    sure = torch.tensor(20.0)

    def text_part(text: list[float]) -> float:
        """A picture has one text to choose from, so nothing can be wrong with its choice."""
        vector = torch.nn.functional.normalize(torch.tensor([text], dtype=torch.float32), dim=-1)
        return 2 * info_nce(vector, pictures, matches, sure).item()

    assert text_part([1, 1, 0, 0]) == pytest.approx(math.log(2), rel=1e-4)
    for worse in ([1.0, 0, 0, 0], [1, 0.8, 0, 0], [1.0, 1, 1, 0], [0, 0, 1.0, 0]):
        assert text_part(worse) > math.log(2) + 0.1


def test_only_the_shares_of_the_right_answers_count() -> None:
    once, thrice = (info_nce(rows(0), rows(1, 5), scale * SEVERAL, SHARPNESS) for scale in (1, 3))
    assert once.item() == pytest.approx(thrice.item(), rel=1e-6)


def test_who_has_no_right_answer_is_a_wrong_one_for_others_only() -> None:
    texts, stray = torch.eye(6)[:4], torch.eye(6)[3:4]
    matches = torch.eye(4)
    alone = info_nce(texts, texts, matches, SHARPNESS)
    beside = info_nce(torch.cat([texts, stray]), texts, torch.cat([matches, torch.zeros(1, 4)]), SHARPNESS)
    grown = beside.item() - alone.item()  # of the fourth picture's choice among texts, and of no text's
    assert grown > 0.05
    far = info_nce(torch.cat([texts, -texts[:1]]), texts, torch.cat([matches, torch.zeros(1, 4)]), SHARPNESS)
    assert far.item() - alone.item() < 0.01


def test_where_nothing_matches_there_is_nothing_to_learn() -> None:
    texts = rows(0).requires_grad_()
    loss = info_nce(texts, rows(1, 5), torch.zeros(6, 5), SHARPNESS, 0.1)
    assert loss.item() == 0
    (gradient,) = torch.autograd.grad(loss, texts)
    assert not gradient.any()


def test_vectors_that_are_all_alike_tell_nothing() -> None:
    alike = torch.eye(6)[[0] * 6]
    assert info_nce(alike, alike, EACH_ITS_OWN, SHARPNESS).item() == pytest.approx(math.log(6), rel=1e-5)


def test_smoothing_punishes_being_too_sure() -> None:
    sure, less_sure = (
        info_nce(torch.eye(6), torch.eye(6), EACH_ITS_OWN, torch.tensor(sharpness), 0.1).item()
        for sharpness in (50.0, 4.0)
    )
    assert less_sure < sure


def test_both_sides_and_the_sharpness_are_learnt() -> None:
    texts, pictures, sharpness = rows(0), rows(1, 5), torch.tensor(7.0)
    learnt = [tensor.requires_grad_() for tensor in (texts, pictures, sharpness)]
    grown = torch.autograd.grad(info_nce(texts, pictures, SEVERAL, sharpness, 0.1), learnt)
    assert all(bool(part.any()) for part in grown)
    assert all(bool(part.isfinite().all()) for part in grown)
