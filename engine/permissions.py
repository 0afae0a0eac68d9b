"""A library holds what a person's letters say: only that person may look into it, whatever the umask is.

The folder is 0700, and so nobody else comes to what is inside; the files are 0600 all the same, for a
library that lies in a folder with other things, and for a copy of it. Windows gives a user's folders to the
user alone.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from itertools import count
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OTHERS = 0o077
# All that a library ever had in its folder, and what a desktop leaves in any.
NAMES = re.compile(
    r"(catalogue\.sqlite|thumbnails\.sqlite)(-wal|-shm|-journal)?|findling\.log(\.\d+)?|searches(\.damaged)?\.json"
    r"|kept\.json|settings\.json|searches\.new|window\.ini|library\.lock|index|\.DS_Store"
    r"|(catalogue\.sqlite|thumbnails\.sqlite|kept\.json|settings\.json|window\.ini|library\.lock|index)"
    r"(-wal|-shm|-journal)?\.(damaged.*|lock|\w+\.part)"
)
INDEX_NAMES = re.compile(r"(pictures|candidates)-\d+-[0-9a-f]+\.(usearch|lists)(\.partial)?")

_log = logging.getLogger(__name__)


def create_private(file: Path) -> int:
    """A descriptor to write a file anew by. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.open(file, flags, FILE_MODE)


def move_aside(path: Path) -> Path | None:
    """Give what is in the way another name, under which nothing is lost. None when nothing is there.

    Raises OSError.
    """
    for number in count(1):
        aside = path.with_name(f"{path.name}.damaged-{number}")
        if not os.path.lexists(aside):
            break
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    _log.warning("%s was put aside as %s", path, aside.name)
    return aside


def clear_file_place(file: Path) -> None:
    """What is in a file's place, and is none, is put aside. Raises OSError."""
    if not file.is_file() and os.path.lexists(file):
        move_aside(file)


def make_folder(folder: Path) -> None:
    """Make it where it is not there; those above it are nothing private. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(FOLDER_MODE, exist_ok=True)


def make_inner_folder(folder: Path) -> None:
    """Of a library. What is in its place, and is no folder, is put aside. Raises OSError."""
    if not folder.is_dir() and os.path.lexists(folder):
        move_aside(folder)
    make_folder(folder)


def make_file(file: Path) -> None:
    """An empty one where there is none, for what is written by others' code. Raises OSError."""
    file.touch(FILE_MODE)


def revoke_others_access(library: Path) -> None:
    """Take from others what an earlier version, or somebody, let them have of a library.

    A folder that holds other things, too, may be shared on purpose: it stays as it is, and only our own files
    in it are closed. Nothing else is walked, since nobody comes to what is in a folder that is closed. What
    cannot be changed (a file system without such rights, another's file) stays.
    """
    if sys.platform != "win32":
        _restrict(library, NAMES)
        _restrict(library / "index", INDEX_NAMES)


def _restrict(folder: Path, names: re.Pattern[str]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # it is not there, or is none: what needs it says so
    own = [entry for entry in entries if names.fullmatch(entry.name)]
    if len(own) == len(entries):
        _restrict_path(folder)
    for entry in own:
        if entry.is_file(follow_symlinks=False):
            _restrict_path(Path(entry.path))


def _restrict_path(path: Path) -> None:
    try:
        found = path.stat()
        if found.st_mode & OTHERS and found.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
    except OSError as error:
        _log.info("others may still look at %s: %s", path, error)
