"""Stores page vectors: many for a page, as int8 codes with one scale each, and their places on the page.

A row of the table `vector` has for one page the codes (count x dimension), then the scales (float32), then
the cells (uint16), little-endian, one after another; its `shape` is [count, dimension, rows, columns]. 340
vectors of 128 dimensions with a grid of 32 x 32 take 47 kB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.records import PageVectors
from engine.store.database.connection import Database
from engine.store.database.repair import UNREADABLE_ERRORS, VECTORS, delete_damaged
from engine.store.items.vector_log import LogPosition
from engine.store.quantization import Codes, Scales, quantise, restore

STORED_DTYPE = "int8-cells"
SCALE = np.dtype("<f4")
CELL = np.dtype("<u2")
BATCH = 256  # pages read at a time: some 11 MB

DecodedPage: TypeAlias = tuple[int, Codes, Scales, NDArray[np.uint16]]  # item, codes, scales, cells


@dataclass(frozen=True, slots=True, eq=False)
class StoredPages:
    """Pages laid end to end, as MaxSim needs them, without padding."""

    items: NDArray[np.int64]  # (pages,)
    codes: Codes  # (vectors, dimension)
    scales: Scales  # (vectors,)
    offsets: NDArray[np.int64]  # (pages + 1,): page n has the vectors offsets[n] to offsets[n + 1]

    def __len__(self) -> int:
        return len(self.items)


class PageVectorStore:
    """The rows of the table `vector` that belong to page models. Thread-safe.

    Damaged rows are skipped and deleted wherever they show.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, model: int, pages: Sequence[tuple[int, PageVectors]]) -> None:
        """Store the vectors of items in one transaction. Raises ValueError for a wrong shape."""
        rows = [(item, model, STORED_DTYPE, *_encode(page)) for item, page in pages]
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO vector (item_id, model_id, dtype, shape, bytes) "
                "VALUES (?, ?, ?, ?, ?)",
                rows,
            )

    def page(self, model: int, item: int) -> PageVectors | None:
        """The vectors of one page, up to the rounding of the codes; None if there are none."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item_id, shape, bytes FROM vector WHERE item_id = ? AND model_id = ? AND dtype = ?",
                (item, model, STORED_DTYPE),
            ).fetchall()
        pages = self._whole(model, rows)
        if not pages:
            return None
        ((_, codes, scales, cells),) = pages
        return PageVectors(restore(codes, scales), cells.astype(np.uint16))

    def load(self, model: int, items: Sequence[int] | NDArray[np.int64]) -> StoredPages:
        """The pages of those items that have vectors, in the order of `items`."""
        places = {int(item): place for place, item in enumerate(items)}
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item_id, shape, bytes FROM json_each(?) AS wanted CROSS JOIN vector "
                "ON item_id = wanted.value AND model_id = ? AND dtype = ?",
                (json.dumps(list(places)), model, STORED_DTYPE),
            ).fetchall()
        # Sorted here: SQLite's sorter would copy the vectors, which takes twice as long as reading them.
        return _concatenate(self._whole(model, sorted(rows, key=lambda row: places[row[0]])))

    def added(
        self, model: int, since: LogPosition, until: LogPosition
    ) -> Iterator[tuple[LogPosition, StoredPages]]:
        """Batches of pages created after `since`, up to `until`, each with the position that it reaches."""
        last = since.vector
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT item_id, shape, bytes, sequence FROM vector WHERE model_id = ? AND sequence > ? "
                    "AND sequence <= ? AND dtype = ? ORDER BY sequence LIMIT ?",
                    (model, last, until.vector, STORED_DTYPE, BATCH),
                ).fetchall()
            if not rows:
                return
            last = int(rows[-1][3])
            yield (
                LogPosition(last, since.removal),
                _concatenate(self._whole(model, [row[:3] for row in rows])),
            )

    def items_added(self, model: int, since: LogPosition, until: LogPosition) -> NDArray[np.int64]:
        """Only the items of what `added` would return, (n,), without reading their vectors."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT item_id FROM vector WHERE model_id = ? AND sequence > ? AND sequence <= ? "
                "AND dtype = ?",
                (model, since.vector, until.vector, STORED_DTYPE),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def _whole(self, model: int, rows: Sequence[tuple[int, str, bytes]]) -> list[DecodedPage]:
        """The intact pages among rows (item_id, shape, bytes)."""
        with self._database.read() as db:
            found = db.execute("SELECT dimension FROM model WHERE id = ?", (model,)).fetchone()
        pages: list[DecodedPage] = []
        damaged: list[tuple[int, int]] = []
        for item, shape, content in rows:
            try:
                pages.append((item, *_decode(found[0], shape, content)))
            except UNREADABLE_ERRORS:
                damaged.append((item, model))
        delete_damaged(self._database, VECTORS, damaged)
        return pages


def _encode(page: PageVectors) -> tuple[str, bytes]:
    """The columns `shape` and `bytes`."""
    if page.vectors.ndim != 2 or page.cells.ndim != 2 or not len(page.vectors):
        raise ValueError("a page needs vectors (count, dimension) and cells (rows, columns)")
    if not np.isfinite(page.vectors).all():
        raise ValueError("a page vector holds a value that is not finite")
    if page.cells.size and int(page.cells.max()) >= len(page.vectors):
        raise ValueError("a cell names a vector that the page does not have")
    codes, scales = quantise(page.vectors)
    content = codes.tobytes() + scales.astype(SCALE).tobytes() + page.cells.astype(CELL).tobytes()
    return json.dumps([*page.vectors.shape, *page.cells.shape]), content


def _decode(dimension: int, shape: str, content: bytes) -> tuple[Codes, Scales, NDArray[np.uint16]]:
    """Views into `content`. Raises one of UNREADABLE_ERRORS if it does not match `shape` and `dimension`."""
    count, own_dimension, rows, columns = map(int, json.loads(shape))
    scales_at = count * dimension
    cells_at = scales_at + count * SCALE.itemsize
    if own_dimension != dimension or min(count, rows + 1, columns + 1) < 1:
        raise ValueError("that is no page of this model")
    if len(content) != cells_at + rows * columns * CELL.itemsize:
        raise ValueError("its length is not that of its shape")
    codes = np.frombuffer(content, np.int8, scales_at).reshape(count, dimension)
    scales = np.frombuffer(content, SCALE, count, scales_at)
    cells = np.frombuffer(content, CELL, rows * columns, cells_at).reshape(rows, columns)
    if not np.isfinite(scales).all() or cells.max(initial=0) >= count:
        raise ValueError("a scale is not finite, or a cell names no vector")
    return codes, scales, cells


def _concatenate(pages: Sequence[DecodedPage]) -> StoredPages:
    offsets = np.zeros(len(pages) + 1, dtype=np.int64)
    np.cumsum([len(scales) for _, _, scales, _ in pages], out=offsets[1:])
    return StoredPages(
        items=np.fromiter((page[0] for page in pages), np.int64, len(pages)),
        codes=np.concatenate([codes for _, codes, _, _ in pages]) if pages else np.empty((0, 0), np.int8),
        scales=np.concatenate([scales for _, _, scales, _ in pages] or [np.empty(0, np.float32)]).astype(
            np.float32
        ),
        offsets=offsets,
    )
