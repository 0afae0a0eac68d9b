"""Stores folders and files: what the scan found, and what happened to it."""

from __future__ import annotations

import glob
import json
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileProblem
from engine.records import FailedFile, FoundFile
from engine.store.database.connection import Database
from engine.store.files.choices_backup import read_excludes
from engine.store.files.drives import AWAY, DriveRows, Drives, drop_empty, take_over
from engine.store.files.scan_marks import ScanMarks
from engine.store.files.unreadable_folders import UnreadableFolders
from engine.system_folders import is_skipped_folder

FORGET_MISSING_SECONDS = 30 * 24 * 3600  # a file that has been missing for longer is forgotten
PAGE = 500  # rows fetched at a time, so that others can write in between

# The indexes make SQLite start from the failures, which are few, instead of the files.
FAILURES = """
SELECT path, problem_kind, problem_message, 0, 0 FROM file INDEXED BY file_failed
WHERE problem_kind NOTNULL AND missing_since IS NULL
UNION ALL
SELECT file.path, content.problem_kind, content.problem_message, 0, 0
FROM content INDEXED BY content_failed CROSS JOIN file ON file.content_id = content.id
WHERE content.problem_kind NOTNULL AND file.problem_kind IS NULL AND file.missing_since IS NULL
UNION ALL
SELECT file.path, item.problem_kind, item.problem_message, COUNT(*), MIN(item.page)
FROM item INDEXED BY item_failed CROSS JOIN file ON file.content_id = item.content_id
WHERE item.problem_kind NOTNULL AND file.missing_since IS NULL GROUP BY file.id
UNION ALL
SELECT file.path, problem.kind, problem.message, COUNT(DISTINCT item.id), MIN(item.page)
FROM embedding_problem AS problem JOIN item ON item.id = problem.item_id
JOIN file ON file.content_id = item.content_id
WHERE file.missing_since IS NULL GROUP BY file.id, problem.kind, problem.message
UNION ALL
SELECT file.path, reading.problem_kind, 'Its text could not be read: ' || reading.problem_message, COUNT(*),
    MIN(item.page)
FROM reading INDEXED BY reading_failed CROSS JOIN item ON item.id = reading.item_id
CROSS JOIN file ON file.content_id = item.content_id
WHERE reading.problem_kind NOTNULL AND file.missing_since IS NULL GROUP BY file.id
UNION ALL
SELECT path, 'unreadable', message, 0, 0 FROM closed_folder
ORDER BY 1
"""
_OF_FILES = "(:files IS NULL OR id IN (SELECT value FROM json_each(:files)))"
_OF_CONTENTS = "(:contents IS NULL OR {} IN (SELECT value FROM json_each(:contents)))"
FORGET_FAILURES = (
    "UPDATE file SET problem_kind = NULL, problem_message = NULL WHERE problem_kind NOTNULL AND " + _OF_FILES,
    "UPDATE content SET opened = 0, problem_kind = NULL, problem_message = NULL "
    "WHERE problem_kind NOTNULL AND " + _OF_CONTENTS.format("id"),
    "UPDATE item SET problem_kind = NULL, problem_message = NULL "
    "WHERE problem_kind NOTNULL AND " + _OF_CONTENTS.format("content_id"),
    "DELETE FROM reading WHERE problem_kind NOTNULL AND item_id IN (SELECT id FROM item WHERE "
    + _OF_CONTENTS.format("content_id")
    + ")",
    "DELETE FROM embedding_problem WHERE item_id IN (SELECT id FROM item WHERE "
    + _OF_CONTENTS.format("content_id")
    + ")",
)
UNREAD = (
    "FROM file JOIN folder ON folder.id = folder_id WHERE {which} AND missing_since IS NULL "
    "AND problem_kind IS NULL AND " + AWAY.format(file="file") + " = 0"
)
WAYS_TO_BE_UNREAD = ("content_id IS NULL", "doubtful")  # each has an index of its own
UNHELD = "content.id NOT IN (SELECT content_id FROM file WHERE content_id NOTNULL)"
UNHELD_ITEMS = f"SELECT item.id FROM item JOIN content ON content.id = item.content_id WHERE {UNHELD}"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the library."""

    id: int
    path: Path
    excludes: tuple[str, ...]
    device: int | None  # the file system it was on at the last completed scan


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file whose content is not known yet, or may have changed."""

    id: int
    path: Path
    size: int
    mtime_ns: int


