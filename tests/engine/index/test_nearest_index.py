from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.errors import Cancelled
from engine.index import row_scores, segments
from engine.index.exact_scan import NumKongKernels
from engine.index.nearest_index import MOST_EXACT, NearestIndex
from engine.index.row_scores import permitted
from engine.store.quantization import Codes
from tests.engine.index.conftest import MakeVectors

DIMENSION = 32


def exact(
    keys: NDArray[np.int64], vectors: NDArray[np.float32], query: NDArray[np.float32], limit: int
) -> list[int]:
    """The answer by full sorting, from the same float16 values."""
    scores = (vectors.astype(np.float16).astype(np.float32) * query).sum(axis=1)
    return [int(key) for key in keys[np.lexsort((keys, -scores))[:limit]]]


@pytest.fixture
def filled(make_vectors: MakeVectors) -> tuple[NearestIndex, NDArray[np.int64], NDArray[np.float32]]:
    index, keys, vectors = NearestIndex(DIMENSION), np.arange(100, 4100), make_vectors(4000)
    index.add(keys, vectors)
    return index, keys, vectors


Filled = tuple[NearestIndex, NDArray[np.int64], NDArray[np.float32]]


def test_search_finds_what_full_sorting_finds(filled: Filled, make_vectors: MakeVectors) -> None:
    index, keys, vectors = filled
    for query in make_vectors(20, seed=3):
        found = index.search(query, 10)
        assert found.keys.tolist() == exact(keys, vectors, query, 10)
        assert (np.diff(found.scores) <= 0).all()
        assert found.scores.dtype == np.float32
        assert found.keys.dtype == np.int64


def test_scores_are_cosines_of_the_stored_vectors(filled: Filled) -> None:
    index, _, vectors = filled
    found = index.search(vectors[7], 1)
    assert found.keys.tolist() == [107]
    assert found.scores[0] == pytest.approx(1.0, abs=1e-3)


def test_equal_scores_come_by_ascending_key_even_beyond_the_candidates() -> None:
    index = NearestIndex(DIMENSION)
    same = np.tile(np.eye(1, DIMENSION, dtype=np.float32), (500, 1))
    for keys in np.split(np.random.default_rng(0).permutation(500), 10):
        index.add(keys, same[:50])
    assert index.search(same[0], 7).keys.tolist() == list(range(7))


def test_a_filter_loses_no_result(filled: Filled, make_vectors: MakeVectors) -> None:
    index, keys, vectors = filled
    query = make_vectors(1, seed=9)[0]
    worst = index.search(query, 4000).keys[-5:]
    best_last = worst.tolist()
    assert index.search(query, 10, allowed=np.sort(worst)).keys.tolist() == best_last
    half = keys[::2]
    assert index.search(query, 10, allowed=half).keys.tolist() == exact(half, vectors[::2], query, 10)
    assert index.search(query, 10, allowed=keys[:0]).keys.tolist() == []
    assert index.search(query, 10, allowed=np.array([1, 2])).keys.tolist() == []


@given(st.sets(st.integers(0, 90) | st.integers(0, 2**63 - 1)), st.lists(st.integers(0, 90)), st.booleans())
def test_the_permitted_keys_are_those_that_a_set_would_name(
    allowed: set[int], numbers: list[int], sparse: bool
) -> None:
    keys = np.array([*numbers, 2**63 - 1] if sparse else numbers, dtype=np.int64)
    found = permitted(keys, np.array(sorted(allowed), dtype=np.int64))
    kept = keys if found is None else keys[found]
    assert kept.tolist() == [key for key in keys.tolist() if key in allowed]


def test_an_empty_index_answers_with_nothing() -> None:
    index, query = NearestIndex(4), np.eye(4, dtype=np.float32)[0]
    assert len(index) == 0
    assert index.keys().tolist() == []
    assert index.search(query, 5).keys.tolist() == []
    assert index.best_scores(query[None]).tolist() == [-1.0]
    assert index.present(np.array([3]))[1].shape == (0, 4)
    assert index.vectors(np.empty(0, dtype=np.int64)).shape == (0, 4)


def test_limits_of_nothing_and_of_more_than_there_is(filled: Filled) -> None:
    index, _, vectors = filled
    assert index.search(vectors[0], 0).keys.tolist() == []
    assert len(index.search(vectors[0], 10_000).keys) == 4000
    with pytest.raises(ValueError, match="negative"):
        index.search(vectors[0], -1)


