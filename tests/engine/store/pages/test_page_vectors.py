"""Page vectors come back as they were kept, but for the rounding of their codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from engine.records import PageVectors
from engine.store.items.vector_log import LogPosition
from engine.store.pages.page_vectors import BATCH
from engine.store.quantization import quantise, restore
from tests.engine.store.page_library import DIMENSION, PageLibrary, page_vectors


@pytest.fixture
def library(tmp_path: Path) -> Iterator[PageLibrary]:
    library = PageLibrary(tmp_path, 10)
    yield library
    library.close()


@given(arrays(np.float32, (3, 8), elements=st.floats(-10, 10, width=32)))
def test_codes_are_within_half_a_step_and_never_clipped(vectors: NDArray[np.float32]) -> None:
    codes, scales = quantise(vectors)
    assert (np.abs(restore(codes, scales) - vectors) <= 0.51 * scales[:, None] + 1e-29).all()
    largest = np.abs(vectors).max(axis=1)
    assert np.allclose(np.abs(codes).max(axis=1)[largest > 1e-20], 127)


def test_a_page_comes_back(library: PageLibrary) -> None:
    item = library.items[3]
    kept = library.keep(item)[item]
    page = library.pages.page(library.model, item)
    assert page is not None
    assert np.array_equal(page.cells, kept.cells)
    assert page.cells.dtype == np.uint16
    assert page.vectors.dtype == np.float32
    assert np.abs(page.vectors - kept.vectors).max() <= 0.5 / 127 * np.abs(kept.vectors).max() + 1e-6
    assert library.pages.page(library.model, library.items[4]) is None


def test_a_page_takes_little_more_than_a_byte_a_number(library: PageLibrary) -> None:
    library.pages.save(library.model, [(library.items[0], page_vectors(1, count=100))])
    with library.store.database.read() as db:
        (size,) = db.execute(
            "SELECT LENGTH(bytes) FROM vector WHERE model_id = ?", (library.model,)
        ).fetchone()
    assert size == 100 * DIMENSION + 4 * 100 + 2 * 4 * 3


def test_a_page_without_places_is_kept_too(library: PageLibrary) -> None:
    page = PageVectors(page_vectors(1).vectors, np.zeros((0, 0), np.uint16))
    library.pages.save(library.model, [(library.items[0], page)])
    back = library.pages.page(library.model, library.items[0])
    assert back is not None
    assert back.cells.shape == (0, 0)


def test_pages_are_loaded_end_to_end_in_the_order_asked_for(library: PageLibrary) -> None:
    kept = library.keep(*library.items[:5])
    asked = [library.items[4], library.items[9], library.items[1], library.items[2]]
    pages = library.pages.load(library.model, asked)
    there = [asked[0], asked[2], asked[3]]
    assert pages.items.tolist() == there
    assert np.diff(pages.offsets).tolist() == [len(kept[item].vectors) for item in there]
    assert pages.offsets[0] == 0
    assert len(pages.scales) == len(pages.codes) == pages.offsets[-1]
    together = np.concatenate([kept[item].vectors for item in there])
    assert np.allclose(restore(pages.codes, pages.scales), together, atol=0.005)


def test_nothing_is_loaded_of_nothing(library: PageLibrary) -> None:
    pages = library.pages.load(library.model, [])
    assert len(pages) == 0
    assert pages.offsets.tolist() == [0]


def test_vectors_of_a_picture_model_are_not_pages(library: PageLibrary) -> None:
    """The library's items have a vector of the picture model, in the same table."""
    assert len(library.pages.load(library.store.model, library.items)) == 0
    assert library.pages.page(library.store.model, library.items[0]) is None


@pytest.mark.parametrize(
    "page",
    [
        PageVectors(np.zeros((0, 4), np.float32), np.zeros((0, 0), np.uint16)),
        PageVectors(np.zeros(4, np.float32), np.zeros((0, 0), np.uint16)),
        PageVectors(np.full((1, 4), np.nan, np.float32), np.zeros((0, 0), np.uint16)),
        PageVectors(np.ones((2, 4), np.float32), np.full((1, 1), 2, np.uint16)),
    ],
    ids=["no vectors", "one vector", "not a number", "a cell that points nowhere"],
)
def test_a_batch_with_a_bad_page_is_refused_whole(library: PageLibrary, page: PageVectors) -> None:
    good = page_vectors(1)
    with pytest.raises(ValueError, match=r"vector|cell"):
        library.pages.save(library.model, [(library.items[0], good), (library.items[1], page)])
    assert len(library.pages.load(library.model, library.items)) == 0


@pytest.mark.parametrize(
    "change",
    [
        "bytes = substr(bytes, 2)",
        "bytes = 'text'",
        "bytes = x''",
        "shape = '[2, 32]'",
        "shape = '{'",
        "shape = 'null'",
        "shape = '[0, 32, 0, 0]'",
        "shape = '[-1, 32, 0, 0]'",
        "shape = replace(shape, '32', '16')",
        # a scale that is no number, behind the codes
        """bytes = CAST(substr(bytes, 1, 32 * json_extract(shape, '$[0]')) || x'0000c07f'
        || substr(bytes, 32 * json_extract(shape, '$[0]') + 5) AS BLOB)""",
        # a cell of a vector that is not there
        "bytes = CAST(substr(bytes, 1, length(bytes) - 2) || x'ffff' AS BLOB)",
    ],
)
def test_damaged_vectors_are_passed_over_and_taken_away(library: PageLibrary, change: str) -> None:
    library.keep(*library.items[:3])
    with library.store.database.transaction() as db:
        db.execute(
            f"UPDATE vector SET {change} WHERE model_id = ? AND item_id = ?",
            (library.model, library.items[1]),
        )
    assert library.pages.load(library.model, library.items[:3]).items.tolist() == [
        library.items[0],
        library.items[2],
    ]
    assert library.pages.page(library.model, library.items[1]) is None
    unfinished = library.store.contents.unfinished(library.model)
    assert 2 in next(iter(unfinished)).pages


def test_the_log_gives_what_was_made_between_two_positions(library: PageLibrary) -> None:
    library.keep(*library.items[:3])
    first = library.log.newest_position(library.model)
    kept = library.keep(library.items[5], library.items[1], seed=1)
    second = library.log.newest_position(library.model)
    library.keep(library.items[7])
    ((position, pages),) = library.pages.added(library.model, first, second)
    assert position.vector == second.vector
    assert pages.items.tolist() == list(kept)
    assert library.pages.items_added(library.model, first, second).tolist() == list(kept)
    assert list(library.pages.added(library.model, second, second)) == []


def test_the_log_is_read_in_bounded_batches(tmp_path: Path) -> None:
    library = PageLibrary(tmp_path, BATCH + 3)
    page = page_vectors(1)
    library.pages.save(library.model, [(item, page) for item in library.items])
    batches = list(
        library.pages.added(library.model, LogPosition(), library.log.newest_position(library.model))
    )
    assert [len(pages) for _, pages in batches] == [BATCH, 3]
    rest = list(library.pages.added(library.model, batches[0][0], library.log.newest_position(library.model)))
    assert [pages.items.tolist() for _, pages in rest] == [list(library.items[-3:])]
    library.close()


def test_what_was_removed_is_told(library: PageLibrary) -> None:
    library.keep(*library.items[:3])
    before = library.log.newest_position(library.model)
    library.remove(library.items[1])
    after = library.log.newest_position(library.model)
    assert library.log.removed(library.model, before, after).tolist() == [library.items[1]]
    assert library.pages.load(library.model, library.items).items.tolist() == [
        library.items[0],
        library.items[2],
    ]
