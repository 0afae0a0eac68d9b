"""Stores passages: parts of a page's text as vectors of their meaning, int8 codes with one scale each.

A row of the table `vector` has the codes of one page (count x dimension), then the scales (float32,
little-endian); its `shape` is [count, dimension]. A page with too little text has a row without passages, so
that it is not tried again. Two passages of 384 dimensions take 776 bytes. Triggers delete a row when its text
or title changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Vectors
from engine.store.database.connection import Database
from engine.store.database.repair import UNREADABLE_ERRORS, VECTORS, delete_damaged
from engine.store.database.versioned_value import VersionedValue
from engine.store.items.vector_log import LogPosition
from engine.store.pages.page_texts import OLD_JOINT
from engine.store.quantization import Codes, Scales, quantise

STORED_DTYPE = "int8-passages"
SCALE = np.dtype("<f4")
PAGE = 200  # texts read at a time, so that others can write in between
BATCH = 4096  # pages whose passages are read at a time: some 4 MB

WITHOUT = """
FROM page_text JOIN item ON item.id = page_text.item_id JOIN content ON content.id = item.content_id
WHERE page_text.item_id > :after
AND NOT EXISTS (SELECT 1 FROM vector WHERE vector.item_id = page_text.item_id AND model_id = :model)
AND EXISTS (SELECT 1 FROM file WHERE content_id = content.id AND missing_since IS NULL)
"""
TEXTS = f"SELECT page_text.item_id, title, text {WITHOUT} ORDER BY page_text.item_id LIMIT :limit"
PENDING = f"SELECT COUNT(*) {WITHOUT}"


@dataclass(frozen=True, slots=True)
class UnembeddedText:
    """A text that has no passages yet."""

    item: int
    title: str  # of its document, or ""
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class StoredPassages:
    """The passages of pages, laid end to end."""

    items: NDArray[np.int64]  # (pages,)
    counts: NDArray[np.int64]  # (pages,): passages of each; 0 for a page with too little text
    codes: Codes  # (passages, dimension)
    scales: Scales  # (passages,)


class PassageStore:
    """The rows of the table `vector` that hold passages. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending = VersionedValue(database, self._count_pending)

    def unembedded(self, model: int | None) -> Iterator[UnembeddedText]:
        """Texts of present files without passages of `model`, by item. None: a model that no run has used."""
        last = 0
        while rows := self._texts_after(last, model):
            for item, title, text in rows:
                yield UnembeddedText(item, title, text.replace(OLD_JOINT, ""))
            last = rows[-1][0]

    def pending_count(self, model: int | None) -> int:
        """How many texts `unembedded` would return."""
        return self._pending.get(model)

    def _count_pending(self, model: int | None) -> int:
        with self._database.read() as db:
            return int(db.execute(PENDING, {"model": model, "after": 0}).fetchone()[0])

    def save(self, model: int, pages: Sequence[tuple[UnembeddedText, Vectors]]) -> None:
        """Store the (passages, dimension) vectors of each text; no effect on a text that has changed since.

        Raises ValueError for a value that is not finite.
        """
        rows = [(model, STORED_DTYPE, *_encode(vectors), of.item, of.title, of.text) for of, vectors in pages]
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO vector (item_id, model_id, dtype, shape, bytes) "
                "SELECT item.id, ?, ?, ?, ? FROM item JOIN page_text ON item_id = item.id "
                "JOIN content ON content.id = content_id "
                f"WHERE item.id = ? AND title = ? AND REPLACE(text, '{OLD_JOINT}', '') = ?",
                rows,
            )

    def added(self, model: int, since: LogPosition, until: LogPosition) -> Iterator[StoredPassages]:
        """Batches of passages created after `since`, up to `until`. Damaged ones are deleted instead."""
        last = since.vector
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT sequence, item_id, shape, bytes, dimension FROM vector "
                    "JOIN model ON model.id = model_id WHERE model_id = ? AND sequence > ? "
                    "AND sequence <= ? AND dtype = ? ORDER BY sequence LIMIT ?",
                    (model, last, until.vector, STORED_DTYPE, BATCH),
                ).fetchall()
            if not rows:
                return
            last = int(rows[-1][0])
            whole, damaged = [], []
            for _, item, shape, content, dimension in rows:
                try:
                    whole.append((item, *_decode(dimension, shape, content)))
                except UNREADABLE_ERRORS:
                    damaged.append((item, model))
            delete_damaged(self._database, VECTORS, damaged)
            if whole:
                yield _concatenate(whole)

    def _texts_after(self, item: int, model: int | None) -> list[tuple[int, str, str]]:
        with self._database.read() as db:
            return db.execute(TEXTS, {"model": model, "after": item, "limit": PAGE}).fetchall()


def _encode(vectors: Vectors) -> tuple[str, bytes]:
    """The columns `shape` and `bytes`."""
    if not np.isfinite(vectors).all():
        raise ValueError("a passage holds a value that is not finite")
    codes, scales = quantise(vectors)
    return json.dumps(list(vectors.shape)), codes.tobytes() + scales.astype(SCALE).tobytes()


def _decode(dimension: int, shape: str, content: bytes) -> tuple[Codes, Scales]:
    """Views into `content`. Raises one of UNREADABLE_ERRORS if it does not match `shape` and `dimension`."""
    count, own_dimension = map(int, json.loads(shape))
    scales_at = count * dimension
    if own_dimension != dimension or len(content) != scales_at + count * SCALE.itemsize:
        raise ValueError("that are no passages of this model")
    codes = np.frombuffer(content, np.int8, scales_at).reshape(count, dimension)
    scales = np.frombuffer(content, SCALE, count, scales_at)
    if not np.isfinite(scales).all():
        raise ValueError("a scale is not finite")
    return codes, scales


def _concatenate(pages: Sequence[tuple[int, Codes, Scales]]) -> StoredPassages:
    return StoredPassages(
        np.array([item for item, _, _ in pages], np.int64),
        np.array([len(scales) for _, _, scales in pages], np.int64),
        np.concatenate([codes for _, codes, _ in pages]),
        np.concatenate([scales for _, _, scales in pages]).astype(np.float32),
    )
