"""What there is when nothing is asked: the items that filters leave, by their dates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.records import Order, Query
from engine.search.results.filtering import ItemFilter
from engine.search.results.ranking import Ranking
from engine.search.results.tie_order import settled
from engine.store.items.item_table import ItemRows
from engine.store.items.locations import LocationsOf


def browsed(item_filter: ItemFilter, query: Query, locations_of: LocationsOf) -> Ranking:
    """The newest first, unless the oldest are asked for. Raises QueryError on a bad date."""
    left = item_filter.apply(query, looked_at=True)
    items = left.present.all_items()
    items = items[by_date(items, left.known, query.order)]
    return Ranking.unranked(items[settled(items, left.known.timestamps(items), locations_of, query.limit)])


def by_date(items: NDArray[np.int64], known: ItemRows, order: Order) -> NDArray[np.int64]:
    """The places of `items`, those of the same moment in their own order."""
    timestamps = known.timestamps(items)
    return np.argsort(timestamps if order is Order.OLDEST else -timestamps, kind="stable")
