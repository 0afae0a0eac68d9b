"""Finds the nearest vectors of a library: an exact scan of int8 codes, then exact scores for the best.

Text queries lie outside the cloud of picture vectors, where a graph misses true neighbours; the scan misses
none and is fast enough up to `EXACT_LIMIT` vectors (tests/bench/bench_nearest.py). Above that the USearch
graph finds the candidates. The index is derived from the catalogue but does not know it: a caller whose file
is damaged or outdated rebuilds or completes it from there.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.index import checksummed_file, segments
from engine.index.checksummed_file import IndexDamaged
from engine.index.exact_scan import Kernels, verify_kernels
from engine.index.graph import Graph, PackedFile, pack
from engine.index.row_scores import allowed_pieces, approximate_scores, best_rows, permitted
from engine.index.segments import Keys, Rows, Segments, VectorBatch
from engine.records import Vector, Vectors
from engine.store.quantization import quantise

__all__ = ["EXACT_LIMIT", "IndexDamaged", "NearestIndex", "Neighbours"]

EXACT_LIMIT = 1_000_000  # vectors; with 512 dimensions a query then reads 0.5 GB
MINIMUM_CANDIDATES = 50
CANDIDATES_A_RESULT = 4
MOST_EXACT = 4_000  # rows scored exactly; lower ranks keep the order of their int8 codes
LEAST_SHARE = 0.2  # of the rows; if a filter leaves less, a graph mostly visits forbidden ones
MOST_GRAPH_CANDIDATES = 2_000  # finding these in a graph takes about as long as scanning a million rows
GRAPH_PIECE = 128  # vectors added to the graph at a time: a search waits for one piece at most
SCAN_ROWS = 8_192  # rows times queries that fit in the processor's cache
LEAST_COSINE = -1.0
HALF_EXPONENT = np.uint16(0x7C00)  # all bits of the exponent set: infinite or not a number


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Keys with their scores, best first; equal scores by ascending key."""

    keys: Keys
    scores: NDArray[np.float32]  # cosines of the stored float16 vectors


