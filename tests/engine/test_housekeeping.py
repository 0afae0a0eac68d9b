"""The room of what is gone is given back: models, thumbnails, and the catalogue's own pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from engine.records import Query
from engine.store.database import WORTH_GIVING_BACK, Database
from engine.store.unused_models import KEPT_DAYS
from tests.engine.test_library import Home


def fill(database: Database, size: int) -> None:
    with database.writing() as db:
        db.execute("CREATE TABLE large (bytes BLOB)")
        db.executemany("INSERT INTO large VALUES (randomblob(?))", [(1 << 16,)] * (size >> 16))


def pages_free(database: Database) -> int:
    with database.reading() as db:
        return int(db.execute("PRAGMA freelist_count").fetchone()[0])


def test_a_file_shrinks_piece_by_piece(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite", lambda _: None)
    fill(database, 2 * WORTH_GIVING_BACK)
    with database.writing() as db:
        db.execute("DELETE FROM large")
    calls: list[None] = []
    assert database.gives_back()
    database.give_back(lambda: calls.append(None))
    assert pages_free(database) == 0
    assert len(calls) > 1
    database.close()
    assert (tmp_path / "a.sqlite").stat().st_size < WORTH_GIVING_BACK


def test_a_file_of_an_older_version_is_written_anew_once_where_it_is_worth_it(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.sqlite").execute("CREATE TABLE older (id INTEGER)").connection.close()
    database = Database(tmp_path / "a.sqlite", lambda _: None)
    fill(database, 2 * WORTH_GIVING_BACK)
    assert not database.gives_back()
    assert not database.is_worth_rewriting()
    with database.writing() as db:
        db.execute("DELETE FROM large")
    assert database.is_worth_rewriting()
    database.rewrite()
    assert database.gives_back()
    assert pages_free(database) == 0
    database.close()


def test_a_run_drops_old_models_and_thumbnails_of_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.paint("red.png", "red")
    home.library.add_folder(home.pictures)
    home.index()
    home.library.close()
    with closing(sqlite3.connect(home.location / "catalogue.sqlite")) as catalogue, catalogue:
        catalogue.execute(
            "INSERT INTO model (id, name, revision, dimension, used_day) "
            "SELECT 99, 'tried once', '1', 4, MAX(used_day) - ? FROM model",
            (KEPT_DAYS + 1,),
        )
        catalogue.execute(
            "INSERT INTO vector (item_id, model_id, dtype, shape, bytes) "
            "SELECT item_id, 99, dtype, shape, bytes FROM vector"
        )
    left_over = home.location / "index" / "pictures-99-0.usearch"
    left_over.touch()
    with closing(sqlite3.connect(home.location / "thumbnails.sqlite")) as thumbnails, thumbnails:
        thumbnails.execute("INSERT INTO thumbnail VALUES (4711, x'00')")
    home.library = home.open()
    home.index()
    assert home.names(Query("red")) == ["red.png"]
    home.library.close()
    with closing(sqlite3.connect(home.location / "catalogue.sqlite")) as catalogue:
        kept = {name for (name,) in catalogue.execute("SELECT name FROM model")}
        assert kept == {"colours", "words"}
        assert catalogue.execute("SELECT COUNT(*) FROM vector").fetchone() == (1,)
    with closing(sqlite3.connect(home.location / "thumbnails.sqlite")) as thumbnails:
        assert thumbnails.execute("SELECT COUNT(*) FROM thumbnail").fetchone() == (1,)
    assert not left_over.exists()
