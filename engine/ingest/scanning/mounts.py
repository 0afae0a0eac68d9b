"""Where other file systems are mounted: drives, network shares, bind mounts."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MountedDrive:
    """Another file system below a folder, at the path by which a scan reached it."""

    path: Path
    device: int
    linked: bool  # reached through a link


def mount_points() -> frozenset[str]:
    """The real paths of all mount points; empty if the system does not report them."""
    if sys.platform == "win32":
        return frozenset()  # it lists drives only, not those mounted in a folder
    import psutil  # here, since it takes a tenth of the time until the window appears

    try:
        return frozenset(partition.mountpoint for partition in psutil.disk_partitions(all=True))
    except OSError as error:
        _log.info("the system does not tell what is mounted: %s", error)
        return frozenset()


def mount_points_below(folders: Iterable[Path]) -> frozenset[str]:
    """Those that a walk through these folders reaches without a link."""
    roots = [Path(os.path.realpath(folder)) for folder in folders]
    return frozenset(
        point
        for point in mount_points()
        if any(root != Path(point) and Path(point).is_relative_to(root) for root in roots)
    )


def find_mount_point(real: str, points: Collection[str]) -> str:
    """The mount point at or above a real path; "" if none is known."""
    while real not in points:
        above = os.path.dirname(real)  # noqa: PTH120 - takes a third of the time of a Path, for every folder
        if above == real:
            return ""
        real = above
    return real


def is_connected(path: Path, device: int | None) -> bool:
    """Whether `path` is still on another file system than its parent. `device`: the one it was on.

    A mount point without its drive is gone, or an ordinary folder; one kept by an automounter is empty and on
    a device of its own.
    """
    try:
        found, around = path.stat(), path.parent.stat()
        apart = found.st_dev != around.st_dev or _is_mounted_apart(path)
        return apart and (device in (None, found.st_dev) or any(path.iterdir()))
    except OSError:
        return False


def is_link_removed(path: Path, device: int | None) -> bool:
    """Whether the link to a drive is gone, or its target from a drive that is connected."""
    if not os.path.lexists(path):
        return True
    target = Path(os.path.realpath(path))
    for step in (target, *target.parents):
        try:
            return step.stat().st_dev == device and step != target
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return False
    return False


def _is_mounted_apart(path: Path) -> bool:
    """Whether it is on another mount than its parent, though perhaps of the same file system."""
    points = mount_points()
    return find_mount_point(os.path.realpath(path), points) != find_mount_point(
        os.path.realpath(path.parent), points
    )
