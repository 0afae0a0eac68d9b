"""The heads in torch, which are trained, against those in numpy, which answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Generator

from engine.models.starter_heads import HEAD_DIMENSION, LONGEST, StarterHeads
from engine.models.token_vectors import TokenVectors
from engine.teach.layers import dropped
from engine.teach.picture_head import PictureHead, PicturePlan
from engine.teach.starter_towers import StarterTowers
from engine.teach.text_head import Packed, TextHead, TextPlan, Vocabulary

pytestmark = pytest.mark.usefixtures("one_thread")

FEATURES, PICTURES = 40, 12
TRAINED_PICTURES = np.arange(8)
TEXTS = (
    "a dog runs through the snow",
    "two children",
    "dog",
    "a brown dog leaps over a wooden fence while a man in a red coat watches from the grass by the lake",
    "a zeppelin over the quay",  # from here on not trained
    "xylophone",
    "Übermut tut selten gut",
    "a harpsichord and an ocelot beside a terracotta amphora in a dimly lit conservatory full of orchids",
)
TRAINED = np.array([0, 0, 1, 2, 3])
EVERY = np.arange(len(TEXTS))
SEEN = {"a": 3, "dog": 4}


def chance_of(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)


def views_of(seed: int) -> NDArray[np.float32]:
    """Of very different scale, one feature the same for all, some far from what is usual."""
    chance = np.random.default_rng(seed)
    views = chance.standard_normal((3, PICTURES, FEATURES)).astype(np.float32)
    views *= np.geomspace(0.01, 100, FEATURES, dtype=np.float32)
    views[..., 7] = 4.0
    views[0, PICTURES - 1, :5] = 1e4
    return views


@pytest.fixture(scope="module")
def tokens() -> TokenVectors:
    return TokenVectors.load()


@pytest.fixture(scope="module")
def vocabulary(tokens: TokenVectors) -> Vocabulary:
    return Vocabulary(tokens, tokens.token_ids(TEXTS), TRAINED)


@pytest.fixture
def towers(vocabulary: Vocabulary) -> StarterTowers:
    """With every weight other than it begins, so that none can be forgotten unseen."""
    picture_head = PictureHead(views_of(1), TRAINED_PICTURES, PicturePlan(hidden=16), chance_of(2))
    made = StarterTowers(picture_head, TextHead(vocabulary, TextPlan(), chance_of(3)), vocabulary)
    for parameter in made.parameters().values():
        parameter.tensor.add_(0.1 * torch.randn(parameter.tensor.shape, generator=chance_of(4)))
    return made


def exact(towers: StarterTowers, tokens: TokenVectors) -> StarterHeads:
    """As they are before rounding."""
    weights = {name: parameter.tensor.numpy() for name, parameter in towers.parameters().items()}
    return StarterHeads({**towers.stored(SEEN, 0.25), **weights}, tokens)


@pytest.fixture
def heads(towers: StarterTowers, tokens: TokenVectors) -> StarterHeads:
    return exact(towers, tokens)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_pictures_come_to_the_same_in_numpy(towers: StarterTowers, heads: StarterHeads) -> None:
    ours, theirs = towers.pictures(np.arange(PICTURES), None).numpy(), heads.pictures(views_of(1)[0])
    assert ours.shape == (PICTURES, HEAD_DIMENSION)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_sentences_of_any_length_come_to_the_same_in_numpy(
    towers: StarterTowers, heads: StarterHeads, tokens: TokenVectors
) -> None:
    lengths = [len(text) for text in tokens.token_ids(TEXTS)]
    assert min(lengths) == 1
    assert sum(length > LONGEST for length in lengths) == 2
    ours, theirs = towers.texts(EVERY, None).numpy(), heads.texts(TEXTS)
    assert ours.shape == (len(TEXTS), HEAD_DIMENSION)
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_sentences_are_told_apart_by_their_order_of_words(heads: StarterHeads) -> None:
    one, other = heads.texts(["dog bites man", "man bites dog"])
    assert np.abs(one - other).max() > 1e-3


def test_what_follows_the_longest_is_left_out(heads: StarterHeads) -> None:
    whole, longer, shorter = heads.texts(["dog " * LONGEST, "dog " * LONGEST + "cat", "dog " * (LONGEST - 1)])
    np.testing.assert_array_equal(whole, longer)
    assert np.abs(whole - shorter).max() > 1e-4


def test_a_sentence_does_not_depend_on_its_batch(towers: StarterTowers, heads: StarterHeads) -> None:
    together = towers.texts(EVERY, None).numpy()
    alone = np.concatenate([towers.texts(EVERY[row : row + 1], None).numpy() for row in EVERY])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(towers.texts(EVERY[::-1].copy(), None).numpy()[::-1], together, atol=1e-6)
    np.testing.assert_array_equal(heads.texts(TEXTS), np.concatenate([heads.texts([text]) for text in TEXTS]))


def test_a_picture_does_not_depend_on_its_batch(towers: StarterTowers, heads: StarterHeads) -> None:
    numbers = np.arange(PICTURES)
    together = towers.pictures(numbers, None).numpy()
    alone = np.concatenate([towers.pictures(numbers[row : row + 1], None).numpy() for row in numbers])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(heads.pictures(views_of(1)[0][3:4]), together[3:4], atol=1e-4)


def test_a_text_without_a_token_has_no_direction(heads: StarterHeads) -> None:
    assert not heads.texts(["", "!!!"]).any()
    assert heads.texts([]).shape == (0, HEAD_DIMENSION)


def test_rounding_changes_next_to_nothing(
    towers: StarterTowers, heads: StarterHeads, tokens: TokenVectors
) -> None:
    stored = towers.stored(SEEN, 0.25)
    rounded = StarterHeads(stored, tokens)
    assert rounded.conse_share == 0.25
    assert stored["picture.wide.weight"].dtype == stored["text.tokens"].dtype == np.float16
    assert (rounded.texts(TEXTS) * heads.texts(TEXTS)).sum(axis=1).min() > 0.9999
    features = views_of(1)[0]
    assert (rounded.pictures(features) * heads.pictures(features)).sum(axis=1).min() > 0.9999


def test_nothing_is_left_to_chance_when_none_is_given(towers: StarterTowers) -> None:
    for side, numbers in ((towers.texts, EVERY), (towers.pictures, np.arange(PICTURES))):
        assert torch.equal(side(numbers, None), side(numbers, None))


def test_chance_changes_what_is_seen_the_same_chance_the_same(towers: StarterTowers) -> None:
    for side, numbers in ((towers.texts, EVERY), (towers.pictures, np.arange(PICTURES))):
        whole, seen = side(numbers, None), side(numbers, chance_of(1))
        assert (whole - seen).abs().amax(dim=1).min() > 1e-3
        assert torch.equal(seen, side(numbers, chance_of(1)))
        assert not torch.equal(seen, side(numbers, chance_of(2)))


def test_without_dropout_training_sees_sentences_as_they_are(vocabulary: Vocabulary) -> None:
    plan = TextPlan(word_dropout=0, vector_dropout=0, short_share=0)
    head = TextHead(vocabulary, plan, chance_of(3))
    assert torch.equal(head(EVERY, chance_of(1)), head(EVERY, None))


def test_however_much_is_left_out_of_a_sentence_something_stays(vocabulary: Vocabulary) -> None:
    for plan in (TextPlan(word_dropout=1, short_share=0), TextPlan(word_dropout=1, short_share=1)):
        head = TextHead(vocabulary, plan, chance_of(3))
        for seed in range(20):
            assert bool(head(EVERY, chance_of(seed)).isfinite().all())


def test_a_sentence_that_is_cut_keeps_one_to_three_tokens_side_by_side(tokens: TokenVectors) -> None:
    """Each is the head's own view of a part of the sentence, and all lengths come."""
    plan = TextPlan(word_dropout=0, vector_dropout=0, short_share=1)
    ids = tokens.token_ids(TEXTS[:1])[0]
    parts = [ids[start : start + length] for length in (1, 2, 3) for start in range(len(ids) + 1 - length)]
    whole = Vocabulary(tokens, [ids, *parts], np.array([0]))
    head = TextHead(whole, plan, chance_of(3))
    of_parts = head(np.arange(1, len(parts) + 1), None).numpy()
    met = set()
    for seed in range(60):
        cosines = of_parts @ head(np.array([0]), chance_of(seed)).numpy()[0]
        assert cosines.max() > 1 - 1e-5
        met.add(len(parts[int(cosines.argmax())]))
    assert met == {1, 2, 3}


