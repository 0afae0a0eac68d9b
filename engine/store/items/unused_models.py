"""Models that nobody uses any more: what they made of the library takes room that is given back."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from engine.store.database.connection import Database

DAY = 24 * 3600
KEPT_DAYS = 30  # who compares models goes back to one without waiting for its vectors again
DROPPED = ""  # the name in the row of a model that was dropped
BATCH = 500  # vectors that are dropped at a time, so that others may write in between


class UnusedModels:
    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def note_used(self, models: Collection[int]) -> None:
        """Write down that these are used today, once a day."""
        today = self._today()
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM model WHERE used_day IS NOT ?", (today,))
            new = [row for row in rows if row[0] in models]
        if new:
            with self._database.transaction() as db:
                db.executemany("UPDATE model SET used_day = ? WHERE id = ?", ((today, row[0]) for row in new))

    def expired(self) -> list[int]:
        """Those that were not used for so long that their vectors may go."""
        with self._database.read() as db:
            rows = db.execute("SELECT id FROM model WHERE used_day < ?", (self._today() - KEPT_DAYS,))
            return [row[0] for row in rows]

    def drop(self, model: int, checkpoint: Callable[[], None]) -> None:
        """Drop all that a model made; who is stopped goes on with the next call.

        `checkpoint` is called between pieces of the work and may raise.
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
            # Its number is not given again: a process that has been open for long knows an index by it.
            db.execute(
                "INSERT INTO model (id, name, revision, dimension) VALUES (?, ?, ?, 0)",
                (model, DROPPED, model),
            )

    def _today(self) -> int:
        return int(self._now()) // DAY
