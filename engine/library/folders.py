"""Which files of the folders are searched, and why a file is found or not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine import paths
from engine.errors import FolderError
from engine.ingest.pipeline.sync_files import device_of, find_connected_folders
from engine.ingest.scanning.file_formats import is_supported
from engine.ingest.scanning.skip_rules import (
    SkipReason,
    SkipRule,
    exclude_glob,
    excluded_path,
    find_skip_rule,
)
from engine.library.active_model import ModelRollover
from engine.records import FileDiagnosis, FileSituation, FolderStatus
from engine.store.files.catalogue import Catalogue, Folder
from engine.store.files.file_states import FileState, FileStates
from engine.store.files.library_counts import LibraryCounts
from engine.system_folders import is_skipped_folder

NEXT_LOOK = "It is read with the next look at the folders."
NO_SUCH_FILE = "There is no such file."


class FolderService:
    """Excludes folders and explains files, by the rules of the scan (engine/ingest/scanning/scan.py)."""

    def __init__(
        self, location: Path, catalogue: Catalogue, states: FileStates, rollover: ModelRollover
    ) -> None:
        self._location = location
        self._catalogue = catalogue
        self._states = states
        self._rollover = rollover

    # ---- leaving out

    def exclude(self, folder: Path) -> None:
        """Remove what is in `folder` from the results, and skip it in later scans.

        Raises FolderError if it is in no folder of the library, or is one itself.
        """
        path, around = self._change_excludes(
            folder, lambda own, excludes: tuple(dict.fromkeys((*excludes, own)))
        )
        for root in around:
            self._catalogue.forget_below(root.path, path)

    def include(self, folder: Path) -> None:
        """Undo `exclude`; no effect if the folder is not excluded. Raises FolderError like `exclude`."""
        self._change_excludes(folder, lambda own, excludes: tuple(each for each in excludes if each != own))

    def include_again(self, folder: Path) -> None:
        """Undo the exclusion of a folder that the user adds.

        Raises FolderError if other rules still exclude it.
        """
        around = _containing_folders(folder, self._catalogue.folders())[1]
        if not around or around[0].path == folder:
            return
        self.include(folder)
        for root in _containing_folders(folder, self._catalogue.folders())[1]:
            rule = self._skip_rule(folder, root)
            stands_for_itself = any(is_skipped_folder(part) for part in folder.relative_to(root.path).parts)
            if rule is not None and rule.reason is SkipReason.EXCLUDED and not stands_for_itself:
                told = _skipped(folder, root, rule).message
                raise FolderError(f"{folder} cannot be added: it lies in {root.path}.", told)

    def _change_excludes(
        self, folder: Path, change: Callable[[str, tuple[str, ...]], tuple[str, ...]]
    ) -> tuple[Path, tuple[Folder, ...]]:
        """Returns the folder as the library names it, and the library's folders that contain it."""
        known = self._catalogue.folders()
        path, around = _containing_folders(folder, known)
        if any(path == other.path for other in known):
            raise FolderError(f"{folder} is a folder of the library itself.", "Remove it instead.")
        if not around:
            raise FolderError(f"{folder} lies in no folder of this library.")
        for root in around:
            self._catalogue.change_excludes(root.path, partial(change, exclude_glob(path, root.path)))
        return path, around

    # ---- what is there

    def statuses(self, summary: LibraryCounts) -> tuple[FolderStatus, ...]:
        """The status of each folder of the library, with its exactly named excludes."""
        return tuple(
            _with_excluded_folders(folder)
            for folder in summary.folders(find_connected_folders(self._catalogue))
        )

    def unplugged_below(self, folder: Path) -> tuple[Path, ...]:
        """The library's folders below `folder` that were on a drive of their own, which is now missing."""
        device = folder.stat().st_dev
        below = (each for each in self._catalogue.folders() if each.path.is_relative_to(folder))
        return tuple(each.path for each in below if each.device != device and device_of(each) is None)

    # ---- why a file is found or not

    def diagnose(self, path: Path) -> FileDiagnosis:
        """Why the file at `path` is found or not, judged by its name without following links."""
        if "\0" in str(path):  # no file can have such a name, and system calls reject it
            return FileDiagnosis(path, FileSituation.GONE, NO_SUCH_FILE)
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links: the name counts
        named, around = _containing_folders(absolute, self._catalogue.folders())
        if not around:
            return _outside_library(absolute)
        diagnoses = [self._diagnose_in(named, root) for root in around]
        left = (FileSituation.EXCLUDED, FileSituation.PASSED_OVER)
        best = next((each for each in diagnoses if each.situation not in left), diagnoses[0])
        return replace(best, path=absolute)

    def _diagnose_in(self, path: Path, root: Folder) -> FileDiagnosis:
        if (rule := self._skip_rule(path, root)) is not None:
            return _skipped(path, root, rule)
        state = self._states.of(path, self._rollover.serving().row)
        items = _searchable_items(state)
        try:
            found = path.stat()
        except OSError as error:
            unplugged = self._unplugged(path, root)
            return _diagnosis(path, root, *_gone(path, unplugged, error, state), items)
        if stat.S_ISDIR(found.st_mode):
            return _diagnosis(path, root, *_searched_folder(path, self._states.below(path)))
        if not stat.S_ISREG(found.st_mode):
            return _diagnosis(path, root, FileSituation.PASSED_OVER, "It is no regular file.")
        if not is_supported(path.name):
            return _diagnosis(path, root, *_other_type(path))
        if state is None:
            return self._diagnose_unscanned(path, root)
        if (state.size, state.mtime_ns) != (found.st_size, paths.mtime_ns_of(found)):
            changed = f"It has changed since it was read. {NEXT_LOOK}"
            return _diagnosis(path, root, FileSituation.PENDING, changed, items)
        if state.doubtful or state.stamp not in (None, paths.change_stamp(found)):
            doubtful = f"It may have changed since it was read. {NEXT_LOOK}"
            return _diagnosis(path, root, FileSituation.PENDING, doubtful, items)
        return _diagnosis(path, root, *_situation(state), items)

    def _unplugged(self, path: Path, root: Folder) -> str:
        """A sentence about the missing drive that holds a file, or "" if no drive is missing."""
        if device_of(root) is None:
            return f"The drive of the folder {root.path} is not connected."
        drives = (
            drive for drive in find_connected_folders(self._catalogue).unplugged if path.is_relative_to(drive)
        )
        return next((f"The drive at {drive} is not connected." for drive in drives), "")

    def _skip_rule(self, path: Path, root: Folder) -> SkipRule | None:
        """The first rule that keeps the scan from the file, or from a folder on the way to it."""
        way = [path, *path.parents]
        steps = reversed(way[: way.index(root.path)])
        rules = (find_skip_rule(step, root.path, root.excludes, self._location) for step in steps)
        return next((rule for rule in rules if rule is not None), None)

    def _diagnose_unscanned(self, path: Path, root: Folder) -> FileDiagnosis:
        """For a file that no rule excludes but no scan has found under this name."""
        real = paths.resolve_leniently(path)
        if real != path and (state := self._states.of(real, self._rollover.serving().row)) is not None:
            situation, message = _situation(state)
            return _diagnosis(path, root, situation, f"It is {real}. {message}", _searchable_items(state))
        closed = next((step for step in path.parents if not os.access(step, os.R_OK | os.X_OK)), None)
        if closed is not None:
            return _diagnosis(path, root, FileSituation.PASSED_OVER, f"You may not list the folder {closed}.")
        return _diagnosis(path, root, FileSituation.PENDING, f"It is new. {NEXT_LOOK}")


