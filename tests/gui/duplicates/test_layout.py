"""Where the cards of duplicates lie: each is found where it is drawn, and arrows follow what is seen."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from gui.duplicates.layout import CARD, GAP, MARGIN, DuplicatesLayout

WIDTH = 2 * MARGIN + 3 * CARD.width() + 2 * GAP  # three cards side by side
COUNTS = (2, 7, 3)


def test_every_card_is_found_where_it_lies_and_none_between() -> None:
    geometry = DuplicatesLayout(COUNTS, WIDTH)
    assert geometry.columns == 3
    for group, count in enumerate(COUNTS):
        for place in range(count):
            card = geometry.card(group, place)
            assert geometry.at(card.center()) == (group, place)
            assert geometry.at(card.topRight() + QPoint(GAP // 2, 0)) is None
            assert card.right() < WIDTH
        assert geometry.at(geometry.heading(group).center()) is None
    assert geometry.at(geometry.card(0, 1).center() + QPoint(CARD.width() + GAP, 0)) is None


def test_only_the_groups_that_are_seen_are_named() -> None:
    geometry = DuplicatesLayout([2] * 5000, WIDTH)
    height = geometry.height // 5000
    assert geometry.groups_between(0, height - 1) == range(1)
    assert geometry.groups_between(1000 * height, 1003 * height - 1) == range(1000, 1003)
    assert geometry.groups_between(geometry.height - 1, geometry.height + 500) == range(4999, 5000)
    assert geometry.groups_between(0, 0).stop == 1
    assert list(DuplicatesLayout((), WIDTH).groups_between(0, 500)) == []


def test_only_the_cards_that_are_seen_are_named() -> None:
    geometry = DuplicatesLayout((2, 90_000), WIDTH)
    top = geometry.card(1, 3000).top()
    assert geometry.places_between(1, top, top + CARD.height()) == range(3000, 3003)
    assert geometry.places_between(1, top - GAP, top + CARD.height() + 2 * GAP) == range(2997, 3006)
    assert geometry.places_between(0, 0, geometry.height) == range(2)
    assert list(geometry.places_between(1, 0, geometry.heading(1).bottom())) == []
    assert list(geometry.places_between(0, top, top + 100)) == []


def test_up_and_down_keep_the_column_where_there_is_one() -> None:
    geometry = DuplicatesLayout(COUNTS, WIDTH)
    assert geometry.stepped(0, 1, 1) == (1, 1)
    assert geometry.stepped(1, 1, 1) == (1, 4)
    assert geometry.stepped(1, 5, 1) == (1, 6)  # a shorter line
    assert geometry.stepped(1, 6, 1) == (2, 0)
    assert geometry.stepped(2, 2, 1) == (2, 2)  # the end
    assert geometry.stepped(2, 2, -1) == (1, 6)
    assert geometry.stepped(0, 1, -1) == (0, 1)  # the beginning
    assert geometry.stepped(0, 1, 4) == (2, 1)
