"""The vectors of a model as derived indexes read them: in order of creation, with what was removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.store.database.connection import Database
from engine.store.database.repair import VECTORS, delete_damaged
from engine.store.items.contents import STORED_DTYPE

BATCH = 65536  # vectors read at a time: the size of an index segment


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far an index has read the catalogue's log of a model."""

    vector: int = 0
    removal: int = 0


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """The index file that the catalogue trusts; any other file is out of date."""

    name: str
    position: LogPosition
    generation: int  # the stamp that the file must have


class VectorLog:
    """Reads `vector` and `vector_removal` for one model after another; keeps `derived_index`. Thread-safe.

    Removals are stored for good: another process may have an index open that has not read them. Each takes
    some 30 bytes, where its vector took a thousand.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_position(self, model: int) -> LogPosition:
        """The newest position; read it before the vectors, so that nothing is missed."""
        with self._database.read() as db:
            vector = db.execute("SELECT MAX(sequence) FROM vector WHERE model_id = ?", (model,)).fetchone()[0]
            removal = db.execute(
                "SELECT MAX(sequence) FROM vector_removal WHERE model_id = ?", (model,)
            ).fetchone()[0]
        return LogPosition(vector or 0, removal or 0)

    def added(
        self, model: int, since: LogPosition, until: LogPosition
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float16]]]:
        """Batches of (items (n,), vectors (n, dimension)) created after `since`, up to `until`.

        Damaged and non-finite vectors are left out and deleted.
        """
        dimension = self._dimension(model)
        length = dimension * np.dtype(STORED_DTYPE).itemsize
        last = since.vector
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT sequence, item_id, bytes FROM vector WHERE model_id = ? AND sequence > ? "
                    "AND sequence <= ? ORDER BY sequence LIMIT ?",
                    (model, last, until.vector, BATCH),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            whole = [row for row in rows if isinstance(row[2], bytes) and len(row[2]) == length]
            items = np.fromiter((row[1] for row in whole), np.int64, len(whole))
            stacked = np.frombuffer(b"".join(row[2] for row in whole), np.dtype(STORED_DTYPE))
            vectors = stacked.reshape(len(whole), dimension)
            finite = np.isfinite(vectors).all(axis=1)
            damaged = {row[1] for row in rows}.difference(items[finite].tolist())
            delete_damaged(self._database, VECTORS, ((item, model) for item in damaged))
            if finite.any():
                yield items[finite], vectors[finite]

    def _dimension(self, model: int) -> int:
        with self._database.read() as db:
            row = db.execute("SELECT dimension FROM model WHERE id = ?", (model,)).fetchone()
        return int(row[0]) if row else 0

    def removed(self, model: int, since: LogPosition, until: LogPosition) -> NDArray[np.int64]:
        """The items whose vector was removed after `since`, up to `until`, and not created again; (n,)."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT DISTINCT item_id FROM vector_removal AS gone WHERE model_id = ? AND sequence > ? "
                "AND sequence <= ? AND NOT EXISTS (SELECT 1 FROM vector WHERE item_id = gone.item_id "
                "AND model_id = gone.model_id)",
                (model, since.removal, until.removal),
            ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def derived_file(self, model: int) -> DerivedFile | None:
        """The trusted index file of a model; None if there is none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT file_name, vector_sequence, removal_sequence, generation FROM derived_index "
                "WHERE model_id = ?",
                (model,),
            ).fetchone()
        if row is None or not all(isinstance(number, int) for number in row[1:]):
            return None
        return DerivedFile(str(row[0]), LogPosition(row[1], row[2]), row[3])

    def set_derived_file(self, model: int, file: DerivedFile) -> None:
        """Make `file` the trusted index file of a model."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO derived_index VALUES (?, ?, ?, ?, ?)",
                (model, file.name, file.position.vector, file.position.removal, file.generation),
            )
