"""Scores rows by their int8 codes and selects the best.

One thread scans: a second one gains little, since both share the memory's bandwidth, and loses it on a busy
machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.index import segments
from engine.index.exact_scan import Kernels
from engine.index.segments import Keys, Rows, Segment, Segments
from engine.records import Vector
from engine.store.quantization import quantise

PIECE_ROWS = 16_384  # scored at a time; a piece without allowed rows is not read
SPARSE = 32  # a table over the range of keys is worth it up to so many numbers a key

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows of one segment that are scored together."""

    segment: Segment
    first: int
    stop: int
    place: int  # of the first row, counted through all segments

    @property
    def rows(self) -> slice:
        """The rows as a slice of the segment's arrays."""
        return slice(self.first, self.stop)


def approximate_scores(
    rows_now: Segments,
    query: Vector,
    kernels: Kernels,
    allowed: Keys | None = None,
    skip_graphed: bool = False,
) -> NDArray[np.float32]:
    """(rows,) scores, within about .01 of the cosine; minus infinity for deleted, skipped and forbidden rows.

    `allowed`: sorted, unique keys; None: all. `skip_graphed`: leave out the rows that the graph has.
    """
    codes, scales = quantise(query[None])
    scores = np.full(segments.starts(rows_now)[-1], -np.inf, dtype=np.float32)
    for piece in _pieces(rows_now, skip_graphed):
        kept = _allowed_mask(piece, allowed)
        if kept is not None and not kept.any():
            continue
        part = scores[piece.place : piece.place + piece.stop - piece.first]
        dots = kernels.dots(piece.segment.codes[piece.rows], codes)
        np.multiply(dots, piece.segment.scales[piece.rows] * scales[0], out=part)
        if kept is not None:
            np.putmask(part, ~kept, -np.inf)
    return scores


def allowed_pieces(
    rows_now: Segments, allowed: Keys | None, size: int
) -> Iterator[tuple[Segment, slice | Rows]]:
    """The live rows of `allowed` keys (see `approximate_scores`), up to `size` of a segment at a time."""
    for piece in _pieces(rows_now, skip_graphed=False, size=size):
        kept = _allowed_mask(piece, allowed)
        if kept is None:
            yield piece.segment, piece.rows
        elif kept.any():
            yield piece.segment, piece.first + np.flatnonzero(kept)


def best_rows(rows_now: Segments, scores: NDArray[np.float32], wanted: int) -> Rows:
    """The rows of the `wanted` highest finite scores, unsorted; ties at the cut go to the lowest keys."""
    if wanted >= len(scores):
        return np.flatnonzero(np.isfinite(scores))
    border = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
    if math.isinf(border):
        return np.flatnonzero(np.isfinite(scores))
    above, tied = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    missing = wanted - len(above)
    if len(tied) > missing:
        tied = tied[np.argsort(segments.keys_of(rows_now, tied))[:missing]]
    return np.concatenate([above, tied])


def permitted(keys: Keys, allowed: Keys) -> Mask | None:
    """A mask of which (count,) keys are in `allowed` (sorted, unique); None if all are."""
    if not len(keys):
        return None
    first, last = int(keys.min()), int(keys.max())
    begin = np.searchsorted(allowed, first)
    inside = allowed[begin : np.searchsorted(allowed, last, side="right")]
    span = last - first + 1
    if len(inside) == span:
        return None
    if span > SPARSE * len(keys):
        if not len(inside):
            return np.zeros(len(keys), dtype=np.bool_)
        places = np.minimum(np.searchsorted(inside, keys), len(inside) - 1)
        return np.equal(inside[places], keys)
    table = np.zeros(span, dtype=np.bool_)
    table[inside - first] = True
    return table[keys - first]


def _pieces(rows_now: Segments, skip_graphed: bool, size: int = PIECE_ROWS) -> Iterator[RowRange]:
    for start, segment in zip(segments.starts(rows_now), rows_now, strict=False):
        for first in range(segment.indexed_in_graph if skip_graphed else 0, segment.count, size):
            yield RowRange(segment, first, min(first + size, segment.count), int(start) + first)


def _allowed_mask(piece: RowRange, allowed: Keys | None) -> Mask | None:
    """The rows of the piece that are live and allowed; None: all of them."""
    segment, rows = piece.segment, piece.rows
    inside = None if allowed is None else permitted(segment.keys[rows], allowed)
    if segment.alive is None:
        return inside
    return segment.alive[rows] if inside is None else segment.alive[rows] & inside
