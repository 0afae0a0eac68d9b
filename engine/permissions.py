"""Access rights of a library's files: only their owner may read them, whatever the umask is.

A library holds what a person's letters say. The folder is 0700, which closes everything inside. The files are
0600 all the same, for a library that shares its folder with other things, and for copies of it. On Windows a
user's folders are private already.
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
# Every file name a library has ever used, and what desktops leave in any folder.
NAMES = re.compile(
    r"(catalogue\.sqlite|thumbnails\.sqlite)(-wal|-shm|-journal)?|findling\.log(\.\d+)?|searches(\.damaged)?\.json"
    r"|kept\.json|settings\.json|searches\.new|window\.ini|library\.lock|index|\.DS_Store"
    r"|(catalogue\.sqlite|thumbnails\.sqlite|kept\.json|settings\.json|window\.ini|library\.lock|index)"
    r"(-wal|-shm|-journal)?\.(damaged.*|lock|\w+\.part)"
)
INDEX_NAMES = re.compile(r"(pictures|candidates)-\d+-[0-9a-f]+\.(usearch|lists)(\.partial)?")

_log = logging.getLogger(__name__)


def create_private(file: Path) -> int:
    """Open `file` for writing, empty and with access for its owner only.

    Returns a descriptor; raises OSError.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.open(file, flags, FILE_MODE)


def move_aside(path: Path) -> Path | None:
    """Rename what is at `path` to a free name ending in ".damaged-N" and return it; None if nothing is there.

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
    """Move aside anything at `file` that is not a regular file. Raises OSError."""
    if not file.is_file() and os.path.lexists(file):
        move_aside(file)


def make_folder(folder: Path) -> None:
    """Create `folder`, private, if it does not exist; its parents get default access. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(FOLDER_MODE, exist_ok=True)


def make_inner_folder(folder: Path) -> None:
    """Create a private folder inside a library; anything in its place is moved aside. Raises OSError."""
    if not folder.is_dir() and os.path.lexists(folder):
        move_aside(folder)
    make_folder(folder)


def make_file(file: Path) -> None:
    """Create an empty private file, if there is none, for code that opens files itself. Raises OSError."""
    file.touch(FILE_MODE)


def revoke_others_access(library: Path) -> None:
    """Remove other users' access to a library, which an earlier version or somebody may have granted.

    A folder that also holds other things may be shared on purpose: it stays as it is, and only our own files
    in it are closed. Nothing else is visited, since nobody reaches into a closed folder. What cannot be
    changed (a file system without permissions, another user's file) stays as it is.
    """
    if sys.platform != "win32":
        _restrict(library, NAMES)
        _restrict(library / "index", INDEX_NAMES)


def _restrict(folder: Path, names: re.Pattern[str]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # it is missing or not a folder; whoever needs it reports that
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
