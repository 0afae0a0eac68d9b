"""Returns unused space of a database to the disk; SQLite keeps free pages and never shrinks its file."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.store.database.connection import Database

INCREMENTAL = 2  # the `PRAGMA auto_vacuum` of a file that can shrink in pieces
LITTLE, MUCH = 256 << 10, 4 << 20  # bytes: less than LITTLE is never worth it, MUCH always is,
WORTH_SHARE = 8  # ... in between an eighth of the file is
REWRITTEN_SHARE = 3  # a file that cannot shrink is rewritten if a third of it is free
PAGES_AT_A_TIME = 500  # two megabytes
ROOM_FOR_PIECES = 16 << 20  # bytes: they go through the log
INSTRUCTIONS_A_LOOK = 100  # of SQLite between two checkpoints: some twenty copied rows

Checkpoint = Callable[[], None]


def reclaim_space(database: Database, checkpoint: Checkpoint) -> bool:
    """Free unused pages if it is worth it and the disk has room to work; returns whether it was worth it.

    A file of an older version is rewritten, and can shrink in pieces from then on. Searches continue.
    `checkpoint` is called throughout and may raise; the file stays intact. Raises DiskFull, LibraryInUse.
    """
    page, used, free = (_number(database, name) for name in ("page_size", "page_count", "freelist_count"))
    if free * page < max(LITTLE, min(MUCH, used * page // WORTH_SHARE)):
        return False
    folder = database.path.parent
    if _number(database, "auto_vacuum") == INCREMENTAL:
        if _has_room(folder, ROOM_FOR_PIECES):
            _reclaim_in_pieces(database, free, checkpoint)
    elif free * REWRITTEN_SHARE >= used:
        # SQLite copies the used pages to a temporary file, and from there to the log beside the database.
        wanted = 2 * (used - free) * page
        if _has_room(folder, wanted) and _has_room(Path(tempfile.gettempdir()), wanted):
            _rewrite(database, checkpoint)
    return True


def _reclaim_in_pieces(database: Database, free: int, checkpoint: Checkpoint) -> None:
    """Other writers may work between the pieces."""
    before = free + 1
    while 0 < free < before:
        checkpoint()
        with database.exclusive() as db:
            db.execute(f"PRAGMA incremental_vacuum({PAGES_AT_A_TIME})").fetchall()
        before, free = free, _number(database, "freelist_count")


def _rewrite(database: Database, checkpoint: Checkpoint) -> None:
    """Other writers wait until it is done."""
    with database.exclusive() as db, _interruptible(db, checkpoint):
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("VACUUM")


@contextmanager
def _interruptible(db: sqlite3.Connection, checkpoint: Checkpoint) -> Iterator[None]:
    """A running statement is aborted and rolled back once `checkpoint` raises."""
    raised: list[BaseException] = []

    def stop() -> bool:
        try:
            checkpoint()
        except BaseException as error:  # noqa: BLE001 - SQLite swallows exceptions: raised below
            raised.append(error)
        return bool(raised)

    db.set_progress_handler(stop, INSTRUCTIONS_A_LOOK)
    try:
        yield
    except sqlite3.OperationalError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        db.set_progress_handler(None, 0)


def _number(database: Database, pragma: str) -> int:
    # Another connection might not know yet that the file was rewritten.
    with database.exclusive() as db:
        return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _has_room(folder: Path, size: int) -> bool:
    return shutil.disk_usage(folder).free >= size
