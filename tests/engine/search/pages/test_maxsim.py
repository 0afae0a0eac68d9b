"""MaxSim is what numpy says it is, and a page's score is its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.index.exact_scan import Kernels, NumKongKernels, NumpyKernels
from engine.records import Vectors
from engine.search.pages import maxsim as maxsim_module
from engine.search.pages.maxsim import maxsim
from engine.store.pages.page_vectors import StoredPages
from engine.store.quantization import quantise, restore

DIMENSION = 128


def unit(vectors: NDArray[np.float32]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


def make_pages(counts: Sequence[int], seed: int = 0) -> list[Vectors]:
    random = np.random.default_rng(seed)
    subjects = random.standard_normal((30, DIMENSION), dtype=np.float32)
    return [
        unit(
            subjects[random.integers(0, 30, count)]
            + random.standard_normal((count, DIMENSION), dtype=np.float32)
        )
        for count in counts
    ]


def make_query(pages: Sequence[Vectors], tokens: int, seed: int = 1) -> Vectors:
    random = np.random.default_rng(seed)
    rows = np.concatenate(pages)
    chosen = rows[random.integers(0, len(rows), tokens)]
    return unit(chosen + 0.05 * random.standard_normal((tokens, DIMENSION), dtype=np.float32))


def stored(pages: Sequence[Vectors]) -> StoredPages:
    codes, scales = quantise(np.concatenate(pages) if pages else np.empty((0, DIMENSION), np.float32))
    offsets = np.cumsum([0, *(len(page) for page in pages)])
    return StoredPages(np.arange(len(pages)), codes, scales, offsets)


def by_numpy(query: Vectors, pages: StoredPages) -> NDArray[np.float32]:
    vectors = restore(pages.codes, pages.scales)
    bounds = zip(pages.offsets[:-1], pages.offsets[1:], strict=True)
    return np.array([(query @ vectors[a:b].T).max(axis=1).mean() for a, b in bounds], dtype=np.float32)


@pytest.mark.parametrize("kernels", [NumKongKernels(), NumpyKernels()], ids=["numkong", "numpy"])
@pytest.mark.parametrize("tokens", [1, 16, 20, 33])
def test_it_equals_numpy_in_float32(kernels: Kernels, tokens: int) -> None:
    vectors = make_pages([340, 1, 17, 1030, 96])
    query, pages = make_query(vectors, tokens), stored(vectors)
    exact = by_numpy(restore(*quantise(query)), pages)
    assert np.allclose(maxsim(query, pages, kernels), exact, rtol=1e-5)
    unrounded = by_numpy(query, pages)
    assert np.abs(maxsim(query, pages, kernels) - unrounded).max() < 1e-3 * (1 if tokens > 1 else 2)


@given(
    counts=st.lists(st.integers(1, 70), min_size=1, max_size=12),
    place=st.integers(0, 11),
    tokens=st.integers(1, 24),
    piece=st.sampled_from([1, 40, 10_000]),
    seed=st.integers(0, 1000),
)
def test_a_page_scores_the_same_alone_and_in_company(
    counts: list[int], place: int, tokens: int, piece: int, seed: int
) -> None:
    vectors = make_pages(counts, seed)
    query, place = make_query(vectors, tokens, seed), place % len(counts)
    alone = maxsim(query, stored([vectors[place]]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maxsim_module, "PIECE_VECTORS", piece)
        together = maxsim(query, stored(vectors))
    assert together[place] == alone[0]


def test_a_negative_similarity_counts_as_such() -> None:
    """Padding would make it 0."""
    page = make_pages([1])[0]
    assert maxsim(-page, stored([page]))[0] == pytest.approx(-1.0, abs=3e-3)


def test_vectors_of_different_lengths_keep_their_scales() -> None:
    page = make_pages([1])[0]
    pages = stored([page, np.float32(0.25) * page])
    assert np.allclose(maxsim(page, pages), [1.0, 0.25], atol=3e-3)


def test_a_query_finds_its_own_page_first() -> None:
    vectors = make_pages([50] * 40)
    for number in range(0, 40, 7):
        query = make_query(vectors[number : number + 1], 8, seed=number)
        assert int(maxsim(query, stored(vectors)).argmax()) == number


def test_no_pages_have_no_scores() -> None:
    assert maxsim(make_pages([3])[0], stored([])).shape == (0,)


@pytest.mark.parametrize(
    "query",
    [
        np.empty((0, DIMENSION), np.float32),
        np.ones(DIMENSION, np.float32),
        np.ones((2, 64), np.float32),
        np.full((2, DIMENSION), np.nan, np.float32),
    ],
    ids=["no tokens", "no matrix", "another dimension", "not a number"],
)
def test_a_bad_query_is_refused(query: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=r"query|dimensions"):
        maxsim(query, stored(make_pages([5])))