def test_a_whole_library_is_ranked_exactly_at_the_top_and_nearly_so_below(make_vectors: MakeVectors) -> None:
    index, keys, vectors = NearestIndex(DIMENSION), np.arange(6000), make_vectors(6000)
    index.add(keys, vectors)
    query = make_vectors(1, seed=5)[0]
    odd = keys[1::2]
    for allowed in (None, odd):
        there = keys if allowed is None else odd
        found = index.search(query, len(there), allowed)
        truth = exact(there, vectors[there], query, len(there))
        assert found.keys[:3000].tolist() == truth[:3000]
        assert sorted(found.keys.tolist()) == there.tolist()
        assert found.scores == pytest.approx(vectors[found.keys] @ query, abs=0.02)
        assert found.scores[MOST_EXACT:].tolist() == sorted(found.scores[MOST_EXACT:].tolist(), reverse=True)
    parts = make_vectors(3, seed=6)
    assert index.scores(parts, keys[::-1]) == pytest.approx(parts @ vectors[::-1].T, abs=0.02)
    gone = index.scores(parts, np.array([5, 6000, 7]))  # a row may go between two questions
    assert gone[:, 1].tolist() == [-1, -1, -1]
    assert gone[:, ::2] == pytest.approx(parts @ vectors[[5, 7]].T, abs=0.02)


@pytest.mark.parametrize("bad", [np.full(4, np.nan), np.full(4, np.inf), np.ones(3), np.ones((1, 4))])
def test_a_query_that_is_no_vector_is_refused(bad: NDArray[np.float64]) -> None:
    index = NearestIndex(4)
    with pytest.raises(ValueError, match="query"):
        index.search(bad.astype(np.float32), 5)


def test_rows_that_are_no_vectors_are_refused_and_change_nothing() -> None:
    index, good = NearestIndex(4), np.eye(4, dtype=np.float32)
    bad = good.copy()
    bad[2, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        index.add(np.arange(4), bad)
    with pytest.raises(ValueError, match="not finite"):
        index.add(np.arange(4), good * 1e6)
    with pytest.raises(ValueError, match="negative"):
        index.add(np.array([0, 1, 2, -3]), good)
    with pytest.raises(ValueError, match="dimensions"):
        index.add(np.arange(3), good)
    with pytest.raises(ValueError, match="dimensions"):
        index.add(np.arange(4), good[:, :3])
    with pytest.raises(ValueError, match="queries"):
        index.best_scores(good[:, :3])
    assert len(index) == 0


def test_adding_a_key_again_replaces_its_vector() -> None:
    index, axes = NearestIndex(4), np.eye(4, dtype=np.float32)
    index.add(np.array([5, 6]), axes[:2])
    index.add(np.array([5]), axes[3:])
    assert len(index) == 2
    np.testing.assert_array_equal(index.vectors(np.array([6, 5])), axes[[1, 3]])
    assert index.search(axes[0], 1).scores.tolist() == [0.0]


def test_the_last_of_equal_keys_in_one_call_wins() -> None:
    index, axes = NearestIndex(4), np.eye(4, dtype=np.float32)
    index.add(np.array([9, 2, 9]), axes[:3])
    assert index.keys().tolist() == [2, 9]
    np.testing.assert_array_equal(index.vectors(np.array([9])), axes[2:3])


def test_removed_keys_are_gone_and_unknown_ones_passed_over(filled: Filled) -> None:
    index, keys, vectors = filled
    index.remove(np.append(keys[:1000], 999_999))
    assert len(index) == 3000
    assert index.keys().tolist() == keys[1000:].tolist()
    assert index.search(vectors[5], 10).keys.tolist() == exact(keys[1000:], vectors[1000:], vectors[5], 10)
    with pytest.raises(KeyError, match="105"):
        index.vectors(np.array([2000, 105]))
    index.remove(keys)
    assert len(index) == 0
    assert index.search(vectors[5], 10).keys.tolist() == []


def test_removing_gives_the_memory_back(make_vectors: MakeVectors) -> None:
    vectors = make_vectors(4000)
    tracemalloc.start()
    try:
        index = NearestIndex(DIMENSION)
        index.add(np.arange(4000), vectors)
        before, _ = tracemalloc.get_traced_memory()
        index.remove(np.arange(3000))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after < before / 3


def test_statistics_see_every_row_once(filled: Filled, make_vectors: MakeVectors) -> None:
    index, keys, vectors = filled
    index.remove(keys[:500])
    queries = make_vectors(6, seed=4)
    np.testing.assert_allclose(index.best_scores(queries), (vectors[500:] @ queries.T).max(axis=0), atol=0.02)


def test_statistics_of_some_rows_see_no_others(filled: Filled, make_vectors: MakeVectors) -> None:
    index, keys, vectors = filled
    index.remove(keys[:500])
    some = keys[400::3]
    rows = vectors[np.isin(keys, some) & ~np.isin(keys, keys[:500])]
    queries = make_vectors(6, seed=4)
    np.testing.assert_allclose(index.best_scores(queries, some), (rows @ queries.T).max(axis=0), atol=0.02)
    assert index.best_scores(queries, keys[:9]).tolist() == [-1.0] * 6


def test_rows_scored_in_pieces_score_as_they_do_at_once(
    filled: Filled, make_vectors: MakeVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, keys, _ = filled
    index.remove(keys[5:900:7])
    half = keys[::2]
    queries = make_vectors(5, seed=6)
    at_once = [index.search(query, 30, half).keys.tolist() for query in queries]
    monkeypatch.setattr(row_scores, "PIECE_ROWS", 300)
    assert [index.search(query, 30, half).keys.tolist() for query in queries] == at_once


def test_of_some_keys_those_that_are_there_come_with_their_vectors(filled: Filled) -> None:
    index, keys, vectors = filled
    index.remove(keys[1:2])
    found, of_them = index.present(np.array([keys[2], 7, keys[1], keys[0]]))
    assert found.tolist() == [keys[2], keys[0]]
    np.testing.assert_allclose(of_them, vectors[[2, 0]], atol=1e-3)


def test_rows_spread_over_several_segments(
    make_vectors: MakeVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "SEGMENT_ROWS", 256)
    monkeypatch.setattr(segments, "SMALLEST_CAPACITY", 16)
    index, keys, vectors = (
        NearestIndex(DIMENSION),
        np.random.default_rng(1).permutation(2000),
        make_vectors(2000),
    )
    for start in range(0, 2000, 77):
        index.add(keys[start : start + 77], vectors[start : start + 77])
    gone = keys[::3]
    index.remove(gone)
    left = ~np.isin(keys, gone)
    query = make_vectors(1, seed=5)[0]
    assert index.search(query, 25).keys.tolist() == exact(keys[left], vectors[left], query, 25)
    np.testing.assert_allclose(index.vectors(keys[left]), vectors[left], atol=1e-3)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 40), max_size=12), st.booleans()), max_size=14)
)
def test_any_order_of_changes_ends_as_a_dictionary_would(
    changes: list[tuple[bool, list[int], bool]],
) -> None:
    index, truth = NearestIndex(8, exact_limit=0), dict[int, NDArray[np.float32]]()
    random = np.random.default_rng(len(changes))
    for adds, numbers, builds in changes:
        keys = np.array(numbers, dtype=np.int64)
        if adds:
            vectors = random.standard_normal((len(keys), 8)).astype(np.float16).astype(np.float32)
            index.add(keys, vectors)
            truth.update(zip(numbers, vectors, strict=True))
        else:
            index.remove(keys)
            truth = {key: vector for key, vector in truth.items() if key not in numbers}
        if builds:
            index.build_graph()
    expected = sorted(truth)
    assert index.keys().tolist() == expected
    query = np.ones(8, dtype=np.float32)
    for limit in {len(truth), 100}:  # with just as many as there are the graph answers where it can
        found = index.search(query, limit)
        assert sorted(found.keys.tolist()) == expected
        for key, score in zip(found.keys.tolist(), found.scores, strict=True):
            assert score == pytest.approx(float(truth[key].sum()), abs=1e-3)


