"""What each loss teaches, with a small head over sentences and pictures of the tests' own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn.functional import normalize

from engine.models.starter.conse import SHARPNESS as CLASS_SHARPNESS
from engine.models.starter.heads import HEAD_DIMENSION
from engine.models.starter.imagenet_labels import CLASS_COUNT
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vectors
from engine.training.starter.losses import LabelLoss, LossPlan, StarterLosses, TermLoss
from engine.training.starter.text_head import TextHead, TextPlan
from engine.training.training_loop import ExtraLoss

pytestmark = pytest.mark.usefixtures("one_thread")

PICTURES, TERMS = 10, 5
EVERY = np.arange(PICTURES)
SHARPNESS = torch.tensor(20.0)


def chance_of(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)


def sentences_of(seed: int, count: int) -> Vectors:
    made = np.random.default_rng(seed).standard_normal((count, SENTENCE_DIMENSION)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


class WatchedHead(TextHead):
    """It remembers which sentences it was asked for."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__(sentences_of(0, 1), TextPlan(hidden=16, dropout=dropout), chance_of(1))
        self.asked: list[Vectors] = []

    def of(self, sentences: Vectors, rng: Generator | None) -> Tensor:
        self.asked.append(sentences)
        return super().of(sentences, rng)


@pytest.fixture
def head() -> WatchedHead:
    return WatchedHead()


@pytest.fixture
def pictures() -> Tensor:
    """Unit vectors, no two near each other."""
    return normalize(torch.randn(PICTURES, HEAD_DIMENSION, generator=chance_of(2)), dim=-1)


def counts() -> NDArray[np.uint8]:
    """The first term is said of half of the pictures, each other one of two; the last picture has none."""
    said = np.zeros((TERMS, PICTURES), np.uint8)
    said[0, : PICTURES // 2] = 2
    for term in range(1, TERMS):
        said[term, [term, term + 4]] = 1, 3
    said[:, -1] = 0
    return said


def logits() -> NDArray[np.float32]:
    """Picture k surely shows class 100 k, and somewhat less surely the class beside it."""
    made = np.zeros((PICTURES, CLASS_COUNT), np.float32)
    made[EVERY, 100 * EVERY] = 40
    made[EVERY, 100 * EVERY + 1] = 38
    return made


def minimise(loss: ExtraLoss, head: TextHead, pictures: Tensor, steps: int) -> None:
    weights = [weight.requires_grad_() for weight in head.weights.values()]
    optimiser, rng = torch.optim.Adam(weights, lr=0.01), chance_of(3)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(EVERY, pictures, SHARPNESS, rng).backward()  # type: ignore[no-untyped-call]
        optimiser.step()


def scores_of(head: TextHead, sentences: Vectors, pictures: Tensor) -> NDArray[np.float32]:
    with torch.inference_mode():
        return (head.of(sentences, None) @ pictures.T).numpy()


# ---- terms -------------------------------------------------------------------------------------------


def test_a_word_comes_to_the_pictures_whose_captions_say_it(head: TextHead, pictures: Tensor) -> None:
    sentences, said = sentences_of(4, TERMS), counts() > 0

    def least_margin() -> float:
        scores = scores_of(head, sentences, pictures)
        return float(min(row[own].min() - row[~own].max() for row, own in zip(scores, said, strict=True)))

    assert least_margin() < 0
    minimise(TermLoss(head, sentences, counts(), TERMS), head, pictures, 60)
    assert least_margin() > 0.1


def test_pictures_learn_of_terms_too(head: TextHead, pictures: Tensor) -> None:
    loss = TermLoss(head, sentences_of(4, TERMS), counts(), TERMS)
    (gradient,) = torch.autograd.grad(
        loss(EVERY, pictures.requires_grad_(), SHARPNESS, chance_of(0)), pictures
    )
    assert bool(gradient.any(dim=1).all())


def test_the_pictures_of_a_batch_are_known_by_their_numbers(pictures: Tensor) -> None:
    head = WatchedHead(dropout=0)
    loss = TermLoss(head, sentences_of(4, TERMS), counts(), TERMS)
    numbers = np.array([6, 1, 3])
    right, wrong = (
        loss(which, pictures[numbers], SHARPNESS, chance_of(0)).item() for which in (numbers, numbers[::-1])
    )
    some = TermLoss(head, sentences_of(4, TERMS), counts()[:, numbers], TERMS)
    assert right != wrong
    assert right == pytest.approx(some(np.arange(3), pictures[numbers], SHARPNESS, chance_of(0)).item())


@pytest.mark.parametrize(("most", "asked"), [(3, 3), (TERMS, TERMS), (512, TERMS)])
def test_no_more_terms_are_asked_at_once_than_planned(
    head: WatchedHead, pictures: Tensor, most: int, asked: int
) -> None:
    loss = TermLoss(head, sentences_of(4, TERMS), counts(), most)
    loss(EVERY, pictures, SHARPNESS, chance_of(0))
    (sentences,) = head.asked
    assert len(np.unique(sentences, axis=0)) == len(sentences) == asked


def test_common_words_come_more_often_but_less_than_they_are_commoner(
    head: WatchedHead, pictures: Tensor
) -> None:
    """One of nine pictures, one of one: three times as often."""
    said = np.zeros((2, PICTURES), np.uint8)
    said[0, :9], said[1, 0] = 5, 1
    sentences = sentences_of(4, 2)
    loss, rng = TermLoss(head, sentences, said, 1), chance_of(0)
    for _ in range(600):
        loss(EVERY, pictures, SHARPNESS, rng)
    common = sum(bool((asked[0] == sentences[0]).all()) for asked in head.asked)
    assert common / 600 == pytest.approx(0.75, abs=0.06)


def test_terms_that_no_picture_of_the_batch_has_teach_nothing(head: TextHead, pictures: Tensor) -> None:
    loss = TermLoss(head, sentences_of(4, TERMS), counts(), TERMS)
    assert loss(np.array([PICTURES - 1]), pictures[-1:], SHARPNESS, chance_of(0)).item() == 0


def test_without_terms_there_is_nothing_to_learn(head: TextHead, pictures: Tensor) -> None:
    """Captions that share no word make none."""
    loss = TermLoss(head, sentences_of(4, 0), counts()[:0], 512)
    result = loss(EVERY, pictures.requires_grad_(), SHARPNESS, chance_of(0))
    assert result.item() == 0
    (gradient,) = torch.autograd.grad(result, pictures)
    assert not gradient.any()


# ---- labels ------------------------------------------------------------------------------------------


def test_a_class_comes_to_the_pictures_in_which_the_backbone_sees_it(
    head: TextHead, pictures: Tensor
) -> None:
    """However it is said: by its name, as a photo of it, by its definition."""
    ways = tuple(sentences_of(seed, CLASS_COUNT) for seed in (5, 6, 7))

    def nearest() -> list[NDArray[np.int64]]:
        return [scores_of(head, way, pictures).argmax(axis=0) for way in ways]

    assert not any((found == 100 * EVERY).any() for found in nearest())
    minimise(LabelLoss(head, ways, logits()), head, pictures, 150)
    for found in nearest():
        assert (found == 100 * EVERY).mean() > 0.8
        assert set((found - 100 * EVERY).tolist()) <= {0, 1}


def test_the_loss_of_labels_is_how_far_the_heads_are_from_the_backbone(pictures: Tensor) -> None:
    """The cross-entropy of two views of which class it is, by the definition."""
    head, sentences = WatchedHead(dropout=0), sentences_of(5, CLASS_COUNT)
    loss = LabelLoss(head, (sentences,), logits())(EVERY, pictures, SHARPNESS, chance_of(0)).item()
    scores = 20.0 * scores_of(head, sentences, pictures).T.astype(np.float64)
    ours = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    theirs = np.exp(CLASS_SHARPNESS * logits().astype(np.float64))
    theirs /= theirs.sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-(theirs * ours).sum(axis=1).mean(), rel=1e-4)


