from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.models.late_interaction.pooling import pool, pooled_revision
from engine.records import PageVectors

ROWS, COLUMNS, DIMENSION = 32, 32, 128


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def clustered_page(seed: int, regions: int = 40, noise: float = 0.5) -> PageVectors:
    """A page of regions of 4 x 8 places and more that look alike, and six vectors of no place."""
    random = np.random.default_rng(seed)
    looks = random.standard_normal((regions, DIMENSION)) / np.sqrt(DIMENSION)
    tiles = random.integers(0, regions, (ROWS // 4, COLUMNS // 8))
    owners = np.concatenate([np.kron(tiles, np.ones((4, 8), int)).ravel(), random.integers(0, regions, 6)])
    vectors = looks[owners] + noise * random.standard_normal((len(owners), DIMENSION)) / np.sqrt(DIMENSION)
    return PageVectors(unit(vectors), np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS))


def score(query: NDArray[np.float32], page: PageVectors) -> float:
    return float((query @ page.vectors.T).max(axis=1).sum())


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_a_part_of_the_vectors_is_left_and_every_cell_has_one(factor: int) -> None:
    page = clustered_page(0)
    fewer = pool(page, factor)
    assert 0.5 * len(page.vectors) / factor < len(fewer.vectors) <= np.ceil(len(page.vectors) / factor)
    np.testing.assert_allclose(np.linalg.norm(fewer.vectors, axis=1), 1, atol=1e-5)
    assert fewer.vectors.dtype == np.float32
    assert fewer.cells.shape == page.cells.shape
    assert fewer.cells.dtype == np.uint16
    assert fewer.cells.max() < len(fewer.vectors)


def test_a_cell_keeps_a_vector_like_its_own() -> None:
    page = clustered_page(1)
    fewer = pool(page, 3)
    kept = (page.vectors[page.cells] * fewer.vectors[fewer.cells]).sum(axis=-1)
    others = (page.vectors[page.cells] * fewer.vectors[np.roll(fewer.cells, ROWS // 2, axis=0)]).sum(axis=-1)
    assert kept.mean() > 0.9
    assert others.mean() < 0.3


def test_pages_are_ranked_nearly_as_with_all_vectors() -> None:
    pages = [clustered_page(seed) for seed in range(60)]
    pooled = [pool(page, 3) for page in pages]
    random = np.random.default_rng(99)
    overlap = []
    for source in range(0, 60, 5):
        seen = pages[source].vectors[random.integers(0, ROWS * COLUMNS, 20)]
        query = unit(seen + 0.8 * random.standard_normal(seen.shape) / np.sqrt(DIMENSION))
        exact, found = (np.argsort([-score(query, page) for page in these]) for these in (pages, pooled))
        assert found[0] == exact[0] == source
        overlap.append(len(set(exact[:10]) & set(found[:10])) / 10)
    assert np.mean(overlap) > 0.7


def test_the_same_page_is_always_pooled_the_same() -> None:
    one, other = pool(clustered_page(2), 3), pool(clustered_page(2), 3)
    np.testing.assert_array_equal(one.vectors, other.vectors)
    np.testing.assert_array_equal(one.cells, other.cells)


def test_white_paper_becomes_one_vector() -> None:
    white = unit(np.ones((1024, DIMENSION)))
    fewer = pool(PageVectors(white, np.arange(1024, dtype=np.uint16).reshape(32, 32)), 3)
    assert fewer.vectors.shape == (1, DIMENSION)
    np.testing.assert_allclose(fewer.vectors[0], white[0], atol=1e-6)
    assert not fewer.cells.any()


def test_small_pages_and_pages_without_places_are_pooled_too() -> None:
    nowhere = np.empty((0, 0), np.uint16)
    vectors = clustered_page(3).vectors
    for count in (1, 2, 3, 4):
        fewer = pool(PageVectors(vectors[:count], nowhere), 3)
        assert 1 <= len(fewer.vectors) <= 2
        assert fewer.cells.shape == (0, 0)
    assert pool(PageVectors(vectors[:0], nowhere), 3).vectors.shape == (0, DIMENSION)


def test_a_factor_of_one_changes_nothing_not_even_the_revision() -> None:
    page = clustered_page(4)
    assert pool(page, 1) is page
    assert (pooled_revision("abc", 1), pooled_revision("abc", 3)) == ("abc", "abc+pool3")
