"""Pairs of a text and a picture, and how they are batched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_BATCH = 2  # a single picture has nothing to be distinguished from


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row k says: text `texts[k]` describes picture `pictures[k]`. Equal texts must have equal numbers."""

    texts: NDArray[np.int64]
    pictures: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.pictures):
            raise ValueError(f"{len(self.texts)} texts for {len(self.pictures)} pictures")

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.int64]) -> Pairs:
        """The pairs in these rows."""
        return Pairs(self.texts[rows], self.pictures[rows])


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Some pictures with every text that describes one of them."""

    texts: NDArray[np.int64]  # unique, sorted
    pictures: NDArray[np.int64]  # unique, sorted
    matches: NDArray[np.float32]  # (texts, pictures): 1 where the text describes the picture, else 0


def batches(pairs: Pairs, size: int, rng: np.random.Generator) -> Iterator[PairBatch]:
    """Every picture once, in random order, `size` or slightly fewer at a time. Raises ValueError below 2.

    All texts of a picture are in its batch, so that none of them counts as wrong for it. A picture that would
    be alone is left out: if it is the only one, or with batches of two and an odd number.
    """
    if size < SMALLEST_BATCH:
        raise ValueError(f"nothing is learnt from batches of {size}")
    order = rng.permutation(np.unique(pairs.pictures))
    for part in np.array_split(order, -(-len(order) // size) or 1):
        if len(part) >= SMALLEST_BATCH:
            yield _batch(pairs.take(np.flatnonzero(np.isin(pairs.pictures, part))))


def _batch(pairs: Pairs) -> PairBatch:
    texts, rows = np.unique(pairs.texts, return_inverse=True)
    pictures, columns = np.unique(pairs.pictures, return_inverse=True)
    matches = np.zeros((len(texts), len(pictures)), np.float32)
    matches[rows, columns] = 1
    return PairBatch(texts, pictures, matches)
