"""The heads in torch, which are trained, against those in numpy, which answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Generator

from engine.models.starter.adapter import StarterWeights, float_weights, parse_starter_file
from engine.models.starter.backbone import FEATURE_COUNT
from engine.models.starter.heads import HEAD_DIMENSION, StarterHeads
from engine.models.text.sentence_encoder import SENTENCE_DIMENSION
from engine.records import Vectors
from engine.training.layers import apply_dropout
from engine.training.starter.picture_head import PictureHead, PicturePlan
from engine.training.starter.text_head import TextHead, TextPlan
from engine.training.starter.towers import StarterTowers

pytestmark = pytest.mark.usefixtures("one_thread")

PICTURES, TEXTS = 12, 9
TRAINED = np.arange(8)
EVERY_PICTURE, EVERY_TEXT = np.arange(PICTURES), np.arange(TEXTS)
SMALL = PicturePlan(hidden=16)


def chance_of(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def views() -> NDArray[np.float32]:
    """Of very different scale, one feature the same for all, some far from what is usual."""
    rng = np.random.default_rng(1)
    features = rng.standard_normal((3, PICTURES, FEATURE_COUNT)).astype(np.float32)
    features *= np.geomspace(0.01, 100, FEATURE_COUNT, dtype=np.float32)
    features[..., 7] = 4.0
    features[0, PICTURES - 1, :5] = 1e4
    return features


@pytest.fixture(scope="module")
def sentences() -> Vectors:
    made = np.random.default_rng(2).standard_normal((TEXTS, SENTENCE_DIMENSION)).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


@pytest.fixture
def picture_head(views: NDArray[np.float32]) -> PictureHead:
    return PictureHead(views, TRAINED, SMALL, chance_of(2))


@pytest.fixture
def text_head(sentences: Vectors) -> TextHead:
    return TextHead(sentences, TextPlan(hidden=16), chance_of(3))


@pytest.fixture
def towers(picture_head: PictureHead, text_head: TextHead) -> StarterTowers:
    """With every weight other than it begins, so that none can be forgotten unseen."""
    made = StarterTowers(picture_head, text_head)
    for number, parameter in enumerate(made.parameters().values()):
        parameter.tensor.add_(0.1 * torch.randn(parameter.tensor.shape, generator=chance_of(number)))
    return made


def exact(towers: StarterTowers) -> StarterHeads:
    """As they are before rounding."""
    weights = {name: parameter.tensor.numpy() for name, parameter in towers.parameters().items()}
    return StarterHeads({**towers.stored(), **weights})


def as_read(towers: StarterTowers) -> StarterWeights:
    """As they are in a file, and read from it."""
    return float_weights(parse_starter_file(save(towers.stored())))


@pytest.fixture
def heads(towers: StarterTowers) -> StarterHeads:
    return exact(towers)


# ---- heads -------------------------------------------------------------------------------------------


def test_pictures_come_to_the_same_in_numpy(
    towers: StarterTowers, heads: StarterHeads, views: NDArray[np.float32]
) -> None:
    ours, theirs = towers.pictures(EVERY_PICTURE, None).numpy(), heads.embed_pictures(views[0])
    assert ours.shape == (PICTURES, HEAD_DIMENSION)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_sentences_come_to_the_same_in_numpy(
    towers: StarterTowers, heads: StarterHeads, sentences: Vectors
) -> None:
    ours, theirs = towers.texts(EVERY_TEXT, None).numpy(), heads.embed_texts(sentences)
    assert ours.shape == (TEXTS, HEAD_DIMENSION)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_sentences_by_number_and_by_vector_are_the_same(text_head: TextHead, sentences: Vectors) -> None:
    numbers = np.array([4, 0, 4])
    for seed in (None, 1):
        ours, theirs = (
            side(what, None if seed is None else chance_of(seed))
            for side, what in ((text_head, numbers), (text_head.of, sentences[numbers]))
        )
        assert torch.equal(ours, theirs)


def test_neither_side_depends_on_its_batch(
    towers: StarterTowers, heads: StarterHeads, views: NDArray[np.float32], sentences: Vectors
) -> None:
    for tower, numbers in ((towers.pictures, EVERY_PICTURE), (towers.texts, EVERY_TEXT)):
        together = tower(numbers, None).numpy()
        alone = np.concatenate([tower(numbers[row : row + 1], None).numpy() for row in numbers])
        np.testing.assert_allclose(together, alone, atol=1e-5)
        np.testing.assert_allclose(tower(numbers[::-1].copy(), None).numpy()[::-1], together, atol=1e-5)
    for head, rows in ((heads.embed_pictures, views[0]), (heads.embed_texts, sentences)):
        np.testing.assert_allclose(head(rows[3:4]), head(rows)[3:4], atol=1e-5)


def test_nothing_in_gives_nothing_out(towers: StarterTowers, heads: StarterHeads) -> None:
    none = np.zeros(0, np.int64)
    assert towers.pictures(none, None).shape == towers.texts(none, None).shape == (0, HEAD_DIMENSION)
    assert heads.embed_pictures(np.zeros((0, FEATURE_COUNT), np.float32)).shape == (0, HEAD_DIMENSION)
    assert heads.embed_texts(np.zeros((0, SENTENCE_DIMENSION), np.float32)).shape == (0, HEAD_DIMENSION)


def test_rounding_changes_next_to_nothing(
    towers: StarterTowers, heads: StarterHeads, views: NDArray[np.float32], sentences: Vectors
) -> None:
    stored, rounded = towers.stored(), StarterHeads(as_read(towers))
    assert stored["picture.wide.weight"].dtype == stored["text.wide.weight"].dtype == np.float16
    assert (rounded.embed_texts(sentences) * heads.embed_texts(sentences)).sum(axis=1).min() > 0.9999
    features = views[0]
    assert (rounded.embed_pictures(features) * heads.embed_pictures(features)).sum(axis=1).min() > 0.9999


def test_nothing_is_left_to_chance_when_none_is_given(towers: StarterTowers) -> None:
    for side, numbers in ((towers.texts, EVERY_TEXT), (towers.pictures, EVERY_PICTURE)):
        assert torch.equal(side(numbers, None), side(numbers, None))


def test_chance_changes_what_is_seen_the_same_chance_the_same(towers: StarterTowers) -> None:
    for side, numbers in ((towers.texts, EVERY_TEXT), (towers.pictures, EVERY_PICTURE)):
        whole, seen = side(numbers, None), side(numbers, chance_of(1))
        assert (whole - seen).abs().amax(dim=1).min() > 1e-3
        assert torch.equal(seen, side(numbers, chance_of(1)))
        assert not torch.equal(seen, side(numbers, chance_of(2)))


def test_without_dropout_training_sees_sentences_as_they_are(sentences: Vectors) -> None:
    head = TextHead(sentences, TextPlan(dropout=0), chance_of(3))
    assert torch.equal(head(EVERY_TEXT, chance_of(1)), head(EVERY_TEXT, None))


def test_training_sees_any_view_of_a_picture_measuring_the_whole(
    views: NDArray[np.float32], text_head: TextHead
) -> None:
    plan = PicturePlan(hidden=16, dropout=0)
    head = PictureHead(views, TRAINED, plan, chance_of(2))
    heads = exact(StarterTowers(head, text_head))
    of_views = np.stack([heads.embed_pictures(view) for view in views])
    np.testing.assert_allclose(head(EVERY_PICTURE, None).numpy(), of_views[0], atol=2e-5)
    met = set()
    for seed in range(5):
        distances = np.abs(of_views - head(EVERY_PICTURE, chance_of(seed)).numpy()).max(axis=2)
        assert distances.min(axis=0).max() < 1e-4
        met |= set(distances.argmin(axis=0).tolist())
    assert met == {0, 1, 2}


def test_features_are_standardised_by_the_pictures_to_train_on(
    towers: StarterTowers, views: NDArray[np.float32]
) -> None:
    stored, trained = towers.stored(), views[0][TRAINED]
    mean, scale = (stored[f"picture.{name}"].astype(np.float64) for name in ("mean", "scale"))
    np.testing.assert_allclose(mean, trained.mean(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(scale, trained.std(axis=0), rtol=1e-4, atol=2e-3)
    assert scale.min() > 0  # though one feature is the same for all


def test_dropout_leaves_the_mean_as_it_is() -> None:
    x = torch.ones(20_000)
    seen = apply_dropout(x, 0.25, chance_of(0))
    assert set(seen.tolist()) == {0.0, float(torch.tensor(1.0) / 0.75)}
    assert seen.mean().item() == pytest.approx(1, abs=0.02)
    assert apply_dropout(x, 0.25, None) is x


def test_biases_are_not_drawn_towards_nothing(picture_head: PictureHead, text_head: TextHead) -> None:
    parameters = StarterTowers(picture_head, text_head).parameters()
    drawn = {name for name, parameter in parameters.items() if parameter.decays}
    assert drawn == {name for name in parameters if name.endswith(".weight")}
    assert parameters.keys() - drawn == {name for name in parameters if name.endswith(".bias")}


def test_making_and_using_heads_leaves_the_random_numbers_of_others_alone(
    views: NDArray[np.float32], sentences: Vectors
) -> None:
    before = torch.get_rng_state()
    TextHead(sentences, TextPlan(), chance_of(3))(EVERY_TEXT, chance_of(1))
    PictureHead(views, TRAINED, PicturePlan(), chance_of(2))(np.arange(3), chance_of(1))
    assert torch.equal(torch.get_rng_state(), before)
