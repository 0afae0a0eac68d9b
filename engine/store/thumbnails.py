"""Small pictures for the window, in a database of their own: losing it costs nothing but time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from engine.store.database import Database

TABLE = "CREATE TABLE IF NOT EXISTS thumbnail (item_id INTEGER PRIMARY KEY, jpeg BLOB NOT NULL)"


class Thumbnails:
    """JPEG bytes by item of the catalogue known by `token`; those of another catalogue are dropped."""

    def __init__(self, path: Path, token: int) -> None:
        def prepare(connection: sqlite3.Connection) -> None:
            if connection.execute("PRAGMA user_version").fetchone()[0] != token:
                connection.execute("DROP TABLE IF EXISTS thumbnail")
                connection.execute(f"PRAGMA user_version = {token}")
            connection.execute(TABLE)

        self._database = Database(path, prepare)

    def close(self) -> None:
        self._database.close()

    def put(self, rows: Iterable[tuple[int, bytes]]) -> None:
        with self._database.writing() as db:
            db.executemany("INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", rows)

    def get(self, item: int) -> bytes | None:
        with self._database.reading() as db:
            row = db.execute("SELECT jpeg FROM thumbnail WHERE item_id = ?", (item,)).fetchone()
        return None if row is None else bytes(row[0])

    def remove(self, items: Iterable[int]) -> None:
        with self._database.writing() as db:
            db.executemany("DELETE FROM thumbnail WHERE item_id = ?", ((item,) for item in items))
