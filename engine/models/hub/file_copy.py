"""Copies large files and computes their hash on the way."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from engine.errors import DiskFull, ModelError

_DISK_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_CHUNK = 1 << 20


def copy_and_hash(source: Path, target: Path) -> str:
    """Copy a file durably to disk and return its SHA-256 in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def to_disk_error(error: OSError, path: Path) -> DiskFull | ModelError:
    """The user's error for a model file that could not be read or written."""
    if error.errno in _DISK_FULL_ERRORS:
        return DiskFull(f"The disk is full: there is no room for {path}.", "Make room and start again.")
    return ModelError(f"{error.filename or path} cannot be read or written: {error.strerror or error}.")
