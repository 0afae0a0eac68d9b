"""Reading a database that this process may not write: another's, or on a disk that takes nothing.

Another process may write it all the same. Then there is a log and a shared memory beside it, by which SQLite
goes. Without them the file is taken as it is, until it or they look different.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import TypeAlias

FileSignature: TypeAlias = tuple[object, ...]


def is_write_protected(path: Path) -> bool:
    """Whether it is there, and it or its folder says that it may not be written."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def file_signature(path: Path) -> FileSignature:
    """What is another once `connect` would do it another way, or would find something else."""
    return tuple(_stamp(path.with_name(path.name + suffix)) for suffix in ("", "-wal", "-shm"))


def connect(path: Path, timeout: float) -> sqlite3.Connection:
    """Raises sqlite3.Error."""
    log, memory = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    address = f"{path.absolute().as_uri()}?mode=ro"
    has_log = log.exists() and log.stat().st_size > 0
    alone = has_log and not memory.exists() and sys.platform != "win32"
    if alone:
        address += "&vfs=unix-none"  # nobody is there to agree with, and no lock can be had here
    elif not memory.exists():
        address += "&immutable=1"
    connection = sqlite3.connect(
        address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    if alone:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps in its own memory what is shared else
    return connection


def _stamp(path: Path) -> object:
    """Of the log only whether it is there: SQLite itself follows what is written to it."""
    try:
        found = path.stat()
    except OSError:
        return None
    if path.name.endswith(("-wal", "-shm")):
        return found.st_ino, bool(found.st_size)
    return found.st_ino, found.st_size, found.st_mtime_ns
