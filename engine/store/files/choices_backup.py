"""Backs up the user's choices in a small file beside the catalogue, to restore them if it is lost.

Everything else can be read again from photographs and documents. The file is rewritten after each change, and
entries of a newer version are preserved. New kinds of choices (stars, taught words) are further `PARTS`.
Saved searches are stored by the window, in `searches.json`.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from engine.permissions import clear_file_place
from engine.settings import write_whole
from engine.store.database.connection import Database

BACKUP_FILE = "kept.json"
VERSION = 1
TOKEN_KEY = "token"  # in `meta` and in the file: identifies the catalogue it was written from
CHOICES = ("picture_model", "page_model")  # keys of `meta` that the user chose

Json: TypeAlias = dict[str, object]

_log = logging.getLogger(__name__)


class BackupPart(Protocol):
    """One kind of choice. It restores what it has read, and ignores what it cannot understand."""

    def read(self, db: sqlite3.Connection) -> object:
        """The current choices as a JSON value."""

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        """Insert choices that the catalogue lacks. Returns how many the backup has."""
        ...


class FoldersPart:
    """The folders of the library and their excludes."""

    def read(self, db: sqlite3.Connection) -> object:
        """A list of paths with their excludes, sorted by path."""
        rows = db.execute("SELECT path, excludes FROM folder ORDER BY path").fetchall()
        # Bytes of a name that are not valid text become surrogates, escaped in JSON.
        return [
            {"path": os.fsdecode(path), "excludes": list(read_excludes(text) or ())} for path, text in rows
        ]

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        """Insert folders that are missing, without touching known ones."""
        folders = folders_of(kept)
        db.executemany(
            "INSERT OR IGNORE INTO folder (path, excludes) VALUES (?, ?)",
            ((os.fsencode(path), json.dumps(list(excludes))) for path, excludes in folders.items()),
        )
        return len(folders)


class ChoicesPart:
    """The models that the user chose."""

    def read(self, db: sqlite3.Connection) -> object:
        """The values of the keys in `CHOICES`."""
        rows = db.execute("SELECT key, value FROM meta ORDER BY key").fetchall()
        return {key: value for key, value in rows if key in CHOICES}

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        """Insert choices that are missing, without touching existing ones."""
        known = kept if isinstance(kept, dict) else {}
        chosen = {key: known[key] for key in CHOICES if isinstance(known.get(key), str)}
        db.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", chosen.items())
        return len(chosen)


PARTS: Mapping[str, BackupPart] = {"folders": FoldersPart(), "choices": ChoicesPart()}


def folders_of(kept: object) -> dict[str, tuple[str, ...]]:
    """Parse the backup of folders: paths with their excludes. Invalid entries are ignored."""
    entries = kept if isinstance(kept, list) else []
    folders: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str) and path and "\0" not in path:
            folders[path] = _strings(entry.get("excludes")) or ()
    return folders


def read_excludes(stored: object) -> tuple[str, ...] | None:
    """Parse the column `folder.excludes`; None if it is damaged."""
    try:
        return _strings(json.loads(stored)) if isinstance(stored, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def _strings(values: object) -> tuple[str, ...] | None:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return tuple(values)


@dataclass(frozen=True, slots=True)
class RestoredChoices:
    """How much was restored from a backup."""

    folders: int


class ChoicesBackup:
    """The backup file of one library. An unreadable file counts as empty; failed writes are only logged."""

    def __init__(self, location: Path) -> None:
        self._path = location / BACKUP_FILE

    @property
    def holds_folders(self) -> bool:
        """Whether there is at least one folder to restore."""
        return bool(folders_of(self._read().get("folders")))

    def folders(self) -> dict[str, tuple[str, ...]]:
        """The folders in the file, with their excludes."""
        return folders_of(self._read().get("folders"))

    def update(self, database: Database) -> None:
        """Write the catalogue's current choices to the file if it differs."""
        with database.read() as db:
            if self._updated(self._read(), db) is None:
                return
        try:
            with database.transaction() as db:  # so that nobody changes it, or writes the file, meanwhile
                changed = self._updated(self._read(), db)
                if changed is not None:
                    clear_file_place(self._path)
                    write_whole(self._path, json.dumps(changed, indent=2) + "\n")
        except OSError as error:
            _log.warning("what is to be kept could not be written to %s: %s", self._path, error)

    def restore(self, database: Database) -> RestoredChoices | None:
        """Restore choices into a catalogue that is newer than the file and has no choices of its own.

        Returns None if there is nothing to restore.
        """
        kept = self._read()
        with database.read() as db:
            if not folders_of(kept.get("folders")) or not _is_new(db, kept):
                return None
        with database.transaction() as db:
            if not _is_new(db, kept):
                return None
            restored = {name: part.restore(db, kept.get(name)) for name, part in PARTS.items()}
        return RestoredChoices(restored["folders"])

    @staticmethod
    def _updated(kept: Json, db: sqlite3.Connection) -> Json | None:
        """The file's new content; None if it is up to date."""
        parts = {name: part.read(db) for name, part in PARTS.items()}
        wanted = {**kept, "version": kept.get("version", VERSION), TOKEN_KEY: _token(db), **parts}
        return None if wanted == kept else wanted

    def _read(self) -> Json:
        if not self._path.is_file():
            return {}
        try:
            kept = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("what is kept in %s cannot be read: %s", self._path, error)
            return {}
        return kept if isinstance(kept, dict) else {}


def _token(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (TOKEN_KEY,)).fetchone()
    return "" if row is None else str(row[0])


def _is_new(db: sqlite3.Connection, kept: Json) -> bool:
    has_folders = db.execute("SELECT 1 FROM folder LIMIT 1").fetchone() is not None
    return not has_folders and _token(db) != kept.get(TOKEN_KEY)
