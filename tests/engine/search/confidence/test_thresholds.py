from __future__ import annotations

import math

import numpy as np
import pytest

from engine.index.nearest_index import NearestIndex
from engine.records import Vectors, Verdict
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES, CALIBRATION_WORDS
from engine.search.confidence.thresholds import (
    QueryKind,
    ScoreThresholds,
    nearest_neighbour_scores,
    picture_thresholds,
    query_kind_of,
    text_thresholds,
    word_verdict,
)
from engine.search.ranking.ranking import VERDICTS

DIMENSION = 64


def unit_rows(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_reference_phrases_are_many_and_different() -> None:
    assert len(set(CALIBRATION_PHRASES)) == len(CALIBRATION_PHRASES) == 64
    assert len(set(CALIBRATION_WORDS)) == len(CALIBRATION_WORDS) == 32


@pytest.mark.parametrize("text", ["dog", "a dog", "the red car", "dogs on the beach", *CALIBRATION_WORDS])
def test_a_word_or_two_are_measured_by_words(text: str) -> None:
    assert query_kind_of(text) is QueryKind.WORDS


@pytest.mark.parametrize("text", ["a black dog in the snow", "two men on a boat"])
def test_more_is_measured_by_sentences(text: str) -> None:
    assert query_kind_of(text) is QueryKind.SENTENCE


def test_scores_are_judged_by_what_the_references_reached() -> None:
    reference = text_thresholds(np.linspace(0.1, 0.3, 64, dtype=np.float32))
    assert reference.verdict(0.29) is Verdict.STRONG
    assert reference.verdict(0.22) is Verdict.WEAK
    assert reference.verdict(0.15) is Verdict.NONE
    assert reference.verdict(math.nan) is Verdict.NONE


def test_a_word_is_judged_by_a_higher_share_of_the_words() -> None:
    reached = np.linspace(0.1, 0.3, 101, dtype=np.float32)
    words = text_thresholds(reached, QueryKind.WORDS)
    assert (words.strong, words.weak) == pytest.approx((0.27, 0.21))


@pytest.mark.parametrize("items", [3, 50, 5000])
def test_a_match_stands_out_from_unrelated_queries_in_any_size_of_library(items: int) -> None:
    index, rows = NearestIndex(DIMENSION), unit_rows(items, 0)
    index.add(np.arange(items), rows)
    reference = text_thresholds(index.best_scores(unit_rows(64, 1)))
    queries = rows[:3] + 0.7 * unit_rows(3, 2)
    for query in queries / np.linalg.norm(queries, axis=1, keepdims=True):
        assert reference.verdict(float(index.search(query, 1).scores[0])) is Verdict.STRONG
    unrelated = [reference.verdict(float(index.search(query, 1).scores[0])) for query in unit_rows(100, 3)]
    assert unrelated.count(Verdict.STRONG) <= 40
    assert unrelated.count(Verdict.NONE) >= 30


def test_a_few_phrases_that_the_library_does_show_hardly_move_the_verdict() -> None:
    scores = np.linspace(0.1, 0.3, 64, dtype=np.float32)
    shown = scores.copy()
    shown[:6] = 0.9
    assert text_thresholds(shown).strong < 0.3
    assert text_thresholds(shown).weak - text_thresholds(scores).weak < 0.03


@pytest.mark.parametrize("scores", [[], [0.1, math.nan], [0.1, -math.inf]])
def test_references_without_a_meaning_are_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="reference"):
        text_thresholds(np.array(scores, dtype=np.float32))


def test_the_same_picture_is_strong_and_an_unlike_one_nothing() -> None:
    centres = unit_rows(30, 0)
    rows = np.repeat(centres, 8, axis=0) + 0.5 * unit_rows(240, 1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    reference = picture_thresholds(rows)
    assert reference.verdict(0.999) is Verdict.STRONG
    unlike = (unit_rows(50, 2) @ rows.T).max(axis=1)
    assert {reference.verdict(float(score)) for score in unlike} == {Verdict.NONE}


def test_a_library_of_copies_does_not_raise_the_bar() -> None:
    rows = unit_rows(40, 0)
    once, thrice = picture_thresholds(rows), picture_thresholds(np.repeat(rows, 3, axis=0))
    assert thrice.strong <= 0.95
    assert once.strong < 0.95


@pytest.mark.parametrize("items", [0, 1, 2, 3])
def test_in_a_tiny_library_the_same_picture_is_still_strong(items: int) -> None:
    reference = picture_thresholds(unit_rows(items, 0))
    assert reference.verdict(1.0) is Verdict.STRONG
    assert reference.verdict(-0.5) is Verdict.NONE


def test_nearest_others_leave_out_the_row_itself() -> None:
    rows = np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32)
    assert nearest_neighbour_scores(rows).tolist() == [0, 1, 1]
    assert nearest_neighbour_scores(rows[:1]).tolist() == []


@pytest.mark.parametrize(
    ("fraction", "verdict"),
    [
        (1.0, Verdict.STRONG),
        (0.9, Verdict.STRONG),
        (0.5, Verdict.WEAK),
        (0.2, Verdict.NONE),
        (0.0, Verdict.NONE),
    ],
)
def test_pages_are_judged_by_the_weight_of_the_words_found(fraction: float, verdict: Verdict) -> None:
    assert word_verdict(fraction) is verdict


def test_many_scores_are_judged_as_each_of_them_is() -> None:
    scores = np.array([0.3, 0.2, 0.25, 0.1, 0.05, -1.0, math.nan, 1.0])
    for reference in (ScoreThresholds(0.2, 0.1), ScoreThresholds(0.1, 0.1)):
        verdicts = [VERDICTS[confidence] for confidence in reference.confidence_levels(scores)]
        assert verdicts == [reference.verdict(float(score)) for score in scores]


def test_margins_are_steps_from_weak_to_strong() -> None:
    assert ScoreThresholds(0.2, 0.1).margin(np.array([0.1, 0.2, 0.4])).tolist() == pytest.approx(
        [-1.0, 0.0, 2.0]
    )
    assert np.isfinite(ScoreThresholds(0.1, 0.1).margin(np.array([0.1, 0.2]))).all()


def test_a_reference_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ScoreThresholds(0.2, 0.1).strong = 0.0  # type: ignore[misc] # the assignment is what is tested
