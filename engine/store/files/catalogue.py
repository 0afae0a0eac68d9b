"""Folders and files: what the scan found, and what became of it."""

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

FORGET_MISSING_SECONDS = 30 * 24 * 3600  # a file that is gone this long will not come back
PAGE = 500  # rows fetched at a time, so that writing may go on between

FAILURES = """
SELECT file.path, COALESCE(file.problem_kind, content.problem_kind) AS kind,
    COALESCE(file.problem_message, content.problem_message), 0, 0
FROM file LEFT JOIN content ON content.id = file.content_id
WHERE file.missing_since IS NULL AND kind IS NOT NULL
UNION ALL
SELECT file.path, item.problem_kind, item.problem_message, COUNT(*), MIN(item.page)
FROM item JOIN file ON file.content_id = item.content_id
WHERE item.problem_kind IS NOT NULL AND file.missing_since IS NULL GROUP BY file.id
UNION ALL
SELECT file.path, problem.kind, problem.message, COUNT(DISTINCT item.id), MIN(item.page)
FROM embedding_problem AS problem JOIN item ON item.id = problem.item_id
JOIN file ON file.content_id = item.content_id
WHERE file.missing_since IS NULL GROUP BY file.id, problem.kind, problem.message
UNION ALL
SELECT file.path, reading.problem_kind, 'Its text could not be read: ' || reading.problem_message, COUNT(*),
    MIN(item.page)
FROM reading JOIN item ON item.id = reading.item_id JOIN file ON file.content_id = item.content_id
WHERE reading.problem_kind IS NOT NULL AND file.missing_since IS NULL GROUP BY file.id
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
    id: int
    path: Path
    excludes: tuple[str, ...]
    device: int | None  # the file system it was on at the last completed scan


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file whose content is not known yet."""

    id: int
    path: Path
    size: int
    mtime_ns: int


