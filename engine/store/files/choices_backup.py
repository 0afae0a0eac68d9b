"""What a person chose, in a small file beside the catalogue: should that be lost, it is made again of it.

All else is read anew from photographs and documents. The file is written whole after each change, and what a
newer version keeps in it stays. What comes to be kept later (stars, taught words) is one more of `PARTS`.
Searches that were saved are kept by the window, in `searches.json`.
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
TOKEN_KEY = "token"  # of `meta`, and of the file: which catalogue it was written from
CHOICES = ("picture_model", "page_model")  # keys of `meta` that a person chose

Json: TypeAlias = dict[str, object]

_log = logging.getLogger(__name__)


class BackupPart(Protocol):
    """One kind of thing. It restores what it has read, and passes over what it cannot understand."""

    def read(self, db: sqlite3.Connection) -> object: ...

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        """Into a catalogue that lacks it. Returns how many."""
        ...


class FoldersPart:
    def read(self, db: sqlite3.Connection) -> object:
        rows = db.execute("SELECT path, excludes FROM folder ORDER BY path").fetchall()
        # Bytes of a name that are no text become escapes, in JSON as well.
        return [
            {"path": os.fsdecode(path), "excludes": list(read_excludes(text) or ())} for path, text in rows
        ]

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        folders = folders_of(kept)
        db.executemany(
            "INSERT OR IGNORE INTO folder (path, excludes) VALUES (?, ?)",
            ((os.fsencode(path), json.dumps(list(excludes))) for path, excludes in folders.items()),
        )
        return len(folders)


class ChoicesPart:
    def read(self, db: sqlite3.Connection) -> object:
        rows = db.execute("SELECT key, value FROM meta ORDER BY key").fetchall()
        return {key: value for key, value in rows if key in CHOICES}

    def restore(self, db: sqlite3.Connection, kept: object) -> int:
        known = kept if isinstance(kept, dict) else {}
        chosen = {key: known[key] for key in CHOICES if isinstance(known.get(key), str)}
        db.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", chosen.items())
        return len(chosen)


PARTS: Mapping[str, BackupPart] = {"folders": FoldersPart(), "choices": ChoicesPart()}


def folders_of(kept: object) -> dict[str, tuple[str, ...]]:
    """Paths with their excludes."""
    entries = kept if isinstance(kept, list) else []
    folders: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        path = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(path, str) and path and "\0" not in path:
            folders[path] = _strings(entry.get("excludes")) or ()
    return folders


def read_excludes(stored: object) -> tuple[str, ...] | None:
    """Of the column `folder.excludes`; None where it is damaged."""
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
    folders: int


class ChoicesBackup:
    """The file of one library. One that cannot be read keeps nothing; that it cannot be written is logged."""

    def __init__(self, location: Path) -> None:
        self._path = location / BACKUP_FILE

    @property
    def holds_folders(self) -> bool:
        return bool(folders_of(self._read().get("folders")))

    def folders(self) -> dict[str, tuple[str, ...]]:
        return folders_of(self._read().get("folders"))

    def update(self, database: Database) -> None:
        """Write down what the catalogue holds now, where the file says anything else."""
        with database.read() as db:
            if self._updated(self._read(), db) is None:
                return
        try:
            with database.transaction() as db:  # nobody changes it meanwhile, nor writes the file
                changed = self._updated(self._read(), db)
                if changed is not None:
                    clear_file_place(self._path)
                    write_whole(self._path, json.dumps(changed, indent=2) + "\n")
        except OSError as error:
            _log.warning("what is to be kept could not be written to %s: %s", self._path, error)

    def restore(self, database: Database) -> RestoredChoices | None:
        """Into a catalogue that was made since the file was written, and in which nobody chose anything yet.

        None where there is nothing to restore.
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
        """What the file should say; None where it does."""
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
