"""Deletes the vectors of models that have not been used for a month."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from engine.store.database.connection import Database

DAY = 24 * 3600
KEPT_DAYS = 30  # so that somebody who compares models can go back without embedding again
DROPPED = ""  # the name in the row of a dropped model
BATCH = 500  # vectors deleted at a time, so that others can write in between


class UnusedModels:
    """Tracks when models were last used, in the table `model`. `now`: the time in seconds since 1970."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def note_used(self, models: Collection[int]) -> None:
        """Record that these models are used today; writes once a day."""
        today = self._today()
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM model WHERE used_day IS NOT ?", (today,))
            new = [row for row in rows if row[0] in models]
        if new:
            with self._database.transaction() as db:
                db.executemany("UPDATE model SET used_day = ? WHERE id = ?", ((today, row[0]) for row in new))

    def expired(self) -> list[int]:
        """The models that were not used for so long that their vectors may be deleted."""
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM model WHERE used_day < ?", (self._today() - KEPT_DAYS,))
            return [row[0] for row in rows]

    def drop(self, model: int, checkpoint: Callable[[], None]) -> None:
        """Delete all vectors of a model; after an interruption the next call continues.

        `checkpoint` is called between batches and may raise.
        """
        dropped = BATCH
        while dropped == BATCH:
            checkpoint()
            with self._database.transaction() as db:
                dropped = db.execute(
                    "DELETE FROM vector WHERE sequence IN "
                    "(SELECT sequence FROM vector WHERE model_id = ? LIMIT ?)",
                    (model, BATCH),
                ).rowcount
        with self._database.transaction() as db:
            db.execute("DELETE FROM model WHERE id = ?", (model,))
            db.execute("DELETE FROM vector_removal WHERE model_id = ?", (model,))
            # Its number must not be reused: a long-running process may know an index by it.
            db.execute(
                "INSERT INTO model (id, name, revision, dimension) VALUES (?, ?, ?, 0)",
                (model, DROPPED, model),
            )

    def _today(self) -> int:
        return int(self._now()) // DAY
