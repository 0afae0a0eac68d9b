"""Real file systems, mounted for a test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(point: Path, *options: str) -> Iterator[None]:
    """An empty file system in memory at `point`, or what `mount`'s options ask for, until the block ends."""
    mount(point, *options)
    try:
        yield
    finally:
        unmount(point)


def mount(point: Path, *options: str) -> None:
    command = ["mount", *(options or ("-t", "tmpfs", "-o", "size=4m", "tmpfs")), str(point)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing may be mounted here")


def unmount(point: Path) -> None:
    if point.is_mount() or _is_listed(point):
        subprocess.run(["umount", str(point)], check=True, capture_output=True)


def _is_listed(point: Path) -> bool:
    return f" {point} " in Path("/proc/self/mounts").read_text()
