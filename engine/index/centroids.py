"""A vocabulary of centroids that every page vector is assigned to, in a tree of two levels.

Spherical k-means. Plain k-means would compare each vector with every centroid; with the tree (Nistér and
Stewénius 2006, "Scalable Recognition with a Vocabulary Tree") it is compared with the cells and with the
centroids of a few cells. A query's token is compared with all centroids.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.index.exact_scan import Kernels
from engine.records import Vectors
from engine.store.quantization import Codes, Scales, quantise, restore

CELL_ROUNDS = 6
CENTROID_ROUNDS = 5
SAMPLE_A_CELL = 256  # vectors; training cells needs fewer than training centroids
CELLS_PROBED = 2  # for each vector: the nearest centroid often lies across a cell's border
PIECE_SCORES = 1 << 21  # at a time: 8 MB of float32
LEAST = np.float32(1e-12)

Names = NDArray[np.int32]  # centroid numbers


@dataclass(frozen=True, slots=True, eq=False)
class Centroids:
    """Unit vectors, grouped by cell."""

    codes: Codes  # (centroids, dimension)
    scales: Scales  # (centroids,)
    cells: NDArray[np.float32]  # (cells, dimension)
    bounds: NDArray[np.int64]  # (cells + 1,): cell n has the centroids bounds[n] to bounds[n + 1]

    def __len__(self) -> int:
        return len(self.codes)

    def scores(self, query: Vectors, kernels: Kernels) -> NDArray[np.float32]:
        """The (tokens, centroids) scores of a (tokens, dimension) query."""
        codes, scales = quantise(query)
        dots = kernels.dots_many(self.codes, codes)
        dots *= self.scales[:, None]
        return np.multiply(dots.T, scales[:, None], order="C")

    def nearest_centroids(self, codes: Codes, kernels: Kernels) -> Names:
        """(count, dimension) codes -> (count,) numbers of the nearest centroid among the nearest cells.

        The scales of the vectors are not needed, since they do not change any order.
        """
        cells, cell_scales = quantise(self.cells)
        nearest = _nearest(codes, cells, cell_scales, kernels, min(CELLS_PROBED, len(cells)))
        best = np.full(len(codes), -np.inf, dtype=np.float32)
        names = np.zeros(len(codes), dtype=np.int32)
        for choice in nearest.T:
            order = np.argsort(choice, kind="stable")
            starts = np.searchsorted(choice[order], np.arange(len(cells) + 1))
            for cell in np.flatnonzero(np.diff(starts)):
                rows = order[starts[cell] : starts[cell + 1]]
                first, stop = self.bounds[cell], self.bounds[cell + 1]
                dots = kernels.dots_many(codes[rows], self.codes[first:stop])
                dots *= self.scales[first:stop]
                found = dots.argmax(axis=1)
                scores = dots[np.arange(len(rows)), found]
                better = scores > best[rows]
                best[rows[better]] = scores[better]
                names[rows[better]] = first + found[better]
        return names


def no_centroids(dimension: int) -> Centroids:
    """The centroids of a library that has not been trained yet."""
    return Centroids(
        np.empty((0, dimension), dtype=np.int8),
        np.empty(0, dtype=np.float32),
        np.empty((0, dimension), dtype=np.float32),
        np.zeros(1, dtype=np.int64),
    )


def train(
    codes: Codes, scales: Scales, count: int, kernels: Kernels, checkpoint: Callable[[], None] | None = None
) -> Centroids:
    """Train about `count` centroids on a sample of vectors; the same sample gives the same centroids.

    Memory: less than the sample's own size and 100 MB. `checkpoint` is called between pieces and may raise.
    """
    random = np.random.default_rng(11)
    number = max(1, round(count**0.5))
    chosen = random.permutation(len(codes))[: SAMPLE_A_CELL * number]
    cells = _k_means(restore(codes[chosen], scales[chosen]), number, CELL_ROUNDS, kernels, checkpoint)
    cell_codes, cell_scales = quantise(cells)
    owners = _nearest(codes, cell_codes, cell_scales, kernels, 1)[:, 0]
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(number + 1))
    parts: list[Vectors] = []
    for first, stop in itertools.pairwise(starts):
        rows = order[first:stop]
        wanted = max(1, round(count * len(rows) / len(codes)))
        here = restore(codes[rows], scales[rows]) if len(rows) else cells[len(parts)][None]
        parts.append(_k_means(here, wanted, CENTROID_ROUNDS, kernels, checkpoint))
    bounds = np.cumsum([0, *(len(part) for part in parts)])
    return Centroids(*quantise(np.concatenate(parts)), cells, bounds.astype(np.int64))


def _k_means(
    vectors: Vectors, count: int, rounds: int, kernels: Kernels, checkpoint: Callable[[], None] | None
) -> Vectors:
    """(count, dimension) unit vectors; fewer if there are fewer vectors."""
    random = np.random.default_rng(len(vectors))
    codes, _ = quantise(vectors)
    centres = _unit(vectors[random.permutation(len(vectors))[:count]])
    for _ in range(rounds):
        if checkpoint is not None:
            checkpoint()
        owners = _nearest(codes, *quantise(centres), kernels, 1)[:, 0]
        order = np.argsort(owners, kind="stable")
        owned, firsts = np.unique(owners[order], return_index=True)
        centres[owned] = _unit(np.add.reduceat(vectors[order], firsts, axis=0))
    return centres


def _nearest(
    codes: Codes, centres: Codes, scales: Scales, kernels: Kernels, number: int
) -> NDArray[np.int64]:
    """(count, number): the nearest centres of each vector, unsorted."""
    nearest = np.empty((len(codes), number), dtype=np.int64)
    piece = max(1, PIECE_SCORES // max(1, len(centres)))
    for start in range(0, len(codes), piece):
        dots = kernels.dots_many(codes[start : start + piece], centres)
        dots *= scales
        nearest[start : start + piece, 0] = dots.argmax(axis=1)
        for place in range(1, number):
            rows = np.arange(len(dots))
            dots[rows, nearest[start : start + piece, place - 1]] = -np.inf
            nearest[start : start + piece, place] = dots.argmax(axis=1)
    return nearest


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, LEAST), dtype=np.float32)
