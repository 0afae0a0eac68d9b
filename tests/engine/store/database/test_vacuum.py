"""Databases whose content is gone give their room back, and stay sound and at hand all along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import Cancelled
from engine.store.database.connection import LOG_BYTES, Database
from engine.store.database.vacuum import LITTLE, MUCH, reclaim_space
from tests.mounts import mounted

BLOB = 1 << 16  # bytes


def nothing() -> None:
    pass


def cancelled() -> None:
    raise Cancelled


def filled(path: Path, size: int) -> Database:
    """A database with so many bytes in it."""
    database = Database(path, lambda _: None)
    with database.transaction() as db:
        db.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, bytes BLOB)")
        db.executemany("INSERT INTO large (bytes) VALUES (randomblob(?))", [(BLOB,)] * (size // BLOB))
    return database


def emptied(database: Database, left: int = 0) -> Database:
    with database.transaction() as db:
        db.execute("DELETE FROM large WHERE id > ?", (left // BLOB,))
    return database


def pages_free(database: Database) -> int:
    with database.exclusive() as db:
        return int(db.execute("PRAGMA freelist_count").fetchone()[0])


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        return bool(db.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sqlite"


@pytest.fixture
def older(path: Path) -> Iterator[Database]:
    """A file that cannot shrink piece by piece, most of it free."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE older (id INTEGER)")
    database = emptied(filled(path, 3 * MUCH), left=MUCH)
    yield database
    database.close()


def test_a_file_shrinks_piece_by_piece_while_it_is_open(path: Path) -> None:
    with closing(emptied(filled(path, 3 * MUCH))) as database:
        calls: list[None] = []
        assert reclaim_space(database, lambda: calls.append(None))
        assert pages_free(database) == 0
        assert len(calls) > 1
        with database.transaction() as db:  # which brings the log into the file, as any writing does in time
            db.execute("CREATE TABLE another (id INTEGER)")
        with database.exclusive() as db:
            db.execute("PRAGMA wal_checkpoint")
        assert path.stat().st_size < MUCH
    assert is_sound(path)


def test_who_is_stopped_in_between_has_given_some_back(path: Path) -> None:
    with closing(emptied(filled(path, 3 * MUCH))) as database:
        before, left = pages_free(database), [2]

        def second() -> None:
            left[0] -= 1
            if not left[0]:
                raise Cancelled

        with pytest.raises(Cancelled):
            reclaim_space(database, second)
        assert 0 < pages_free(database) < before
    assert is_sound(path)


@pytest.mark.parametrize(
    ("size", "left", "worth_it"),
    [
        (3 * LITTLE, 0, True),
        (LITTLE // 2, 0, False),
        (20 * LITTLE, 18 * LITTLE, False),
        (20 * LITTLE, 15 * LITTLE, True),
        (80 * LITTLE, 62 * LITTLE, True),
    ],
)
def test_a_small_file_gives_back_what_is_much_of_it(size: int, left: int, worth_it: bool, path: Path) -> None:
    with closing(emptied(filled(path, size), left)) as database:
        with closing(sqlite3.connect(path)) as other:
            before = other.execute("PRAGMA data_version").fetchone()
            assert reclaim_space(database, nothing) is worth_it
            assert (other.execute("PRAGMA data_version").fetchone() == before) is not worth_it
        assert (pages_free(database) == 0) is worth_it


def test_a_file_of_an_older_version_is_written_anew_once(older: Database, path: Path) -> None:
    assert reclaim_space(older, nothing)
    assert pages_free(older) == 0
    emptied(older)
    calls: list[None] = []
    assert reclaim_space(older, lambda: calls.append(None))
    assert calls
    assert pages_free(older) == 0
    assert is_sound(path)


def test_a_file_of_an_older_version_is_left_when_little_of_it_is_free(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE older (id INTEGER)")
    with closing(emptied(filled(path, 8 * MUCH), left=7 * MUCH)) as database:
        before = pages_free(database)
        reclaim_space(database, nothing)
        assert pages_free(database) == before


def test_writing_anew_can_be_stopped_and_loses_nothing(older: Database, path: Path) -> None:
    free = pages_free(older)
    with pytest.raises(Cancelled):
        reclaim_space(older, cancelled)
    assert pages_free(older) == free
    assert is_sound(path)
    assert reclaim_space(older, nothing)
    assert pages_free(older) == 0


def test_others_read_while_a_file_is_written_anew(older: Database) -> None:
    counts: set[int] = set()

    def read() -> None:
        with older.read() as db:
            counts.add(int(db.execute("SELECT COUNT(*) FROM large").fetchone()[0]))

    assert reclaim_space(older, read)
    assert counts == {MUCH // BLOB}


def test_nothing_is_begun_where_the_disk_has_no_room_for_it(tmp_path: Path) -> None:
    for piecewise in (False, True):
        place = tmp_path / str(piecewise)
        place.mkdir()
        with mounted(place, "-t", "tmpfs", "-o", "size=20m", "tmpfs"):
            path = place / "a.sqlite"
            if not piecewise:
                with closing(sqlite3.connect(path)) as db:
                    db.execute("CREATE TABLE older (id INTEGER)")
            with closing(emptied(filled(path, 2 * MUCH), left=MUCH)) as database:
                before = pages_free(database)
                assert reclaim_space(database, nothing)
                assert pages_free(database) == before
            assert is_sound(path)


def test_the_log_of_a_large_change_does_not_stay(path: Path) -> None:
    with closing(filled(path, 3 * MUCH)) as database:
        for _ in range(2):  # a log is cut when it is begun anew
            with database.exclusive() as db:
                db.execute("PRAGMA wal_checkpoint")
            with database.transaction() as db:
                db.execute("DELETE FROM large WHERE id = 1")
        assert path.with_name(path.name + "-wal").stat().st_size <= LOG_BYTES + BLOB
