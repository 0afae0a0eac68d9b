"""Deletes damaged rows that can be computed again from files, wherever damage shows; the next run does so."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterable

from engine.errors import UserError
from engine.store.database.connection import Database

# The errors that unpacking raises if the bytes are damaged.
UNREADABLE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, zlib.error)

VECTORS = ("DELETE FROM vector WHERE item_id = ? AND model_id = ?",)
TERMS = ("DELETE FROM page_terms WHERE item_id = ?",)
# A text layer is read when the page is decoded, so the vector goes too.
TEXTS = (
    "DELETE FROM vector WHERE dtype = 'float16' AND item_id = ?",
    "DELETE FROM reading WHERE item_id = ?",
    "DELETE FROM page_text WHERE item_id = ?",
)
# Without these keys all themes are found again; earlier themes keep their numbers.
THEMES = (
    "DELETE FROM meta WHERE key IN ('discovered', 'themes_found_from')",
    "DELETE FROM theme WHERE number = ?",
)
# Without a comparison row all photographs are compared again.
PRINTS = ("DELETE FROM comparison", "DELETE FROM grey_print WHERE item_id = ?")

_log = logging.getLogger(__name__)


def delete_damaged(database: Database, statements: Iterable[str], rows: Iterable[tuple[int, ...]]) -> bool:
    """Run the deleting statements for each damaged row.

    Returns False if that is impossible now (read-only, locked): the caller then ignores the rows.
    """
    damaged = list(rows)
    if not damaged:
        return True
    _log.warning("damaged, to be made anew: %s in %s", damaged[:10], statements)
    if database.read_only:
        return False
    try:
        with database.transaction() as db:
            for statement in statements:
                wanted = damaged if "?" in statement else [()]
                db.executemany(statement, wanted)
    except UserError as error:
        _log.warning("what is damaged could not be taken away: %s", error)
        return False
    return True
