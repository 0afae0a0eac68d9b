"""Pairs of a text and a picture, and how they are put into batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_BATCH = 2  # a picture alone has nothing to be told from


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
        return Pairs(self.texts[rows], self.pictures[rows])


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Some pictures with every text that describes one of them."""

    texts: NDArray[np.int64]  # each once, ascending
    pictures: NDArray[np.int64]  # each once, ascending
    matches: NDArray[np.float32]  # (texts, pictures): 1 where the text describes the picture, else 0


def batches(pairs: Pairs, size: int, rng: np.random.Generator) -> Iterator[PairBatch]:
    """Every picture once, in random order, `size` or somewhat fewer at a time.

    All texts of a picture come with it, so that none of them counts as wrong for it. Only a picture that
    would be alone is left out: where there is but one, or where two come at a time and their number is odd.
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
