"""Files that are whole, whatever happens while they are written."""

from __future__ import annotations

from pathlib import Path


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Replace `path` in one step: after a stop or on a full disk what was there still is. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
