"""The order of what scores the same: by path, and by page.

The numbers of items tell in which order they came, and a library is to answer as any other of the same files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.store.items.locations import LocationsOf

NOWHERE = (b"\xff", 0)  # what went away meanwhile


def break_ties(
    items: NDArray[np.int64],
    scores: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.int64],
    locations_of: LocationsOf,
    limit: int | None = None,
) -> NDArray[np.int64]:
    """(count,) items and their scores, equal ones side by side -> their places in the order to be shown.

    `limit`: only the first so many are looked at; what scores as the last of them does is put in order, too.
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
