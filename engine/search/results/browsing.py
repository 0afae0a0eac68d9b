"""Lists items for a query without a question: those that pass the filters, by date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.records import Order, Query
from engine.search.ranking.ranking import Ranking
from engine.search.ranking.tie_order import break_ties
from engine.search.results.filtering import ItemFilter
from engine.store.items.item_table import ItemRows
from engine.store.items.locations import LocationsOf


def browse(item_filter: ItemFilter, query: Query, locations_of: LocationsOf) -> Ranking:
    """The items that pass the filters, newest first unless the query wants oldest.

    Raises QueryError for a bad date.
    """
    left = item_filter.apply(query, looked_at=True)
    items = left.visible.all_items()
    items = items[order_by_date(items, left.rows, query.filters.order)]
    return Ranking.unranked(items[break_ties(items, left.rows.timestamps(items), locations_of, query.limit)])


def order_by_date(items: NDArray[np.int64], known: ItemRows, order: Order) -> NDArray[np.int64]:
    """The positions of `items` in order of date; items of the same moment keep their order."""
    timestamps = known.timestamps(items)
    return np.argsort(timestamps if order is Order.OLDEST else -timestamps, kind="stable")
