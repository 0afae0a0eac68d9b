"""Thumbnails for the window, in a database of their own that can always be rebuilt."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path

from engine.errors import LibraryDamaged, UserError
from engine.permissions import clear_file_place
from engine.store.database.connection import Database
from engine.store.database.vacuum import reclaim_space

TABLE = "CREATE TABLE IF NOT EXISTS thumbnail (item_id INTEGER PRIMARY KEY, jpeg BLOB NOT NULL)"
# The database itself last: a log that outlived it would be applied to the next database.
SUFFIXES = ("-shm", "-wal", "")

_log = logging.getLogger(__name__)


class Thumbnails:
    """JPEG bytes by item of the catalogue known by `token`; those of another catalogue are dropped.

    A damaged file is deleted and recreated whenever damage shows. Thread-safe: calls take turns, so that no
    thread uses a file while it is deleted.
    """

    def __init__(self, path: Path, token: int, read_only: bool = False) -> None:
        """`read_only`: the library is not written to.

        A file that cannot be opened now is tried again later.
        """
        self._path = path
        self._read_only = read_only
        self._token = token
        self._using = threading.Lock()
        self._database: Database | None = None  # None after damage, until it is reopened
        try:
            self._opened()
        except UserError as error:
            _log.warning("the thumbnails cannot be opened: %s", error)

    def close(self) -> None:
        """Close the database; nothing else may be called afterwards."""
        with self._using:
            if self._database is not None:
                self._database.close()

    def put(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Store (item, JPEG) pairs, replacing older ones; no effect if read-only.

        Raises DiskFull, LibraryInUse.
        """
        self._write("INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", list(rows))

    def get(self, item: int) -> bytes | None:
        """The JPEG of an item; None if there is none, or it cannot be read now."""
        with self._using:
            try:
                with self._opened().read() as db:
                    row = db.execute("SELECT jpeg FROM thumbnail WHERE item_id = ?", (item,)).fetchone()
            except LibraryDamaged:
                self._discard()
                return None
            except UserError:
                return None
        return None if row is None else bytes(row[0])

    def remove(self, items: Iterable[int]) -> None:
        """Delete the thumbnails of these items; no effect if read-only."""
        self._write("DELETE FROM thumbnail WHERE item_id = ?", [(item,) for item in items])

    def keep_only(self, items: Set[int]) -> None:
        """Delete the thumbnails of all other items."""
        with self._using:
            try:
                with self._opened().read() as db:
                    rows = db.execute("SELECT item_id FROM thumbnail").fetchall()
            except LibraryDamaged:
                self._discard()
                return
        if gone := [row[0] for row in rows if row[0] not in items]:
            self.remove(gone)

    def reclaim_space(self, checkpoint: Callable[[], None]) -> None:
        """Return the file's free space to the disk; the thumbnails can be used meanwhile."""
        with self._using:
            database = self._opened()
        try:
            reclaim_space(database, checkpoint)
        except LibraryDamaged:
            with self._using:
                if self._database is database:
                    self._discard()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._read_only:
            return
        with self._using:
            try:
                _execute(self._opened(), statement, rows)
            except LibraryDamaged:
                self._discard()
                _execute(self._opened(), statement, rows)

    def _opened(self) -> Database:
        if self._database is None:
            if not self._read_only:
                clear_file_place(self._path)
            try:
                self._database = Database(self._path, self._prepare)
            except LibraryDamaged:
                self._discard()
                self._database = Database(self._path, self._prepare)
        return self._database

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchone()[0] != self._token:
            connection.execute("DROP TABLE IF EXISTS thumbnail")
            connection.execute(f"PRAGMA user_version = {self._token}")
        connection.execute(TABLE)

    def _discard(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._read_only:
            return
        _log.warning("the file of thumbnails is damaged and is begun anew: %s", self._path)
        for suffix in SUFFIXES:
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


def _execute(database: Database, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    with database.transaction() as db:
        db.executemany(statement, rows)
