"""Other file systems below a folder: the drives and shares that are mounted there, or linked to."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from engine.store.database.connection import Database

# 1 for a file that lies on a drive that is unplugged, or in a folder that is; to be joined with `folder`.
AWAY = "max(folder.away, COALESCE((SELECT drive.away FROM drive WHERE drive.id = {file}.drive_id), 0))"


@dataclass(frozen=True, slots=True)
class Drive:
    id: int
    path: Path
    device: int | None  # at the last completed scan that met it
    linked: bool
    away: bool


class Drives:
    """The table `drive`: those that hold files of a folder, or did when they were there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_drives(self, folder: int | None = None) -> tuple[Drive, ...]:
        """Of all folders, or of one, in the order of their paths."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id, path, device, linked, away FROM drive WHERE ?1 IS NULL OR folder_id = ?1 "
                "ORDER BY path",
                (folder,),
            ).fetchall()
        return tuple(
            Drive(number, Path(os.fsdecode(path)), device, bool(linked), bool(away))
            for number, path, device, linked, away in rows
        )

    def mark_connected(self, drive: Drive, device: int | None, linked: bool) -> None:
        if (drive.device, drive.linked, drive.away) != (device, linked, False):
            with self._database.transaction() as db:
                db.execute(
                    "UPDATE drive SET device = ?, linked = ?, away = 0 WHERE id = ?",
                    (device, linked, drive.id),
                )

    def mark_disconnected(self, drive: Drive) -> None:
        """It is unplugged: what it holds stays, and is not asked for."""
        if not drive.away:
            with self._database.transaction() as db:
                db.execute("UPDATE drive SET away = 1 WHERE id = ?", (drive.id,))

    def forget(self, drive: Drive) -> None:
        """It will not come back: its files are files like any others."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM drive WHERE id = ?", (drive.id,))


class DriveRows:
    """The rows of the drives below one folder, by their paths; they are made when they are new."""

    def __init__(self, db: sqlite3.Connection, folder: int) -> None:
        self._db = db
        self._folder = folder
        self._known: dict[Path, int] = {}

    def of(self, path: Path | None) -> int | None:
        if path is None:
            return None
        if path not in self._known:
            key = (self._folder, os.fsencode(path))
            self._db.execute("INSERT OR IGNORE INTO drive (folder_id, path) VALUES (?, ?)", key)
            row = self._db.execute("SELECT id FROM drive WHERE folder_id = ? AND path = ?", key).fetchone()
            self._known[path] = int(row[0])
        return self._known[path]


def drop_empty(db: sqlite3.Connection, folder: int) -> None:
    """Forget drives of which no file is known."""
    db.execute(
        "DELETE FROM drive WHERE folder_id = ? AND id NOT IN "
        "(SELECT drive_id FROM file WHERE drive_id NOTNULL)",
        (folder,),
    )


def take_over(db: sqlite3.Connection, folder: int, taken: int, unplugged: bool) -> None:
    """A folder takes over another that lies below it, which may itself be a drive that is unplugged."""
    db.execute("UPDATE drive SET folder_id = ? WHERE folder_id = ?", (folder, taken))
    if unplugged:
        row = db.execute(
            "INSERT INTO drive (folder_id, path, device, away) SELECT ?, path, device, 1 FROM folder "
            "WHERE id = ? RETURNING id",
            (folder, taken),
        ).fetchone()
        db.execute("UPDATE file SET drive_id = ? WHERE folder_id = ? AND drive_id IS NULL", (row[0], taken))