def _with_excluded_folders(folder: FolderStatus) -> FolderStatus:
    named = (excluded_path(exclude, folder.path) for exclude in folder.excludes)
    return replace(folder, left_out=tuple(path for path in named if path is not None))


def _containing_folders(path: Path, folders: tuple[Folder, ...]) -> tuple[Path, tuple[Folder, ...]]:
    """The path as the library writes it, and the folders that contain it, the nearest first."""
    for named in (path, paths.resolve_leniently(path)):
        around = [folder for folder in folders if named.is_relative_to(folder.path)]
        if around:
            return named, tuple(sorted(around, key=lambda folder: -len(folder.path.parts)))
    return path, ()


def _searchable_items(state: FileState | None) -> tuple[int, ...]:
    return tuple(item.item for item in state.items if item.findable) if state is not None else ()


# ---- sentences ---------------------------------------------------------------------------------------


def _diagnosis(
    path: Path, root: Folder, situation: FileSituation, message: str, items: tuple[int, ...] = ()
) -> FileDiagnosis:
    return FileDiagnosis(path, situation, message, root.path, items)


def _outside_library(path: Path) -> FileDiagnosis:
    if not paths.is_reachable(path):
        return FileDiagnosis(path, FileSituation.GONE, NO_SUCH_FILE)
    if path.is_file() and not is_supported(path.name):
        return FileDiagnosis(path, *_other_type(path))
    folder = path if path.is_dir() else path.parent
    return FileDiagnosis(
        path,
        FileSituation.OUTSIDE,
        f"It lies in none of the folders that are searched. Add the folder {folder} to have it found.",
    )


