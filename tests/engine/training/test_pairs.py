from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.pairs import SMALLEST_BATCH, PairBatch, Pairs, batches


def pairs_of(rows: list[tuple[int, int]]) -> Pairs:
    columns = np.array(rows, np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])


def batched(pairs: Pairs, size: int, seed: int) -> list[PairBatch]:
    return list(batches(pairs, size, np.random.default_rng(seed)))


def matches_of(batch: PairBatch) -> list[tuple[int, int]]:
    """The pairs of which the batch says that they match."""
    texts, pictures = np.nonzero(batch.matches)
    return list(zip(batch.texts[texts].tolist(), batch.pictures[pictures].tolist(), strict=True))


def order_of(pairs: Pairs, seed: int) -> list[list[int]]:
    return [batch.pictures.tolist() for batch in batched(pairs, 10, seed)]


few_pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=40)


@given(few_pairs, st.integers(2, 8), st.integers(0, 9))
def test_every_picture_comes_once_but_for_one_that_would_be_alone(
    rows: list[tuple[int, int]], size: int, seed: int
) -> None:
    shown = [picture for batch in batched(pairs_of(rows), size, seed) for picture in batch.pictures.tolist()]
    assert len(shown) == len(set(shown))
    pictures = {picture for _, picture in rows}
    alone = len(pictures) == 1 or (size == 2 and len(pictures) % 2 == 1)
    assert len(pictures - set(shown)) == alone


@given(few_pairs, st.integers(2, 8), st.integers(0, 9))
def test_batches_are_about_as_large_as_one_another(rows: list[tuple[int, int]], size: int, seed: int) -> None:
    counts = [len(batch.pictures) for batch in batched(pairs_of(rows), size, seed)]
    assert all(SMALLEST_BATCH <= count <= size for count in counts)
    assert not counts or max(counts) - min(counts) <= 1


@given(few_pairs, st.integers(2, 8), st.integers(0, 9))
def test_all_texts_of_a_picture_come_with_it_and_no_others(
    rows: list[tuple[int, int]], size: int, seed: int
) -> None:
    for batch in batched(pairs_of(rows), size, seed):
        own = {(text, picture) for text, picture in rows if picture in batch.pictures}
        assert sorted(matches_of(batch)) == sorted(own)
        assert batch.texts.tolist() == sorted({text for text, _ in own})
        assert batch.pictures.tolist() == sorted({picture for _, picture in own})
        assert set(batch.matches.flat) <= {0, 1}
        assert batch.matches.dtype == np.float32


def test_a_text_of_two_pictures_matches_both() -> None:
    (batch,) = batched(pairs_of([(7, 3), (7, 5), (8, 5)]), 2, 0)
    assert (batch.texts.tolist(), batch.pictures.tolist()) == ([7, 8], [3, 5])
    assert batch.matches.tolist() == [[1, 1], [0, 1]]


def test_a_pair_that_is_there_twice_is_one_match() -> None:
    (batch,) = batched(pairs_of([(0, 0), (0, 0), (1, 1)]), 2, 0)
    assert batch.matches.tolist() == [[1, 0], [0, 1]]


@given(few_pairs, st.integers(2, 8), st.integers(0, 9))
def test_the_same_seed_gives_the_same_batches(rows: list[tuple[int, int]], size: int, seed: int) -> None:
    one, other = ([matches_of(batch) for batch in batched(pairs_of(rows), size, seed)] for _ in range(2))
    assert one == other


def test_another_seed_gives_another_order() -> None:
    pairs = pairs_of([(number, number) for number in range(50)])
    assert order_of(pairs, 0) != order_of(pairs, 1)


def test_five_captions_of_each_picture_fill_whole_batches() -> None:
    pairs = pairs_of([(text, text // 5) for text in range(500)])
    assert [(len(batch.pictures), len(batch.texts)) for batch in batched(pairs, 20, 0)] == [(20, 100)] * 5


def test_nothing_gives_no_batch() -> None:
    assert batched(pairs_of([]), 4, 0) == []


def test_a_picture_alone_gives_no_batch() -> None:
    assert batched(pairs_of([(0, 0), (1, 0)]), 4, 0) == []


@pytest.mark.parametrize("size", [-1, 0, 1])
def test_batches_that_nothing_is_learnt_from_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="nothing is learnt"):
        batched(pairs_of([(0, 0), (1, 1)]), size, 0)


def test_texts_and_pictures_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="2 texts for 3 pictures"):
        Pairs(np.arange(2), np.arange(3))


def test_some_of_the_pairs_are_pairs() -> None:
    some = pairs_of([(1, 2), (3, 4), (5, 6)]).take(np.array([2, 0]))
    assert (some.texts.tolist(), some.pictures.tolist(), len(some)) == ([5, 1], [6, 2], 2)
