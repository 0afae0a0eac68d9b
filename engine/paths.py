"""Where things live on this machine. Nothing is created here."""

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
    """The folder that the system gives this program for the user's data."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def library_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The library used when none is named; the environment variable FINDLING_LIBRARY goes first.

    Raises UserError when that names the home folder of nobody.
    """
    return _from_environment(environment, LIBRARY_VARIABLE) or data_folder() / "library"


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where downloaded models live; the environment variable FINDLING_MODELS goes first.

    All libraries share them: a model is gigabytes, and the same for each. Raises UserError as
    `library_folder` does.
    """
    return _from_environment(environment, MODELS_VARIABLE) or data_folder() / "models"


def samples_folder() -> Path:
    """The sample pictures and their own library, apart from the user's."""
    return data_folder() / "samples"


def log_file(library: Path) -> Path:
    """The log of everything that opens this library."""
    return library / "findling.log"


def _from_environment(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    try:
        return Path(value).expanduser().absolute() if value else None
    except RuntimeError as error:
        raise UserError(f"{name} says {value}, but there is no such home folder.") from error


def readable_folder(folder: Path) -> Path:
    """The folder itself, links resolved. Raises FolderError."""
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
    """Whether it can be looked at now; a drive that is failing, or closed to us, is as good as gone."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class ConnectedFolders:
    """What of the library is connected at present."""

    folders: tuple[Path, ...]
    unplugged: tuple[Path, ...]  # drives below them, or that links below them lead to, that are not there

    def holds(self, path: Path) -> bool:
        if not any(path.is_relative_to(folder) for folder in self.folders):
            return False
        return not any(map(self._may_hide(path), self.unplugged)) or is_reachable(path)

    def _may_hide(self, path: Path) -> Callable[[Path], bool]:
        """Whether what a path leads to may lie on a drive. Links lead to those outside of the folders."""
        return lambda drive: (
            path.is_relative_to(drive) or not any(drive.is_relative_to(folder) for folder in self.folders)
        )


def is_missing(path: Path) -> bool:
    """Whether there is certainly nothing; what is closed to us may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def file_identity(path: Path) -> tuple[int, int] | None:
    """What names of one and the same file have in common; None where it cannot be looked at now."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if found.st_ino else None


def first_reachable(copies: Sequence[Path]) -> Path:
    """The first of one or more files that can be looked at now, else the first."""
    return next((path for path in copies if is_reachable(path)), copies[0])


def resolve_leniently(path: Path) -> Path:
    """Links resolved as far as they lead anywhere: unlike `Path.resolve`, without a complaint of a ring."""
    return Path(os.path.realpath(path))


def mtime_ns_of(found: os.stat_result) -> int:
    """When a file was changed, in nanoseconds since 1970, as far as 64 bits reach: from 1677 to 2262."""
    return min(max(found.st_mtime_ns, -LATEST_NS), LATEST_NS)


def change_stamp(found: os.stat_result) -> int:
    """What changes with a file's content though its size and its date are kept; perhaps with its rights, too.

    No program can set the time of a file's last change of any kind back. Windows tells when a file was made
    instead, so the number that the disk knows it by counts there, too: elsewhere that would not do, since
    memory cards and shares number their files anew each time that they are mounted.
    """
    if sys.platform == "win32":
        return (found.st_ctime_ns ^ found.st_ino) & LATEST_NS
    return min(max(found.st_ctime_ns, -LATEST_NS), LATEST_NS)


def path_prefix(folder: Path) -> bytes:
    """What the paths of all that lies below a folder begin with."""
    return os.fsencode(folder).rstrip(b"/\\") + os.fsencode(os.sep)


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below; those that go while we look (an index run's temporary ones) count nothing."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total
