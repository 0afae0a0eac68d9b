"""Walks a folder and lists the files that may be pictures or documents. Opens none of them."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.ingest.scanning.file_formats import is_supported
from engine.ingest.scanning.mounts import MountedDrive, find_mount_point, mount_points
from engine.ingest.scanning.skip_rules import find_skip_rule
from engine.paths import change_stamp, mtime_ns_of
from engine.progress import CancelToken
from engine.records import FoundFile


@dataclass(frozen=True, slots=True)
class UnlistedPath:
    """What could not be examined: a folder that could not be listed, or an entry of one that could."""

    path: Path
    is_folder: bool
    error: OSError
    is_link: bool = False


def scan_folder(
    root: Path,
    excludes: Sequence[str],
    avoid: Path,
    cancel: CancelToken,
    on_unlisted: Callable[[UnlistedPath], None],
    on_other_file: Callable[[Path], None],
    on_drive: Callable[[MountedDrive], None] = lambda _: None,
) -> Iterator[FoundFile]:
    """The supported regular files below `root`, folder by folder, sorted by name.

    Hidden files and folders (a leading dot), bins and other system folders are skipped, and so are `excludes`
    and the folder `avoid` (the library's own). Links are followed after everything else: each real folder is
    entered once, by its own name if it has one below `root`, so that a loop ends, and nothing below "/" gets
    a name such as "/proc/1/cwd/a.jpg". `on_unlisted` receives folders that cannot be listed, files that
    cannot be examined and links without a target (its drive may be unplugged); the walk continues.
    `on_other_file` receives regular files that are not supported, `on_drive` other file systems mounted or
    linked below `root`. Raises OSError if `root` cannot be listed, Cancelled.
    """
    tree = _FolderWalk(root)
    waiting = [tree.root]
    linked: deque[_FolderStep] = deque()
    while waiting or linked:
        cancel.checkpoint()
        step = waiting.pop() if waiting else linked.popleft()
        try:
            folder = tree.enter(step, on_drive)
        except OSError as error:
            if step.path == root:
                raise
            on_unlisted(UnlistedPath(step.path, True, error))
            continue
        below: list[_FolderStep] = []
        for entry in folder.entries:
            cancel.checkpoint()
            path = Path(entry.path)
            if find_skip_rule(path, root, excludes, avoid) is not None:
                continue
            found = _stat_entry(entry, on_unlisted)
            if found is None:
                continue
            if stat.S_ISDIR(found.st_mode):
                (linked if entry.is_symlink() else below).append(
                    _FolderStep(path, folder, entry.is_symlink())
                )
            elif stat.S_ISREG(found.st_mode) and is_supported(entry.name):
                stamp, is_link = change_stamp(found), entry.is_symlink()
                drive = tree.drive_of(path, folder, found, on_drive) if is_link else folder.drive
                yield FoundFile(path, found.st_size, mtime_ns_of(found), stamp, is_link, drive)
            elif stat.S_ISREG(found.st_mode):
                on_other_file(path)
        waiting.extend(reversed(below))


@dataclass(frozen=True, slots=True)
class _ListedFolder:
    """A listed folder. `entries` is empty if it was already entered another way."""

    real: str  # its path with links resolved
    device: int
    mount: str  # where its file system is mounted
    drive: Path | None  # the nearest file system other than the root's
    entries: Sequence[os.DirEntry[str]]


@dataclass(frozen=True, slots=True)
class _FolderStep:
    path: Path
    parent: _ListedFolder | None  # None: the root
    linked: bool = False


class _FolderWalk:
    """The folders of one walk.

    Real paths identify them: some file systems give all folders the same inode, or none. Equal inodes only
    matter if a file system is mounted at two places. A different device does not make a drive if the system
    reports its mounts: a subvolume of Btrfs has one too.
    """

    def __init__(self, root: Path) -> None:
        self.root = _FolderStep(root, None)
        self._mounts = mount_points()
        self._entered: set[str] = set()
        self._mount_of: dict[tuple[int, int], str] = {}

    def enter(self, step: _FolderStep, on_drive: Callable[[MountedDrive], None]) -> _ListedFolder:
        """Raises OSError if it cannot be listed."""
        with os.scandir(step.path) as listed:  # first, since an automounter mounts on access
            entries = sorted(listed, key=lambda entry: entry.name)
        found = step.path.stat()
        parent, drive = step.parent, None
        if parent is None or step.linked:
            real = os.path.realpath(step.path)
            mount = find_mount_point(real, self._mounts)
        else:
            real = os.path.join(parent.real, step.path.name)  # noqa: PTH118 - for every folder
            if found.st_dev != parent.device and real not in self._mounts:
                self._mounts = mount_points()  # it was just mounted
            mount = real if real in self._mounts else parent.mount
        if parent is not None:
            drive = parent.drive
            if mount != parent.mount or (found.st_dev != parent.device and (step.linked or not self._mounts)):
                drive = step.path
                on_drive(MountedDrive(drive, found.st_dev, step.linked))
        is_new = self._is_new(real, mount, found)
        return _ListedFolder(real, found.st_dev, mount, drive, entries if is_new else ())

    def drive_of(
        self,
        link: Path,
        folder: _ListedFolder,
        target: os.stat_result,
        on_drive: Callable[[MountedDrive], None],
    ) -> Path | None:
        """The drive of a link to a file: the link's own, else the one that its target is on."""
        if folder.drive is not None or target.st_dev == folder.device:
            return folder.drive
        mount = find_mount_point(os.path.realpath(link), self._mounts)
        if mount in ("", os.sep):  # unknown, or always present
            return None
        on_drive(MountedDrive(Path(mount), target.st_dev, linked=False))
        return Path(mount)

    def _is_new(self, real: str, mount: str, found: os.stat_result) -> bool:
        if real in self._entered:
            return False
        self._entered.add(real)
        if not found.st_ino:
            return True
        return self._mount_of.setdefault((found.st_dev, found.st_ino), mount) == mount


def _stat_entry(
    entry: os.DirEntry[str], on_unlisted: Callable[[UnlistedPath], None]
) -> os.stat_result | None:
    """None if it was deleted meanwhile, or was reported to `on_unlisted`."""
    try:
        return entry.stat()
    except OSError as error:
        is_link = _is_link(entry)
        if not isinstance(error, FileNotFoundError) or is_link:
            on_unlisted(UnlistedPath(Path(entry.path), False, error, is_link))
        return None


def _is_link(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink()
    except OSError:  # the listing does not say, and it cannot be examined
        return False
