"""Watches folders for changes."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ingest.scanning.file_formats import is_supported
from engine.progress import CancelToken
from engine.system_folders import is_skipped_folder

if TYPE_CHECKING:
    from watchfiles import Change

SETTLE_MILLISECONDS = 1_600  # a burst of changes (a copy of many files) is reported once
UNWATCHED_RESCAN_SECONDS = 60.0  # if the system cannot watch
# Even without changes: a full queue of the system (16,384 changes on Linux) silently drops the rest.
# https://github.com/samuelcolvin/watchfiles/issues/348
FULL_RESCAN_SECONDS = 600.0
POLL_SECONDS = 0.05  # how often a waiting watch checks whether to end

_log = logging.getLogger(__name__)


def watch_changes(
    folders: Sequence[Path],
    avoid: Path,
    quiet_seconds: float,
    cancel: CancelToken,
    ends: Callable[[], bool] = lambda: False,
    linked: Sequence[Path] = (),
    rescan_seconds: float = UNWATCHED_RESCAN_SECONDS,
    full_rescan_seconds: float = FULL_RESCAN_SECONDS,
) -> Generator[bool, None, None]:
    """Yields True after changes below `folders` or of files in `linked`, False after `quiet_seconds` without.

    Also yields True after `full_rescan_seconds` without a report, since the system may have lost one. Ends
    within a tenth of a second when cancelled, or when `ends` returns True. No change is missed while the
    caller is busy between two steps. Hidden files, bins and `avoid` do not count. Folders that may not be
    listed are left out, and all others are watched. If the system cannot watch (too many folders, a name that
    is not Unicode), it yields True at once and then every `rescan_seconds`, until it can.
    """
    from watchfiles import watch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    watched = [folder.resolve() for folder in folders]
    avoided = avoid.resolve()
    linked_files = frozenset(path for path in linked if _is_skipped(path, watched, outside=True))

    stop = _StopEvent(lambda: cancel.cancelled or ends())
    last_change = time.monotonic()
    may_have_missed = False  # changes since the last step may not have been reported
    failing = False  # the failure was logged
    scope = _WatchScope(watched, linked_files, avoided, stop)
    while not stop.is_set():
        try:
            for batch in watch(
                *scope.list_paths(),
                recursive=not scope.folder_by_folder,
                watch_filter=_change_filter(watched, linked_files, avoided),
                debounce=SETTLE_MILLISECONDS,
                step=int(POLL_SECONDS * 1000),
                stop_event=stop,
                rust_timeout=int(quiet_seconds * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=False,  # True would hide failures and leave folders unwatched
            ):
                changed = (
                    bool(batch) or may_have_missed or time.monotonic() - last_change > full_rescan_seconds
                )
                may_have_missed = failing = False
                if changed:
                    last_change = time.monotonic()
                yield changed
                if scope.has_grown(batch):
                    may_have_missed = True  # earlier changes in the new folder are not reported
                    break
        except (OSError, UnicodeEncodeError, WatchfilesRustInternalError) as error:
            may_have_missed = True
            if scope.can_retry_after(error):
                continue
            if not failing:
                _log.warning("the system cannot watch the folders, they are scanned now and then: %s", error)
            failing = True
            yield True
            stop.wait(rescan_seconds)


def _change_filter(
    folders: Sequence[Path], files: frozenset[Path], avoid: Path
) -> Callable[[Change, str], bool]:
    """Whether a changed path may be one that scans find."""

    def counts(change: Change, name: str) -> bool:
        path = Path(name)
        if path in files:
            return True
        if _is_skipped(path, folders) or Path(os.path.realpath(path)).is_relative_to(avoid):
            return False
        named = is_supported(path.name) or not path.suffix or change.raw_str() == "deleted"
        return named or os.path.isdir(path)  # noqa: PTH112  # Path.is_dir may raise

    return counts


class _WatchScope:
    """What is watched: whole folder trees, or each folder by itself; and some files.

    The system cannot watch a tree with a folder that may not be listed.
    """

    def __init__(
        self, folders: Sequence[Path], files: frozenset[Path], avoid: Path, stop: _StopEvent
    ) -> None:
        self._folders = folders
        self._files = files
        self._avoid = avoid
        self._stop = stop
        self.folder_by_folder = False
        self._before: frozenset[str] = frozenset()
        self._listed: frozenset[str] = frozenset()
        self._listed_files: frozenset[str] = frozenset()
        self._just_begun = False

    def list_paths(self) -> frozenset[str]:
        """What to watch from now on. Raises OSError if there is nothing."""
        self._before, self._listed = self._listed, self._list()
        self._listed_files = self._list_files()
        self._just_begun = True
        return self._listed | self._listed_files

    def has_grown(self, batch: Iterable[tuple[Change, str]]) -> bool:
        """Whether there may be a folder or file that is not watched, even from before the watch began."""
        if _has_link_to_folder(batch) or self._has_lost_file(batch):
            return True
        if not self.folder_by_folder:
            return False
        just_begun, self._just_begun = self._just_begun, False
        return _has_new_folder(batch) or (just_begun and self._list() != self._listed)

    def can_retry_after(self, error: Exception) -> bool:
        """Whether another set of paths can be watched at once after this error."""
        if isinstance(error, PermissionError) and not self.folder_by_folder:
            _log.info("a folder may not be listed, the others are watched: %s", error)
            self.folder_by_folder = True
            return True
        gone = isinstance(error, FileNotFoundError)  # deleted since it was listed
        if gone and not self._listed_files <= self._list_files():
            return True
        return self.folder_by_folder and gone and self._listed != self._before

    def _list(self) -> frozenset[str]:
        if self.folder_by_folder:
            return _list_watchable_folders(self._folders, self._avoid, self._stop)
        return frozenset(map(str, self._folders))

    def _list_files(self) -> frozenset[str]:
        return frozenset(filter(os.path.isfile, map(str, self._files)))

    def _has_lost_file(self, batch: Iterable[tuple[Change, str]]) -> bool:
        """Whether one was deleted or replaced: the system watches the old file."""
        return any(name in self._listed_files and change.raw_str() == "deleted" for change, name in batch)


def _list_watchable_folders(folders: Sequence[Path], avoid: Path, stop: _StopEvent) -> frozenset[str]:
    """`folders` and every folder below them, except hidden ones, system folders and `avoid`.

    Excludes are ignored. Links are followed; a loop ends. Empty once `stop` is set. Raises OSError if none
    can be listed.
    """
    listed: set[str] = set()
    waiting = [os.path.realpath(folder) for folder in folders]
    while waiting:
        if stop.is_set():
            return frozenset()
        folder = waiting.pop()
        if folder in listed or Path(folder).is_relative_to(avoid):
            continue
        try:
            with os.scandir(folder) as entries:
                below = [entry.path for entry in entries if _is_scanned_folder(entry)]
        except OSError:  # the scan reports it
            continue
        listed.add(folder)
        waiting.extend(os.path.realpath(path) for path in below)
    if not listed:
        raise OSError(f"none of the folders can be listed: {', '.join(map(str, folders))}")
    return frozenset(listed)


def _is_scanned_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return not is_skipped_folder(entry.name) and entry.is_dir()
    except OSError:  # a link to itself, or into a folder without permission
        return False


def _has_new_folder(batch: Iterable[tuple[Change, str]]) -> bool:
    return any(os.path.isdir(path) for _, path in batch)  # noqa: PTH112  # Path.is_dir may raise


def _has_link_to_folder(batch: Iterable[tuple[Change, str]]) -> bool:
    """The system only watches behind links that existed when the watch began."""
    return any(os.path.islink(path) and os.path.isdir(path) for _, path in batch)  # noqa: PTH112, PTH114


def _is_skipped(path: Path, folders: Sequence[Path], outside: bool = False) -> bool:
    """Whether the scan skips it below each folder that contains it; `outside`: or none contains it."""
    ways = [path.relative_to(folder).parts for folder in folders if path.is_relative_to(folder)]
    if not ways:
        return outside
    return all(any(is_skipped_folder(part) for part in parts) for parts in ways)


class _StopEvent:
    """A reason to end, in the interface of the watching library."""

    def __init__(self, ends: Callable[[], bool]) -> None:
        self._ends = ends

    def is_set(self) -> bool:
        return self._ends()

    def wait(self, seconds: float) -> None:
        """Wait until there is a reason, but no longer than `seconds`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._ends():
            time.sleep(min(left, POLL_SECONDS))
