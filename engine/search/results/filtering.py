"""Determines which items a query may find, by its scope and filters, before anything is ranked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engine.errors import QueryError
from engine.records import Orientation, Query, Scope
from engine.store.items.item_table import ItemRows, ItemTable, VisibleItems

ThemeItems = Callable[[int], NDArray[np.int64]]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
EPOCH = date(1970, 1, 1).toordinal()
NO_ITEMS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class FilteredItems:
    """The items that a query may find, by kind and sorted; a kind outside the scope is empty."""

    visible: VisibleItems
    rows: ItemRows


class ItemFilter:
    """Applies a query's scope and filters. Thread-safe."""

    def __init__(self, item_table: ItemTable, theme_items: ThemeItems) -> None:
        """`theme_items`: returns the sorted items of a theme; empty if there is no such theme."""
        self._item_table = item_table
        self._theme_items = theme_items

    def warm_up(self) -> None:
        """Read the visible items, so that the first search need not."""
        self._item_table.rows()

    def rows(self) -> ItemRows:
        """All visible items, without any filter."""
        return self._item_table.rows()

    def apply(self, query: Query, looked_at: bool = False) -> FilteredItems:
        """The items that pass; examples in the query are left out. Raises QueryError for a bad date.

        `looked_at`: only decoded items. A search does not need this, since other items have no vectors.
        """
        known = self._item_table.rows()
        chosen = _filter_mask(query, known, looked_at)
        if query.filters.folders or query.filters.file_types:
            present = self._item_table.with_files_in(query.filters.folders, query.filters.file_types)
            if chosen is not None:
                present = present.among(known.items[chosen])
        else:
            present = known.visible(chosen)
        if query.filters.theme:
            present = present.among(self._theme_items(query.filters.theme))
        if examples := (*query.like_items, *query.not_like_items):
            present = present.without(np.array(examples, np.int64))
        return FilteredItems(_in_scope(present, query.scope), known)


def _filter_mask(query: Query, known: ItemRows, looked_at: bool) -> NDArray[np.bool_] | None:
    """None if no filter concerns the items' own columns."""
    masks: list[NDArray[np.bool_]] = []
    if looked_at:
        masks.append(known.is_decoded)
    if query.filters.taken_from or query.filters.taken_to:
        first = _parse_day(query.filters.taken_from) if query.filters.taken_from else 0
        final = _parse_day(query.filters.taken_to) if query.filters.taken_to else date.max.toordinal()
        if first > final:
            raise QueryError("The first day is later than the last one.", "Exchange the two days.")
        masks.append(known.taken_between(first - EPOCH, final - EPOCH))
    if query.filters.orientation is not None:
        masks.append(_has_orientation(known, query.filters.orientation))
    return np.logical_and.reduce(masks) if masks else None


def _has_orientation(known: ItemRows, orientation: Orientation) -> NDArray[np.bool_]:
    square = known.is_square
    if orientation is Orientation.SQUARE:
        return known.is_decoded & square
    wide = known.width > known.height
    upright = known.width < known.height
    return np.asarray((wide if orientation is Orientation.LANDSCAPE else upright) & ~square)


def _parse_day(text: str) -> int:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise QueryError(f"“{text}” is no date.", "Write a day as 2026-07-31.") from error


def _in_scope(present: VisibleItems, scope: Scope) -> VisibleItems:
    if scope is Scope.PHOTOS:
        return VisibleItems(present.photos, NO_ITEMS)
    return VisibleItems(NO_ITEMS, present.pages) if scope is Scope.PAGES else present
