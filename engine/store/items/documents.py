"""What the catalogue knows of whole documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from engine.store.database.connection import Database

PLACES = """
SELECT item.id, item.page, content.title,
    (SELECT MAX(page) FROM item AS other WHERE other.content_id = content.id)
FROM json_each(?) AS wanted JOIN item ON item.id = wanted.value
JOIN content ON content.id = item.content_id WHERE item.page > 0
"""


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page and the document it belongs to."""

    number: int  # from 1
    title: str  # of its document, from the document itself
    pages: int  # of its document


class Documents:
    """Looks up the documents of pages. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, items: Sequence[int]) -> dict[int, DocumentPage]:
        """The items that are pages of documents; photographs are left out."""
        with self._database.read() as db:
            rows = db.execute(PLACES, (json.dumps(list(items)),)).fetchall()
        return {item: DocumentPage(number, title, pages) for item, number, title, pages in rows}
