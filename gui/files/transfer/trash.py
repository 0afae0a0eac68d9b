"""Moves files to the system's trash and back. Never deletes anything. Not for the main thread."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile, QStandardPaths

from gui import strings
from gui.files.transfer.file_copy import place_without_overwriting
from gui.strings import file_work as words


@dataclass(frozen=True, slots=True)
class TrashedFile:
    """A file in the trash."""

    path: Path  # its original path
    place: Path | None  # its path in the trash; None if the system does not tell


@dataclass(frozen=True, slots=True)
class TrashOutcome:
    """What happened to some files, with a sentence for each problem."""

    files: tuple[TrashedFile, ...]
    problems: tuple[str, ...]


def no_objection(_path: Path) -> str:
    """Allow every file: the default check of `move_to_trash`."""
    return ""


def move_to_trash(paths: Sequence[Path], objection: Callable[[Path], str] = no_objection) -> TrashOutcome:
    """Move files to the trash.

    `objection`: called right before each; a sentence if the file must stay, or "".
    """
    _make_home()
    done: list[TrashedFile] = []
    problems: list[str] = []
    for path in dict.fromkeys(paths):
        name = strings.file_name(path)
        if not _is_file(path):
            problems.append(words.NO_FILE_ANY_MORE.format(name=name))
        elif not _printable(path):
            problems.append(words.BIN_NAME.format(name=name))
        elif sentence := objection(path):
            problems.append(sentence)
        else:
            file = QFile(str(path))
            # The static function is declared to return the path too, but returns only whether it succeeded.
            if file.moveToTrash():
                place = file.fileName()
                done.append(TrashedFile(path, Path(place) if place and place != str(path) else None))
            else:
                problems.append(words.BIN_REFUSED.format(name=name))
    return TrashOutcome(tuple(done), tuple(problems))


def put_back(binned: Sequence[TrashedFile]) -> TrashOutcome:
    """Restore each file to its original path, unless something is there."""
    done: list[TrashedFile] = []
    problems: list[str] = []
    for entry in binned:
        problem = _put_back(entry)
        if problem:
            problems.append(problem)
        else:
            done.append(entry)
    return TrashOutcome(tuple(done), tuple(problems))


def _put_back(entry: TrashedFile) -> str:
    """Restore a file. Returns a sentence if that failed, else ""."""
    name = strings.file_name(entry.path)
    if entry.place is None or not _is_file(entry.place):
        return words.NOT_IN_BIN.format(name=name)
    try:
        entry.path.parent.mkdir(parents=True, exist_ok=True)
        _move(entry.place, entry.path)
        _info_file(entry.place).unlink(missing_ok=True)
    except FileExistsError:
        return words.PLACE_TAKEN.format(name=name)
    except OSError as error:
        return words.not_put_back(name, error.strerror or "")
    return ""


def _move(source: Path, target: Path) -> None:
    """Move a file, also from a trash on another drive, through a temporary beside the target."""
    if source.stat().st_dev == target.parent.stat().st_dev:
        place_without_overwriting(source, target)
        return
    temporary = target.with_name(f".findling-{os.getpid()}.part")
    try:
        shutil.copy2(source, temporary)
        place_without_overwriting(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    source.unlink()


def _info_file(place: Path) -> Path:
    """The note in a freedesktop trash about the original path of a file."""
    return place.parent.parent / "info" / f"{place.name}.trashinfo"


def _make_home() -> None:
    """Create the parent folder of the trash: a new account may lack it, and nothing could be trashed."""
    home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))
    with contextlib.suppress(OSError):  # then trashing fails for each file, which is reported
        home.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_file(path: Path) -> bool:
    """Whether this is a regular file; links are not followed, and folders are not ours to touch."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _printable(path: Path) -> bool:
    """Whether Qt can represent the path; it cannot if the name is not valid UTF-8."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
