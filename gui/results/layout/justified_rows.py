"""Makes rows of pictures that fill the width, each picture with its own shape.

A row takes as many cards as bring its pictures nearest to the height that is wanted, and is then stretched or
shrunk so that it ends at the right edge (the justified layout of photo galleries).
"""

from __future__ import annotations

from array import array
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gui.results.layout.metrics import (
    GAP,
    INSET,
    LEAST_SHARE,
    LEAST_WIDTH,
    MOST_STRETCH,
    WORDY_SHARE,
    WORDY_WIDTH,
    GridMetrics,
)

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


class PackedRows(NamedTuple):
    widths: Floats  # of all cards up to the end of each, in wanted heights
    firsts: Integers  # the first card of each row
    heights: Floats  # of the pictures in each row
    ends: Integers  # where each row ends, from the top of the first


def pack(shapes: array[float], wordy: array[int], measures: GridMetrics) -> PackedRows:
    """Rows of cards. `shapes`: width by height of each; `wordy`: 1 where words are shown below."""
    with_words = np.frombuffer(wordy, np.int8)
    widths = fit_row(np.frombuffer(shapes), with_words != 0, measures)
    firsts, heights = rows_of(widths, measures.height, measures.room)
    words = np.maximum.reduceat(with_words, firsts) * measures.snippet
    rows = heights.astype(np.int64) + words + (2 * INSET + measures.caption + GAP)
    return PackedRows(np.cumsum(widths), firsts, heights, np.cumsum(rows))


def fit_row(shapes: Floats, wordy: NDArray[np.bool_], measures: GridMetrics) -> Floats:
    """Widths in wanted heights: as the pictures are, but never too narrow for the words below."""
    height = measures.height
    least = min(LEAST_WIDTH / height, LEAST_SHARE)
    for_words = min(WORDY_WIDTH / height, WORDY_SHARE)
    return np.maximum(shapes, np.where(wordy, for_words, least))


def rows_of(widths: Floats, height: int, room: int) -> tuple[Integers, Floats]:
    """Rows of pictures: the first of each, and the height of the pictures in it.

    For every picture it is found at once where a row that begins with it would end; the rows are then a walk
    along these ends.
    """
    count = len(widths)
    edge = 2 * INSET + GAP
    sums = np.concatenate(([0.0], np.cumsum(widths)))
    places = np.arange(count + 1)
    natural = sums * height + places * edge
    begins = places[:-1]
    reached = np.searchsorted(natural, natural[:-1] + room)  # the first end at which a row is wide enough
    ragged = reached > count
    over = np.minimum(reached, count)
    under = np.maximum(over - 1, begins + 1)

    def filled(ends: Integers) -> Floats:
        """The height at which rows that end there are as wide as the room."""
        wide: Floats = np.maximum(room - (ends - begins) * edge, 1.0) / (sums[ends] - sums[begins])
        return wide

    hits_removed, stretched = filled(over), filled(under)
    take_under = ~ragged & (
        stretched * hits_removed < height * height
    )  # its height is the nearer one, as a ratio
    ends = np.where(take_under, under, over)
    heights = np.where(take_under, np.minimum(stretched, height * MOST_STRETCH), hits_removed)
    heights = np.maximum(np.where(ragged, height, heights), 1.0)

    firsts: list[int] = []
    following: list[int] = ends.tolist()
    card = 0
    while card < count:
        firsts.append(card)
        card = following[card]
    chosen = np.array(firsts, np.int64)
    return chosen, heights[chosen]
