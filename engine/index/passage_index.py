"""Passages in memory, as int8 codes only, and how near each page is to a query.

Derived from the catalogue and read from it on first use: 100,000 pages of two passages in less than a second.
There are no float16 vectors beside the codes: a page's score is one part of a sum whose other parts are no
more exact than codes are.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.index import segments
from engine.index.exact_scan import Kernels, verify_kernels
from engine.index.row_scores import approximate_scores, permitted
from engine.index.segments import Keys, Rows, Segments, VectorBatch
from engine.records import Vector
from engine.store.items.vector_log import LogPosition, VectorLog
from engine.store.pages.passages import PassageStore, StoredPassages

KEYS_A_PAGE = 16  # the passages of an item have the keys from 16 times its number on


@dataclass(frozen=True, slots=True, eq=False)
class _LoadedPages:
    """Which rows belong to each page; they are adjacent."""

    items: Keys  # (pages,)
    begin: Rows  # (pages,): the first row of each

    @classmethod
    def of(cls, rows_now: Segments) -> _LoadedPages:
        owners = np.concatenate([np.empty(0, np.int64), *(part.keys // KEYS_A_PAGE for part in rows_now)])
        begin = np.flatnonzero(np.diff(owners, prepend=-1))
        return cls(owners[begin], begin)


class PassageIndex:
    """The passages of one library. Thread-safe; a search uses the passages at its beginning."""

    def __init__(self, store: PassageStore, log: VectorLog, model: int, dimension: int) -> None:
        self._store = store
        self._log = log
        self._model = model
        self._dimension = dimension
        self._lock = threading.Lock()
        self._position = LogPosition()
        self._rows: tuple[Segments, _LoadedPages] = ((), _LoadedPages.of(()))

    def __len__(self) -> int:
        """The number of passages."""
        return sum(segment.live for segment in self._rows[0])

    def catch_up(self) -> None:
        """Read what this or another process has written to the catalogue since."""
        if self._log.newest_position(self._model) == self._position:
            return
        with self._lock:
            end = self._log.newest_position(self._model)
            rows = self._rows[0]
            for batch in self._store.added(self._model, self._position, end):
                rows = self._without(rows, batch.items)
                rows = segments.append(rows, _batch(batch), self._dimension)
            rows = self._without(rows, self._log.removed(self._model, self._position, end))
            self._rows = rows, _LoadedPages.of(rows)
            self._position = end

    def scores(
        self, query: Vector, allowed: Keys, kernels: Kernels | None = None
    ) -> tuple[Keys, NDArray[np.float32]]:
        """The pages of `allowed` (sorted, unique) and for each the cosine of its nearest passage, within .01.

        `query`: (dimension,) of unit length. Pages without passages are left out.
        """
        rows, pages = self._rows
        if not len(pages.begin):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        by_row = approximate_scores(rows, query, kernels or verify_kernels())
        best = np.maximum.reduceat(by_row, pages.begin)
        kept = np.isfinite(best)
        among = permitted(pages.items, allowed)
        if among is not None:
            kept &= among
        return pages.items[kept], best[kept]

    def _without(self, rows: Segments, items: Keys) -> Segments:
        keys = (items[:, None] * KEYS_A_PAGE + np.arange(KEYS_A_PAGE)).ravel()
        return segments.delete(rows, np.unique(keys))[0] if rows and len(keys) else rows


def _batch(stored: StoredPassages) -> VectorBatch:
    """Sorted by key."""
    begin = np.repeat(np.cumsum(stored.counts) - stored.counts, stored.counts)
    keys = np.repeat(stored.items, stored.counts) * KEYS_A_PAGE + np.arange(len(begin)) - begin
    order = np.argsort(keys, kind="stable")
    none = np.empty((len(keys), 0), np.float16)
    return VectorBatch(keys[order], stored.codes[order], stored.scales[order], none)
