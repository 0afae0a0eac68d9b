"""Where things are on this machine, and questions about paths. Nothing is created here."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from engine.errors import FolderError, UserError

APPLICATION = "Findling"
LIBRARY_VARIABLE = "FINDLING_LIBRARY"
MODELS_VARIABLE = "FINDLING_MODELS"
LATEST_NS = 2**63 - 1


def data_folder() -> Path:
    """The folder that the system provides for this program's user data."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def library_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The default library: the environment variable FINDLING_LIBRARY if it is set, else in the data folder.

    Raises UserError if the variable names the home folder of an unknown user.
    """
    return _from_environment(environment, LIBRARY_VARIABLE) or data_folder() / "library"


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloaded models are: the environment variable FINDLING_MODELS if set, else in the data folder.

    All libraries share them, since a model takes gigabytes. Raises UserError as `library_folder` does.
    """
    return _from_environment(environment, MODELS_VARIABLE) or data_folder() / "models"


def samples_folder() -> Path:
    """Where the sample pictures and their own library are, separate from the user's."""
    return data_folder() / "samples"


def log_file(library: Path) -> Path:
    """The log file of every process that opens this library."""
    return library / "findling.log"


def _from_environment(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    try:
        return Path(value).expanduser().absolute() if value else None
    except RuntimeError as error:
        raise UserError(f"{name} says {value}, but there is no such home folder.") from error


def readable_folder(folder: Path) -> Path:
    """Return the folder with links resolved.

    Raises FolderError if it is missing, unreadable or not a folder.
    """
    try:
        resolved = folder.resolve(strict=True)
        if not resolved.is_dir():
            raise FolderError(f"{folder} is not a folder.")
        next(resolved.iterdir(), None)
    except FileNotFoundError as error:
        raise FolderError(f"There is no folder {folder}.") from error
    except PermissionError as error:
        raise FolderError(f"The folder {folder} cannot be read: you have no permission.") from error
    except (OSError, RuntimeError) as error:
        raise FolderError(f"The folder {folder} cannot be read: {error}.") from error
    return resolved


def is_reachable(path: Path) -> bool:
    """Whether the file can be accessed now; False if it is gone, its drive fails, or permission is denied."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class ConnectedFolders:
    """The folders of the library that are connected at present."""

    folders: tuple[Path, ...]
    unplugged: tuple[Path, ...]  # drives that are missing, below the folders or the targets of links in them

    def holds(self, path: Path) -> bool:
        """Whether a file is in a connected folder and not on a missing drive.

        Does not check that it exists.
        """
        if not any(path.is_relative_to(folder) for folder in self.folders):
            return False
        return not any(map(self._may_hide(path), self.unplugged)) or is_reachable(path)

    def _may_hide(self, path: Path) -> Callable[[Path], bool]:
        """Whether a missing drive may hold what `path` leads to.

        A link may lead to a drive outside the folders.
        """
        return lambda drive: (
            path.is_relative_to(drive) or not any(drive.is_relative_to(folder) for folder in self.folders)
        )


def is_missing(path: Path) -> bool:
    """Whether there is certainly no file at this path; False if permission is denied."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def file_identity(path: Path) -> tuple[int, int] | None:
    """The (device, inode) that all names of one file share; None if the file cannot be accessed."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if found.st_ino else None


def first_reachable(copies: Sequence[Path]) -> Path:
    """The first of the files that can be accessed now, or the first of all. Raises IndexError if empty."""
    return next((path for path in copies if is_reachable(path)), copies[0])


def resolve_leniently(path: Path) -> Path:
    """Resolve links as far as they lead; unlike `Path.resolve`, a loop of links raises nothing."""
    return Path(os.path.realpath(path))


def mtime_ns_of(found: os.stat_result) -> int:
    """The modification time in nanoseconds since 1970, limited to 64 bits: from 1677 to 2262."""
    return min(max(found.st_mtime_ns, -LATEST_NS), LATEST_NS)


def change_stamp(found: os.stat_result) -> int:
    """A number that changes with the file's content, even if size and modification time stay the same.

    It may also change with the permissions. No program can set back the time of a file's last change of any
    kind (ctime). Windows reports the creation time instead, so there the file's number on the disk is mixed
    in. Elsewhere the number would not do: memory cards and network shares assign new ones each time they are
    mounted.
    """
    if sys.platform == "win32":
        return (found.st_ctime_ns ^ found.st_ino) & LATEST_NS
    return min(max(found.st_ctime_ns, -LATEST_NS), LATEST_NS)


def path_prefix(folder: Path) -> bytes:
    """The bytes that every path below `folder` begins with, including the separator."""
    return os.fsencode(folder).rstrip(b"/\\") + os.fsencode(os.sep)


def folder_bytes(folder: Path) -> int:
    """Total size in bytes of all files below `folder`; files that disappear while it counts are ignored."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
