"""Breaks pictures into rows that fill the width, keeping their proportions.

A row takes the number of cards that brings its height nearest to the target height. It is then scaled to end
at the right edge (the justified layout of photo galleries).
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
    """The rows that `pack` makes."""

    widths: Floats  # cumulative widths of the cards, relative to the target height
    firsts: Integers  # first card of each row
    heights: Floats  # height of the pictures in each row
    ends: Integers  # bottom of each row, from the top of the first


def pack(shapes: array[float], wordy: array[int], measures: GridMetrics) -> PackedRows:
    """Break cards into rows. `shapes`: width divided by height; `wordy`: 1 if a snippet is shown below."""
    with_words = np.frombuffer(wordy, np.int8)
    widths = fit_row(np.frombuffer(shapes), with_words != 0, measures)
    firsts, heights = rows_of(widths, measures.height, measures.room)
    words = np.maximum.reduceat(with_words, firsts) * measures.snippet
    rows = heights.astype(np.int64) + words + (2 * INSET + measures.caption + GAP)
    return PackedRows(np.cumsum(widths), firsts, heights, np.cumsum(rows))


def fit_row(shapes: Floats, wordy: NDArray[np.bool_], measures: GridMetrics) -> Floats:
    """Widths relative to the target height, at least wide enough for the text below."""
    height = measures.height
    least = min(LEAST_WIDTH / height, LEAST_SHARE)
    for_words = min(WORDY_WIDTH / height, WORDY_SHARE)
    return np.maximum(shapes, np.where(wordy, for_words, least))


def rows_of(widths: Floats, height: int, room: int) -> tuple[Integers, Floats]:
    """Break pictures into rows: the first picture of each row, and its height.

    For each picture, the end of a row that would begin with it is computed at once; following these ends
    yields the rows.
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
        """The height at which rows with these ends are exactly as wide as the room."""
        wide: Floats = np.maximum(room - (ends - begins) * edge, 1.0) / (sums[ends] - sums[begins])
        return wide

    hits_removed, stretched = filled(over), filled(under)
    take_under = ~ragged & (
        stretched * hits_removed < height * height
    )  # its height is nearer to the target, as a ratio
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
