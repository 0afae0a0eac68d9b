from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.models.starter.familiarity import MAX_CONSE_SHARE
from engine.training.pairs import Pairs
from engine.training.retrieval_metrics import Recall, RetrievalScores
from engine.training.starter.evaluation import (
    GroundTruth,
    StarterHalf,
    StarterHalves,
    neighbour_word_overlap,
    score_half,
    shared_caption_words,
)

COUNT = 12
FOUND = StarterHalf(*(np.eye(COUNT, dtype=np.float32),) * 3)
ALL = Recall(1.0, 1.0, 1.0)
TRUTH = GroundTruth(np.arange(COUNT), np.eye(COUNT, dtype=np.bool_), np.eye(COUNT, dtype=np.bool_))
FAMILIAR = np.zeros(COUNT, np.float32)
STRANGE = np.ones(COUNT, np.float32)


def missed() -> StarterHalf:
    """Every text is surest of the picture beside its own."""
    beside = np.roll(np.eye(COUNT, dtype=np.float32), 1, axis=1)
    return StarterHalf(beside, beside, np.eye(COUNT, dtype=np.float32))


def vectors(seed: int, count: int) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).standard_normal((count, 6))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def test_who_finds_all_has_whole_figures() -> None:
    reached = score_half(FOUND, TRUTH)
    assert reached.captions == RetrievalScores(ALL, ALL)
    assert reached.words == 1
    assert reached.neighbour_overlap == 0  # no two of these pictures show the same


def test_words_that_no_picture_shows_are_not_asked_for() -> None:
    shown = TRUTH.shown.copy()
    shown[3:] = False
    assert score_half(FOUND, GroundTruth(TRUTH.picture_of, shown, TRUTH.said)).words == 1


def test_the_joined_score_lies_between_those_of_the_halves() -> None:
    """By the share of ConSE that the strangeness of a text gives."""
    strangeness = np.array([0, 0.25, 0.5, 0.75, 1], np.float32)
    heads, conse = (
        StarterHalf(vectors(seed, 5), vectors(seed + 1, 5), vectors(seed + 2, 7)) for seed in (0, 9)
    )
    joined = StarterHalves(heads, conse, strangeness, strangeness[::-1].copy()).joined()
    for rows in (joined.captions, joined.words, joined.pictures):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    for ours, head, other, strange in (
        (joined.captions, heads.captions, conse.captions, strangeness),
        (joined.words, heads.words, conse.words, strangeness[::-1]),
    ):
        share = MAX_CONSE_SHARE * strange[:, None]
        wanted = (1 - share) * head @ heads.pictures.T + share * other @ conse.pictures.T
        length = (2 * ((1 - share) ** 2 + share**2)) ** 0.5
        np.testing.assert_allclose(ours @ joined.pictures.T, wanted / length, atol=1e-6)


def test_a_strange_text_trusts_conse_more() -> None:
    reached = score_half(StarterHalves(missed(), FOUND, FAMILIAR, STRANGE).joined(), TRUTH)
    assert reached.captions.pictures_by_text.at_1 == 0
    assert reached.words == 1


def test_words_are_said_of_a_picture_by_two_of_its_captions() -> None:
    texts = ["the dog and the ball", "a dog", "a ball in the grass", "the"]
    pairs = Pairs(np.array([0, 1, 2, 3, 2, 2]), np.array([4, 4, 4, 9, 9, 9]))
    said = shared_caption_words(texts, pairs, np.array([4, 9]))
    assert said.tolist() == [[True, True, False], [True, False, True]]  # ball, dog, grass


def test_a_picture_of_which_nothing_is_said_has_no_words() -> None:
    said = shared_caption_words(["the", "a"], Pairs(np.array([0, 1]), np.array([0, 0])), np.array([0]))
    assert said.shape == (1, 0)


def test_words_in_common_are_a_share_of_all_words_of_both() -> None:
    """Six pictures of two words and one of others far off: each has five neighbours."""
    said = np.zeros((7, 6), np.bool_)
    said[:, 0] = True
    said[np.arange(6), 1] = True
    said[6, 2:5] = True
    pictures = np.eye(7, 2, dtype=np.float32)
    pictures[:6], pictures[6] = (1, 0), (-1, 0)
    assert neighbour_word_overlap(pictures, said) == pytest.approx((6 * 1 + 1 / 5) / 7)


def test_of_few_pictures_none_is_its_own_neighbour() -> None:
    said = np.eye(3, dtype=np.bool_)
    assert neighbour_word_overlap(vectors(0, 3), said) == 0
    assert neighbour_word_overlap(vectors(0, 1), said[:1]) == 0
    assert neighbour_word_overlap(vectors(0, 2), np.zeros((2, 0), np.bool_)) == 0