class Catalogue:
    """The tables `folder`, `file` and `meta`. Contents, items and vectors have modules of their own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.drives = Drives(database)
        self.closed = UnreadableFolders(database)

    # ---- folders

    def folders(self) -> tuple[Folder, ...]:
        with self._database.read() as db:
            rows = db.execute("SELECT id, path, excludes, device FROM folder ORDER BY path").fetchall()
        return tuple(Folder(row[0], _path(row[1]), read_excludes(row[2]) or (), row[3]) for row in rows)

    def damaged_folders(self) -> tuple[Path, ...]:
        """Those of which nobody can say any more what is left out."""
        with self._database.read() as db:
            # As bytes, which are not mended as a text is that is no text.
            rows = db.execute("SELECT path, CAST(excludes AS BLOB) FROM folder ORDER BY path").fetchall()
        return tuple(_path(row[0]) for row in rows if read_excludes(row[1]) is None)

    def add_folder(self, path: Path, excludes: Sequence[str], unplugged: Collection[Path] = ()) -> None:
        """Add a folder, or give a known one further excludes. One below it is taken over, with its own.

        `unplugged`: the known folders whose drive is not there.
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
        with self._database.transaction() as db:
            db.execute(
                "UPDATE folder SET excludes = ? WHERE path = ?",
                (json.dumps(list(excludes)), os.fsencode(path)),
            )

    def change_excludes(self, path: Path, change: Callable[[tuple[str, ...]], Sequence[str]]) -> None:
        """In one transaction: nothing that another thread or process excludes meanwhile is lost."""
        with self._database.transaction() as db:
            row = db.execute("SELECT excludes FROM folder WHERE path = ?", (os.fsencode(path),)).fetchone()
            if row is not None:
                self.set_excludes(path, change(read_excludes(row[0]) or ()))

    def forget_below(self, folder: Path, below: Path) -> None:
        """The files of `folder` below `below` are found no longer. Their contents stay until `tidy`."""
        start, end = (os.fsencode(below) + bytes([ord(os.sep) + more]) for more in (0, 1))
        with self._database.transaction() as db:
            db.execute(
                # The + keeps SQLite from the index of folders: it would look at all that the folder holds.
                "DELETE FROM file WHERE +folder_id = (SELECT id FROM folder WHERE path = ?) "
                "AND path > ? AND path < ?",
                (os.fsencode(folder), start, end),
            )

    def remove_folder(self, path: Path) -> tuple[int, ...]:
        """Forget a folder, its files, and the contents that no other folder holds. Returns the lost items."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM folder WHERE path = ?", (os.fsencode(path),))
            return _drop_unheld_contents(db)

    # ---- the scan

    def record_found(self, folder: Folder, seen: ScanMarks, found: Iterable[FoundFile]) -> int | None:
        """Write down files the scan met, and add all to `seen`. Returns how many are new or changed.

        Nothing is written for those that are as they were. None, and nothing is written at all, once the
        scan is stale: another folder has taken `folder` over, or it has other excludes than it is scanned by.
        Such a scan is not to be ended, but made anew: it has not `seen` what it met since.
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
            # `seen` is how earlier versions told what a scan had met; 0 is right for them as well.
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
        """Its content may be another. Not `is_known`: an earlier version of Findling met it last."""
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
        """A scan of `folder` came to its end: what is not `seen` is missing. Returns how many are newly so.

        Files below a directory that could not be read, and those of a drive that is away, are left as they
        are; those that are excluded by now are forgotten. Once the scan is stale, as `record_found` tells it,
        nothing is written.
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
        """Number, path, since when it is missing, and whether it lies on a drive that is away."""
        numbers = db.execute("SELECT id FROM file WHERE folder_id = ?", (folder.id,))
        unseen = [(number,) for (number,) in numbers if number not in seen]
        select = (
            "SELECT file.id, file.path, missing_since, "
            "COALESCE(drive.away AND substr(file.path, 1, length(drive.path)) = drive.path, 0) FROM file "
            "LEFT JOIN drive ON drive.id = file.drive_id WHERE file.id = ?"
        )
        return [db.execute(select, number).fetchone() for number in unseen]

    def missing_count(self) -> int:
        with self._database.read() as db:
            row = db.execute("SELECT COUNT(*) FROM file WHERE missing_since NOTNULL").fetchone()
        return int(row[0])

    def mark_disconnected(self, folder: Folder) -> None:
        """Its drive is unplugged, or it cannot be listed: what it holds stays, and is not asked for."""
        with self._database.transaction() as db:
            db.execute("UPDATE folder SET away = 1 WHERE id = ? AND away = 0", (folder.id,))

    def tidy(self) -> tuple[int, ...]:
        """Drop rows of files that were moved or are gone for a month, and contents that no file holds.

        Returns the items that went with them.

        Only after every present file was read: until then a moved file looks like a missing and a new one.
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
        """Files whose content is not known yet, or no longer for sure, each in order of their discovery."""
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
        with self._database.read() as db:
            counts = [
                db.execute(f"SELECT COUNT(*) {UNREAD.format(which=which)}").fetchone()[0]
                for which in WAYS_TO_BE_UNREAD
            ]
        return sum(counts)

    def fail_file(self, path: Path, problem: FileProblem) -> None:
        """A file that could not be read, or changed under our hands: tried again once it can be opened."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE file SET problem_kind = ?, problem_message = ? WHERE path = ?",
                (problem.kind.value, problem.message, os.fsencode(path)),
            )

    def unreadable_files(self) -> list[Path]:
        """Files of which nothing is known but that they could not be read."""
        with self._database.read() as db:
            rows = db.execute("SELECT path FROM file WHERE problem_kind NOTNULL AND missing_since IS NULL")
            return [Path(os.fsdecode(path)) for (path,) in rows]

    def try_again(self, paths: Sequence[Path]) -> None:
        """Forget that these files could not be read."""
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE file SET problem_kind = NULL, problem_message = NULL WHERE path = ?",
                ((os.fsencode(path),) for path in paths),
            )

    def failures(self) -> Iterator[FailedFile]:
        """In path order: a file's own problem, its content's, its pages', or that of reading their text; and
        the folders that could not be looked into."""
        with self._database.read() as db:
            rows = db.execute(FAILURES).fetchall()
        for path, kind, message, pages, first in rows:
            yield FailedFile(_path(path), kind, _page_words(pages, first) + message)

    def forget_failures(self, paths: Sequence[Path] | None = None) -> int:
        """Of all files, or of these and of others with their content. Returns how many there were."""
        with self._database.transaction() as db:
            wanted = None if paths is None else set(paths)
            count = sum(wanted is None or failure.path in wanted for failure in self.failures())
            of = self._numbers(db, wanted)
            for statement in FORGET_FAILURES:
                db.execute(statement, of)
        return count

    @staticmethod
    def _numbers(db: sqlite3.Connection, paths: Iterable[Path] | None) -> dict[str, str | None]:
        """The files of these paths and their contents, as lists in JSON; None for all of them."""
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
        with self._database.read() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value "
                "WHERE value <> excluded.value",
                (key, value),
            )


def _page_words(pages: int, first: int) -> str:
    """Of how many pages, from which on, a problem tells; a photograph has none."""
    if not first:
        return ""
    return f"Page {first}: " if pages == 1 else f"{pages} pages, first {first}: "


def _is_stale(db: sqlite3.Connection, folder: Folder) -> bool:
    """Whether it is gone, or has other excludes by now."""
    row = db.execute("SELECT excludes FROM folder WHERE id = ?", (folder.id,)).fetchone()
    return row is None or (read_excludes(row[0]) or ()) != folder.excludes


def _drop_unheld_contents(db: sqlite3.Connection) -> tuple[int, ...]:
    rows = db.execute(UNHELD_ITEMS).fetchall()
    db.execute(f"DELETE FROM content WHERE {UNHELD}")
    return tuple(row[0] for row in rows)


def _is_walked(relative: Path) -> bool:
    """False for what a walk from above passes over (hidden, a bin): such a folder stands for itself."""
    return not any(is_skipped_folder(part) for part in relative.parts)


def _excludes_from_above(relative: Path, excludes: Sequence[str]) -> list[str]:
    """Excludes of a folder as excludes of the one above it (in these globs `*` reaches across folders)."""
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
