"""Orders items with the same score, by path and page.

Item numbers depend on the order of indexing, but two libraries of the same files should answer alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.store.items.locations import LocationsOf

NOWHERE = (b"\xff", 0)  # for items deleted meanwhile


def break_ties(
    items: NDArray[np.int64],
    scores: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int64],
    locations_of: LocationsOf,
    limit: int | None = None,
) -> NDArray[np.int64]:
    """(count,) items and scores, equal scores adjacent -> their positions in display order.

    `limit`: order only the first so many, and all that tie with the last of them.
    """
    order = np.arange(len(items))
    begins = np.concatenate([[True], scores[1:] != scores[:-1]])[: len(items)]
    run = np.cumsum(begins)
    tied = (~begins) | np.concatenate([~begins[1:], [False]])[: len(items)]
    if limit is not None:
        tied &= np.flatnonzero(begins)[run - 1] < limit
    places = np.flatnonzero(tied)
    if not len(places):
        return order
    found = locations_of(items[places].tolist())
    keys = {at: (run[at], found.get(int(items[at]), NOWHERE)) for at in places.tolist()}
    order[places] = sorted(keys, key=lambda at: keys[at])
    return order
