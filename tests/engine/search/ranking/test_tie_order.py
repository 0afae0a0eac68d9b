"""What scores the same stands in the order of paths and pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.search.ranking.tie_order import break_ties
from engine.store.items.locations import Place

PLACES: dict[int, Place] = {
    1: (b"/c.png", 0),
    2: (b"/b.pdf", 2),
    3: (b"/b.pdf", 1),
    4: (b"/a.png", 0),
    5: (b"/d.png", 0),
}


def in_order(items: list[int], scores: list[float], limit: int | None = None) -> list[int]:
    asked: list[int] = []

    def locations_of(wanted: Sequence[int]) -> dict[int, Place]:
        asked.extend(wanted)
        return {item: PLACES[item] for item in wanted if item in PLACES}

    places = break_ties(np.array(items, np.int64), np.array(scores, np.float64), locations_of, limit)
    singles = [item for item, score in zip(items, scores, strict=True) if scores.count(score) == 1]
    assert not set(singles) & set(asked)  # nothing is asked of what needs no order
    return [items[at] for at in places.tolist()]


def test_only_what_scores_the_same_changes_places() -> None:
    assert in_order([5, 1, 2, 3, 4], [0.9, 0.8, 0.8, 0.8, 0.1]) == [5, 3, 2, 1, 4]
    assert in_order([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]) == [1, 2, 3, 4, 5]
    assert in_order([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]) == [4, 3, 2, 1, 5]


def test_what_is_gone_comes_last_of_its_equals() -> None:
    assert in_order([9, 1, 4], [1, 1, 1]) == [4, 1, 9]


def test_what_lies_further_down_is_not_looked_at() -> None:
    assert in_order([5, 1, 4, 2, 3], [0.9, 0.8, 0.8, 0.1, 0.1], limit=2) == [5, 4, 1, 2, 3]
    assert in_order([5, 1, 4, 2, 3], [0.9, 0.8, 0.8, 0.1, 0.1], limit=1) == [5, 1, 4, 2, 3]


def test_nothing_stays_nothing() -> None:
    assert in_order([], []) == []
    assert in_order([1], [1]) == [1]