def test_training_sees_any_view_of_a_picture_measuring_the_whole(
    vocabulary: Vocabulary, tokens: TokenVectors
) -> None:
    head = PictureHead(views_of(1), TRAINED_PICTURES, PicturePlan(hidden=16, dropout=0), chance_of(2))
    heads = exact(StarterTowers(head, TextHead(vocabulary, TextPlan(), chance_of(3)), vocabulary), tokens)
    of_views = np.stack([heads.pictures(view) for view in views_of(1)])
    met = set()
    for seed in range(5):
        distances = np.abs(of_views - head(np.arange(PICTURES), chance_of(seed)).numpy()).max(axis=2)
        assert distances.min(axis=0).max() < 1e-4
        met |= set(distances.argmin(axis=0).tolist())
    assert met == {0, 1, 2}


def test_features_are_standardised_by_the_pictures_to_train_on(towers: StarterTowers) -> None:
    stored, trained = towers.stored(SEEN, 0.25), views_of(1)[0][TRAINED_PICTURES]
    mean, scale = (stored[f"picture.{name}"].astype(np.float64) for name in ("mean", "scale"))
    np.testing.assert_allclose(mean, trained.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(scale, trained.std(axis=0), rtol=1e-4, atol=2e-3)
    assert scale.min() > 0  # though one feature is the same for all


def test_dropout_leaves_the_mean_as_it_is() -> None:
    x = torch.ones(20_000)
    seen = dropped(x, 0.25, chance_of(0))
    assert set(seen.tolist()) == {0.0, float(torch.tensor(1.0) / 0.75)}
    assert seen.mean().item() == pytest.approx(1, abs=0.02)
    assert dropped(x, 0.25, None) is x


def test_sentences_of_several_lengths_lie_packed_and_side_by_side() -> None:
    packed = Packed.of([np.array([5]), np.array([6, 7, 8]), np.array([9, 5])])
    assert packed.places.tolist() == [5, 6, 7, 8, 9, 5]
    assert packed.present.tolist() == [[True, False, False], [True, True, True], [True, True, False]]
    x = torch.arange(12.0).view(6, 2)
    laid = packed.side_by_side(x, -1)
    assert laid[..., 0].tolist() == [[0, -1, -1], [2, 4, 6], [8, 10, -1]]
    assert torch.equal(packed.one_after_another(laid), x)


def test_the_tokens_of_trained_texts_are_learnt_the_others_stay(
    vocabulary: Vocabulary, tokens: TokenVectors
) -> None:
    ids = tokens.token_ids(TEXTS)
    trained = {token for text in ids[:4] for token in text}
    assert set(vocabulary.own.tolist()) == trained
    assert len(vocabulary.other_vectors) == len({token for text in ids for token in text} - trained)
    np.testing.assert_allclose(
        vocabulary.own_vectors, tokens.rows(vocabulary.own.tolist()) * vocabulary.scale, rtol=1e-6
    )
    assert vocabulary.own_vectors.std() == pytest.approx(1, rel=1e-3)


def test_the_words_of_the_captions_are_kept(towers: StarterTowers, tokens: TokenVectors) -> None:
    heads = StarterHeads(towers.stored({"zebra": 10, "ärmel": 30}, 0.0), tokens)
    half, less, never = heads.strangeness(["a zebra", "the Ärmel", "dog"])
    assert (half, less, never) == pytest.approx((0.5, 0.25, 1.0))


def test_norms_and_biases_are_not_drawn_towards_nothing(towers: StarterTowers) -> None:
    parameters = towers.parameters()
    drawn = {name for name, parameter in parameters.items() if parameter.decays}
    assert all(name.endswith((".weight", "positions")) for name in drawn)
    assert not any(name in drawn for name in parameters if name.endswith(".bias") or "text.tokens" in name)
    assert parameters["text.tokens"].pace == TextPlan().token_pace


@pytest.mark.usefixtures("two_threads")
def test_what_is_learnt_of_common_words_does_not_depend_on_the_threads_luck(tokens: TokenVectors) -> None:
    """Threads that add to the same token's vector in any order give other numbers at each run."""
    texts = np.random.default_rng(0).integers(300, 310, (60, 12)).tolist()
    head = TextHead(Vocabulary(tokens, texts, np.arange(60)), TextPlan(), chance_of(3))
    learnt = [head.weights[name].requires_grad_() for name in ("text.tokens", "text.positions")]

    def gradients() -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(head(np.arange(60), None)[:, 0].sum(), learnt)

    first = gradients()
    for _ in range(3):
        assert all(torch.equal(*both) for both in zip(gradients(), first, strict=True))


def test_making_and_using_heads_leaves_the_random_numbers_of_others_alone(vocabulary: Vocabulary) -> None:
    before = torch.get_rng_state()
    TextHead(vocabulary, TextPlan(), chance_of(3))(EVERY, chance_of(1))
    PictureHead(views_of(1), TRAINED_PICTURES, PicturePlan(), chance_of(2))(np.arange(3), chance_of(1))
    assert torch.equal(torch.get_rng_state(), before)
