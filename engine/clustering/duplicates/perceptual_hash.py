"""Compares photographs by average hashes: excludes almost all pairs before their pictures are opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.clustering.duplicates.image_similarity import HASH_SIDE, normalize_hashes

LEAST_CAPACITY = 1_024
PIECE = 1 << 16  # pairs at a time: 32 MB

Items = NDArray[np.int64]


class PerceptualHashes:
    """Average hashes by item, each as a whole and without its outer cells. 400 bytes each."""

    def __init__(self, rows: Sequence[tuple[int, bytes]]) -> None:
        self._places = np.full(LEAST_CAPACITY, -1, np.int32)  # by item
        self._whole = np.empty((LEAST_CAPACITY, HASH_SIDE**2), np.float32)
        self._inner = np.empty((LEAST_CAPACITY, (HASH_SIDE - 2) ** 2), np.float32)
        self._count = 0
        self.add(rows)

    def add(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Add hashes; the hash of a known item is replaced."""
        if not rows:
            return
        items = np.array([item for item, _ in rows], np.int64)
        if int(items.max()) >= len(self._places):
            room = np.full(2 * int(items.max()) - len(self._places), -1, np.int32)
            self._places = np.concatenate([self._places, room])
        end = self._count + len(items)
        if end > len(self._whole):
            self._whole, self._inner = _enlarge(self._whole, 2 * end), _enlarge(self._inner, 2 * end)
        levels = [levels for _, levels in rows]
        self._whole[self._count : end] = normalize_hashes(levels)
        self._inner[self._count : end] = normalize_hashes(levels, edge=1)
        self._places[items] = np.arange(self._count, end)
        self._count = end

    def __contains__(self, item: int) -> bool:
        return item < len(self._places) and bool(self._places[item] >= 0)

    def may_match(self, items: Items, others: Items, least: float, least_inner: float) -> NDArray[np.bool_]:
        """(pairs,): whether both have hashes that agree by at least `least`.

        Or without the outer cells, which a border may cover, by at least `least_inner`.
        """
        found = np.zeros(len(items), np.bool_)
        for start in range(0, len(items), PIECE):
            part = slice(start, start + PIECE)
            first, second = self._rows(items[part]), self._rows(others[part])
            known = np.flatnonzero((first >= 0) & (second >= 0))
            first, second = first[known], second[known]
            whole = np.einsum("nd,nd->n", self._whole[first], self._whole[second])
            inner = np.einsum("nd,nd->n", self._inner[first], self._inner[second])
            found[start + known[(whole >= least) | (inner >= least_inner)]] = True
        return found

    def _rows(self, items: Items) -> NDArray[np.int32]:
        inside = items < len(self._places)
        return np.where(inside, self._places[np.where(inside, items, 0)], np.int32(-1))


def _enlarge(rows: NDArray[np.float32], capacity: int) -> NDArray[np.float32]:
    grown = np.empty((capacity, rows.shape[1]), np.float32)
    grown[: len(rows)] = rows
    return grown
