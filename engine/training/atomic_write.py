"""Writes files atomically."""

from __future__ import annotations

from pathlib import Path


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Replace `path` atomically: after a stop or on a full disk the old file is still there.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