class NearestIndex:
    """Unit vectors under integer keys. Thread-safe.

    A search works on the rows at its beginning and takes no lock; writers wait for one another. Bytes a
    vector: 3 x dimension + 12; with a graph about 2 x dimension + 650 more.
    """

    def __init__(
        self, dimension: int, exact_limit: int = EXACT_LIMIT, kernels: Callable[[], Kernels] = verify_kernels
    ) -> None:
        if dimension < 1:
            raise ValueError("a vector has at least one dimension")
        self.dimension = dimension
        self.changes = 0  # the number of writes
        self.generation = 0  # of the catalogue, as given to `save` or found by `load`
        self._exact_limit = exact_limit
        self._kernels = kernels
        self._segments: Segments = ()
        self._graph: Graph | None = None
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return _live_count(self._segments)

    def keys(self) -> Keys:
        """All keys, sorted."""
        parts = [segment.keys[segment.live_rows()] for segment in self._segments]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)

    # ---- writing

    def add(self, keys: NDArray[np.int64], vectors: NDArray[np.float32] | NDArray[np.float16]) -> None:
        """Add (count, dimension) vectors under (count,) keys of 0 or more; an existing key is replaced.

        Raises ValueError for another shape, a negative key, or a value that is not finite.
        """
        batch = self._make_batch(keys, vectors)
        if not len(batch):
            return
        with self._writing:
            kept = self._without(batch.keys)
            self._segments = segments.append(kept, batch, self.dimension)
            self.changes += 1

    def remove(self, keys: NDArray[np.int64]) -> None:
        """Remove keys; unknown ones are ignored."""
        with self._writing:
            self._segments = self._without(np.unique(np.asarray(keys, dtype=np.int64)))
            self.changes += 1

    def build_graph(self, checkpoint: Callable[[], None] | None = None) -> None:
        """Bring the graph up to date with all rows. `checkpoint` is called between pieces and may raise.

        What is built so far is kept and used; rows that the graph lacks are scanned.
        """
        while True:
            with self._writing:
                if self._graph is None:
                    self._graph = Graph(self.dimension)
                if not self._extend_graph(self._graph):
                    return
            if checkpoint is not None:
                checkpoint()

    # ---- searching

    def search(self, query: Vector, limit: int, allowed: Keys | None = None) -> Neighbours:
        """The `limit` best rows, among all or those whose key is in `allowed` (sorted, unique).

        Above the exact limit the graph answers if there is one, unless it found fewer than `limit` allowed
        rows: a filter never shortens the answer. Scores and order are exact for the best `MOST_EXACT`, within
        about .01 for the rest. Raises ValueError for an invalid query or limit.
        """
        query = self._checked_query(query)
        if limit < 0:
            raise ValueError("limit is negative")
        rows_now, graph = self._segments, self._graph
        if graph is not None and _live_count(rows_now) > self._exact_limit:
            rows = self._graph_candidates(rows_now, graph, query, limit, allowed)
            if rows is not None:
                return self._score_exactly(rows_now, rows, query, limit)
        scores = approximate_scores(rows_now, query, self._kernels(), allowed)
        rows = best_rows(rows_now, scores, _candidates(limit))
        best = self._score_exactly(rows_now, rows, query, limit)
        if limit <= len(rows):
            return best
        scores[rows] = -np.inf
        rows = best_rows(rows_now, scores, limit - len(rows))
        others = _neighbours(segments.keys_of(rows_now, rows), scores[rows], len(rows))
        return Neighbours(
            np.concatenate([best.keys, others.keys]), np.concatenate([best.scores, others.scores])
        )

    def scores(self, queries: Vectors, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """(queries, dimension) and (count,) keys -> (queries, count) cosines.

        Exact for the first `MOST_EXACT` keys, within about .01 for the others; -1 for an unknown key.
        """
        rows_now = self._segments
        rows = segments.find(rows_now, keys)
        there = np.flatnonzero(rows >= 0)
        first, others = there[:MOST_EXACT], there[MOST_EXACT:]
        scores = np.full((len(queries), len(keys)), -1, np.float32)
        scores[:, first] = queries @ segments.vectors_of(rows_now, rows[first], self.dimension).T
        if len(others):
            for place, query in enumerate(queries):
                approximate = approximate_scores(rows_now, query, self._kernels())
                scores[place, others] = approximate[rows[others]]
        return scores

    def best_scores(self, queries: Vectors, allowed: Keys | None = None) -> NDArray[np.float32]:
        """(queries, dimension) -> (queries,): the best score of each, from the int8 codes.

        `allowed`: only rows of these keys (sorted, unique); None: all. -1 if there are no rows. Raises
        ValueError like `search`.
        """
        queries = np.atleast_2d(np.asarray(queries, dtype=np.float32))
        if queries.ndim != 2 or queries.shape[1] != self.dimension or not np.isfinite(queries).all():
            raise ValueError(f"queries must be finite vectors of {self.dimension} dimensions")
        best = np.full(len(queries), LEAST_COSINE, dtype=np.float32)
        if not len(queries):
            return best
        codes, scales = quantise(queries)
        for segment, rows in allowed_pieces(self._segments, allowed, SCAN_ROWS):
            dots = self._kernels().dots_many(segment.codes[rows], codes)
            dots *= segment.scales[rows, None]
            np.maximum(best, dots.max(axis=0) * scales, out=best)
        return best

    def pairs_above(self, queries: Vectors, least: float) -> Iterator[tuple[Rows, Keys, NDArray[np.float32]]]:
        """Pairs of a row of `queries` and a key that score at least `least`, from the int8 codes.

        Yields batches of query numbers, keys and scores; the caller may stop between them.
        """
        codes, scales = quantise(np.asarray(queries, dtype=np.float32))
        for segment in self._segments:
            for start in range(0, segment.count, SCAN_ROWS):
                dots = self._kernels().dots_many(segment.codes[start : start + SCAN_ROWS], codes)
                dots *= segment.scales[start : start + SCAN_ROWS, None]
                dots *= scales
                if segment.alive is not None:
                    dots[~segment.alive[start : start + SCAN_ROWS]] = -np.inf
                rows, asked = np.nonzero(dots >= least)
                yield asked, segment.keys[start + rows], dots[rows, asked]

    def vectors(self, keys: NDArray[np.int64]) -> Vectors:
        """(count,) keys -> (count, dimension) float32 in the same order.

        Raises KeyError for an unknown key.
        """
        keys, rows_now = np.asarray(keys, dtype=np.int64), self._segments
        rows = segments.find(rows_now, keys)
        if (rows < 0).any():
            raise KeyError(int(keys[np.argmin(rows)]))
        return segments.vectors_of(rows_now, rows, self.dimension)

    def present(self, keys: NDArray[np.int64]) -> tuple[Keys, Vectors]:
        """Those of (count,) keys that exist, in the same order, with their vectors."""
        keys, rows_now = np.asarray(keys, dtype=np.int64), self._segments
        rows = segments.find(rows_now, keys)
        found = rows >= 0
        return keys[found], segments.vectors_of(rows_now, rows[found], self.dimension)

    # ---- on disk

    def save(self, path: Path, generation: int = 0, checkpoint: Callable[[], None] | None = None) -> None:
        """Write a USearch file, stamped with `generation`, atomically. Raises OSError.

        The file has at least the rows that existed when this began. Above the exact limit the graph is
        brought up to date first. `checkpoint` is called between steps and may raise. After any error the old
        file is still there.
        """
        if self._graph is not None or len(self) > self._exact_limit:
            rows_now, payload = self._dump_graph(checkpoint)
        else:
            rows_now = self._segments
            payload = pack(_live_batches(rows_now), self.dimension, checkpoint)
        checksummed_file.write(path, payload, generation, _live_count(rows_now), checkpoint)
        self.generation = generation

    @classmethod
    def load(cls, path: Path, dimension: int, exact_limit: int = EXACT_LIMIT) -> NearestIndex:
        """Read a file of `save`.

        Raises IndexDamaged if it is missing, truncated, altered, or of other vectors.
        """
        stamp = checksummed_file.check(path)
        index = cls(dimension, exact_limit)
        index.generation = stamp.generation
        try:
            packed = PackedFile(path, stamp.payload_bytes, dimension)
        except OSError as error:
            raise IndexDamaged(f"{path.name} cannot be read: {error.strerror}") from error
        try:
            for keys, vectors in packed.rows():
                index.add(keys, vectors)
            index._graph = packed.graph()
        finally:
            packed.close()
        if len(index) != stamp.entries:
            raise IndexDamaged(f"{path.name} holds {len(index)} vectors instead of {stamp.entries}")
        if index._graph is not None:
            index._segments = tuple(replace(part, indexed_in_graph=part.count) for part in index._segments)
        return index

    # ---- parts of writing

    def _make_batch(
        self, keys: NDArray[np.int64], vectors: NDArray[np.float32] | NDArray[np.float16]
    ) -> VectorBatch:
        keys = np.asarray(keys, dtype=np.int64)
        if keys.ndim != 1 or vectors.shape != (len(keys), self.dimension):
            raise ValueError(f"{len(keys)} keys need {len(keys)} vectors of {self.dimension} dimensions")
        if (keys < 0).any():
            raise ValueError("a key is negative")
        with np.errstate(over="ignore"):
            halves = np.ascontiguousarray(vectors, dtype=np.float16)
        if ((halves.view(np.uint16) & HALF_EXPONENT) == HALF_EXPONENT).any():
            raise ValueError("a vector holds a value that is not finite")
        # The last of equal keys wins, as if they had been added one by one.
        ascending = np.argsort(keys, kind="stable")
        last = np.append(np.diff(keys[ascending]) > 0, True)[: len(keys)]
        rows = ascending[last]
        halves = halves[rows]
        return VectorBatch(keys[rows], *quantise(halves), halves)

    def _without(self, keys: Keys) -> Segments:
        kept, indexed_in_graph = segments.delete(self._segments, keys)
        if self._graph is not None and len(indexed_in_graph):
            self._graph.remove(indexed_in_graph)
        return kept

    def _dump_graph(self, checkpoint: Callable[[], None] | None) -> tuple[Segments, bytearray]:
        """A graph with all rows, as bytes, and those rows."""
        while True:
            self.build_graph(checkpoint)
            with self._writing:
                whole = all(segment.indexed_in_graph == segment.count for segment in self._segments)
                if self._graph is not None and whole:
                    return self._segments, self._graph.dump()

    def _extend_graph(self, graph: Graph) -> bool:
        """Add one piece to the graph, holding the writers' lock; False if nothing is left to add."""
        for number, segment in enumerate(self._segments):
            stop = min(segment.count, segment.indexed_in_graph + GRAPH_PIECE)
            if stop == segment.indexed_in_graph:
                continue
            rows = segment.live_rows()
            rows = rows[(rows >= segment.indexed_in_graph) & (rows < stop)]
            if len(rows):
                graph.add(segment.keys[rows], segment.vectors[rows])
            changed = replace(segment, indexed_in_graph=stop)
            self._segments = (*self._segments[:number], changed, *self._segments[number + 1 :])
            return True
        return False

    # ---- parts of searching

    def _score_exactly(self, rows_now: Segments, rows: Rows, query: Vector, limit: int) -> Neighbours:
        vectors = segments.vectors_of(rows_now, rows, self.dimension)
        # Row by row, not as a matrix product, so that equal vectors get bitwise equal scores.
        scores = (vectors * query).sum(axis=1, dtype=np.float32)
        return _neighbours(segments.keys_of(rows_now, rows), scores, limit)

    def _checked_query(self, query: Vector) -> Vector:
        query = np.ascontiguousarray(query, dtype=np.float32)
        if query.shape != (self.dimension,) or not np.isfinite(query).all():
            raise ValueError(f"a query must be one finite vector of {self.dimension} dimensions")
        return query

    def _graph_candidates(
        self, rows_now: Segments, graph: Graph, query: Vector, limit: int, allowed: Keys | None
    ) -> Rows | None:
        """At least `limit` rows, most of the best among them; None if the graph finds fewer."""
        share = 1.0 if allowed is None else min(1.0, len(allowed) / _live_count(rows_now))
        if share < LEAST_SHARE or _candidates(limit) / share > MOST_GRAPH_CANDIDATES:
            return None
        rows = segments.find(rows_now, graph.search(query, math.ceil(_candidates(limit) / share)))
        rows = rows[rows >= 0]
        kept = None if allowed is None else permitted(segments.keys_of(rows_now, rows), allowed)
        rows = rows if kept is None else rows[kept]
        if any(segment.indexed_in_graph < segment.count for segment in rows_now):
            scores = approximate_scores(rows_now, query, self._kernels(), allowed, skip_graphed=True)
            rows = np.union1d(rows, best_rows(rows_now, scores, _candidates(limit)))
        return rows if len(rows) >= limit else None


def _live_count(rows_now: Segments) -> int:
    return sum(segment.live for segment in rows_now)


def _candidates(limit: int) -> int:
    """How many rows to score exactly for an answer of `limit`."""
    return min(max(MINIMUM_CANDIDATES, CANDIDATES_A_RESULT * limit), MOST_EXACT)


def _neighbours(keys: Keys, scores: NDArray[np.float32], limit: int) -> Neighbours:
    order = np.lexsort((keys, -scores))[:limit]
    return Neighbours(keys[order], scores[order])


def _live_batches(rows_now: Segments) -> Iterator[tuple[Keys, NDArray[np.float16]]]:
    for segment in rows_now:
        rows = segment.live_rows()
        for start in range(0, len(rows), SCAN_ROWS):
            piece = rows[start : start + SCAN_ROWS]
            yield segment.keys[piece], segment.vectors[piece]