def test_each_way_to_say_the_classes_has_its_turn(head: WatchedHead, pictures: Tensor) -> None:
    ways = tuple(sentences_of(seed, CLASS_COUNT) for seed in (5, 6, 7))
    loss, rng = LabelLoss(head, ways, logits()), chance_of(0)
    for _ in range(12):
        loss(EVERY, pictures, SHARPNESS, rng)
    assert {int(np.argmax([(asked == way).all() for way in ways])) for asked in head.asked} == {0, 1, 2}
    assert all(len(asked) == CLASS_COUNT for asked in head.asked)


# ---- both --------------------------------------------------------------------------------------------


def test_both_are_added_as_the_plan_weighs_them(head: TextHead, pictures: Tensor) -> None:
    terms = TermLoss(head, sentences_of(4, TERMS), counts(), TERMS)
    labels = LabelLoss(head, (sentences_of(5, CLASS_COUNT),), logits())
    rng = chance_of(0)
    of_terms, of_labels = (loss(EVERY, pictures, SHARPNESS, rng).item() for loss in (terms, labels))
    assert of_terms > 0.1
    assert of_labels > 0.1
    for plan in (LossPlan(), LossPlan(terms=3.0, labels=0.5), LossPlan(terms=0.0), LossPlan(labels=0.0)):
        both = StarterLosses(terms, labels, plan)(EVERY, pictures, SHARPNESS, chance_of(0)).item()
        assert both == pytest.approx(plan.terms * of_terms + plan.labels * of_labels, rel=1e-5)


def test_the_same_chance_gives_the_same_loss(head: TextHead, pictures: Tensor) -> None:
    ways = tuple(sentences_of(seed, CLASS_COUNT) for seed in (5, 6, 7))
    losses = StarterLosses(
        TermLoss(head, sentences_of(4, TERMS), counts(), 2), LabelLoss(head, ways, logits()), LossPlan()
    )
    before = torch.get_rng_state()
    one, other, third = (losses(EVERY, pictures, SHARPNESS, chance_of(seed)).item() for seed in (0, 0, 1))
    assert one == other != third
    assert torch.equal(torch.get_rng_state(), before)
