from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.fuse import reciprocal_rank_fusion


def entries(*rankings: str, weights: list[float] | None = None) -> str:
    return "".join(fused.entry for fused in reciprocal_rank_fusion(rankings, weights))


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([["a", "b"], ["b"]], [1.0, 2.0])
    assert [each.entry for each in fused] == ["b", "a"]
    assert [each.score for each in fused] == pytest.approx([1 / 62 + 2 / 61, 1 / 61])


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
    assert reciprocal_rank_fusion(["aab"]) == reciprocal_rank_fusion(["ab"])


def test_a_weight_of_nothing_only_lists() -> None:
    assert entries("ab", "ba", weights=[0.0, 1.0]) == "ba"


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, float("nan")]])
def test_unfit_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        reciprocal_rank_fusion(["a", "b"], weights)


@given(st.lists(st.lists(st.integers(0, 9)), max_size=4))
def test_every_entry_comes_once_best_first(rankings: list[list[int]]) -> None:
    fused = reciprocal_rank_fusion(rankings)
    assert sorted(each.entry for each in fused) == sorted(
        {entry for ranking in rankings for entry in ranking}
    )
    assert all(before.score >= after.score for before, after in pairwise(fused))
