"""Brings the catalogue's list of files up to date with the disk."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from engine.errors import FileProblem
from engine.ingest.scanning.hashing import hash_content
from engine.ingest.scanning.mounts import MountedDrive, is_connected, is_link_removed
from engine.ingest.scanning.scan import UnlistedPath, scan_folder
from engine.ingest.scanning.skip_rules import is_now_skipped
from engine.paths import ConnectedFolders, resolve_leniently
from engine.progress import CancelToken, Progress
from engine.records import FoundFile, IndexReport
from engine.store.files.catalogue import Catalogue, Folder
from engine.store.files.scan_marks import ScanMarks

SCAN_BATCH = 256  # files recorded at a time
MAX_LINKED_FILES = 1_000  # targets of links to report, since the system watches each one separately

_log = logging.getLogger(__name__)


def sync_files(catalogue: Catalogue, avoid: Path, progress: Progress, cancel: CancelToken) -> IndexReport:
    """Scan all folders and record what changed. `avoid` is the library's own folder. Raises Cancelled."""
    progress.start("scanning", "files")
    _retry_unreadable(catalogue, cancel)
    seen = ScanMarks()
    counts = Counter(files_seen=0, files_new=0, files_missing=0, files_other=0)
    closed: list[Path] = []
    linked: list[Path] = []
    for folder in catalogue.folders():
        device = device_of(folder)
        if device is None:
            catalogue.mark_disconnected(folder)
        else:
            _sync_folder(catalogue, folder, device, seen, avoid, progress, cancel, counts, linked)
            closed += catalogue.closed.below(folder.id)
    return IndexReport(**counts, linked_files=tuple(linked), closed_folders=tuple(closed))


def _retry_unreadable(catalogue: Catalogue, cancel: CancelToken) -> None:
    """Retry files that could not be read but can be now. The others keep their mark, without a write."""
    readable: list[Path] = []
    for path in catalogue.unreadable_files():
        cancel.checkpoint()
        if _can_be_read(path, cancel):
            readable.append(path)
    if readable:
        catalogue.try_again(readable)


def _can_be_read(path: Path, cancel: CancelToken) -> bool:
    """Whether it can be read to the end: a disk may fail in the middle.

    A pipe, which would block, is not opened.
    """
    try:
        if not path.is_file():
            return False
        hash_content(path, cancel)
    except (FileProblem, OSError):
        return False
    return True


def device_of(folder: Folder) -> int | None:
    """The file system a folder is on; None while it is unplugged.

    A mount point without its drive is an empty folder on another device, not a folder whose files are gone.
    """
    try:
        device = folder.path.stat().st_dev
        changed = folder.device is not None and device != folder.device
        return None if changed and not any(folder.path.iterdir()) else device
    except OSError:
        return None


def find_connected_folders(catalogue: Catalogue) -> ConnectedFolders:
    """The folders that are connected now, and the drives below them that are not."""
    there = tuple(folder.path for folder in catalogue.folders() if device_of(folder) is not None)
    drives = (drive for drive in catalogue.drives.list_drives() if not is_connected(drive.path, drive.device))
    return ConnectedFolders(there, tuple(drive.path for drive in drives))


def _sync_folder(
    catalogue: Catalogue,
    folder: Folder,
    device: int,
    seen: ScanMarks,
    avoid: Path,
    progress: Progress,
    cancel: CancelToken,
    counts: Counter[str],
    linked: list[Path],
) -> None:
    unlisted: list[UnlistedPath] = []
    met: dict[Path, MountedDrive] = {}
    batch: list[FoundFile] = []

    def record() -> bool:
        new = catalogue.record_found(folder, seen, batch)
        if new is None:
            return False
        counts["files_new"] += new
        counts["files_seen"] += len(batch)
        progress.add_done(len(batch), str(folder.path))
        targets = (resolve_leniently(found.path) for found in batch if found.is_link)
        linked.extend(islice(targets, MAX_LINKED_FILES - len(linked)))
        batch.clear()
        return True

    def pass_over(_: Path) -> None:
        counts["files_other"] += 1

    def meet(drive: MountedDrive) -> None:
        met[drive.path] = drive

    try:
        for found in scan_folder(
            folder.path, folder.excludes, avoid, cancel, unlisted.append, pass_over, meet
        ):
            batch.append(found)
            if len(batch) == SCAN_BATCH and not record():
                return  # whoever changed the folder requests another scan
    except OSError as error:  # the folder itself: treated as unplugged; the others go on
        _log.warning("the folder %s cannot be listed: %s", folder.path, error)
        catalogue.mark_disconnected(folder)
        catalogue.closed.replace(folder.id, _unreadable_folders([UnlistedPath(folder.path, True, error)]))
        return
    if record():
        counts["files_missing"] += _finish_scan(catalogue, folder, device, seen, unlisted, met)


