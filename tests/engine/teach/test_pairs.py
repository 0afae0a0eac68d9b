from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.teach.pairs import SMALLEST_BATCH, Pairs, batches


def pairs_of(rows: list[tuple[int, int]]) -> Pairs:
    columns = np.array(rows, np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])


def rows_of(pairs: Pairs) -> list[tuple[int, int]]:
    return list(zip(pairs.texts.tolist(), pairs.pictures.tolist(), strict=True))


def batched(pairs: Pairs, size: int, seed: int) -> list[list[tuple[int, int]]]:
    return [rows_of(batch) for batch in batches(pairs, size, np.random.default_rng(seed))]


def go_together(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] != other[0] and one[1] != other[1]


few_numbers = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40)


@given(few_numbers, st.integers(2, 8), st.integers(0, 9))
def test_every_pair_comes_once_but_for_those_that_nothing_is_learnt_from(
    rows: list[tuple[int, int]], size: int, seed: int
) -> None:
    result = batched(pairs_of(rows), size, seed)
    assert all(SMALLEST_BATCH <= len(batch) <= size for batch in result)
    learnt = Counter(row for batch in result for row in batch)
    assert learnt <= Counter(rows)
    left_out = (Counter(rows) - learnt).elements()
    assert not any(go_together(*two) for two in combinations(left_out, 2))


@given(few_numbers, st.integers(2, 8), st.integers(0, 9))
def test_no_text_and_no_picture_comes_twice_in_a_batch(
    rows: list[tuple[int, int]], size: int, seed: int
) -> None:
    for batch in batched(pairs_of(rows), size, seed):
        assert all(go_together(*two) for two in combinations(batch, 2))


@given(few_numbers, st.integers(2, 8), st.integers(0, 9))
def test_the_same_seed_gives_the_same_batches(rows: list[tuple[int, int]], size: int, seed: int) -> None:
    assert batched(pairs_of(rows), size, seed) == batched(pairs_of(rows), size, seed)


def test_another_seed_gives_another_order() -> None:
    pairs = pairs_of([(number, number) for number in range(50)])
    assert batched(pairs, 10, 0) != batched(pairs, 10, 1)


def test_five_captions_of_each_picture_fill_whole_batches() -> None:
    pairs = pairs_of([(text, text // 5) for text in range(500)])
    assert [len(batch) for batch in batched(pairs, 20, 0)][:20] == [20] * 20


def test_nothing_gives_no_batch() -> None:
    assert batched(pairs_of([]), 4, 0) == []


@pytest.mark.parametrize("size", [-1, 0, 1])
def test_batches_that_nothing_is_learnt_from_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="nothing is learnt"):
        batched(pairs_of([(0, 0), (1, 1)]), size, 0)


def test_texts_and_pictures_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="2 texts for 3 pictures"):
        Pairs(np.arange(2), np.arange(3))


def test_many_pictures_of_one_text_are_given_up_at_once() -> None:
    """One by one it would take the square of their number: minutes, in which nobody could stop it."""
    many = 200_000
    pairs = Pairs(np.zeros(many, np.int64), np.arange(many))
    assert list(batches(pairs, 64, np.random.default_rng(0))) == []
