"""Gives the disk what a database no longer uses. SQLite keeps such pages in its file and never shrinks it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.store.database.connection import Database

INCREMENTAL = 2  # what `PRAGMA auto_vacuum` says of a file that can shrink piece by piece
LITTLE, MUCH = 256 << 10, 4 << 20  # bytes: less is never worth it, as much always is,
WORTH_SHARE = 8  # ... and in between what is this part of the file
REWRITTEN_SHARE = 3  # a file that cannot shrink is written anew when this part of it is free
PAGES_AT_A_TIME = 500  # two megabytes
ROOM_FOR_PIECES = 16 << 20  # bytes: they go through the log
INSTRUCTIONS_A_LOOK = 100  # of SQLite's: some twenty rows that are copied

Checkpoint = Callable[[], None]


def reclaim_space(database: Database, checkpoint: Checkpoint) -> bool:
    """Give free pages back where that is worth it and the disk has room to do it in.

    Returns whether it was worth it. A file that an older version made is written anew, and can shrink piece
    by piece from then on. Searches go on. `checkpoint` is called all along and may raise; the file is sound
    then. Raises DiskFull, LibraryInUse.
    """
    page, used, free = (_number(database, name) for name in ("page_size", "page_count", "freelist_count"))
    if free * page < max(LITTLE, min(MUCH, used * page // WORTH_SHARE)):
        return False
    folder = database.path.parent
    if _number(database, "auto_vacuum") == INCREMENTAL:
        if _has_room(folder, ROOM_FOR_PIECES):
            _reclaim_in_pieces(database, free, checkpoint)
    elif free * REWRITTEN_SHARE >= used:
        # SQLite copies what is used to where temporary files are, and from there to its log beside the file.
        wanted = 2 * (used - free) * page
        if _has_room(folder, wanted) and _has_room(Path(tempfile.gettempdir()), wanted):
            _rewrite(database, checkpoint)
    return True


def _reclaim_in_pieces(database: Database, free: int, checkpoint: Checkpoint) -> None:
    """Others may write in between."""
    before = free + 1
    while 0 < free < before:
        checkpoint()
        with database.exclusive() as db:
            db.execute(f"PRAGMA incremental_vacuum({PAGES_AT_A_TIME})").fetchall()
        before, free = free, _number(database, "freelist_count")


def _rewrite(database: Database, checkpoint: Checkpoint) -> None:
    """Whoever wants to write waits."""
    with database.exclusive() as db, _interruptible(db, checkpoint):
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        db.execute("VACUUM")


@contextmanager
def _interruptible(db: sqlite3.Connection, checkpoint: Checkpoint) -> Iterator[None]:
    """A statement that is at work ends, and is taken back, once `checkpoint` raises."""
    raised: list[BaseException] = []

    def stop() -> bool:
        try:
            checkpoint()
        except BaseException as error:  # noqa: BLE001 - SQLite lets nothing through: raised below
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
    # Another connection would not know at once that the file was written anew.
    with database.exclusive() as db:
        return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _has_room(folder: Path, size: int) -> bool:
    return shutil.disk_usage(folder).free >= size