def _finish_scan(
    catalogue: Catalogue,
    folder: Folder,
    device: int,
    seen: ScanMarks,
    unlisted: Sequence[UnlistedPath],
    met: Mapping[Path, MountedDrive],
) -> int:
    """Mark what the scan of a folder did not see. Returns how many files are newly missing."""
    if device_of(folder) != device:  # unplugged meanwhile: files that were not seen may exist
        catalogue.mark_disconnected(folder)
        return 0
    _update_drives(catalogue, folder, met)
    catalogue.closed.replace(folder.id, _unreadable_folders(unlisted))
    away = [drive.path for drive in catalogue.drives.list_drives(folder.id) if drive.away]
    return catalogue.end_scan(
        folder,
        seen,
        device,
        [place.path for place in unlisted if not _is_gone(place, away)],
        lambda path: is_now_skipped(path, folder.path, folder.excludes),
    )


def _unreadable_folders(unlisted: Iterable[UnlistedPath]) -> dict[Path, str]:
    """Folders that could not be listed, and those whose entries could not be read, with a sentence."""
    closed: dict[Path, str] = {}
    for place in unlisted:
        permitted = not isinstance(place.error, PermissionError)
        if _is_missing_target(place):
            continue
        if place.is_folder:
            reason = f"This folder could not be listed: {place.error.strerror}."
            closed[place.path] = reason if permitted else "You have no permission to list this folder."
        elif not permitted and place.is_link:
            closed[place.path] = "You have no permission to open what this link leads to."
        elif not permitted:
            closed[place.path.parent] = "You have no permission to open what is in this folder."
    return closed


def _is_missing_target(place: UnlistedPath) -> bool:
    """A link, or an entry that was deleted before it could be examined."""
    return isinstance(place.error, FileNotFoundError | NotADirectoryError)


def _is_gone(place: UnlistedPath, away: Sequence[Path]) -> bool:
    """Whether the file certainly does not exist. `away`: unplugged drives, which a link may lead to."""
    return (
        not place.is_folder
        and _is_missing_target(place)
        and not _lies_on(resolve_leniently(place.path), away)
    )


def _update_drives(catalogue: Catalogue, folder: Folder, met: Mapping[Path, MountedDrive]) -> None:
    """Record which drives below a folder are present and which unplugged, after a scan that `met` these."""
    away: list[Path] = []
    for drive in catalogue.drives.list_drives(folder.id):  # one mounted on another comes after it
        found = met.get(drive.path)
        is_there = is_connected(drive.path, drive.device)
        if found is not None and is_there:
            catalogue.drives.mark_connected(drive, found.device, found.linked)
        elif is_there and not drive.path.is_relative_to(folder.path):
            catalogue.drives.mark_connected(
                drive, drive.device, drive.linked
            )  # though no link leads to it now
        elif drive.linked and not _lies_on(drive.path, away) and is_link_removed(drive.path, drive.device):
            catalogue.drives.forget(drive)
        else:
            catalogue.drives.mark_disconnected(drive)
            away.append(drive.path)


def _lies_on(path: Path, drives: Iterable[Path]) -> bool:
    return any(path.is_relative_to(drive) for drive in drives)
