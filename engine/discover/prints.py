"""How alike two photographs look from afar: rules almost all pairs out before their pictures are opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.discover.likeness import PRINT_SIDE, unit_prints

LEAST_CAPACITY = 1_024
PIECE = 1 << 16  # pairs at a time: 32 MB

Items = NDArray[np.int64]


class Prints:
    """Grey prints by item. 256 bytes each."""

    def __init__(self, rows: Sequence[tuple[int, bytes]]) -> None:
        self._places = np.full(LEAST_CAPACITY, -1, np.int32)  # by item
        self._prints = np.empty((LEAST_CAPACITY, PRINT_SIDE**2), np.float32)
        self._count = 0
        self.add(rows)

    def add(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """A print that is known already is replaced."""
        if not rows:
            return
        items = np.array([item for item, _ in rows], np.int64)
        if int(items.max()) >= len(self._places):
            room = np.full(2 * int(items.max()) - len(self._places), -1, np.int32)
            self._places = np.concatenate([self._places, room])
        end = self._count + len(items)
        if end > len(self._prints):
            grown = np.empty((2 * end, PRINT_SIDE**2), np.float32)
            grown[: self._count] = self._prints[: self._count]
            self._prints = grown
        self._prints[self._count : end] = unit_prints([levels for _, levels in rows])
        self._places[items] = np.arange(self._count, end)
        self._count = end

    def __contains__(self, item: int) -> bool:
        return item < len(self._places) and bool(self._places[item] >= 0)

    def alike(self, items: Items, others: Items, least: float) -> NDArray[np.bool_]:
        """Of pairs, whether both have prints that agree by `least` or more."""
        found = np.zeros(len(items), np.bool_)
        for start in range(0, len(items), PIECE):
            part = slice(start, start + PIECE)
            first, second = self._rows(items[part]), self._rows(others[part])
            known = np.flatnonzero((first >= 0) & (second >= 0))
            products = np.einsum("nd,nd->n", self._prints[first[known]], self._prints[second[known]])
            found[start + known[products >= least]] = True
        return found

    def _rows(self, items: Items) -> NDArray[np.int32]:
        inside = items < len(self._places)
        return np.where(inside, self._places[np.where(inside, items, 0)], np.int32(-1))