def _skipped(path: Path, root: Folder, rule: SkipRule) -> FileDiagnosis:
    it = "It" if rule.path == path else f"The folder {rule.path} that it lies in"
    if rule.reason is SkipReason.EXCLUDED:
        told = rule.glob == exclude_glob(rule.path, root.path)
        reason = "" if told else f" by the pattern {rule.glob}"
        remedy = f" Search {rule.path} again to have it found." if told else " Name it otherwise, or move it."
        diagnosis = _diagnosis(path, root, FileSituation.EXCLUDED, f"{it} is left out{reason}.{remedy}")
        return replace(diagnosis, left_out=rule.path if told else None)
    if rule.reason is SkipReason.LIBRARY:
        return _diagnosis(path, root, FileSituation.PASSED_OVER, f"{it} is the library's own folder.")
    if rule.reason is SkipReason.SYSTEM:
        kept = (
            f"{it} has the name of a folder that a system or a program keeps for itself, such as a bin. "
            f"Such folders are passed over. Add {rule.path} to have it found."
        )
        return _diagnosis(path, root, FileSituation.PASSED_OVER, kept)
    hidden = f"{it} is hidden: its name begins with a dot. Such files are passed over."
    return _diagnosis(path, root, FileSituation.PASSED_OVER, hidden)


def _gone(path: Path, unplugged: str, error: OSError, state: FileState | None) -> tuple[FileSituation, str]:
    if unplugged:
        kept = " What was read of it is kept." if state is not None else ""
        return FileSituation.GONE, f"{unplugged}{kept}"
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        return FileSituation.FAILED, f"It cannot be looked at: {error.strerror}."
    if path.is_symlink():
        return FileSituation.GONE, "It is a link, and what it leads to is not there."
    if state is not None:
        return FileSituation.GONE, "It is no longer there: it was moved or deleted."
    return FileSituation.GONE, NO_SUCH_FILE


def _searched_folder(path: Path, files: int) -> tuple[FileSituation, str]:
    count = "1 file below it is known." if files == 1 else f"{files:,} files below it are known."
    return FileSituation.FOLDER, f"The folder {path} is searched. {count}"


def _other_type(path: Path) -> tuple[FileSituation, str]:
    kind = f"files that end in {path.suffix}" if path.suffix else "files whose names have no ending"
    return FileSituation.OTHER_TYPE, f"Photographs and PDF documents are read, {kind} are not."


def _situation(state: FileState) -> tuple[FileSituation, str]:
    """For a file that is unchanged since the scan."""
    if state.problem:
        return FileSituation.FAILED, state.problem
    if state.missing or not state.opened or not state.items:
        return FileSituation.PENDING, "It is still to be read."
    found, failed = _searchable_items(state), [item for item in state.items if item.problem]
    if len(found) == len(state.items):
        return FileSituation.SEARCHABLE, _searchable_message(state)
    if len(failed) == len(state.items):
        return FileSituation.FAILED, failed[0].problem
    if not found and not failed:
        return FileSituation.PENDING, "It is still to be looked at."
    parts = [f"{len(found):,} of its {len(state.items):,} pages can be found."]
    if failed:
        parts.append(f"Page {failed[0].page}: {failed[0].problem}")
    if len(found) + len(failed) < len(state.items):
        parts.append("The others are still to be looked at.")
    return FileSituation.PARTLY, " ".join(parts)


def _searchable_message(state: FileState) -> str:
    problem = next((item.reading_problem for item in state.items if item.reading_problem), "")
    if problem:
        return f"It can be found by its look. Its text could not be read: {problem}"
    if not all(item.read for item in state.items):
        return "It can be found by its look. What is written on it has not been read."
    return "It can be found."