# the graph


class Counted(NumKongKernels):
    """Real kernels that tell how many rows were scanned."""

    def __init__(self) -> None:
        self.rows = 0

    def dots(self, codes: Codes, query: Codes) -> NDArray[np.float32]:
        self.rows += len(codes)
        return super().dots(codes, query)


@dataclass(frozen=True, slots=True)
class Graphed:
    """A library above its exact limit, with a graph of all rows."""

    index: NearestIndex
    keys: NDArray[np.int64]
    vectors: NDArray[np.float32]
    kernels: Counted


@pytest.fixture
def indexed_in_graph(make_vectors: MakeVectors) -> Graphed:
    kernels = Counted()
    index = NearestIndex(DIMENSION, exact_limit=1000, kernels=lambda: kernels)
    keys, vectors = np.arange(100, 4100), make_vectors(4000)
    index.add(keys, vectors)
    index.build_graph()
    return Graphed(index, keys, vectors, kernels)


@pytest.mark.parametrize("share", [1.0, 0.8, 0.3])
def test_the_graph_finds_most_neighbours_also_behind_a_filter(
    indexed_in_graph: Graphed, share: float
) -> None:
    rows = np.flatnonzero(np.random.default_rng(2).random(4000) < share)
    allowed = indexed_in_graph.keys[rows]
    hits = 0
    for query in indexed_in_graph.vectors[:50]:
        found = indexed_in_graph.index.search(query, 10, allowed)
        assert np.isin(found.keys, allowed).all()
        hits += len(set(found.keys.tolist()) & set(exact(allowed, indexed_in_graph.vectors[rows], query, 10)))
    assert hits >= 0.95 * 500
    assert indexed_in_graph.kernels.rows == 0


