"""Copies files into a folder so that only complete files appear there. No Qt; not for the main thread."""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import Cancelled, UserError
from engine.progress import CancelToken, Progress
from gui import strings
from gui.strings import file_work as words

logger = logging.getLogger(__name__)

BLOCK = 1 << 20  # bytes between two checks of the cancel token
# Errors for a name that the file system cannot store: invalid characters, too long, or another encoding.
_NAME_REFUSED = (errno.EINVAL, errno.ENAMETOOLONG, errno.EILSEQ)
_TEMPORARY = re.compile(r"\.findling-export-(\d+)\.part")


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The outcome of an export."""

    folder: Path
    files: int
    problems: tuple[str, ...]  # a sentence for each file that was skipped
    cancelled: bool = False


class _Unreadable(Exception):
    """A single file cannot be copied; the message is a sentence for the user."""


def export(paths: Sequence[Path], folder: Path, progress: Progress, cancel: CancelToken) -> CopyResult:
    """Copy each file once, with its modification time, without overwriting anything.

    If stopped or killed it leaves only complete files, and at most one temporary that the next export
    removes. Raises UserError when nothing more can be written.
    """
    sources = tuple(dict.fromkeys(paths))
    progress.start("exporting", "files", len(sources))
    temporary = folder / f".findling-export-{os.getpid()}.part"
    problems: list[str] = []
    done = 0
    try:
        _remove_leftovers(folder)
        for source in sources:
            try:
                _copy(source, folder, temporary, cancel)
            except _Unreadable as problem:
                problems.append(str(problem))
                progress.add_failed()
            else:
                done += 1
                progress.add_done(current=source.name)
    except Cancelled:
        return CopyResult(folder, done, tuple(problems), cancelled=True)
    except OSError as error:
        raise _cannot_write(folder, error, done, len(sources)) from error
    return CopyResult(folder, done, tuple(problems))


def place_without_overwriting(source: Path, target: Path) -> None:
    """Rename `source` to `target` on the same file system. Raises FileExistsError if `target` exists."""
    if os.name == "nt":
        source.rename(target)  # fails if the target exists
        return
    try:
        target.hardlink_to(source)  # atomic
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        _place_over_claim(source, target)  # a file system without hard links, as on many memory sticks
    else:
        source.unlink()


def _place_over_claim(source: Path, target: Path) -> None:
    """Claim the name by creating an empty file exclusively, then replace that."""
    target.open("xb").close()
    try:
        source.replace(target)
    except BaseException:
        target.unlink()
        raise


def _copy(source: Path, folder: Path, temporary: Path, cancel: CancelToken) -> None:
    with _open_source(source) as reading:
        try:
            with temporary.open("xb") as writing:
                _copy_bytes(reading, writing, source, cancel)
            _copy_date(temporary, os.fstat(reading.fileno()))
            _publish(temporary, folder, source.name)
        finally:
            temporary.unlink(missing_ok=True)


def _open_source(source: Path) -> BinaryIO:
    """Raises _Unreadable. Opens only regular files, since reading a pipe could block forever."""
    name = strings.file_name(source)
    try:
        if not stat.S_ISREG(source.stat().st_mode):
            raise _Unreadable(words.NO_FILE_ANY_MORE.format(name=name))
        return source.open("rb")
    except FileNotFoundError as error:
        raise _Unreadable(words.NO_FILE_ANY_MORE.format(name=name)) from error
    except OSError as error:
        raise _Unreadable(words.not_read(name, error.strerror or "")) from error


def _copy_bytes(reading: BinaryIO, writing: BinaryIO, source: Path, cancel: CancelToken) -> None:
    while True:
        cancel.checkpoint()
        try:
            block = reading.read(BLOCK)
        except OSError as error:
            raise _Unreadable(words.not_read(strings.file_name(source), error.strerror or "")) from error
        if not block:
            return
        writing.write(block)


def _copy_date(copied: Path, of: os.stat_result) -> None:
    try:
        os.utime(copied, ns=(of.st_atime_ns, of.st_mtime_ns))
    except OSError as error:  # some cameras and network drives store no dates; the content matters
        logger.info("%s keeps no dates: %s", copied.parent, error)


def _publish(temporary: Path, folder: Path, name: str) -> None:
    """Rename to the original name, or the first free one such as "name (2).jpg"."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122  # names like ".jpg." have no valid Path.suffix
    number = 1
    while True:
        free = name if number == 1 else f"{stem} ({number}){suffix}"
        try:
            place_without_overwriting(temporary, folder / free)
        except FileExistsError:
            number += 1
        except OSError as error:
            if error.errno not in _NAME_REFUSED:
                raise
            raise _Unreadable(words.NAME_REFUSED.format(name=strings.plain(name))) from error
        else:
            return


def _remove_leftovers(folder: Path) -> None:
    """Remove temporaries of killed exports, but not of one running in another process."""
    for entry in os.scandir(folder):
        match = _TEMPORARY.fullmatch(entry.name)
        if match is None:
            continue
        import psutil  # its import would add a tenth to the time until the window appears

        process = int(match[1])
        if process == os.getpid() or not psutil.pid_exists(process):
            Path(entry.path).unlink(missing_ok=True)


def _cannot_write(folder: Path, error: OSError, done: int, count: int) -> UserError:
    name = strings.file_name(folder)
    so_far = words.exported_so_far(done, count)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(words.EXPORT_FULL.format(name=name), so_far)
    if error.errno == errno.EFBIG:
        return UserError(words.EXPORT_TOO_LARGE.format(name=name), so_far)
    return UserError(words.export_failed(name, error.strerror or ""), so_far)
