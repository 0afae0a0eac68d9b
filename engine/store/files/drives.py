"""Stores the drives below a folder: other file systems that are mounted there or linked to."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from engine.store.database.connection import Database

# 1 for a file on an unplugged drive or in an unplugged folder; to be joined with `folder`.
AWAY = "max(folder.away, COALESCE((SELECT drive.away FROM drive WHERE drive.id = {file}.drive_id), 0))"


@dataclass(frozen=True, slots=True)
class Drive:
    """A file system below a folder of the library."""

    id: int
    path: Path
    device: int | None  # at the last completed scan that found it
    linked: bool
    away: bool


class Drives:
    """The table `drive`: drives that hold files of a folder, or did when they were connected."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_drives(self, folder: int | None = None) -> tuple[Drive, ...]:
        """The drives of one folder, or of all, sorted by path."""
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
        """Record that the drive is present, with its current device number."""
        if (drive.device, drive.linked, drive.away) != (device, linked, False):
            with self._database.transaction() as db:
                db.execute(
                    "UPDATE drive SET device = ?, linked = ?, away = 0 WHERE id = ?",
                    (device, linked, drive.id),
                )

    def mark_disconnected(self, drive: Drive) -> None:
        """Record that the drive is unplugged: its files stay visible but are not opened."""
        if not drive.away:
            with self._database.transaction() as db:
                db.execute("UPDATE drive SET away = 1 WHERE id = ?", (drive.id,))

    def forget(self, drive: Drive) -> None:
        """Delete a drive that will not come back; its files become ordinary files."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM drive WHERE id = ?", (drive.id,))


class DriveRows:
    """The rows of the drives below one folder, by path; missing ones are inserted."""

    def __init__(self, db: sqlite3.Connection, folder: int) -> None:
        self._db = db
        self._folder = folder
        self._known: dict[Path, int] = {}

    def of(self, path: Path | None) -> int | None:
        """The row of the drive at `path`; None for None."""
        if path is None:
            return None
        if path not in self._known:
            key = (self._folder, os.fsencode(path))
            self._db.execute("INSERT OR IGNORE INTO drive (folder_id, path) VALUES (?, ?)", key)
            row = self._db.execute("SELECT id FROM drive WHERE folder_id = ? AND path = ?", key).fetchone()
            self._known[path] = int(row[0])
        return self._known[path]


def drop_empty(db: sqlite3.Connection, folder: int) -> None:
    """Delete the drives of a folder that have no files."""
    db.execute(
        "DELETE FROM drive WHERE folder_id = ? AND id NOT IN "
        "(SELECT drive_id FROM file WHERE drive_id NOTNULL)",
        (folder,),
    )


def take_over(db: sqlite3.Connection, folder: int, taken: int, unplugged: bool) -> None:
    """Move the drives of the folder `taken` to `folder`, which contains it.

    If `taken` is itself on an unplugged drive, that drive is recorded for `folder`.
    """
    db.execute("UPDATE drive SET folder_id = ? WHERE folder_id = ?", (folder, taken))
    if unplugged:
        row = db.execute(
            "INSERT INTO drive (folder_id, path, device, away) SELECT ?, path, device, 1 FROM folder "
            "WHERE id = ? RETURNING id",
            (folder, taken),
        ).fetchone()
        db.execute("UPDATE file SET drive_id = ? WHERE folder_id = ? AND drive_id IS NULL", (row[0], taken))
