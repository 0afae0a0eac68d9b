"""USearch: the file format of the index, and the graph that searches very large libraries.

While the exact scan is fast enough no search uses the graph, so the file then has the sparsest one that
USearch can build: a real one takes a hundred times as long to build, for no better answer.

HNSW: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", 2018.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.index.checksummed_file import IndexDamaged

if TYPE_CHECKING:
    from usearch.index import Index

CONNECTIVITY = 32
EXPANSION_ADD = 128
EXPANSION_SEARCH = 256
FLAT_CONNECTIVITY = 2
# USearch holds the interpreter's lock while it returns vectors: a few milliseconds for so many.
READ_ROWS = 1_024

Keys = NDArray[np.int64]
Float16Rows = NDArray[np.float16]


class Graph:
    """A USearch HNSW graph over float16 vectors. Thread-safe.

    USearch does not promise that a search is safe during an addition, so both take one lock; add vectors in
    small pieces.
    """

    def __init__(
        self, dimension: int, expansion_search: int = EXPANSION_SEARCH, threads: int | None = None
    ) -> None:
        """`threads`: how many build the graph; None: all processors but one, which searches use."""
        self._index = _new_index(dimension, CONNECTIVITY, EXPANSION_ADD, expansion_search)
        self._threads = _building_threads() if threads is None else threads
        self._lock = threading.Lock()

    @classmethod
    def restore(
        cls, dump: bytearray | memoryview, dimension: int, expansion_search: int = EXPANSION_SEARCH
    ) -> Graph:
        """A graph from the bytes of `dump`, which are copied."""
        graph = cls(dimension, expansion_search)
        graph._index.load(dump)
        return graph

    def __len__(self) -> int:
        return len(self._index)

    def add(self, keys: Keys, vectors: Float16Rows) -> None:
        """Add vectors under keys that the graph does not have yet."""
        with self._lock:
            self._index.add(keys.astype(np.uint64), vectors, threads=self._threads)

    def remove(self, keys: Keys) -> None:
        """Remove keys; searches no longer return them."""
        with self._lock:
            self._index.remove(keys.astype(np.uint64), threads=1)

    def search(self, query: NDArray[np.float32], count: int) -> Keys:
        """Up to `count` keys near a (dimension,) query, among them most of the nearest."""
        with self._lock:
            if not len(self._index):
                return np.empty(0, dtype=np.int64)
            matches = self._index.search(query.astype(np.float16), count, threads=1)
        return np.asarray(matches.keys).astype(np.int64)

    def dump(self) -> bytearray:
        """The graph as bytes in USearch's file format."""
        with self._lock:
            return _dump(self._index)


def pack(
    parts: Iterator[tuple[Keys, Float16Rows]], dimension: int, checkpoint: Callable[[], None] | None = None
) -> bytearray:
    """The bytes of a USearch index that stores vectors without a useful graph.

    `checkpoint` is called before each part and may raise.
    """
    index = _new_index(dimension, FLAT_CONNECTIVITY, 1)
    for keys, vectors in parts:
        if checkpoint is not None:
            checkpoint()
        index.add(keys.astype(np.uint64), vectors, threads=_building_threads())
    return _dump(index)


class PackedFile:
    """A verified file of `pack` or `Graph.dump`, memory-mapped until `close`."""

    def __init__(self, path: Path, payload_bytes: int, dimension: int) -> None:
        """Raises IndexDamaged, also if the vectors have another dimension or type; OSError."""
        from usearch.compiled import MetricKind, ScalarKind

        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), payload_bytes, access=mmap.ACCESS_READ)
        self._view = memoryview(self._map)
        self._dimension = dimension
        self._index = _new_index(dimension, FLAT_CONNECTIVITY, 1)
        try:
            self._index.view(self._view)
        except RuntimeError as error:
            self.close()
            raise IndexDamaged(f"{path.name} is not an index") from error
        found = (self._index.ndim, self._index.dtype, self._index.metric_kind)
        if found != (dimension, ScalarKind.F16, MetricKind.IP):
            self.close()
            raise IndexDamaged(f"{path.name} holds other vectors than were asked for")

    def keys(self) -> Keys:
        """All keys in the file, sorted."""
        return np.sort(np.asarray(self._index.keys).astype(np.int64))

    def rows(self) -> Iterator[tuple[Keys, Float16Rows]]:
        """Batches of keys, ascending, with their vectors."""
        keys = self.keys()
        for start in range(0, len(keys), READ_ROWS):
            piece = keys[start : start + READ_ROWS]
            found = self._index.get(piece.astype(np.uint64))
            rows = [row for row in found if row is not None] if isinstance(found, tuple) else []
            yield piece, np.concatenate(rows).reshape(len(piece), self._dimension)

    def graph(self) -> Graph | None:
        """A copy of the graph, to search and to extend; None if the file has only the sparsest one."""
        if self._index.connectivity != CONNECTIVITY:
            return None
        return Graph.restore(self._view, self._dimension)

    def close(self) -> None:
        """Release the mapping; nothing else may be called afterwards."""
        del self._index  # it points into the mapping
        self._view.release()
        self._map.close()


def _new_index(
    dimension: int, connectivity: int, expansion_add: int, expansion_search: int = EXPANSION_SEARCH
) -> Index:
    from usearch.index import Index

    return Index(
        ndim=dimension,
        metric="ip",  # equals the cosine for unit vectors, and is defined for a zero vector too
        dtype="f16",
        connectivity=connectivity,
        expansion_add=expansion_add,
        expansion_search=expansion_search,
    )


def _dump(index: Index) -> bytearray:
    """To memory, not to a file: USearch holds the interpreter's lock while it writes."""
    payload = index.save()
    if not isinstance(payload, bytearray):
        raise TypeError("USearch returned no buffer")
    return payload


def _building_threads() -> int:
    return max(1, (os.cpu_count() or 2) - 1)
