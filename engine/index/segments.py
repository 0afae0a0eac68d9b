"""The rows of the index: segments whose written rows never change.

A segment is immutable. Appending writes after the rows that older segments can see and returns a new segment
over the same arrays; deleting replaces the small `alive` array. So a searcher that holds the tuple of
segments has a consistent library, without a lock, while a writer continues.

Bytes a vector: dimension (int8) + 2 x dimension (float16, if stored) + 12, and at most as much again in a
last segment that is not full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.store.quantization import Codes, Scales

SEGMENT_ROWS = 65_536
SMALLEST_CAPACITY = 1_024

Keys = NDArray[np.int64]
Rows = NDArray[np.int64]
Float16Rows = NDArray[np.float16]  # (count, dimension); (count, 0) if the codes suffice


@dataclass(frozen=True, slots=True)
class VectorBatch:
    """Rows to add to the index; the keys are sorted and unique."""

    keys: Keys
    codes: Codes
    scales: Scales
    vectors: Float16Rows

    def __len__(self) -> int:
        return len(self.keys)

    def slice(self, start: int, stop: int) -> VectorBatch:
        """The rows from `start` to `stop`, as views."""
        return VectorBatch(
            self.keys[start:stop], self.codes[start:stop], self.scales[start:stop], self.vectors[start:stop]
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Up to `SEGMENT_ROWS` rows. Only an index's last segment is appended to, by one writer at a time."""

    batch: VectorBatch  # arrays of the segment's capacity
    count: int  # rows written
    alive: NDArray[np.bool_] | None = None  # (count,); None: all
    order: Rows | None = None  # rows by key, a later row of the same key last; None: rows ascend by key
    indexed_in_graph: int = 0  # leading rows that are in the graph

    @property
    def keys(self) -> Keys:
        """(count,) keys, including those of deleted rows."""
        return self.batch.keys[: self.count]

    @property
    def codes(self) -> Codes:
        """(count, dimension) int8 codes."""
        return self.batch.codes[: self.count]

    @property
    def scales(self) -> Scales:
        """(count,) scales of the codes."""
        return self.batch.scales[: self.count]

    @property
    def vectors(self) -> Float16Rows:
        """(count, dimension) float16 vectors, or (count, 0)."""
        return self.batch.vectors[: self.count]

    @property
    def live(self) -> int:
        """How many rows are not deleted."""
        return self.count if self.alive is None else int(np.count_nonzero(self.alive))

    def live_rows(self) -> Rows:
        """The row numbers that are not deleted, ascending."""
        return np.arange(self.count) if self.alive is None else np.flatnonzero(self.alive)

    def find(self, keys: Keys) -> Rows:
        """The live row of each key; -1 if there is none."""
        if not self.count:
            return np.full(len(keys), -1, dtype=np.int64)
        # The last of equal keys is the newest; the older ones are always deleted.
        places = np.searchsorted(self.keys, keys, side="right", sorter=self.order) - 1
        rows = places if self.order is None else self.order[places]
        known = (places >= 0) & (self.keys[rows] == keys)
        if self.alive is not None:
            known &= self.alive[rows]
        return np.where(known, rows, -1)

    def append(self, batch: VectorBatch) -> Segment:
        """A segment with `batch` after the present rows; it must fit within `SEGMENT_ROWS`."""
        count = self.count + len(batch)
        home = self.batch if count <= len(self.batch) else self._grown(count)
        home.keys[self.count : count] = batch.keys
        home.codes[self.count : count] = batch.codes
        home.scales[self.count : count] = batch.scales
        home.vectors[self.count : count] = batch.vectors
        ascending = self.order is None and (not self.count or home.keys[self.count - 1] < batch.keys[0])
        order = None if ascending else np.argsort(home.keys[:count], kind="stable")
        alive = None if self.alive is None else np.append(self.alive, np.ones(len(batch), dtype=np.bool_))
        return Segment(home, count, alive, order, self.indexed_in_graph)

    def without(self, rows: Rows) -> Segment:
        """A segment with these rows marked as deleted."""
        alive = np.ones(self.count, dtype=np.bool_) if self.alive is None else self.alive.copy()
        alive[rows] = False
        return replace(self, alive=alive)

    def compacted(self) -> Segment:
        """A copy with only the live rows, in the same order."""
        rows = self.live_rows()
        batch = VectorBatch(self.keys[rows], self.codes[rows], self.scales[rows], self.vectors[rows])
        order = None if self.order is None else np.argsort(batch.keys, kind="stable")
        return Segment(batch, len(rows), None, order, int(np.searchsorted(rows, self.indexed_in_graph)))

    def _grown(self, count: int) -> VectorBatch:
        capacity = min(max(2 * len(self.batch), count, SMALLEST_CAPACITY), SEGMENT_ROWS)
        home = empty_batch(capacity, self.batch.codes.shape[1], self.batch.vectors.shape[1])
        home.keys[: self.count] = self.keys
        home.codes[: self.count] = self.codes
        home.scales[: self.count] = self.scales
        home.vectors[: self.count] = self.vectors
        return home