def test_the_graph_answers_above_the_exact_limit_only(indexed_in_graph: Graphed) -> None:
    assert indexed_in_graph.index.search(indexed_in_graph.vectors[9], 1).keys.tolist() == [109]
    assert indexed_in_graph.kernels.rows == 0
    indexed_in_graph.index.remove(indexed_in_graph.keys[1000:])
    assert indexed_in_graph.index.search(indexed_in_graph.vectors[9], 1).keys.tolist() == [109]
    assert indexed_in_graph.kernels.rows > 0


def test_a_filter_that_leaves_little_is_answered_exactly(
    indexed_in_graph: Graphed, make_vectors: MakeVectors
) -> None:
    rows = np.arange(0, 4000, 10)
    for query in make_vectors(20, seed=3):
        found = indexed_in_graph.index.search(query, 10, indexed_in_graph.keys[rows])
        assert found.keys.tolist() == exact(
            indexed_in_graph.keys[rows], indexed_in_graph.vectors[rows], query, 10
        )


def test_a_filter_that_forbids_all_that_is_near_loses_no_result(indexed_in_graph: Graphed) -> None:
    """The graph's candidates are all forbidden then, although half of the rows are allowed."""
    for query in indexed_in_graph.vectors[:20]:
        far = np.sort(np.argsort(indexed_in_graph.vectors @ query)[:2000])
        found = indexed_in_graph.index.search(query, 10, indexed_in_graph.keys[far])
        assert found.keys.tolist() == exact(
            indexed_in_graph.keys[far], indexed_in_graph.vectors[far], query, 10
        )


@pytest.mark.parametrize("limit", [3000, 4000, 5000])
def test_many_results_are_as_many_above_the_exact_limit(indexed_in_graph: Graphed, limit: int) -> None:
    assert len(indexed_in_graph.index.search(indexed_in_graph.vectors[0], limit).keys) == min(limit, 4000)
    assert len(
        indexed_in_graph.index.search(indexed_in_graph.vectors[0], limit, indexed_in_graph.keys[:3500]).keys
    ) == min(limit, 3500)


def test_rows_that_the_graph_lacks_are_found_all_the_same(
    indexed_in_graph: Graphed, make_vectors: MakeVectors
) -> None:
    index, keys, vectors = indexed_in_graph.index, indexed_in_graph.keys, indexed_in_graph.vectors
    late = make_vectors(300, seed=8)
    index.add(np.arange(9000, 9300), late)
    index.remove(keys[:10])
    index.add(keys[20:21], late[:1])
    assert index.search(late[5], 1).keys.tolist() == [9005]
    assert set(index.search(late[0], 2).keys.tolist()) == {9000, 120}
    assert not set(index.search(vectors[3], 50).keys.tolist()) & set(keys[:10].tolist())
    allowed = np.append(keys, np.arange(9001, 9300))
    assert index.search(late[0], 1, allowed).keys.tolist() == [120]
    assert indexed_in_graph.kernels.rows < 4000  # only those that the graph lacks


def test_building_the_graph_can_be_stopped_and_taken_up_again(make_vectors: MakeVectors) -> None:
    index, keys, vectors = NearestIndex(DIMENSION, exact_limit=0), np.arange(100, 4100), make_vectors(4000)
    index.add(keys, vectors)
    calls = 0

    def stop_at_third() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        index.build_graph(stop_at_third)
    assert index.search(vectors[3999], 1).keys.tolist() == [keys[3999]]
    index.build_graph()
    assert index.search(vectors[3999], 1).keys.tolist() == [keys[3999]]


# several threads


@pytest.mark.parametrize("graph", [False, True])
def test_searches_see_whole_libraries_while_rows_come_and_go(make_vectors: MakeVectors, graph: bool) -> None:
    """Each search must find the fixed rows, every one, and no key twice."""
    index, vectors = NearestIndex(DIMENSION, exact_limit=0 if graph else 10_000), make_vectors(6000)
    fixed = np.arange(100)
    index.add(fixed, vectors[:100])
    finished = threading.Event()

    def read() -> int:
        rounds, last = 0, False
        while not last:
            last = finished.is_set()
            assert index.search(vectors[3], 1).keys.tolist() == [3]
            assert len(index.search(vectors[3], 100, allowed=fixed).keys) == 100
            keys = index.search(vectors[3], 10_000).keys
            assert len(np.unique(keys)) == len(keys)
            assert set(range(100)) <= set(keys.tolist())
            rounds += 1
        return rounds

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for start in range(100, 6000, 100):
                keys = np.arange(start, start + 100)
                index.add(keys, vectors[start : start + 100])
                if graph and start % 500 == 0:
                    index.build_graph()
                index.remove(keys[::4])
        finally:
            finished.set()
        assert all(reader.result() > 0 for reader in readers)
    assert len(index) == 100 + 5900 * 3 // 4
