from __future__ import annotations

import numpy as np
import pytest

from engine.models.late_interaction.token_grid import (
    break_special_tokens,
    find_tile_tags,
    grid_cells,
    has_word,
    square_cells,
    tiled_cells,
    words_at_spans,
)

IMAGE, TEXT, GLOBAL = 7, 1, 2
VOCABULARY = {"a": TEXT, "<global-img>": GLOBAL, "<image>": IMAGE} | {
    f"<row_{row}_col_{column}>": 10 * row + column for row in (1, 2, 3) for column in (1, 2, 3)
}
TAGS = find_tile_tags(VOCABULARY)


def tile(tag: int) -> list[int]:
    return [TEXT, tag, IMAGE, IMAGE, IMAGE, IMAGE]


def tokens(*numbers: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


def test_a_grid_runs_row_by_row() -> None:
    found = grid_cells(tokens(TEXT, *[IMAGE] * 6, TEXT), IMAGE, 2, 3)
    assert found.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert found.dtype == np.uint16


def test_a_square_finds_its_own_side() -> None:
    assert square_cells(tokens(*[IMAGE] * 4, TEXT), IMAGE).tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize("count", [0, 3, 5])
def test_what_is_no_grid_has_no_cells(count: int) -> None:
    numbers = tokens(TEXT, *[IMAGE] * count)
    for found in (
        square_cells(numbers, IMAGE),
        grid_cells(numbers, IMAGE, 2, 2),
        tiled_cells(numbers, IMAGE, TAGS, 4),
    ):
        assert found.size == 0
        assert found.dtype == np.uint16


def test_tiles_stand_where_their_tags_say() -> None:
    numbers = tokens(*tile(11), *tile(12), TEXT, *tile(21), *tile(22), *tile(GLOBAL))
    assert tiled_cells(numbers, IMAGE, TAGS, 4).tolist() == [
        [2, 3, 8, 9],
        [4, 5, 10, 11],
        [15, 16, 21, 22],
        [17, 18, 23, 24],
    ]


def test_a_page_that_is_not_cut_is_its_own_only_tile() -> None:
    assert tiled_cells(tokens(*tile(GLOBAL)), IMAGE, TAGS, 4).tolist() == [[2, 3], [4, 5]]


@pytest.mark.parametrize("tags", [(11, 12, 21), (GLOBAL, GLOBAL), (11, 11, 12, 22)], ids=str)
def test_tiles_that_leave_gaps_have_no_cells(tags: tuple[int, ...]) -> None:
    numbers = tokens(*(number for tag in tags for number in tile(tag)), *tile(GLOBAL))
    assert tiled_cells(numbers, IMAGE, TAGS, 4).size == 0


def test_tags_are_counted_from_the_top_left_corner() -> None:
    assert TAGS[11] == (0, 0)
    assert TAGS[23] == (1, 2)
    assert GLOBAL not in TAGS


def test_a_token_belongs_to_the_word_it_overlaps() -> None:
    text = "What's 1,234.56 in Zürich-West?"
    spans = [
        (-6, -1),
        (0, 4),
        (4, 6),
        (6, 10),
        (10, 15),
        (15, 18),
        (18, 25),
        (25, 30),
        (30, 31),
        (31, 44),
        (0, 0),
    ]
    assert words_at_spans(text, spans) == (
        "", "What's", "What's", "1,234.56", "1,234.56", "in", "Zürich-West", "Zürich-West", "", "", "",
    )  # fmt: skip


def test_signs_alone_are_no_words() -> None:
    assert has_word("a")
    assert has_word("東京")
    assert not has_word(" ?! -- <> ")


def test_marks_are_broken_without_moving_a_letter() -> None:
    text = "the <image> of <image>"
    assert break_special_tokens(text, ["<image>"]) == "the  image> of  image>"
