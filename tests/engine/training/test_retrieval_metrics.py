from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.training.retrieval_metrics import (
    Recall,
    RetrievalScores,
    mean_average_precision,
    measure_retrieval,
)

ALL, NONE = Recall(1.0, 1.0, 1.0), Recall(0.0, 0.0, 0.0)


def scores_of(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32)


def slowly(scores: NDArray[np.float32], picture_of: NDArray[np.int64]) -> RetrievalScores:
    """As the definition says, one query after another."""
    by_text = [int(sum(row >= row[own])) for row, own in zip(scores, picture_of, strict=True)]
    by_picture = []
    for picture in sorted(set(picture_of.tolist())):
        column = scores[:, picture]
        best = max(column[picture_of == picture])
        by_picture.append(1 + int(sum(column[picture_of != picture] >= best)))
    return RetrievalScores(recall_of(by_text), recall_of(by_picture))


def recall_of(places: list[int]) -> Recall:
    return Recall(*(sum(place <= k for place in places) / len(places) for k in (1, 5, 10)))


def test_who_finds_all_at_once_has_all() -> None:
    assert measure_retrieval(np.eye(12, dtype=np.float32), np.arange(12)) == RetrievalScores(ALL, ALL)


def test_places_are_counted() -> None:
    """Of twelve pictures, those of the texts are at place 1, 2, 6 and 11."""
    scores = np.tile(np.arange(12, 0, -1, dtype=np.float32), (4, 1))
    result = measure_retrieval(scores, np.array([0, 1, 5, 10]))
    assert result.pictures_by_text == Recall(0.25, 0.5, 0.75)


def test_a_picture_finds_any_of_its_texts() -> None:
    scores = scores_of([0.1, 0.3], [0.9, 0.4], [0.5, 0.2])
    result = measure_retrieval(scores, np.array([0, 0, 1]))
    assert result.texts_by_picture.at_1 == 0.5  # the second picture's only text comes last
    assert result.texts_by_picture.at_5 == 1
    assert result.pictures_by_text.at_1 == pytest.approx(1 / 3)


def test_the_own_texts_of_a_picture_do_not_stand_in_one_anothers_way() -> None:
    scores = scores_of([0.9, 0.0], [0.9, 0.0], [0.8, 1.0])
    assert measure_retrieval(scores, np.array([0, 0, 1])).texts_by_picture == ALL


def test_answers_that_score_the_same_count_against_the_right_one() -> None:
    alike = np.ones((6, 6), np.float32)
    assert measure_retrieval(alike, np.arange(6)) == RetrievalScores(Recall(0, 0, 1), Recall(0, 0, 1))


def test_scores_that_are_no_numbers_find_nothing() -> None:
    broken = np.full((12, 12), np.nan, np.float32)
    assert measure_retrieval(broken, np.arange(12)) == RetrievalScores(NONE, NONE)


def test_a_picture_without_a_text_is_no_query_but_can_be_in_the_way() -> None:
    scores = scores_of([0.5, 0.1, 0.9], [0.1, 0.5, 0.2])
    result = measure_retrieval(scores, np.array([0, 1]))
    assert result.texts_by_picture == ALL
    assert result.pictures_by_text.at_1 == 0.5


@given(st.integers(1, 8), st.integers(1, 30), st.integers(0, 1000))
def test_it_is_what_the_definition_says(pictures: int, texts: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 5, (texts, pictures)).astype(np.float32)  # many score the same
    picture_of = rng.integers(0, pictures, texts)
    assert measure_retrieval(scores, picture_of) == slowly(scores, picture_of)


def test_numbers_lead_back_to_where_they_came_from() -> None:
    result = RetrievalScores(Recall(0.1, 0.2, 0.3), Recall(0.4, 0.5, 0.6))
    assert result.numbers() == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert RetrievalScores.of(result.numbers()) == result


def test_average_precision_is_averaged_over_queries() -> None:
    scores = scores_of([0.9, 0.8, 0.7], [0.9, 0.8, 0.7])
    relevant = np.array([[True, False, True], [False, True, False]])
    assert mean_average_precision(scores, relevant) == pytest.approx(((1 + 2 / 3) / 2 + 1 / 2) / 2)


@pytest.mark.parametrize("row", [[True, False, False], [False, True, False], [False, False, True]])
def test_wrong_answers_that_score_the_same_come_first(row: list[bool]) -> None:
    assert mean_average_precision(scores_of([0.5, 0.5, 0.5]), np.array([row])) == pytest.approx(1 / 3)
    assert mean_average_precision(scores_of([np.nan] * 3), np.array([row])) == pytest.approx(1 / 3)


def test_a_query_without_a_right_answer_is_none() -> None:
    scores = scores_of([0.9, 0.1], [0.9, 0.1])
    assert mean_average_precision(scores, np.array([[True, False], [False, False]])) == 1
    assert mean_average_precision(scores, np.zeros((2, 2), np.bool_)) == 0
