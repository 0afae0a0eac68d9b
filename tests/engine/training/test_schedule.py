from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.schedule import learning_share


def test_it_rises_in_a_line_to_the_whole() -> None:
    shares = [learning_share(step, 100, 0.1) for step in range(11)]
    assert shares == pytest.approx([*(tenth / 10 for tenth in range(1, 11)), 1.0])


def test_then_it_falls_to_nearly_nothing() -> None:
    shares = [learning_share(step, 1000, 0.1) for step in range(100, 1000)]
    assert shares[0] == 1
    assert all(before > after for before, after in pairwise(shares))
    assert shares[len(shares) // 2] == pytest.approx(0.5)
    assert 0 <= shares[-1] < 1e-5


def test_without_a_warm_up_it_begins_with_the_whole() -> None:
    assert learning_share(0, 10, 0) == 1


def test_past_the_end_nothing_more_is_learnt() -> None:
    assert [learning_share(step, 50, 0.1) for step in (50, 51, 500)] == [0, 0, 0]


@given(st.integers(0, 300), st.integers(1, 100), st.floats(0, 1))
def test_it_is_a_share_at_every_step(step: int, steps: int, warm_up: float) -> None:
    assert 0 <= learning_share(step, steps, warm_up) <= 1
