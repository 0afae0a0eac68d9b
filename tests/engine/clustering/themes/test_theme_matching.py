"""Which theme goes on from which, by their photographs; and where it stands."""

from __future__ import annotations

import numpy as np

from engine.clustering.themes.theme_matching import match_themes, order_themes, owners_of
from engine.store.clusters.cluster_store import Items, StoredTheme

PHOTOS: Items = np.arange(100, 200, dtype=np.int64)
NO_CENTRE = np.zeros(4, np.float32)


def photos(*ranges: tuple[int, int]) -> Items:
    return np.concatenate([np.arange(start, end, dtype=np.int64) for start, end in ranges])


def goes_on(now: list[Items], before: list[Items]) -> list[int]:
    return match_themes(owners_of(PHOTOS, now), owners_of(PHOTOS, before), len(now), len(before))


def theme(number: int, size: int) -> StoredTheme:
    items = np.arange(size, dtype=np.int64)
    return StoredTheme(number, f"theme {number}", NO_CENTRE, items, items[:1])


def numbers(themes: list[StoredTheme], before: list[int]) -> list[int]:
    return [theme.number for theme in order_themes(themes, before)]


def test_a_theme_goes_on_from_the_one_that_it_shares_most_photographs_with() -> None:
    before = [photos((100, 120)), photos((120, 140)), photos((140, 144))]
    now = [photos((115, 140)), photos((100, 115)), photos((150, 170))]
    assert goes_on(now, before) == [1, 0, -1]


def test_a_theme_may_grow_by_what_belonged_to_none_and_lose_what_is_gone() -> None:
    assert goes_on([photos((100, 180))], [photos((90, 110))]) == [0]


def test_of_two_that_one_was_cut_into_the_larger_part_goes_on() -> None:
    assert goes_on([photos((100, 112)), photos((112, 130))], [photos((100, 130))]) == [-1, 0]


def test_of_two_that_became_one_the_larger_goes_on() -> None:
    assert goes_on([photos((100, 130))], [photos((100, 112)), photos((112, 130))]) == [1]


def test_without_themes_before_all_are_new() -> None:
    assert goes_on([photos((100, 130))], []) == [-1]
    assert goes_on([], [photos((100, 130))]) == []


def test_new_themes_stand_by_their_size() -> None:
    assert numbers([theme(1, 10), theme(2, 30), theme(3, 20)], []) == [2, 3, 1]


def test_a_place_does_not_change_with_a_few_photographs() -> None:
    assert numbers([theme(1, 20), theme(2, 22), theme(3, 24)], [1, 2, 3]) == [1, 2, 3]


def test_a_theme_rises_past_those_that_it_is_clearly_larger_than_and_no_further() -> None:
    grown = [theme(1, 100), theme(2, 30), theme(3, 31), theme(4, 90)]
    assert numbers(grown, [1, 2, 3, 4]) == [1, 4, 2, 3]


def test_a_new_theme_comes_between_those_that_were_there() -> None:
    assert numbers([theme(1, 40), theme(2, 20), theme(9, 30)], [1, 2]) == [1, 9, 2]
