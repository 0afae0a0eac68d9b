"""Identifies the file at the catalogue's path without changing it: it may be another program's.

Even opening it with SQLite would change something: SQLite merges a log beside the file, or creates one.
"""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from enum import Enum
from pathlib import Path

from engine.store.database.schema import APPLICATION_ID

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
USER_VERSION, APPLICATION = slice(60, 64), slice(68, 72)  # of the header
PAGE_SIZE = slice(8, 12)  # of the log's header
LOG_HEADER_BYTES, FRAME_HEADER_BYTES = 32, 24


class FileIdentity(Enum):
    """What a file is; the value completes a sentence that begins with its name."""

    MISSING = "is missing"
    EMPTY = "was empty"  # no bytes, or a database without tables
    OURS = "is ours"
    FOREIGN = "is a database of another program"
    UNREADABLE = "is damaged"  # not a database, or a truncated one
    NO_FILE = "is no file"  # a folder, or a pipe that nobody may ever write to


def identify_file(path: Path) -> FileIdentity:
    """What the file at `path` is. Raises OSError if it exists but cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return FileIdentity.NO_FILE
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    except FileNotFoundError:
        return FileIdentity.MISSING
    if not header.strip(b"\0"):
        return FileIdentity.EMPTY
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        return FileIdentity.UNREADABLE
    application, version = _number(header[APPLICATION]), _number(header[USER_VERSION])
    if application == APPLICATION_ID:
        return FileIdentity.OURS if _tables(path) or _log_bytes(path) else FileIdentity.EMPTY
    if application or version:
        return FileIdentity.FOREIGN
    # The data of a catalogue that was created but never closed may all be in its log.
    if _log_bytes(path):
        return FileIdentity.OURS if _log_is_ours(path) else FileIdentity.FOREIGN
    return FileIdentity.FOREIGN if _tables(path) else FileIdentity.EMPTY


def _number(field: bytes) -> int:
    return int.from_bytes(field, "big")


def _tables(path: Path) -> bool:
    """Whether the file itself has tables, or cannot be parsed."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as db:
            return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:
        return True


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _log_bytes(path: Path) -> int:
    try:
        return _log_of(path).stat().st_size
    except FileNotFoundError:
        return 0


def _log_is_ours(path: Path) -> bool:
    """Whether the first page in the log identifies our database. See "WAL File Format" at sqlite.org."""
    with _log_of(path).open("rb") as log:
        page_bytes = _number(log.read(LOG_HEADER_BYTES)[PAGE_SIZE])
        while len(frame := log.read(FRAME_HEADER_BYTES)) == FRAME_HEADER_BYTES:
            page = log.read(page_bytes)
            if _number(frame[:4]) == 1 and _number(page[APPLICATION]) == APPLICATION_ID:
                return True
    return False
