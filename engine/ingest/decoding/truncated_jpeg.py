"""Recovers JPEG files that lack only the end marker: all pixels are there.

A decoder that runs out of data invents the missing pixels, and Pillow does not report it. So the file is
decoded with two endings: what follows the last pixel changes no pixel, but what replaces missing data does.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

from engine.errors import FileProblem
from engine.ingest.decoding.picture_reader import DecodedPicture

_END_MARKER = b"\xff\xd9"
# Bits that decode to other pixels wherever data is missing; FF would begin a marker.
_OTHER_DATA = bytes((index * 151 + 41) % 251 for index in range(1024))

Read = Callable[[BinaryIO], DecodedPicture]


def read_without_end_marker(stream: BinaryIO, read: Read) -> DecodedPicture | None:
    """The picture from `read`, which may raise FileProblem; None if more than the end marker is missing."""
    stream.seek(0)
    written = stream.read()
    try:
        picture = read(io.BytesIO(written + _END_MARKER))
        other = read(io.BytesIO(written.rstrip(b"\xff") + _OTHER_DATA + _END_MARKER))
    except FileProblem:
        return None
    return picture if picture.image.tobytes() == other.image.tobytes() else None
