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

from engine.ingest.formats import is_supported
from engine.paths import changed_ns
from engine.progress import CancelToken
from engine.records import FoundFile

_ESCAPED = re.compile(r"\[([*?[])\]")  # by `glob.escape`


class LeftOut(Enum):
    """Why the scan does not go to a file or folder."""

    HIDDEN = "hidden"  # a leading dot
    OWN = "the library's own folder"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Rule:
    """What keeps the scan from `path`, and from all below it."""

    why: LeftOut
    path: Path
    glob: str = ""  # the exclude that fits


def scan(
    root: Path,
    excludes: Sequence[str],
    avoid: Path,
    cancel: CancelToken,
    unreadable: Callable[[Path], None],
    passed_over: Callable[[Path], None],
) -> Iterator[FoundFile]:
    """The supported regular files below `root`, folder by folder, in the order of their names.

    Hidden files and folders (a leading dot) are passed over, and so are `excludes` and the folder `avoid`
    (the library's own). Links are followed, after everything else: each real folder is entered once, by its
    own name where it has one below `root`, so that a loop ends, and nothing below "/" is known by a name such
    as "/proc/1/cwd/a.jpg". A folder that
    cannot be listed, a file that cannot be looked at and a link whose target is not there (its drive may be
    unplugged) are told to `unreadable`, and the walk goes on. Other regular files than the supported are
    told to `passed_over`. Raises OSError when `root` cannot be listed, Cancelled.
    """
    entered: set[tuple[int, int]] = set()
    waiting = [root]
    linked: deque[Path] = deque()
    while waiting or linked:
        cancel.checkpoint()
        folder = waiting.pop() if waiting else linked.popleft()
        try:
            entries = _entries(folder, entered)
        except OSError:
            if folder == root:
                raise
            unreadable(folder)
            continue
        below: list[Path] = []
        for entry in entries:
            cancel.checkpoint()
            path = Path(entry.path)
            if left_out(path, root, excludes, avoid) is not None:
                continue
            found = _looked_at(entry, unreadable)
            if found is None:
                continue
            if stat.S_ISDIR(found.st_mode):
                (linked if entry.is_symlink() else below).append(path)
            elif stat.S_ISREG(found.st_mode) and is_supported(entry.name):
                yield FoundFile(path, found.st_size, changed_ns(found))
            elif stat.S_ISREG(found.st_mode):
                passed_over(path)
        waiting.extend(reversed(below))


def left_out(path: Path, root: Path, excludes: Sequence[str], avoid: Path) -> Rule | None:
    """What keeps the scan of `root` from `path` itself, once it is in the folder that `path` lies in."""
    if path.name.startswith("."):
        return Rule(LeftOut.HIDDEN, path)
    if path == avoid:
        return Rule(LeftOut.OWN, path)
    fitting = excluding_glob(path, root, excludes)
    return Rule(LeftOut.EXCLUDED, path, fitting) if fitting else None


def is_excluded(path: Path, root: Path, excludes: Sequence[str]) -> bool:
    return bool(excluding_glob(path, root, excludes))


def excluding_glob(path: Path, root: Path, excludes: Sequence[str]) -> str:
    """The first glob that fits the name of `path` or of a folder above it, or its path below `root`; or "".

    A glob that begins with "/" fits the path below `root` alone, not a name somewhere below.
    """
    if not excludes:
        return ""
    relative = path.relative_to(root)
    steps = [relative, *relative.parents[:-1]]
    return next((each for each in excludes if any(_fits(step, each) for step in steps)), "")


def glob_of(path: Path, root: Path) -> str:
    """The exclude that leaves out `path`, and what lies below it, alone."""
    return "/" + glob.escape(path.relative_to(root).as_posix())


def named_by(exclude: str, root: Path) -> Path | None:
    """What `glob_of` made that exclude of; None where it did not, and it may leave out more."""
    path = root / _ESCAPED.sub(r"\1", exclude.removeprefix("/"))
    if not path.is_relative_to(root) or ".." in path.parts:
        return None
    return path if glob_of(path, root) == exclude else None


def _fits(step: Path, pattern: str) -> bool:
    if pattern.startswith("/"):
        return fnmatchcase(step.as_posix(), pattern[1:].rstrip("/"))
    return fnmatchcase(step.name, pattern) or fnmatchcase(step.as_posix(), pattern.rstrip("/"))


def _entries(folder: Path, entered: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing when the same folder was entered before by another way."""
    found = folder.stat()
    identity = (found.st_dev, found.st_ino)
    if identity in entered:
        return []
    entered.add(identity)
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _looked_at(entry: os.DirEntry[str], unreadable: Callable[[Path], None]) -> os.stat_result | None:
    """None for what was deleted since, and for what is told to `unreadable`."""
    try:
        return entry.stat()
    except OSError as error:
        if not isinstance(error, FileNotFoundError) or entry.is_symlink():
            unreadable(Path(entry.path))
        return None
