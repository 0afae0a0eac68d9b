"""Pairs of a text and a picture, and how they are put into batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_BATCH = 2  # a pair alone has nothing to be told from


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


def batches(pairs: Pairs, size: int, chance: np.random.Generator) -> Iterator[Pairs]:
    """Every pair once, in random order; no text and no picture comes twice in a batch.

    In contrastive training all others of a batch count as wrong: a second caption of the same picture there,
    or the same caption of another picture, would be taught to be wrong. A pair that shares its text or its
    picture with all that still wait is left out: alone it teaches nothing.
    """
    if size < SMALLEST_BATCH:
        raise ValueError(f"nothing is learnt from batches of {size}")
    waiting = chance.permutation(len(pairs)).tolist()
    while waiting:
        batch, waiting = _first_fit(pairs, waiting, size)
        if len(batch) >= SMALLEST_BATCH:
            yield pairs.take(np.array(batch))
        elif any(len(np.unique(side[waiting])) <= 1 for side in (pairs.texts, pairs.pictures)):
            return  # they too would be alone; to find it out one by one takes the square of their number


def _first_fit(pairs: Pairs, waiting: list[int], size: int) -> tuple[list[int], list[int]]:
    """The first rows that go together, and the others, both in their order."""
    batch: list[int] = []
    passed: list[int] = []
    texts: set[int] = set()
    pictures: set[int] = set()
    for at, row in enumerate(waiting):
        if len(batch) == size:
            return batch, passed + waiting[at:]
        text, picture = int(pairs.texts[row]), int(pairs.pictures[row])
        if text in texts or picture in pictures:
            passed.append(row)
        else:
            batch.append(row)
            texts.add(text)
            pictures.add(picture)
    return batch, passed
