from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.search.ranking.rank_fusion import reciprocal_rank_fusion


def ranking(entries: str) -> NDArray[np.int64]:
    return np.array([ord(entry) for entry in entries], np.int64)


def entries(*rankings: str, weights: list[float] | None = None) -> str:
    order, _ = reciprocal_rank_fusion([ranking(each) for each in rankings], weights)
    return "".join(chr(entry) for entry in order)


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    order, scores = reciprocal_rank_fusion([ranking("ab"), ranking("b")], [1.0, 2.0])
    assert order.tolist() == ranking("ba").tolist()
    assert scores.tolist() == pytest.approx([1 / 62 + 2 / 61, 1 / 61])


def test_agreement_beats_one_high_rank() -> None:
    assert entries("abc", "dbe")[0] == "b"


def test_one_ranking_keeps_its_order() -> None:
    assert entries("zyx") == "zyx"


def test_nothing_fuses_to_nothing() -> None:
    assert entries() == ""
    assert entries("", "") == ""


def test_equal_scores_go_by_best_rank_then_by_the_earlier_ranking() -> None:
    assert entries("ab", "cd") == "acbd"
    assert entries("cd", "ab") == "cadb"


def test_a_repeated_entry_counts_at_its_first_place() -> None:
    (_, twice), (_, once) = (reciprocal_rank_fusion([ranking(each)]) for each in ("aab", "ab"))
    assert twice.tolist() == once.tolist()
    assert entries("bab") == "ba"


def test_a_weight_of_nothing_only_lists() -> None:
    assert entries("ab", "ba", weights=[0.0, 1.0]) == "ba"


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, float("nan")]])
def test_unfit_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        reciprocal_rank_fusion([ranking("a"), ranking("b")], weights)


@given(st.lists(st.lists(st.integers(0, 9)), max_size=4))
def test_every_entry_comes_once_best_first(rankings: list[list[int]]) -> None:
    order, scores = reciprocal_rank_fusion([np.array(each, np.int64) for each in rankings])
    assert sorted(order.tolist()) == sorted({entry for each in rankings for entry in each})
    assert (np.diff(scores) <= 0).all()
