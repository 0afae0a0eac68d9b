"""Walks a folder and names the files that may hold pictures. Opens none of them."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

from engine.ingest.scanning.formats import is_supported
from engine.ingest.scanning.mounts import MountedDrive, mount_of, mount_points
from engine.paths import change_stamp, mtime_ns_of
from engine.progress import CancelToken
from engine.records import FoundFile
from engine.system_folders import is_skipped_folder, is_system_folder

_ESCAPED = re.compile(r"\[([*?[])\]")  # by `glob.escape`


class SkipReason(Enum):
    """Why the scan does not go to a file or folder."""

    HIDDEN = "hidden"  # a leading dot
    SET_ASIDE = "a system keeps it for itself"  # bins, a network drive's thumbnails
    OWN = "the library's own folder"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class SkipRule:
    """What keeps the scan from `path`, and from all below it."""

    why: SkipReason
    path: Path
    glob: str = ""  # the exclude that fits


@dataclass(frozen=True, slots=True)
class UnlistedPath:
    """What could not be looked at: a folder that could not be listed, or something in one that could."""

    path: Path
    is_folder: bool
    error: OSError
    is_link: bool = False


def scan(
    root: Path,
    excludes: Sequence[str],
    avoid: Path,
    cancel: CancelToken,
    unreadable: Callable[[UnlistedPath], None],
    passed_over: Callable[[Path], None],
    drive_met: Callable[[MountedDrive], None] = lambda _: None,
) -> Iterator[FoundFile]:
    """The supported regular files below `root`, folder by folder, in the order of their names.

    Hidden files and folders (a leading dot), bins and what else a system keeps for itself are passed over,
    and so are `excludes` and the folder `avoid` (the library's own). Links are followed, after everything
    else: each real folder is entered once, by its own name where it has one below `root`, so that a loop
    ends, and nothing below "/" is known by a name such as "/proc/1/cwd/a.jpg". A folder that cannot be
    listed, a file that cannot be looked at and a link whose target is not there (its drive may be unplugged)
    are told to `unreadable`, and the walk goes on. Other regular files than the supported are told to
    `passed_over`, and other file systems that are mounted below `root` or linked to, to `drive_met`. Raises
    OSError when `root` cannot be listed, Cancelled.
    """
    tree = _Tree(root)
    waiting = [tree.root]
    linked: deque[_FolderStep] = deque()
    while waiting or linked:
        cancel.checkpoint()
        step = waiting.pop() if waiting else linked.popleft()
        try:
            folder = tree.enter(step, drive_met)
        except OSError as error:
            if step.path == root:
                raise
            unreadable(UnlistedPath(step.path, True, error))
            continue
        below: list[_FolderStep] = []
        for entry in folder.entries:
            cancel.checkpoint()
            path = Path(entry.path)
            if left_out(path, root, excludes, avoid) is not None:
                continue
            found = _looked_at(entry, unreadable)
            if found is None:
                continue
            if stat.S_ISDIR(found.st_mode):
                (linked if entry.is_symlink() else below).append(
                    _FolderStep(path, folder, entry.is_symlink())
                )
            elif stat.S_ISREG(found.st_mode) and is_supported(entry.name):
                stamp, is_link = change_stamp(found), entry.is_symlink()
                drive = tree.drive_of(path, folder, found, drive_met) if is_link else folder.drive
                yield FoundFile(path, found.st_size, mtime_ns_of(found), stamp, is_link, drive)
            elif stat.S_ISREG(found.st_mode):
                passed_over(path)
        waiting.extend(reversed(below))


def left_out(path: Path, root: Path, excludes: Sequence[str], avoid: Path) -> SkipRule | None:
    """What keeps the scan of `root` from `path` itself, once it is in the folder that `path` lies in."""
    if path.name.startswith("."):
        return SkipRule(SkipReason.HIDDEN, path)
    if is_system_folder(path.name):
        return SkipRule(SkipReason.SET_ASIDE, path)
    if path == avoid:
        return SkipRule(SkipReason.OWN, path)
    fitting = find_excluding_glob(path, root, excludes)
    return SkipRule(SkipReason.EXCLUDED, path, fitting) if fitting else None


def is_unwanted(path: Path, root: Path, excludes: Sequence[str]) -> bool:
    """Whether a file that an earlier scan of `root` met is none of its files by today's rules."""
    passed_over = any(is_skipped_folder(part) for part in path.relative_to(root).parts)
    return passed_over or bool(find_excluding_glob(path, root, excludes))


def find_excluding_glob(path: Path, root: Path, excludes: Sequence[str]) -> str:
    """The first glob that fits the name of `path` or of a folder above it, or its path below `root`; or "".

    A glob that begins with "/" fits the path below `root` alone, not a name somewhere below.
    """
    if not excludes:
        return ""
    relative = path.relative_to(root)
    steps = [relative, *relative.parents[:-1]]
    return next((each for each in excludes if any(_fits(step, each) for step in steps)), "")


def exclude_glob(path: Path, root: Path) -> str:
    """The exclude that leaves out `path`, and what lies below it, alone."""
    return "/" + glob.escape(path.relative_to(root).as_posix())


def is_named_by(exclude: str, root: Path) -> Path | None:
    """What `exclude_glob` made that exclude of; None where it did not, and it may leave out more."""
    path = root / _ESCAPED.sub(r"\1", exclude.removeprefix("/"))
    if not path.is_relative_to(root) or ".." in path.parts:
        return None
    return path if exclude_glob(path, root) == exclude else None


def _fits(step: Path, pattern: str) -> bool:
    if pattern.startswith("/"):
        return fnmatchcase(step.as_posix(), pattern[1:].rstrip("/"))
    return fnmatchcase(step.name, pattern) or fnmatchcase(step.as_posix(), pattern.rstrip("/"))


@dataclass(frozen=True, slots=True)
class _Entered:
    """A folder that was listed. `entries`: nothing when it was entered before by another way."""

    real: str  # its path, links resolved
    device: int
    mount: str  # where its file system is mounted
    drive: Path | None  # the nearest other file system than that of the root
    entries: Sequence[os.DirEntry[str]]


@dataclass(frozen=True, slots=True)
class _FolderStep:
    path: Path
    around: _Entered | None  # None: the root
    linked: bool = False


class _Tree:
    """The folders of one walk.

    Real paths tell them apart: some file systems number all folders alike, or not at all. Numbers that are
    alike mean something where a file system is mounted at two places. A device of its own does not make a
    drive where the system tells what is mounted: a subvolume of Btrfs has one, too.
    """

    def __init__(self, root: Path) -> None:
        self.root = _FolderStep(root, None)
        self._mounts = mount_points()
        self._entered: set[str] = set()
        self._mount_of: dict[tuple[int, int], str] = {}

    def enter(self, step: _FolderStep, drive_met: Callable[[MountedDrive], None]) -> _Entered:
        """Raises OSError when it cannot be listed."""
        with os.scandir(step.path) as listed:  # first: what is mounted when it is asked for is mounted then
            entries = sorted(listed, key=lambda entry: entry.name)
        found = step.path.stat()
        around, drive = step.around, None
        if around is None or step.linked:
            real = os.path.realpath(step.path)
            mount = mount_of(real, self._mounts)
        else:
            real = os.path.join(around.real, step.path.name)  # noqa: PTH118 - for every folder
            if found.st_dev != around.device and real not in self._mounts:
                self._mounts = mount_points()  # it was mounted just now
            mount = real if real in self._mounts else around.mount
        if around is not None:
            drive = around.drive
            if mount != around.mount or (found.st_dev != around.device and (step.linked or not self._mounts)):
                drive = step.path
                drive_met(MountedDrive(drive, found.st_dev, step.linked))
        is_new = self._is_new(real, mount, found)
        return _Entered(real, found.st_dev, mount, drive, entries if is_new else ())

    def drive_of(
        self,
        link: Path,
        folder: _Entered,
        target: os.stat_result,
        drive_met: Callable[[MountedDrive], None],
    ) -> Path | None:
        """Of a link to a file: that which the link lies on, else where that is mounted which it leads to."""
        if folder.drive is not None or target.st_dev == folder.device:
            return folder.drive
        mount = mount_of(os.path.realpath(link), self._mounts)
        if mount in ("", os.sep):  # the system does not tell, or it is always there
            return None
        drive_met(MountedDrive(Path(mount), target.st_dev, linked=False))
        return Path(mount)

    def _is_new(self, real: str, mount: str, found: os.stat_result) -> bool:
        if real in self._entered:
            return False
        self._entered.add(real)
        if not found.st_ino:
            return True
        return self._mount_of.setdefault((found.st_dev, found.st_ino), mount) == mount


def _looked_at(entry: os.DirEntry[str], unreadable: Callable[[UnlistedPath], None]) -> os.stat_result | None:
    """None for what was deleted since, and for what is told to `unreadable`."""
    try:
        return entry.stat()
    except OSError as error:
        is_link = _is_link(entry)
        if not isinstance(error, FileNotFoundError) or is_link:
            unreadable(UnlistedPath(Path(entry.path), False, error, is_link))
        return None


def _is_link(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink()
    except OSError:  # where the list does not say, it would have to be looked at
        return False