class Catalogue:
    """The tables `folder`, `file` and `meta`. Thread-safe. Other modules have contents, items and vectors."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.drives = Drives(database)
        self.closed = UnreadableFolders(database)

    # ---- folders

    def folders(self) -> tuple[Folder, ...]:
        """All folders, sorted by path."""
        with self._database.read() as db:
            rows = db.execute("SELECT id, path, excludes, device FROM folder ORDER BY path").fetchall()
        return tuple(Folder(row[0], _path(row[1]), read_excludes(row[2]) or (), row[3]) for row in rows)

    def damaged_folders(self) -> tuple[Path, ...]:
        """The folders whose excludes can no longer be read."""
        with self._database.read() as db:
            # As bytes: the connection would replace invalid characters in a text.
            rows = db.execute("SELECT path, CAST(excludes AS BLOB) FROM folder ORDER BY path").fetchall()
        return tuple(_path(row[0]) for row in rows if read_excludes(row[1]) is None)

    def add_folder(self, path: Path, excludes: Sequence[str], unplugged: Collection[Path] = ()) -> None:
        """Add a folder, or more excludes to a known one.

        It takes over known folders below it with their excludes. `unplugged`: the known folders whose drive
        is missing.
        """
        with self._database.transaction() as db:
            known = self.folders()
            for folder in known:
                if path.is_relative_to(folder.path) and _is_walked(path.relative_to(folder.path)):
                    merged = dict.fromkeys(
                        [*folder.excludes, *_excludes_from_above(path.relative_to(folder.path), excludes)]
                    )
                    db.execute(
                        "UPDATE folder SET excludes = ? WHERE id = ?", (json.dumps(list(merged)), folder.id)
                    )
                    return
            cursor = db.execute("INSERT INTO folder (path) VALUES (?)", (os.fsencode(path),))
            for folder in known:
                if folder.path.is_relative_to(path) and _is_walked(folder.path.relative_to(path)):
                    excludes = [
                        *excludes,
                        *_excludes_from_above(folder.path.relative_to(path), folder.excludes),
                    ]
                    take_over(db, int(cursor.lastrowid or 0), folder.id, folder.path in unplugged)
                    db.execute(
                        "UPDATE file SET folder_id = ? WHERE folder_id = ?", (cursor.lastrowid, folder.id)
                    )
                    db.execute("DELETE FROM folder WHERE id = ?", (folder.id,))
            db.execute(
                "UPDATE folder SET excludes = ? WHERE id = ?", (json.dumps(list(excludes)), cursor.lastrowid)
            )

    def set_excludes(self, path: Path, excludes: Sequence[str]) -> None:
        """Replace the excludes of the folder `path`; no effect if there is none."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE folder SET excludes = ? WHERE path = ?",
                (json.dumps(list(excludes)), os.fsencode(path)),
            )

    def change_excludes(self, path: Path, change: Callable[[tuple[str, ...]], Sequence[str]]) -> None:
        """Replace the excludes by `change(excludes)` in one transaction; no simultaneous change is lost."""
        with self._database.transaction() as db:
            row = db.execute("SELECT excludes FROM folder WHERE path = ?", (os.fsencode(path),)).fetchone()
            if row is not None:
                self.set_excludes(path, change(read_excludes(row[0]) or ()))

    def forget_below(self, folder: Path, below: Path) -> None:
        """Delete the files of `folder` that are below `below`; their contents stay until `tidy`."""
        start, end = (os.fsencode(below) + bytes([ord(os.sep) + more]) for more in (0, 1))
        with self._database.transaction() as db:
            db.execute(
                # The + keeps SQLite from using the index of folders and visiting every file of the folder.
                "DELETE FROM file WHERE +folder_id = (SELECT id FROM folder WHERE path = ?) "
                "AND path > ? AND path < ?",
                (os.fsencode(folder), start, end),
            )

    def remove_folder(self, path: Path) -> tuple[int, ...]:
        """Delete a folder, its files, and the contents in no other folder. Returns the deleted items."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM folder WHERE path = ?", (os.fsencode(path),))
            return _drop_unheld_contents(db)

    # ---- the scan

    def record_found(self, folder: Folder, seen: ScanMarks, found: Iterable[FoundFile]) -> int | None:
        """Record files that the scan found and add all to `seen`. Returns how many are new or changed.

        Unchanged files cause no writes. Returns None, and writes nothing, once the scan is stale: another
        folder has taken `folder` over, or its excludes have changed. A stale scan must be repeated, not
        ended.
        """
        changed = 0
        with self._database.row_transaction() as db:
            if _is_stale(db, folder):
                return None
            drives = DriveRows(db, folder.id)
            for file in found:
                key, drive = os.fsencode(file.path), drives.of(file.drive)
                row = db.execute(
                    "SELECT id, size, mtime_ns, missing_since, folder_id, drive_id, stamp FROM file "
                    "WHERE path = ?",
                    (key,),
                ).fetchone()
                if row is None:
                    seen.add(self._add_file(db, folder, file, drive))
                    changed += 1
                    continue
                seen.add(row[0])
                if (row[4], row[5]) != (folder.id, drive):
                    db.execute(
                        "UPDATE file SET folder_id = ?, drive_id = ? WHERE id = ?", (folder.id, drive, row[0])
                    )
                if row[3] is not None:
                    db.execute("UPDATE file SET missing_since = NULL WHERE id = ?", (row[0],))
                if (row[1], row[2]) != (file.size, file.mtime_ns):
                    self._forget_content(row[0], file)
                    changed += 1
                elif row[6] != file.stamp:
                    self._mark_doubtful(row[0], file, is_known=row[6] is not None)
        return changed

    @staticmethod
    def _add_file(db: sqlite3.Connection, folder: Folder, file: FoundFile, drive: int | None) -> int:
        cursor = db.execute(
            # Earlier versions marked found files in the column `seen`; 0 is right for them as well.
            "INSERT INTO file (folder_id, path, size, mtime_ns, stamp, drive_id, seen) "
            "VALUES (?, ?, ?, ?, ?, ?, 0) RETURNING id",
            (folder.id, os.fsencode(file.path), file.size, file.mtime_ns, file.stamp, drive),
        )
        return int(cursor.fetchone()[0])

    def _forget_content(self, file_id: int, file: FoundFile) -> None:
        with self._database.transaction() as db:
            db.execute(
                "UPDATE file SET size = ?, mtime_ns = ?, stamp = ?, doubtful = 0, content_id = NULL, "
                "problem_kind = NULL, problem_message = NULL WHERE id = ?",
                (file.size, file.mtime_ns, file.stamp, file_id),
            )

    def _mark_doubtful(self, file_id: int, file: FoundFile, is_known: bool) -> None:
        """Its content may have changed. Not `is_known`: an earlier version of Findling recorded it last."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE file SET stamp = ?, doubtful = doubtful OR (? AND content_id NOTNULL) WHERE id = ?",
                (file.stamp, is_known, file_id),
            )

    def end_scan(
        self,
        folder: Folder,
        seen: ScanMarks,
        device: int,
        unreadable: Sequence[Path],
        excluded: Callable[[Path], bool],
    ) -> int:
        """Mark the files missing that a completed scan of `folder` did not see.

        Returns how many are newly missing. Files below an unreadable directory or on a missing drive stay as
        they are; files that are excluded by now are forgotten. Writes nothing if the scan is stale (see
        `record_found`).
        """
        closed = {os.fsencode(path) for path in unreadable}
        blind = tuple(path + os.fsencode(os.sep) for path in closed)
        with self._database.transaction() as db:
            if _is_stale(db, folder):
                return 0
            db.execute(
                "UPDATE folder SET device = ?, away = 0 WHERE id = ? AND (device IS NOT ? OR away <> 0)",
                (device, folder.id, device),
            )
            unseen = self._unseen(db, folder, seen)
            unwanted = {row[0] for row in unseen if excluded(_path(row[1]))}
            gone = [
                row[0]
                for row in unseen
                if row[2] is None
                and not row[3]
                and row[0] not in unwanted
                and row[1] not in closed
                and not row[1].startswith(blind)
            ]
            now = int(time.time())
            db.executemany(
                "UPDATE file SET missing_since = ? WHERE id = ?", ((now, number) for number in gone)
            )
            db.executemany("DELETE FROM file WHERE id = ?", ((number,) for number in unwanted))
            drop_empty(db, folder.id)
        return len(gone)

    @staticmethod
    def _unseen(
        db: sqlite3.Connection, folder: Folder, seen: ScanMarks
    ) -> list[tuple[int, bytes, int | None, int]]:
        """Number, path, time since when it is missing, and whether its drive is missing."""
        numbers = db.execute("SELECT id FROM file WHERE folder_id = ?", (folder.id,))
        unseen = [(number,) for (number,) in numbers if number not in seen]
        select = (
            "SELECT file.id, file.path, missing_since, "
            "COALESCE(drive.away AND substr(file.path, 1, length(drive.path)) = drive.path, 0) FROM file "
            "LEFT JOIN drive ON drive.id = file.drive_id WHERE file.id = ?"
        )
        return [db.execute(select, number).fetchone() for number in unseen]

    def missing_count(self) -> int:
        """How many files are missing now."""
        with self._database.read() as db:
            row = db.execute("SELECT COUNT(*) FROM file WHERE missing_since NOTNULL").fetchone()
        return int(row[0])

    def mark_disconnected(self, folder: Folder) -> None:
        """Its drive is unplugged, or it cannot be listed: its files stay visible but are not opened."""
        with self._database.transaction() as db:
            db.execute("UPDATE folder SET away = 1 WHERE id = ? AND away = 0", (folder.id,))

    def tidy(self) -> tuple[int, ...]:
        """Delete files that were moved or are missing for a month, and contents without a file.

        Returns the deleted items. Call only after every present file was read: until then a moved file looks
        like a missing one and a new one.
        """
        with self._database.transaction() as db:
            db.execute(
                "DELETE FROM file WHERE missing_since IS NOT NULL AND content_id IN "
                "(SELECT content_id FROM file WHERE missing_since IS NULL AND content_id IS NOT NULL)"
            )
            db.execute(
                "DELETE FROM file WHERE missing_since < ?", (int(time.time()) - FORGET_MISSING_SECONDS,)
            )
            return _drop_unheld_contents(db)

    # ---- files on their way to a content

    def unread_files(self) -> Iterator[UnreadFile]:
        """Files of unknown content, then those whose content may have changed, each in order of discovery."""
        for which in WAYS_TO_BE_UNREAD:
            last = 0
            while rows := self._unread_after(last, which):
                yield from (UnreadFile(row[0], _path(row[1]), row[2], row[3]) for row in rows)
                last = rows[-1][0]

    def _unread_after(self, last: int, which: str) -> list[tuple[int, bytes, int, int]]:
        with self._database.read() as db:
            return db.execute(
                f"SELECT file.id, file.path, size, mtime_ns {UNREAD.format(which=which)} AND file.id > ? "
                "ORDER BY file.id LIMIT ?",
                (last, PAGE),
            ).fetchall()

    def unread_count(self) -> int:
        """How many files `unread_files` would return."""
        with self._database.read() as db:
            counts = [
                db.execute(f"SELECT COUNT(*) {UNREAD.format(which=which)}").fetchone()[0]
                for which in WAYS_TO_BE_UNREAD
            ]
        return sum(counts)

    def fail_file(self, path: Path, problem: FileProblem) -> None:
        """Record that a file could not be read, or changed while it was read.

        It is retried once it can be opened.
        """
        with self._database.transaction() as db:
            db.execute(
                "UPDATE file SET problem_kind = ?, problem_message = ? WHERE path = ?",
                (problem.kind.value, problem.message, os.fsencode(path)),
            )

    def unreadable_files(self) -> list[Path]:
        """Existing files that could not be read."""
        with self._database.read() as db:
            rows = db.execute("SELECT path FROM file WHERE problem_kind NOTNULL AND missing_since IS NULL")
            return [Path(os.fsdecode(path)) for (path,) in rows]

    def try_again(self, paths: Sequence[Path]) -> None:
        """Forget that these files could not be read, so that they are retried."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE file SET problem_kind = NULL, problem_message = NULL WHERE path = ?",
                ((os.fsencode(path),) for path in paths),
            )

    def failures(self) -> Iterator[FailedFile]:
        """All problems in path order: of files, their contents, pages or OCR, and of unreadable folders."""
        with self._database.read() as db:
            rows = db.execute(FAILURES).fetchall()
        for path, kind, message, pages, first in rows:
            yield FailedFile(_path(path), kind, _page_words(pages, first) + message)

    def forget_failures(self, paths: Sequence[Path] | None = None) -> int:
        """Forget the problems of these files and of others with the same content; None: of all.

        Returns how many.
        """
        with self._database.transaction() as db:
            wanted = None if paths is None else set(paths)
            count = sum(wanted is None or failure.path in wanted for failure in self.failures())
            of = self._numbers(db, wanted)
            for statement in FORGET_FAILURES:
                db.execute(statement, of)
        return count

    @staticmethod
    def _numbers(db: sqlite3.Connection, paths: Iterable[Path] | None) -> dict[str, str | None]:
        """The ids of these files and of their contents, as JSON lists; None for all."""
        if paths is None:
            return {"files": None, "contents": None}
        select = "SELECT id, content_id FROM file WHERE path = ?"
        rows = [db.execute(select, (os.fsencode(path),)).fetchone() for path in paths]
        known = [row for row in rows if row is not None]
        return {
            "files": json.dumps([row[0] for row in known]),
            "contents": json.dumps([row[1] for row in known if row[1] is not None]),
        }

    # ---- small facts

    def meta(self, key: str, default: str = "") -> str:
        """The value stored under `key`, or `default`."""
        with self._database.read() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Store a value; an unchanged one causes no write."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value "
                "WHERE value <> excluded.value",
                (key, value),
            )


def _page_words(pages: int, first: int) -> str:
    """How many pages a problem concerns, and the first; "" for a photograph."""
    if not first:
        return ""
    return f"Page {first}: " if pages == 1 else f"{pages} pages, first {first}: "


def _is_stale(db: sqlite3.Connection, folder: Folder) -> bool:
    """Whether the folder is gone or its excludes have changed."""
    row = db.execute("SELECT excludes FROM folder WHERE id = ?", (folder.id,)).fetchone()
    return row is None or (read_excludes(row[0]) or ()) != folder.excludes


def _drop_unheld_contents(db: sqlite3.Connection) -> tuple[int, ...]:
    rows = db.execute(UNHELD_ITEMS).fetchall()
    db.execute(f"DELETE FROM content WHERE {UNHELD}")
    return tuple(row[0] for row in rows)


def _is_walked(relative: Path) -> bool:
    """False for what a scan from above skips (hidden, a bin): such a folder must be scanned by itself."""
    return not any(is_skipped_folder(part) for part in relative.parts)


def _excludes_from_above(relative: Path, excludes: Sequence[str]) -> list[str]:
    """Excludes of a folder as excludes of its parent (in these globs `*` matches across folders)."""
    if relative == Path():
        return list(excludes)
    above = glob.escape(relative.as_posix())
    return [
        exclude
        for pattern in excludes
        for exclude in (
            [f"/{above}{pattern}"]
            if pattern.startswith("/")
            else [f"{above}/{middle}{pattern}" for middle in ("", "*/")]
        )
    ]


def _path(stored: bytes) -> Path:
    return Path(os.fsdecode(stored))
