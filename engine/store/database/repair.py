"""What was read from files and is damaged is taken away wherever that shows: the next run makes it anew."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterable

from engine.errors import UserError
from engine.store.database.connection import Database

# What unpacking ends in where the bytes are not what was packed.
UNREADABLE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, zlib.error)

VECTORS = ("DELETE FROM vector WHERE item_id = ? AND model_id = ?",)
TERMS = ("DELETE FROM page_terms WHERE item_id = ?",)
# A text layer is read when the page is looked at: that is done once more, too.
TEXTS = (
    "DELETE FROM vector WHERE dtype = 'float16' AND item_id = ?",
    "DELETE FROM reading WHERE item_id = ?",
    "DELETE FROM page_text WHERE item_id = ?",
)
# Themes of before keep their numbers; without these all are found anew.
THEMES = (
    "DELETE FROM meta WHERE key IN ('discovered', 'themes_found_from')",
    "DELETE FROM theme WHERE number = ?",
)
# Without a comparison all photographs are compared anew.
PRINTS = ("DELETE FROM comparison", "DELETE FROM grey_print WHERE item_id = ?")

_log = logging.getLogger(__name__)


def delete_damaged(database: Database, statements: Iterable[str], rows: Iterable[tuple[int, ...]]) -> bool:
    """Take away what is damaged of these rows. False where that cannot be now: then it is passed over."""
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
