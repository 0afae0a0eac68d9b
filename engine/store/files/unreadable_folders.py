"""Stores the folders that a scan could not open, and why; their files stay as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from engine.store.database.connection import Database


class UnreadableFolders:
    """The table `closed_folder`. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def below(self, folder: int) -> dict[Path, str]:
        """The unreadable folders of the last scan of a folder, sorted by path, each with a sentence."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT path, message FROM closed_folder WHERE folder_id = ? ORDER BY path", (folder,)
            ).fetchall()
        return {Path(os.fsdecode(path)): message for path, message in rows}

    def replace(self, folder: int, closed: Mapping[Path, str]) -> None:
        """Store the unreadable folders of a scan.

        Nothing is written if they are unchanged or the folder is gone.
        """
        if self.below(folder) == closed:
            return
        with self._database.transaction() as db:
            db.execute("DELETE FROM closed_folder WHERE folder_id = ?", (folder,))
            db.executemany(
                "INSERT INTO closed_folder (folder_id, path, message) "
                "SELECT id, ?, ? FROM folder WHERE id = ?",
                ((os.fsencode(path), message, folder) for path, message in closed.items()),
            )
