"""Versions, damage and threads."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from engine.errors import LibraryDamaged, LibraryTooNew, UserError
from engine.store.database import Database
from engine.store.schema import MIGRATIONS, migrate
from engine.store.thumbnails import Thumbnails
from tests.engine.store.conftest import Store


def open_again(folder: Path) -> None:
    Database(folder / "catalogue.sqlite", migrate).close()


def test_a_newer_catalogue_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_again(tmp_path)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LibraryTooNew, match="newer"):
        open_again(tmp_path)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
    db.close()


def test_an_older_catalogue_is_brought_up_to_date_with_what_it_holds(tmp_path: Path) -> None:
    open_again(tmp_path)
    with sqlite3.connect(tmp_path / "catalogue.sqlite", isolation_level=None) as db:
        db.execute("INSERT INTO meta VALUES ('key', 'value')")
        migrate(db, [*MIGRATIONS, "ALTER TABLE meta ADD COLUMN note TEXT; CREATE TABLE more (id INTEGER);"])
        assert db.execute("SELECT key, value, note FROM meta").fetchall() == [("key", "value", None)]
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    db.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    open_again(tmp_path)
    with sqlite3.connect(tmp_path / "catalogue.sqlite", isolation_level=None) as db:
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, [*MIGRATIONS, "CREATE TABLE more (id INTEGER); CREATE TABLE meta (id INTEGER);"])
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []
    db.close()


def test_what_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryDamaged, match="damaged"):
        open_again(tmp_path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as db:
        db.execute("PRAGMA user_version = 1")
    db.close()
    with pytest.raises(LibraryDamaged, match="another program"):
        open_again(tmp_path)


def test_a_catalogue_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").mkdir()
    with pytest.raises(UserError, match="cannot be opened"):
        open_again(tmp_path)


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    def fail_halfway() -> None:
        with store.database.writing():
            store.catalogue.set_meta("key", "value")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert store.catalogue.meta("key", "none") == "none"


def test_reading_goes_on_while_another_thread_writes(store: Store) -> None:
    seen: list[str] = []
    with store.database.writing():
        store.catalogue.set_meta("key", "new")
        reader = threading.Thread(target=lambda: seen.append(store.catalogue.meta("key", "old")))
        reader.start()
        reader.join()
    assert seen == ["old"]
    assert store.catalogue.meta("key") == "new"


def test_thumbnails_of_another_catalogue_are_dropped(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbnails.sqlite", 1)
    thumbnails.put([(5, b"jpeg")])
    thumbnails.close()
    same = Thumbnails(tmp_path / "thumbnails.sqlite", 1)
    assert same.get(5) == b"jpeg"
    same.close()
    other = Thumbnails(tmp_path / "thumbnails.sqlite", 2)
    assert other.get(5) is None
    other.close()
