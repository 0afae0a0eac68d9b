"""Matches the themes found now with those before, and orders them.

People find a theme by its number, name and place: the same photographs keep all three.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.store.clusters.cluster_store import StoredTheme

Owners = NDArray[np.int64]  # for each photograph the index of its theme, -1: none

SAME = 1 / 3  # least share of photographs in common (Jaccard)
RISE = 1.25  # times the photographs of the theme before it, to move up


def owners_of(photos: NDArray[np.int64], themes: Sequence[NDArray[np.int64]]) -> Owners:
    """The theme of each photograph. `photos` and the items of each theme are sorted.

    Items that are not photographs now are ignored.
    """
    owners = np.full(len(photos), -1, np.int64)
    for place, items in enumerate(themes):
        owners[np.isin(photos, items, assume_unique=True)] = place
    return owners


def match_themes(now: Owners, before: Owners, themes_now: int, themes_before: int) -> list[int]:
    """For each theme now the index of the earlier one that it continues, or -1; each continues another one.

    Both are over the same photographs. Those that were in no theme before are ignored: a theme may grow.
    """
    known = before >= 0
    shared = np.zeros((themes_now, themes_before), np.int64)
    both = known & (now >= 0)
    np.add.at(shared, (now[both], before[both]), 1)
    sizes_now = np.bincount(now[both], minlength=themes_now)
    sizes_before = np.bincount(before[known], minlength=themes_before)
    either = sizes_now[:, None] + sizes_before[None, :] - shared
    overlap = shared / np.maximum(either, 1)
    found = [-1] * themes_now
    for place in np.argsort(-overlap, axis=None, kind="stable").tolist():
        new, old = divmod(place, themes_before)
        if overlap[new, old] < SAME:
            break
        if found[new] < 0 and old not in found:
            found[new] = old
    return found


def order_themes(themes: Sequence[StoredTheme], before: Sequence[int]) -> list[StoredTheme]:
    """The largest first; but a known theme moves up only if it has grown clearly past another.

    `before`: the theme numbers in their earlier order.
    """
    places = {number: place for place, number in enumerate(before)}
    known = sorted((theme for theme in themes if theme.number in places), key=lambda t: places[t.number])
    new = sorted((theme for theme in themes if theme.number not in places), key=_biggest_first)
    ordered: list[StoredTheme] = []
    for theme, rise in [*((theme, RISE) for theme in known), *((theme, 1.0) for theme in new)]:
        passed = (len(theme.items) > rise * len(other.items) for other in ordered)
        place = next((place for place, is_passed in enumerate(passed) if is_passed), len(ordered))
        ordered.insert(place, theme)
    return ordered


def _biggest_first(theme: StoredTheme) -> tuple[int, int]:
    return -len(theme.items), theme.number
