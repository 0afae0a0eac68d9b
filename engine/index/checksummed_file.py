"""A derived file that is either intact or rejected: the payload, then a trailer with its checksum.

The payload comes first, so that the program that the payload is made for can read the file. Native code must
never be given damaged bytes: it may crash, or return wrong answers.
"""

from __future__ import annotations

import logging
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine import permissions

_log = logging.getLogger(__name__)

HEAD = struct.Struct("<8sQQQ")  # magic, payload bytes, generation, entries
TRAILER = struct.Struct("<8sQQQI")  # the head, then the checksum of payload and head
MAGIC = b"FNDLNGX1"
PIECE_BYTES = 8 << 20


class IndexDamaged(Exception):
    """An index file is missing, truncated, altered, or made for other vectors. It can be rebuilt."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the trailer says about the payload."""

    payload_bytes: int
    generation: int  # of the catalogue, when the file was written
    entries: int


def remove_others(folder: Path, pattern: str, name: str) -> None:
    """Delete the files in `folder` that match `pattern`, except `name`.

    On Windows a file that another program is reading cannot be deleted; it stays until the next call.
    """
    for old in folder.glob(pattern):
        if old.name != name and not old.is_dir():
            try:
                old.unlink(missing_ok=True)
            except PermissionError as error:
                _log.info("%s stays for now: %s", old, error)


def write(
    path: Path,
    payload: bytearray,
    generation: int,
    entries: int,
    checkpoint: Callable[[], None] | None = None,
) -> None:
    """Replace `path` atomically: after a crash or on a full disk the old file is still there. Raises OSError.

    `checkpoint` is called before each piece and may raise; the old file then stays too.
    """
    partial = path.with_name(path.name + ".partial")
    head = HEAD.pack(MAGIC, len(payload), generation, entries)
    try:
        with os.fdopen(permissions.create_private(partial), "wb") as file:
            view, checksum = memoryview(payload), 0
            for start in range(0, len(payload), PIECE_BYTES):
                if checkpoint is not None:
                    checkpoint()
                piece = view[start : start + PIECE_BYTES]
                checksum = zlib.crc32(piece, checksum)
                file.write(piece)
                _sync(file)  # for each piece: a single long sync at the end could not be cancelled
            file.write(head + struct.pack("<I", zlib.crc32(head, checksum)))
            _sync(file)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def check(path: Path) -> Stamp:
    """Read the whole file once and verify its checksum. Raises IndexDamaged."""
    try:
        with path.open("rb") as file:
            return _check(file, path.name)
    except OSError as error:
        raise IndexDamaged(f"{path.name} cannot be read: {error.strerror}") from error


def _check(file: BinaryIO, name: str) -> Stamp:
    size = file.seek(0, os.SEEK_END)
    if size < TRAILER.size:
        raise IndexDamaged(f"{name} is cut short")
    file.seek(size - TRAILER.size)
    trailer = file.read(TRAILER.size)
    magic, payload_bytes, generation, entries, stored = TRAILER.unpack(trailer)
    if magic != MAGIC or payload_bytes != size - TRAILER.size:
        raise IndexDamaged(f"{name} is cut short or not an index")
    file.seek(0)
    checksum, left = 0, payload_bytes
    while left:
        piece = file.read(min(PIECE_BYTES, left))
        if not piece:
            raise IndexDamaged(f"{name} became shorter while it was read")
        checksum = zlib.crc32(piece, checksum)
        left -= len(piece)
    if zlib.crc32(trailer[: HEAD.size], checksum) != stored:
        raise IndexDamaged(f"{name} is altered")
    return Stamp(payload_bytes, generation, entries)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, if the system allows opening a folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
