"""The room of what is gone is given back: models, thumbnails, and the catalogue's own pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from PIL import Image

from engine.records import Query
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.unused_models import KEPT_DAYS
from engine.store.pages.page_texts import write_text
from tests.engine.library.test_facade import Home


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
        kept = {name for (name,) in catalogue.execute("SELECT name FROM model WHERE name <> ''")}
        assert kept == {"colours", "words"}
        assert catalogue.execute("SELECT COUNT(*) FROM vector").fetchone() == (1,)
    with closing(sqlite3.connect(home.location / "thumbnails.sqlite")) as thumbnails:
        assert thumbnails.execute("SELECT COUNT(*) FROM thumbnail").fetchone() == (1,)
    assert not left_over.exists()


def index_bytes(home: Home) -> int:
    """Of the index of words."""
    with closing(sqlite3.connect(home.location / "catalogue.sqlite")) as catalogue:
        return int(catalogue.execute("SELECT SUM(LENGTH(block)) FROM page_search_data").fetchone()[0])


def catalogue_bytes(home: Home) -> int:
    home.library.close()
    return (home.location / "catalogue.sqlite").stat().st_size


def test_half_a_library_takes_half_the_room(tmp_path: Path) -> None:
    """But for what any library takes."""
    home = Home(tmp_path)
    for half in ("kept", "removed"):
        for number in range(6):
            home.paint(f"{half}/{number}.png", "red")
            Image.new("RGB", (40, 30), (number, len(half), 9)).save(home.pictures / half / f"{number}.png")
        home.library.add_folder(home.pictures / half)
    home.index()
    write_texts(home)
    whole, words = catalogue_bytes(home), index_bytes(home)
    home.library = home.open()
    home.library.remove_folder(home.pictures / "removed")
    home.index()
    assert index_bytes(home) < 0.6 * words
    assert catalogue_bytes(home) < 0.6 * whole


def write_texts(home: Home) -> None:
    """A long text for each item, of words of its own."""
    database = Database(home.location / "catalogue.sqlite", migrate)
    with database.transaction() as db:
        for (item,) in db.execute("SELECT id FROM item").fetchall():
            write_text(db, item, " ".join(f"word{item}x{number}" for number in range(5_000)), ())
    database.close()
