"""Where items are: the first path of their files, and the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TypeAlias

from engine.store.database.connection import Database

PLACES = """
SELECT item.id, MIN(file.path), item.page
FROM json_each(?) AS wanted JOIN item ON item.id = wanted.value
JOIN file ON file.content_id = item.content_id
WHERE missing_since IS NULL GROUP BY item.id
"""

Place: TypeAlias = tuple[bytes, int]
LocationsOf: TypeAlias = Callable[[Sequence[int]], dict[int, Place]]


class ItemLocations:
    """Looks up the locations of items. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, items: Sequence[int]) -> dict[int, Place]:
        """The (path, page) of each item; items without a present file are left out."""
        with self._database.read() as db:
            rows = db.execute(PLACES, (json.dumps(list(items)),)).fetchall()
        return {item: (path, page) for item, path, page in rows}
