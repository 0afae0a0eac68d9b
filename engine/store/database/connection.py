"""SQLite as the engine uses it: one writer, any number of reading threads, errors as sentences."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from engine import permissions
from engine.errors import DiskFull, LibraryDamaged, LibraryInUse, LibraryReadOnly, UserError
from engine.store.database import read_only
from engine.store.database.read_only import FileSignature, file_signature, is_write_protected
from engine.store.database.schema import REMEDY

BUSY_SECONDS = 30.0
UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
TEXT = partial(str, encoding="utf-8", errors="replace")  # a damaged text stays readable
MINIMUM_FREE_BYTES = 1 << 20  # bytes
LOG_BYTES = 4 << 20  # bytes: SQLite truncates a longer log to this size


class Database:
    """One SQLite file. Thread-safe: reads borrow a connection from a pool, writes share a single one.

    `read_only` is True if the file cannot be written to; writing then raises LibraryReadOnly. `on_commit` is
    called after each transaction, in the thread that wrote; it must be quick and may not raise.
    """

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """`prepare` receives the first connection and creates or migrates the tables.

        Raises LibraryDamaged, LibraryReadOnly, DiskFull and other UserErrors.
        """
        self._path = path
        self._idle: list[tuple[FileSignature, sqlite3.Connection]] = []  # appending and popping are atomic
        self._closed = False
        self._write_lock = threading.RLock()
        self._version_lock = threading.Lock()
        self._version_reader: sqlite3.Connection | None = None
        self.on_commit: Callable[[], None] | None = None
        self.read_only = is_write_protected(path)
        with translate_errors(path):
            try:
                self._writer = self._prepare(prepare)
            except sqlite3.OperationalError as error:
                if self.read_only and _primary_code(error) == sqlite3.SQLITE_READONLY:
                    raise _in_use_error(path) from error
                if self.read_only or _primary_code(error) not in UNWRITABLE:
                    raise
                if not path.is_file() or _is_disk_full(path):
                    raise
                self.read_only = True  # its log may belong to another user
                self._writer = self._prepare(prepare)

    def _prepare(self, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
        if not self.read_only:
            with suppress(OSError):  # SQLite reports what is wrong
                permissions.make_file(self._path)  # SQLite gives the files beside it the same permissions
        connection = self._connect()
        try:
            if not self.read_only:
                if not connection.execute("PRAGMA page_count").fetchone()[0]:  # setting it again would write
                    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                connection.execute("PRAGMA journal_mode = WAL")
            prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def path(self) -> Path:
        """The file, as it was given."""
        return self._path

    @contextmanager
    def exclusive(self) -> Iterator[sqlite3.Connection]:
        """The writing connection outside any transaction, for statements that need that.

        Other writes wait.
        """
        with self._write_lock, translate_errors(self._path):
            yield self._writer

    def close(self) -> None:
        """Close all connections; one that is still borrowed closes when it is returned."""
        with self._write_lock:
            self._closed = True
            self._close_idle()
            self._writer.close()
        with self._version_lock:
            if self._version_reader is not None:
                self._version_reader.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Borrow a connection for reading; never write through it."""
        with translate_errors(self._path):
            looks, connection = self._borrow()
            try:
                yield connection
            finally:
                self._idle.append((looks, connection))
                if self._closed:  # checked afterwards, so that a simultaneous `close` misses nothing
                    self._close_idle()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The writing connection in one transaction, committed or rolled back as a whole. Nests."""
        with self._write_lock, translate_errors(self._path):
            if self.read_only:
                raise read_only_error(self._path)
            if self._writer.in_transaction:
                yield self._writer
                return
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk rolls back by itself
                    self._writer.execute("ROLLBACK")
                raise
        if self.on_commit is not None:
            self.on_commit()

    def version(self) -> Hashable:
        """A value that stays equal until some process changes the file. Takes microseconds."""
        if self.read_only:
            return file_signature(self._path)
        with self._version_lock, translate_errors(self._path):
            if self._version_reader is None:
                self._version_reader = self._connect()
            # Counts the commits of all other connections.
            return int(self._version_reader.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def row_transaction(self) -> Iterator[sqlite3.Connection]:
        """Like `transaction`, for any number of statements that each change only a few rows.

        For each row whose insertion fires a trigger, SQLite copies several pages so that it can undo the
        statement; here they stay in memory. A statement that changes many rows would fill the memory with
        them.
        """
        with self._write_lock, translate_errors(self._path):
            if self._writer.in_transaction:  # which determines where the copies go
                yield self._writer
                return
            self._writer.execute("PRAGMA temp_store = MEMORY")
            try:
                with self.transaction() as db:
                    yield db
            finally:
                self._writer.execute("PRAGMA temp_store = DEFAULT")

    def _borrow(self) -> tuple[FileSignature, sqlite3.Connection]:
        looks = file_signature(self._path) if self.read_only else ()
        while True:
            try:
                looked, connection = self._idle.pop()
            except IndexError:
                return looks, self._connect()
            if looked == looks:
                return looks, connection
            connection.close()

    def _close_idle(self) -> None:
        while True:
            try:
                self._idle.pop()[1].close()
            except IndexError:
                return

    def _connect(self) -> sqlite3.Connection:
        if self.read_only:
            connection = read_only.connect(self._path, BUSY_SECONDS)
        else:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        connection.text_factory = TEXT
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # With the write-ahead log a crash loses the last commits at worst.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into a UserError that a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise _to_user_error(error, path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full_error(path) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and not os.access(path.parent, os.W_OK):
            raise read_only_error(path) from error
        if isinstance(error.filename, str) and path.parent in Path(error.filename).parents:
            raise UserError(
                f"{error.filename} in the library cannot be used: {error.strerror}.",
                "Look at its permissions, or move it away: what is not there is made anew.",
            ) from error
        raise


def disk_full_error(path: Path) -> DiskFull:
    """The error for a full disk that holds the library's file `path`."""
    return DiskFull(
        f"The disk that holds the library is full ({path.parent}).",
        "Free some space and start again; what is indexed is kept.",
    )


