"""Temporary folders in which a model is assembled, or kept while another replaces it.

Each has a lock beside it that ends with its process, so that the leftovers of a killed process can be
recognised and removed.
"""

from __future__ import annotations

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

ADDING, REPLACED = ".adding", ".replaced"
_LOCK = ".lock"
_GRACE_SECONDS = 86_400.0  # seconds

_log = logging.getLogger(__name__)


@contextmanager
def staging_folder(directory: Path, kind: str) -> Iterator[Path]:
    """Reserve a name in `directory` for a folder, which is deleted at the end. Raises OSError."""
    folder = directory / f"{kind}-{uuid.uuid4().hex}"
    lock = FileLock(f"{folder}{_LOCK}", timeout=0, thread_local=False)
    directory.mkdir(parents=True, exist_ok=True)
    with _hold(lock):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(directory: Path, put_back: Callable[[Path], bool]) -> None:
    """Remove what killed processes left behind.

    `put_back` receives a replaced model's folder; True if it could be restored. Leftovers of an earlier
    version have no lock and are kept for a day.
    """
    for kind in (ADDING, REPLACED):
        names = {path.name.removesuffix(_LOCK) for path in directory.glob(f"{kind}-*")}
        for name in sorted(names):
            try:
                _remove_leftover(directory / name, kind, put_back)
            except OSError as error:  # tried again next time
                _log.warning("what is left of a model cannot be removed: %s", error)


def _remove_leftover(folder: Path, kind: str, put_back: Callable[[Path], bool]) -> None:
    file = Path(f"{folder}{_LOCK}")
    if not file.exists() and time.time() - folder.stat().st_mtime < _GRACE_SECONDS:
        return
    try:
        with _hold(FileLock(file, timeout=0, thread_local=False)):
            if folder.exists() and not (kind == REPLACED and put_back(folder)):
                shutil.rmtree(folder)
    except Timeout:
        pass  # its process is still running


@contextmanager
def _hold(lock: FileLock) -> Iterator[None]:
    lock.acquire()
    try:
        yield
    finally:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)
