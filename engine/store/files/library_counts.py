"""Counts what the catalogue holds, for people to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.paths import ConnectedFolders
from engine.records import FolderStatus
from engine.store.database.connection import Database
from engine.store.database.versioned_value import VersionedValue
from engine.store.files.catalogue import Catalogue, Folder

FINDABLE = """
EXISTS (SELECT 1 FROM vector WHERE item_id = item.id)
AND EXISTS (SELECT 1 FROM file WHERE file.content_id = item.content_id AND missing_since IS NULL)
"""
ITEMS = f"SELECT COALESCE(SUM(page = 0), 0), COALESCE(SUM(page > 0), 0) FROM item WHERE {FINDABLE}"
FILES = "SELECT COALESCE(SUM(missing_since IS NULL), 0), COALESCE(SUM(missing_since NOTNULL), 0) FROM file"
COPIES = """
SELECT COALESCE(SUM(files - 1), 0) FROM (SELECT content_id, COUNT(*) AS files FROM file
    WHERE missing_since IS NULL AND problem_kind IS NULL GROUP BY content_id HAVING COUNT(*) > 1)
JOIN content ON content.id = content_id WHERE content.problem_kind IS NULL AND content.opened
"""
PENDING = """
SELECT COUNT(*) FROM file LEFT JOIN content ON content.id = file.content_id
WHERE missing_since IS NULL AND file.problem_kind IS NULL AND content.problem_kind IS NULL
AND (content.id IS NULL OR content.opened = 0 OR EXISTS (
    SELECT 1 FROM item WHERE item.content_id = content.id AND item.problem_kind IS NULL
    AND NOT EXISTS (SELECT 1 FROM vector WHERE item_id = item.id AND model_id = :model)
    AND NOT EXISTS (SELECT 1 FROM embedding_problem WHERE item_id = item.id AND model_id = :model)))
"""
FOLDER_FILES = "SELECT folder_id, COUNT(*) FROM file WHERE missing_since IS NULL GROUP BY folder_id"
FOLDER_ITEMS = """
SELECT folder_id, COUNT(DISTINCT item.id) FROM file JOIN item ON item.content_id = file.content_id
WHERE missing_since IS NULL AND EXISTS (SELECT 1 FROM vector WHERE item_id = item.id) GROUP BY folder_id
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """The totals of a library; `failed` counts files and folders, `pending` files."""

    files: int
    copies: int
    missing: int
    photos: int
    pages: int
    failed: int
    pending: int


@dataclass(frozen=True, slots=True)
class _FolderCounts:
    files: int
    items: int
    failed: int
    closed: tuple[Path, ...]


class LibraryCounts:
    """Counts files, items and folders. Thread-safe.

    The counts of a large library take long, so they are counted again only when the catalogue has changed.
    """

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._counts = VersionedValue(database, self._count)
        self._by_folder = VersionedValue(database, self._count_by_folder)

    def counts(self, model: int | None) -> Counts:
        """The totals. `pending` counts the files that lack something for `model` (None: for any model)."""
        return self._counts.get(model)

    def folders(self, reach: ConnectedFolders) -> tuple[FolderStatus, ...]:
        """The status of each folder. `reach`: what is connected now."""
        counts = self._by_folder.get(None)
        return tuple(
            FolderStatus(
                path=folder.path,
                excludes=folder.excludes,
                available=folder.path in reach.folders,
                files=each.files,
                items=each.items,
                failed=each.failed,
                closed=each.closed,
                unplugged=tuple(drive for drive in reach.unplugged if drive.is_relative_to(folder.path)),
            )
            for folder, each in counts
        )

    def _count(self, model: int | None) -> Counts:
        with self._database.read() as db:
            photos, pages = db.execute(ITEMS).fetchone()
            files, missing = db.execute(FILES).fetchone()
            copies = db.execute(COPIES).fetchone()[0]
            pending = db.execute(PENDING, {"model": model}).fetchone()[0]
        failed = len({failure.path for failure in self._catalogue.failures()})
        return Counts(files, copies, missing, photos, pages, failed, pending)

    def _count_by_folder(self, _key: None) -> tuple[tuple[Folder, _FolderCounts], ...]:
        folders = self._catalogue.folders()
        failed = Counter(_owner(failure.path, folders) for failure in self._catalogue.failures())
        closed = {folder.id: tuple(self._catalogue.closed.below(folder.id)) for folder in folders}
        with self._database.read() as db:
            files = dict(db.execute(FOLDER_FILES).fetchall())
            items = dict(db.execute(FOLDER_ITEMS).fetchall())
        return tuple(
            (
                folder,
                _FolderCounts(
                    files.get(folder.id, 0),
                    items.get(folder.id, 0),
                    failed[folder.id] - len(closed[folder.id]),
                    closed[folder.id],
                ),
            )
            for folder in folders
        )


def _owner(path: Path, folders: Iterable[Folder]) -> int:
    return next((folder.id for folder in folders if path.is_relative_to(folder.path)), 0)
