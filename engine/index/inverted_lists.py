"""Inverted lists: for each centroid the pages with a vector near it, from which candidates are gathered.

Immutable: a search uses one as long as it needs, without a lock, while a writer creates the next. Bytes a
page: two for each distinct centroid, and eight for its item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

SEGMENT_PAGES = 1 << 16  # so that a row number takes two bytes
CENTROIDS_MOST = 1 << 16  # so that a centroid takes two bytes while lists are built

Items = NDArray[np.int64]
Mask = NDArray[np.bool_]
Entries = NDArray[np.uint32]  # centroid << 16 | row, sorted, unique


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """For each query token the centroids near it, and how much each exceeds the score of all others."""

    centroids: tuple[NDArray[np.int64], ...]
    gains: tuple[NDArray[np.float32], ...]  # 0 or more


@dataclass(frozen=True, slots=True, eq=False)
class InvertedLists:
    """The lists of up to `SEGMENT_PAGES` pages."""

    items: Items  # (pages,)
    starts: NDArray[np.int64]  # (centroids + 1,): where the list of each centroid begins in `rows`
    rows: NDArray[np.uint16]  # pages grouped by centroid, ascending within a group
    alive: Mask | None = None  # (pages,); None: all

    def __len__(self) -> int:
        return len(self.items)

    @property
    def live(self) -> int:
        """How many pages are not deleted."""
        return len(self.items) if self.alive is None else int(np.count_nonzero(self.alive))

    def without(self, items: Items) -> InvertedLists:
        """A copy with these items deleted; itself if it has none of them."""
        gone = np.isin(self.items, items)
        if not gone.any():
            return self
        return replace(self, alive=~gone if self.alive is None else self.alive & ~gone)

    def page_scores(self, probes: Probes) -> NDArray[np.float32]:
        """(pages,): the sum over tokens of the best gain among the page's centroids."""
        totals = np.zeros(len(self), dtype=np.float32)
        best = np.empty(len(self), dtype=np.float32)
        for centroids, gains in zip(probes.centroids, probes.gains, strict=True):
            firsts = self.starts[centroids]
            lengths = self.starts[centroids + 1] - firsts
            places = np.arange(lengths.sum()) + np.repeat(firsts - (np.cumsum(lengths) - lengths), lengths)
            best.fill(0.0)
            np.maximum.at(best, self.rows[places].astype(np.intp), np.repeat(gains, lengths))
            totals += best
        return totals

    def entries(self) -> Entries:
        """All (centroid, row) pairs as single numbers, sorted."""
        centroids = np.repeat(np.arange(len(self.starts) - 1, dtype=np.uint32), np.diff(self.starts))
        return (centroids << np.uint32(16)) | self.rows


def build_lists(
    items: Items, names: NDArray[np.int32], offsets: NDArray[np.int64], centroids: int
) -> InvertedLists:
    """The lists of pages laid end to end by `offsets` (pages + 1,).

    `names`: (vectors,), the centroid of each vector.
    """
    rows = np.repeat(np.arange(len(items), dtype=np.uint32), np.diff(offsets))
    return _from_entries(items, np.unique((names.astype(np.uint32) << np.uint32(16)) | rows), centroids)


def without_centroids(items: Items) -> list[InvertedLists]:
    """Lists for pages of a library without centroids."""
    none = (np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.uint16))
    return [
        InvertedLists(items[start : start + SEGMENT_PAGES], *none)
        for start in range(0, len(items), SEGMENT_PAGES)
    ]


def merge_lists(parts: Sequence[InvertedLists]) -> InvertedLists:
    """One segment with the live pages of all `parts`, in order; they must fit in one."""
    items, entries, pages = [], [], 0
    for part in parts:
        alive = np.ones(len(part), dtype=np.bool_) if part.alive is None else part.alive
        moved = (np.cumsum(alive) - 1 + pages).astype(np.uint32)
        own = part.entries()
        own = own[alive[own & np.uint32(0xFFFF)]]
        entries.append((own & np.uint32(0xFFFF0000)) | moved[own & np.uint32(0xFFFF)])
        items.append(part.items[alive])
        pages += len(items[-1])
    return _from_entries(np.concatenate(items), np.sort(np.concatenate(entries)), len(parts[0].starts) - 1)


def append_lists(segments: tuple[InvertedLists, ...], new: InvertedLists) -> tuple[InvertedLists, ...]:
    """`segments` with the pages of `new`, which replace the same items.

    A segment is merged with the one before it unless that is much larger, so that there are few segments and
    each page is moved only a few times.
    """
    kept = [part for part in (old.without(new.items) for old in segments) if part.live]
    kept.append(new)
    while len(kept) > 1 and kept[-2].live < 2 * kept[-1].live:
        if kept[-2].live + kept[-1].live > SEGMENT_PAGES:
            break
        kept[-2:] = [merge_lists(kept[-2:])]
    return tuple(kept)


def _from_entries(items: Items, entries: Entries, centroids: int) -> InvertedLists:
    counts = np.bincount(entries >> np.uint32(16), minlength=centroids)
    return InvertedLists(
        items, np.append(0, np.cumsum(counts)), (entries & np.uint32(0xFFFF)).astype(np.uint16)
    )