Segments = tuple[Segment, ...]


def empty_batch(capacity: int, dimension: int, width: int) -> VectorBatch:
    """Uninitialised arrays. `width`: of the float16 vectors, `dimension` or 0."""
    return VectorBatch(
        np.empty(capacity, dtype=np.int64),
        np.empty((capacity, dimension), dtype=np.int8),
        np.empty(capacity, dtype=np.float32),
        np.empty((capacity, width), dtype=np.float16),
    )


def append(segments: Segments, batch: VectorBatch, dimension: int) -> Segments:
    """`segments` with `batch` after all rows; the last segment is filled before a new one begins."""
    grown, start = list(segments), 0
    while start < len(batch):
        if not grown or grown[-1].count >= SEGMENT_ROWS:
            grown.append(Segment(empty_batch(0, dimension, batch.vectors.shape[1]), 0))
        stop = min(len(batch), start + SEGMENT_ROWS - grown[-1].count)
        grown[-1] = grown[-1].append(batch.slice(start, stop))
        start = stop
    return tuple(grown)


def delete(segments: Segments, keys: Keys) -> tuple[Segments, Keys]:
    """`segments` without the rows of `keys`, and those of the keys that are still in the graph.

    A segment with more than a quarter of its rows deleted is rewritten, an empty one dropped.
    """
    kept: list[Segment] = []
    indexed_in_graph: list[Keys] = []
    for segment in segments:
        rows = segment.find(keys)
        rows = rows[rows >= 0]
        if not len(rows):
            kept.append(segment)
            continue
        indexed_in_graph.append(segment.keys[rows[rows < segment.indexed_in_graph]])
        changed = segment.without(rows)
        live = changed.live
        if live:
            kept.append(changed.compacted() if 4 * live < 3 * changed.count else changed)
    return tuple(kept), np.concatenate(indexed_in_graph) if indexed_in_graph else np.empty(0, dtype=np.int64)


def starts(segments: Segments) -> Rows:
    """(segments + 1,): where each segment begins if rows are counted through all segments."""
    return np.cumsum([0, *(segment.count for segment in segments)])


def find(segments: Segments, keys: Keys) -> Rows:
    """The live row of each key, counted through all segments; -1 if there is none."""
    found = np.full(len(keys), -1, dtype=np.int64)
    for start, segment in zip(starts(segments), segments, strict=False):
        rows = segment.find(keys)
        found = np.where(rows >= 0, rows + start, found)
    return found


def keys_of(segments: Segments, rows: Rows) -> Keys:
    """The (count,) keys of rows counted through all segments."""
    keys = np.empty(len(rows), dtype=np.int64)
    for segment, here, places in _split(segments, rows):
        keys[places] = segment.keys[here]
    return keys


def vectors_of(segments: Segments, rows: Rows, dimension: int) -> NDArray[np.float32]:
    """The (count, dimension) float32 vectors of rows counted through all segments."""
    vectors = np.empty((len(rows), dimension), dtype=np.float32)
    for segment, here, places in _split(segments, rows):
        vectors[places] = segment.vectors[here]
    return vectors


def _split(segments: Segments, rows: Rows) -> list[tuple[Segment, Rows, Rows]]:
    """For each segment with any of `rows`: the segment, its own row numbers, their positions in `rows`."""
    begins = starts(segments)
    owners = np.searchsorted(begins, rows, side="right") - 1
    places = [(int(owner), np.flatnonzero(owners == owner)) for owner in np.unique(owners)]
    return [(segments[owner], rows[here] - begins[owner], here) for owner, here in places]
