"""Opens a library's catalogue; if it was lost, recreates it from the backup beside it and says so."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import LibraryDamaged
from engine.library.write_lock import WriteLock
from engine.permissions import clear_file_place, move_aside
from engine.store.database.connection import Database, translate_errors
from engine.store.database.file_identity import FileIdentity, identify_file
from engine.store.database.schema import migrate
from engine.store.files.catalogue import Catalogue
from engine.store.files.choices_backup import ChoicesBackup

SUFFIXES = ("-shm", "-wal", "-journal", "")  # the database itself last: see `thumbnails.SUFFIXES`
LIBRARY_FILES = ("thumbnails.sqlite", "index")  # traces of a library that once had a catalogue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedCatalogue:
    """An open database, the backup of the user's choices, and what to tell the user."""

    database: Database
    kept: ChoicesBackup
    notices: tuple[str, ...] = ()  # sentences for the user about repairs


def open_catalogue(path: Path, write_lock: WriteLock) -> OpenedCatalogue:
    """Open or create the catalogue. A damaged one is moved aside, never deleted.

    Raises LibraryDamaged for another program's file and for a damaged one without a backup; LibraryTooNew,
    LibraryInUse, DiskFull, UserError.
    """
    kept = ChoicesBackup(path.parent)
    with translate_errors(path):
        database, lost = _open_database(path, kept, write_lock)
    try:
        notices = _restore_choices(database, kept, lost)
    except BaseException:
        database.close()
        raise
    for notice in notices:
        _log.warning(notice)
    return OpenedCatalogue(database, kept, notices)


def _open_database(path: Path, kept: ChoicesBackup, write_lock: WriteLock) -> tuple[Database, str]:
    """The database, and what happened to the one that was there before, or ""."""
    found = identify_file(path)
    why = found.value
    if found is FileIdentity.FOREIGN:
        raise LibraryDamaged(
            f"{path} is a database of another program.",
            "It is left as it is. Move it elsewhere, or name another folder for the library.",
        )
    if found in (FileIdentity.OURS, FileIdentity.UNREADABLE):
        _clear_log_places(path)
        try:
            return Database(path, migrate), ""
        except LibraryDamaged:
            if not kept.holds_folders:
                raise
            why = FileIdentity.UNREADABLE.value
    elif not kept.holds_folders and not _has_traces(path.parent):
        if found is FileIdentity.NO_FILE:
            raise LibraryDamaged(f"{path} is no file.", "Move it elsewhere, or name another folder.")
        return Database(path, migrate), ""
    if not os.access(path.parent, os.W_OK):
        raise LibraryDamaged(
            f"The library's catalogue {why}.", f"It could be made again, but {path.parent} cannot be written."
        )
    with write_lock.exclusive():
        if (
            identify_file(path) is FileIdentity.OURS and why != FileIdentity.UNREADABLE.value
        ):  # another process was faster
            return Database(path, migrate), ""
        return _recreated_message(path, why)


def _clear_log_places(path: Path) -> None:
    """Move aside anything but files: SQLite can neither use nor replace it."""
    if os.access(path.parent, os.W_OK):
        for suffix in SUFFIXES:
            clear_file_place(path.with_name(path.name + suffix))


def _recreated_message(path: Path, why: str) -> tuple[Database, str]:
    aside = ""
    for suffix in SUFFIXES:
        moved = move_aside(path.with_name(path.name + suffix))
        aside = f", and was put aside as {moved.name}" if moved is not None else aside
    return Database(path, migrate), f"The library's catalogue {why}{aside}."


def _has_traces(location: Path) -> bool:
    return any((location / name).exists() for name in LIBRARY_FILES)


def _restore_choices(database: Database, kept: ChoicesBackup, lost: str) -> tuple[str, ...]:
    """Restore and repair what is possible; returns sentences for the user."""
    if database.read_only:
        return ()
    notices: list[str] = []
    restored = kept.restore(database)
    if restored is not None:
        many = "1 folder" if restored.folders == 1 else f"{restored.folders} folders"
        notices.append(
            f"{lost or 'The library had lost its folders.'} It has the {many} again that it had, and what "
            "they hold is read again with the next run."
        )
    elif lost:
        notices.append(f"{lost} A new one was begun, which knows no folder: add your folders again.")
    return *notices, *_restore_excludes(database, kept)


def _restore_excludes(database: Database, kept: ChoicesBackup) -> Sequence[str]:
    """If a folder's excludes can no longer be read, they are taken from the backup."""
    catalogue = Catalogue(database)
    notices = []
    for folder in catalogue.damaged_folders():
        excludes = kept.folders().get(str(folder))
        catalogue.set_excludes(folder, excludes or ())
        told = "was read from what is kept." if excludes is not None else "is not known any more: look at it."
        notices.append(f"What is left out of the folder {folder} was damaged, and {told}")
    return notices
