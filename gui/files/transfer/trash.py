"""Moves files to the system's bin and back. Never deletes anything. Not for the main thread."""

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
    path: Path  # where the file was
    place: Path | None  # where it lies in the bin; None where the system does not say


@dataclass(frozen=True, slots=True)
class TrashOutcome:
    """What became of some files, and a sentence for each with which nothing could be done."""

    files: tuple[TrashedFile, ...]
    problems: tuple[str, ...]


def no_objection(_path: Path) -> str:
    return ""


def move_to_trash(paths: Sequence[Path], objection: Callable[[Path], str] = no_objection) -> TrashOutcome:
    """`objection`: the sentence for why a file must stay, or "". It is asked right before each goes."""
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
            # The static function is declared to give the place too, but gives only whether it worked.
            if file.moveToTrash():
                place = file.fileName()
                done.append(TrashedFile(path, Path(place) if place and place != str(path) else None))
            else:
                problems.append(words.BIN_REFUSED.format(name=name))
    return TrashOutcome(tuple(done), tuple(problems))


def put_back(binned: Sequence[TrashedFile]) -> TrashOutcome:
    """Each file to where it was, unless something else is there by now."""
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
    """The sentence for what went wrong, else ""."""
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
    """Also from a bin on another drive, through a temporary beside the target."""
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
    """The note that a bin of the freedesktop kind keeps beside each file, with where it came from."""
    return place.parent.parent / "info" / f"{place.name}.trashinfo"


def _make_home() -> None:
    """Where the bin is made: a young account may lack it, and then nothing could go there."""
    home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation))
    with contextlib.suppress(OSError):  # then the bin refuses each file, which is said
        home.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_file(path: Path) -> bool:
    """A link is not followed, and a folder that took the file's name is nothing of ours."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _printable(path: Path) -> bool:
    """Whether Qt can name the file at all: it cannot where the bytes of the name are no valid text."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
