"""Reads a database that this process may not write: another user's, or on a read-only disk.

Another process may write it at the same time. Then SQLite uses a log and shared memory beside it. Without
them the file is treated as unchanging, until its signature or theirs changes.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import TypeAlias

FileSignature: TypeAlias = tuple[object, ...]


def is_write_protected(path: Path) -> bool:
    """Whether the file exists, and it or its folder is not writable for this process."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def file_signature(path: Path) -> FileSignature:
    """A value that changes when `connect` would open the file differently, or find other data."""
    return tuple(_stamp(path.with_name(path.name + suffix)) for suffix in ("", "-wal", "-shm"))


def connect(path: Path, timeout: float) -> sqlite3.Connection:
    """Open the database for reading only. `timeout` in seconds. Raises sqlite3.Error."""
    log, memory = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    address = f"{path.absolute().as_uri()}?mode=ro"
    has_log = log.exists() and log.stat().st_size > 0
    alone = has_log and not memory.exists() and sys.platform != "win32"
    if alone:
        address += "&vfs=unix-none"  # no other process to coordinate with, and locks are impossible here
    elif not memory.exists():
        address += "&immutable=1"
    connection = sqlite3.connect(
        address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    if alone:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # uses private instead of shared memory
    return connection


def _stamp(path: Path) -> object:
    """For the log only whether it exists: SQLite itself follows what is written to it."""
    try:
        found = path.stat()
    except OSError:
        return None
    if path.name.endswith(("-wal", "-shm")):
        return found.st_ino, bool(found.st_size)
    return found.st_ino, found.st_size, found.st_mtime_ns