def _is_disk_full(path: Path) -> bool:
    """A full disk looks like an input/output error when SQLite maps shared memory or creates a file."""
    try:
        return shutil.disk_usage(path.parent).free < MINIMUM_FREE_BYTES or not _can_create_files(path.parent)
    except OSError:
        return False  # the folder is gone, perhaps with its drive; the disk is not full


def read_only_error(path: Path) -> LibraryReadOnly:
    """The error for a library whose file `path` cannot be written."""
    return LibraryReadOnly(
        f"The library {path.parent} cannot be written, so nothing in it can be brought up to date.",
        "It can be searched as it is. To change it, look at its permissions, and at whose it is.",
    )


def _in_use_error(path: Path) -> LibraryReadOnly:
    return LibraryReadOnly(
        f"The library {path.parent} is of an earlier Findling and has to be changed before it is searched, "
        "but it cannot be written.",
        "Look at its permissions, and at whose it is, or copy it to where you may write.",
    )


def _primary_code(error: sqlite3.Error) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _can_create_files(folder: Path) -> bool:
    """Some disks have a limit on the number of files."""
    if sys.platform == "win32":
        return True
    disk = os.statvfs(folder)
    return disk.f_files == 0 or disk.f_favail > 0


def _to_user_error(error: sqlite3.Error, path: Path) -> Exception:
    primary = _primary_code(error)
    if primary == sqlite3.SQLITE_FULL or (
        primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _is_disk_full(path)
    ):
        return disk_full_error(path)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryDamaged(f"The library's file {path} is damaged.", REMEDY)
    if primary == sqlite3.SQLITE_ERROR and str(error).startswith(("no such table", "no such column")):
        return LibraryDamaged(f"The library's file {path} is damaged: there is {error}.", REMEDY)
    if primary == sqlite3.SQLITE_BUSY:
        return LibraryInUse("The library is busy in another process.", "Try again in a moment.")
    if primary in UNWRITABLE:
        return UserError(f"The library's file {path} cannot be opened for writing.", "Check its permissions.")
    if primary == sqlite3.SQLITE_IOERR:
        return UserError(f"The disk reported an error while the library's file {path} was used ({error}).")
    return error
