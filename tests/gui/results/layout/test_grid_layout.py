"""Rows of pictures: they fill the width, keep every shape, and can be asked for what lies where."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from gui.results.layout.grid_layout import GridLayout, SectionRows, shape
from gui.results.layout.metrics import GAP, HEADING, INSET, MARGIN, GridMetrics

MEASURES = GridMetrics(width=1000, height=200, caption=40, snippet=36)
SOURCE = random.Random(5)
SHAPES = [shape(SOURCE.randint(20, 400), SOURCE.randint(20, 400)) for _card in range(700)]


def section(shapes: list[float], measures: GridMetrics = MEASURES, step: int = 0) -> SectionRows:
    """`step`: so many cards at a time; 0: all at once."""
    rows = SectionRows()
    for first in range(0, len(shapes), step or len(shapes)):
        part = shapes[first : first + (step or len(shapes))]
        rows.add(part, [False] * len(part))
        rows.lay_out(measures, first)
    return rows


def grid(*sections: SectionRows) -> GridLayout:
    layout = GridLayout()
    layout.sections = list(sections)
    layout.arrange(HEADING)
    return layout


@pytest.mark.parametrize("width", [800, 1000, 2500])
def test_rows_end_at_the_right_edge_and_are_about_as_high_as_wanted(width: int) -> None:
    measures = GridMetrics(width, 200, 40, 36)
    rows = section(SHAPES, measures)
    for row in range(rows.row_count - 1):
        boxes = [rows.box(card) for card in rows.cards_of(row)]
        assert boxes[0].x == MARGIN
        assert boxes[-1].x + boxes[-1].width == width - MARGIN
        assert all(left.x + left.width + GAP == right.x for left, right in pairwise(boxes))
        assert len({box.height for box in boxes}) == 1
    heights = [rows.box(rows.cards_of(row)[0]).picture for row in range(rows.row_count)]
    assert max(heights) <= 300
    assert min(heights) >= 100
    assert abs(sorted(heights)[len(heights) // 2] - 200) < 20


def test_every_picture_keeps_its_shape() -> None:
    rows = section(SHAPES)
    for card, wanted in enumerate(SHAPES):
        box = rows.box(card)
        width = box.width - 2 * INSET
        assert width >= box.picture * wanted - 2
        assert width <= max(box.picture * wanted, box.picture * 0.6) + 3  # some room for the name below


def test_the_last_row_is_not_stretched() -> None:
    rows = section([1.5, 1.5])
    assert rows.box(0).picture == 200
    assert rows.box(1).x + rows.box(1).width < 700


@pytest.mark.parametrize("step", [1, 7, 200])
def test_cards_that_come_later_lie_as_if_all_had_come_at_once(step: int) -> None:
    at_once, bit_by_bit = section(SHAPES), section(SHAPES, step=step)
    assert [at_once.box(card) for card in range(700)] == [bit_by_bit.box(card) for card in range(700)]
    assert at_once.height == bit_by_bit.height


def test_a_place_leads_to_its_card_and_a_card_to_its_place() -> None:
    layout = grid(section(SHAPES[:300]), section(SHAPES[300:]))
    assert layout.count == 700
    for card in range(700):
        box = layout.box(card)
        assert layout.card_at(box.middle, box.y + 3) == card
        assert layout.card_at(box.x, box.y - 1) != card
    assert layout.card_at(500, HEADING // 2) is None
    top, bottom = layout.span(1)
    assert layout.card_at(500, top + HEADING // 2) is None
    seen = [card for card, _box in layout.boxes_between(top, bottom)]
    assert seen == list(range(300, 700))


def test_up_and_down_lead_to_the_nearest_card_and_through_headings() -> None:
    layout = grid(section(SHAPES[:300]), section(SHAPES[300:]))
    card, middle = 0, layout.box(0).middle
    path = [0]
    while (below := layout.beside(card, 1, middle)) != card:
        assert layout.box(below).y > layout.box(card).y
        row = [other for other, box in layout.boxes_between(layout.box(below).y, layout.box(below).y + 1)]
        assert below == min(row, key=lambda other: abs(layout.box(other).middle - middle))
        card = below
        path.append(card)
    assert len(path) == sum(rows.row_count for rows in layout.sections)
    for expected in reversed(path[:-1]):
        card = layout.beside(card, -1, middle)
        assert card == expected
    assert layout.beside(card, -1, middle) == card


def test_rows_with_words_of_a_page_are_higher() -> None:
    rows = SectionRows()
    rows.add([1.0] * 12, [False] * 11 + [True])
    rows.lay_out(MEASURES)
    first, last = rows.box(0), rows.box(11)
    assert last.height - last.picture == first.height - first.picture + MEASURES.snippet


@pytest.mark.parametrize(("width", "height"), [(0, 0), (1, 100_000), (100_000, 1), (-3, 5)])
def test_pictures_of_any_measures_have_a_place(width: int, height: int) -> None:
    assert 0.4 <= shape(width, height) <= 3.0
    box = section([shape(width, height)] * 3, GridMetrics(50, 480, 0, 0)).box(1)
    assert box.width > 0
    assert box.picture > 0
