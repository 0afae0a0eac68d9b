"""Photographs that an older version indexed and whose dates must be read again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.store.database.connection import Database
from engine.store.files.drives import AWAY

BATCH = 64

WANTED = f"""
SELECT item.id, file.path, file.size, file.mtime_ns FROM date_wanted
JOIN item ON item.id = date_wanted.item_id
JOIN file ON file.id = (
    SELECT copy.id FROM file AS copy JOIN folder ON folder.id = copy.folder_id
    WHERE copy.content_id = item.content_id AND copy.missing_since IS NULL AND copy.problem_kind IS NULL
    AND {AWAY.format(file="copy")} = 0 ORDER BY copy.path LIMIT 1)
WHERE item.id > ? ORDER BY item.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class UndatedPhoto:
    """A photograph and a connected file that contains it."""

    item: int
    path: Path
    size: int  # bytes
    mtime_ns: int


class OutdatedDates:
    """The table `date_wanted`, and the dates of items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def photos(self) -> Iterator[list[UndatedPhoto]]:
        """Batches of photographs in order of discovery, each photograph once."""
        last = 0
        while batch := self._wanted_after(last):
            yield batch
            last = batch[-1].item

    def save(self, taken: Sequence[tuple[int, str | None]]) -> None:
        """Store the dates of items in one transaction, and announce the items whose date changed."""
        with self._database.transaction() as db:
            for item, date in taken:
                changed = db.execute(
                    "UPDATE item SET taken = ? WHERE id = ? AND taken IS NOT ?", (date, item, date)
                ).rowcount
                if changed:
                    content = db.execute("SELECT content_id FROM item WHERE id = ?", (item,)).fetchone()
                    db.execute("DELETE FROM document_change WHERE content_id = ?", content)
                    db.execute("INSERT INTO document_change (content_id) VALUES (?)", content)
                db.execute("DELETE FROM date_wanted WHERE item_id = ?", (item,))

    def skip(self, item: int) -> None:
        """Let an item keep its date."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM date_wanted WHERE item_id = ?", (item,))

    def _wanted_after(self, item: int) -> list[UndatedPhoto]:
        with self._database.read() as db:
            rows = db.execute(WANTED, (item, BATCH)).fetchall()
        return [UndatedPhoto(row[0], Path(os.fsdecode(row[1])), row[2], row[3]) for row in rows]
