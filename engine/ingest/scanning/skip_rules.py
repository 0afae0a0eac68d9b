"""Which files and folders a scan skips, and by which rule."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

from engine.system_folders import is_skipped_folder, is_system_folder

_ESCAPED = re.compile(r"\[([*?[])\]")  # by `glob.escape`


class SkipReason(Enum):
    """Why the scan skips a file or folder."""

    HIDDEN = "hidden"  # a leading dot
    SYSTEM = "a system keeps it for itself"  # bins, thumbnails of network drives
    LIBRARY = "the library's own folder"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class SkipRule:
    """What makes the scan skip `path` and everything below it."""

    reason: SkipReason
    path: Path
    glob: str = ""  # the matching exclude


def find_skip_rule(path: Path, root: Path, excludes: Sequence[str], avoid: Path) -> SkipRule | None:
    """Why the scan of `root` skips `path` itself, given that it enters the folder of `path`.

    None if it does not.
    """
    if path.name.startswith("."):
        return SkipRule(SkipReason.HIDDEN, path)
    if is_system_folder(path.name):
        return SkipRule(SkipReason.SYSTEM, path)
    if path == avoid:
        return SkipRule(SkipReason.LIBRARY, path)
    fitting = find_excluding_glob(path, root, excludes)
    return SkipRule(SkipReason.EXCLUDED, path, fitting) if fitting else None


def is_now_skipped(path: Path, root: Path, excludes: Sequence[str]) -> bool:
    """Whether today's rules exclude a file that an earlier scan of `root` found."""
    passed_over = any(is_skipped_folder(part) for part in path.relative_to(root).parts)
    return passed_over or bool(find_excluding_glob(path, root, excludes))


def find_excluding_glob(path: Path, root: Path, excludes: Sequence[str]) -> str:
    """The first glob that matches the name of `path` or of a folder above it, or its path below `root`.

    Or "". A glob that begins with "/" matches only the path below `root`, not a name at any depth.
    """
    if not excludes:
        return ""
    relative = path.relative_to(root)
    steps = [relative, *relative.parents[:-1]]
    return next((each for each in excludes if any(_fits(step, each) for step in steps)), "")


def exclude_glob(path: Path, root: Path) -> str:
    """The exclude that matches only `path`, with everything below it."""
    return "/" + glob.escape(path.relative_to(root).as_posix())


def excluded_path(exclude: str, root: Path) -> Path | None:
    """The path that `exclude_glob` made that exclude for; None if it is any other glob."""
    path = root / _ESCAPED.sub(r"\1", exclude.removeprefix("/"))
    if not path.is_relative_to(root) or ".." in path.parts:
        return None
    return path if exclude_glob(path, root) == exclude else None


def _fits(step: Path, pattern: str) -> bool:
    if pattern.startswith("/"):
        return fnmatchcase(step.as_posix(), pattern[1:].rstrip("/"))
    return fnmatchcase(step.name, pattern) or fnmatchcase(step.as_posix(), pattern.rstrip("/"))
