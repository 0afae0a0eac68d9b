"""Versions, damage and threads."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from engine.errors import LibraryDamaged, LibraryTooNew, UserError
from engine.store.database.connection import Database, translate_errors
from engine.store.database.schema import MIGRATIONS, migrate
from engine.store.items.thumbnails import Thumbnails
from tests.conftest import PROJECT
from tests.engine.store.conftest import Store

PAGE_BYTES = 4096  # of SQLite's files


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


def fail(_: sqlite3.Connection) -> None:
    raise RuntimeError


def is_open(path: Path) -> bool:
    return any(Path(file.path) == path for file in psutil.Process().open_files())


def test_a_database_whose_tables_cannot_be_made_is_not_left_open(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError) as caught:
        Database(tmp_path / "catalogue.sqlite", fail)
    assert caught.tb is not None  # it keeps alive whatever was not closed
    assert not is_open(tmp_path / "catalogue.sqlite")


def test_what_is_no_database_is_not_left_open(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryDamaged) as caught:
        open_again(tmp_path)
    assert caught.tb is not None
    assert not is_open(path)


def test_a_read_that_outlasts_the_database_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    database = Database(path, migrate)
    with database.read() as db:
        database.close()
        assert db.execute("SELECT COUNT(*) FROM meta").fetchone() is not None
    assert not is_open(path)


def test_a_disk_that_is_gone_is_not_called_full(tmp_path: Path) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    with (
        pytest.raises(UserError, match="reported an error"),
        translate_errors(tmp_path / "gone" / "catalogue.sqlite"),
    ):
        raise error


def test_a_failed_transaction_leaves_nothing_behind(store: Store) -> None:
    def fail_halfway() -> None:
        with store.database.transaction():
            store.catalogue.set_meta("key", "value")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert store.catalogue.meta("key", "none") == "none"


def test_reading_goes_on_while_another_thread_writes(store: Store) -> None:
    seen: list[str] = []
    with store.database.transaction():
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


def thumbnails_with_damaged_pages(folder: Path, count: int = 200) -> Thumbnails:
    """Opens as if nothing were wrong: only the first page, with the tables' names, is whole."""
    path = folder / "thumbnails.sqlite"
    thumbnails = Thumbnails(path, 1)
    thumbnails.put((item, b"jpeg" * 1000) for item in range(count))
    thumbnails.close()
    with path.open("r+b") as file:
        file.seek(PAGE_BYTES)
        file.write(b"\xff" * (path.stat().st_size - PAGE_BYTES))
    return Thumbnails(path, 1)


def test_a_thumbnail_on_a_damaged_page_is_unknown_and_can_be_put_again(tmp_path: Path) -> None:
    thumbnails = thumbnails_with_damaged_pages(tmp_path)
    assert thumbnails.get(5) is None
    thumbnails.put([(5, b"new")])
    assert thumbnails.get(5) == b"new"
    thumbnails.close()


def test_thumbnails_are_kept_where_the_file_was_damaged(tmp_path: Path) -> None:
    thumbnails = thumbnails_with_damaged_pages(tmp_path)
    thumbnails.put((item, b"new") for item in (5, 6))
    assert (thumbnails.get(5), thumbnails.get(6)) == (b"new", b"new")
    thumbnails.close()


def test_thumbnails_are_removed_where_the_file_was_damaged(tmp_path: Path) -> None:
    thumbnails = thumbnails_with_damaged_pages(tmp_path)
    thumbnails.remove(item for item in (5, 6))
    assert thumbnails.get(5) is None
    thumbnails.close()


def test_a_thumbnail_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "thumbnails.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    thumbnails = Thumbnails(path, 1)
    thumbnails.put([(5, b"jpeg")])
    assert thumbnails.get(5) == b"jpeg"
    thumbnails.close()


def test_many_threads_that_meet_the_damage_go_on(tmp_path: Path) -> None:
    thumbnails = thumbnails_with_damaged_pages(tmp_path)
    start = threading.Barrier(4)
    kept: list[bytes | None] = []

    def use(item: int) -> None:
        start.wait()
        thumbnails.get(item)
        thumbnails.put([(item, b"new")])
        kept.append(thumbnails.get(item))

    threads = [threading.Thread(target=use, args=(item,)) for item in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 4
    assert b"new" in kept
    thumbnails.close()


def test_thumbnails_go_on_after_a_new_file_could_not_be_made_at_first(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    thumbnails = thumbnails_with_damaged_pages(library)
    library.rename(tmp_path / "away")
    with pytest.raises(UserError):
        thumbnails.put([(5, b"new")])
    (tmp_path / "away").rename(library)
    thumbnails.put([(5, b"new")])
    assert thumbnails.get(5) == b"new"
    thumbnails.close()


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else tells what a program has written")
def test_what_a_statement_may_have_to_take_back_is_not_written_to_a_file(store: Store) -> None:
    """Each new file runs a trigger, and SQLite copies the pages that it changes: several for each file."""
    before = psutil.Process().io_counters().write_chars
    store.scan(*((f"{number:05}.jpg", 1) for number in range(3_000)))
    written = psutil.Process().io_counters().write_chars - before
    assert store.count("file") == 3_000
    assert written < 1_000 * 3_000


REMOVED = """
import sys
from pathlib import Path
from engine.store.files.catalogue import Catalogue
from engine.store.database.connection import Database
from engine.store.database.schema import migrate

def highest():  # in kB, of this program: what `getrusage` tells begins with that of the one it came from
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

database = Database(Path(sys.argv[1]), migrate)
before = highest()
Catalogue(database).remove_folder(Path("/pictures"))
print(highest() - before)
database.close()
"""


FILL = (
    "INSERT INTO content (id, hash, opened) SELECT n, CAST(n AS BLOB), 1 FROM counted",
    """INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id)
    SELECT folder.id, CAST('/pictures/' || n || '.jpg' AS BLOB), 1, 1, 0, n FROM counted, folder""",
    "INSERT INTO item (id, content_id, page) SELECT n, n, 0 FROM counted",
    """INSERT INTO vector (item_id, model_id, dtype, shape, bytes)
    SELECT n, model.id, 'float16', '100', randomblob(200) FROM counted, model""",
)


def fill(store: Store, photographs: int) -> None:
    store.catalogue.add_folder(Path("/pictures"), ())
    counted = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)"
    with store.database.transaction() as db:
        for statement in FILL:
            db.execute(f"{counted} {statement}", (photographs,))


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else tells what a program held at most")
def test_what_a_large_removal_may_have_to_take_back_does_not_fill_the_memory(store: Store) -> None:
    fill(store, 30_000)
    command = [sys.executable, "-c", REMOVED, str(store.folder / "catalogue.sqlite")]
    removed = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert store.count("file") == store.count("vector") == 0
    assert int(removed.stdout) < 12_000


def test_thumbnails_are_shown_while_the_room_of_others_is_given_back(tmp_path: Path) -> None:
    thumbnails = Thumbnails(tmp_path / "thumbnails.sqlite", 1)
    thumbnails.put((item, bytes(1 << 16)) for item in range(100))
    thumbnails.remove(range(1, 100))
    shown: list[bytes | None] = []
    with ThreadPoolExecutor(1) as window:
        thumbnails.reclaim_space(lambda: shown.append(window.submit(thumbnails.get, 0).result(60)))
    assert shown
    assert set(shown) == {bytes(1 << 16)}
    thumbnails.close()
    assert (tmp_path / "thumbnails.sqlite").stat().st_size < 4 << 16
