"""Reads the pictures of a query, from a file or from bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from engine.errors import FileProblem, QueryPictureError
from engine.paths import is_reachable
from engine.records import DecodedItem, PictureInput

DecodePicture: TypeAlias = Callable[[Path | bytes, int, PictureInput], DecodedItem]
"""Decodes a page, counted from 1, of a file or of its bytes. May raise FileProblem."""
HashContent: TypeAlias = Callable[[Path], bytes]
"""The hash by which the library knows a file's content. May raise FileProblem."""


class QueryPictures:
    """Reads query pictures. Thread-safe if its functions are."""

    def __init__(self, decode: DecodePicture, hash_content: HashContent) -> None:
        self._decode = decode
        self._hash_content = hash_content

    def decode(self, source: Path | bytes, wanted: PictureInput) -> DecodedItem:
        """The picture in the geometry of `wanted`. Raises QueryPictureError if it cannot be read."""
        try:
            return self._decode(source, 1, wanted)
        except FileProblem as problem:
            name = source.name if isinstance(source, Path) else "The picture"
            raise _unreadable(name, problem) from problem

    def content_hash(self, path: Path) -> bytes:
        """The hash of a picture file's content. Raises QueryPictureError if there is no such file."""
        if not is_reachable(path):
            raise QueryPictureError(f"There is no picture {path}.")
        if not path.is_file():
            raise QueryPictureError(f"{path} is not a picture.")
        try:
            return self._hash_content(path)
        except FileProblem as problem:
            raise _unreadable(path.name, problem) from problem


def _unreadable(name: str, problem: FileProblem) -> QueryPictureError:
    return QueryPictureError(f"{name} cannot be searched by: {problem}")
