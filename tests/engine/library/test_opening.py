"""A catalogue that is lost or damaged in one place is mended, made again or refused, and that is said."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.cli.main import run
from engine.errors import DiskFull, LibraryDamaged, LibraryInUse, UserError
from engine.library import CATALOGUE_FILE, Library
from engine.library.write_lock import LOCK_FILE
from engine.store.database.schema import MIGRATIONS
from engine.store.files.choices_backup import BACKUP_FILE
from tests.mounts import mounted

EXCLUDES = ("*.tmp", "ü*")


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """Of a library with a folder."""
    (tmp_path / "pictures").mkdir()
    with Library.open(tmp_path / "library") as library:
        library.add_folder(tmp_path / "pictures", EXCLUDES)
    return tmp_path / "library"


def change(location: Path, *statements: str) -> None:
    with closing(sqlite3.connect(location / CATALOGUE_FILE, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def folders(library: Library) -> list[tuple[str, tuple[str, ...]]]:
    return [(folder.path.name, folder.excludes) for folder in library.folders()]


def kept(location: Path) -> dict[str, object]:
    loaded = json.loads((location / BACKUP_FILE).read_bytes())
    assert isinstance(loaded, dict)
    return loaded


def empty(catalogue: Path) -> None:
    catalogue.write_bytes(b"")


def cut_to_its_header(catalogue: Path) -> None:
    catalogue.write_bytes(catalogue.read_bytes()[:100])


def cut_to_a_page(catalogue: Path) -> None:
    catalogue.write_bytes(catalogue.read_bytes()[:4096])


def fill_with_zeros(catalogue: Path) -> None:
    catalogue.write_bytes(bytes(catalogue.stat().st_size))


def fill_with_text(catalogue: Path) -> None:
    catalogue.write_bytes(b"something else entirely" * 1000)


def put_an_empty_database(catalogue: Path) -> None:
    catalogue.unlink()
    with closing(sqlite3.connect(catalogue)) as db:
        db.execute("VACUUM")


def drop_a_table(catalogue: Path) -> None:
    change(catalogue.parent, "DROP TABLE vector")


def drop_what_is_known_of_it(catalogue: Path) -> None:
    change(catalogue.parent, "DROP TABLE meta")


@pytest.mark.parametrize(
    "damage",
    [
        empty,
        cut_to_its_header,
        cut_to_a_page,
        fill_with_zeros,
        fill_with_text,
        put_an_empty_database,
        drop_a_table,
        drop_what_is_known_of_it,
    ],
)
def test_a_catalogue_that_is_lost_is_put_aside_and_made_again_with_its_folders(
    location: Path, damage: Callable[[Path], None]
) -> None:
    damage(location / CATALOGUE_FILE)
    damaged = (location / CATALOGUE_FILE).read_bytes()
    with Library.open(location) as library:
        (notice,) = library.notices
        assert "catalogue" in notice
        assert "1 folder" in notice
        assert folders(library) == [("pictures", EXCLUDES)]
    assert (location / f"{CATALOGUE_FILE}.damaged-1").read_bytes() == damaged
    with Library.open(location) as library:
        assert library.notices == ()
        assert folders(library) == [("pictures", EXCLUDES)]


def test_a_catalogue_that_is_gone_is_made_again(location: Path) -> None:
    (location / CATALOGUE_FILE).unlink()
    assert not Library.is_missing(location)
    with Library.open(location) as library:
        assert "is missing" in library.notices[0]
        assert folders(library) == [("pictures", EXCLUDES)]


def test_a_new_catalogue_that_an_earlier_version_began_in_its_place_gets_the_folders_again(
    location: Path, tmp_path: Path
) -> None:
    Library.open(tmp_path / "another").close()
    (tmp_path / "another" / CATALOGUE_FILE).rename(location / CATALOGUE_FILE)
    with Library.open(location) as library:
        assert folders(library) == [("pictures", EXCLUDES)]
        assert "had lost its folders" in library.notices[0]


def test_an_emptied_library_of_which_nothing_is_kept_is_not_taken_for_a_new_one(location: Path) -> None:
    (location / BACKUP_FILE).unlink()
    empty(location / CATALOGUE_FILE)
    with Library.open(location) as library:
        assert "add your folders again" in library.notices[0]
    with Library.open(location.parent / "new") as library:
        assert library.notices == ()


def test_what_is_damaged_and_not_kept_is_left_as_it_is(location: Path) -> None:
    (location / BACKUP_FILE).write_text("{")
    fill_with_text(location / CATALOGUE_FILE)
    with pytest.raises(LibraryDamaged, match="Restore it from a backup"):
        Library.open(location)
    assert not (location / f"{CATALOGUE_FILE}.damaged-1").exists()


def test_a_library_without_folders_is_no_lost_one(location: Path, tmp_path: Path) -> None:
    with Library.open(location) as library:
        library.remove_folder(tmp_path / "pictures")
    with Library.open(location) as library:
        assert library.notices == ()
        assert folders(library) == []


def test_a_catalogue_is_not_made_again_while_another_process_changes_the_library(
    location: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.library.write_lock.PATIENCE_SECONDS", 0.0)
    with Library.open(location) as library, library._write_lock.try_exclusive():
        empty(location / CATALOGUE_FILE)
        with pytest.raises(LibraryInUse):
            Library.open(location)
    assert (location / CATALOGUE_FILE).stat().st_size == 0


@pytest.mark.parametrize("told", [-1, *range(len(MIGRATIONS)), 1 << 31])
@pytest.mark.parametrize("true", [len(MIGRATIONS), 2])
def test_tables_of_one_version_under_the_number_of_another_are_known(
    tmp_path: Path, told: int, true: int
) -> None:
    location = tmp_path / "library"
    location.mkdir()
    with closing(sqlite3.connect(location / CATALOGUE_FILE)) as db:
        for migration in MIGRATIONS[:true]:
            db.executescript(migration)
        db.execute("PRAGMA application_id = 0x46494E44")
        db.execute("INSERT INTO folder (path) VALUES (CAST('/pictures' AS BLOB))")
        db.execute(f"PRAGMA user_version = {told}")
        db.commit()
    with Library.open(location) as library:
        assert library.notices == ()
        assert folders(library) == [("pictures", ())]
    with closing(sqlite3.connect(location / CATALOGUE_FILE)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


@pytest.mark.parametrize(
    "stored",
    ["'{'", "''", "'5'", "'[1, null]'", "'{\"a\": 1}'", "x'ff00'", "CAST(x'5b22ff225d' AS TEXT)", "7"],
)
def test_what_is_left_out_of_a_folder_is_read_from_what_is_kept_where_it_is_damaged(
    location: Path, stored: str
) -> None:
    change(location, f"UPDATE folder SET excludes = {stored}")
    with Library.open(location) as library:
        assert "was read from what is kept" in library.notices[0]
        assert folders(library) == [("pictures", EXCLUDES)]
    change(location, f"UPDATE folder SET excludes = {stored}")
    (location / BACKUP_FILE).unlink()
    with Library.open(location) as library:
        assert "not known any more" in library.notices[0]
        assert folders(library) == [("pictures", ())]


@pytest.mark.parametrize("token", ["'word'", "''", "'-5'", "'99999999999999'", "x'ff'"])
def test_a_damaged_token_is_made_anew(location: Path, token: str) -> None:
    change(location, f"UPDATE meta SET value = {token} WHERE key = 'token'")
    with Library.open(location) as library:
        assert folders(library) == [("pictures", EXCLUDES)]
        library.status()


def test_meta_rows_that_are_gone_change_nothing(location: Path) -> None:
    change(location, "DELETE FROM meta")
    with Library.open(location) as library:
        assert (library.notices, folders(library)) == ((), [("pictures", EXCLUDES)])
        library.status()


# ---- a disk that is full from the beginning


@pytest.mark.parametrize(
    ("size", "files"),
    [(4, 99), (8, 99), (40, 99), (72, 99), (136, 99), (999, 3), (999, 4)],
)
def test_a_disk_that_is_full_at_the_first_write_is_a_sentence(tmp_path: Path, size: int, files: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", f"size={size}k,nr_inodes={files}", "tmpfs"):
        with pytest.raises(DiskFull, match="is full"):
            Library.open(disk / "library")
        subprocess.run(["mount", "-o", "remount,size=4m,nr_inodes=99", str(disk)], check=True)
        with Library.open(disk / "library") as library:
            assert (library.notices, folders(library)) == ((), [])


# ---- what is kept


def test_each_change_is_kept_and_a_later_versions_parts_stay(location: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures" / "below").mkdir()
    path = location / BACKUP_FILE
    path.write_text(json.dumps({**kept(location), "version": 2, "stars": [1, 2]}))
    with Library.open(location) as library:
        library.exclude(tmp_path / "pictures" / "below")
        assert "/below" in str(kept(location)["folders"])
        library.include(tmp_path / "pictures" / "below")
        assert "/below" not in str(kept(location)["folders"])
        library.use_model("starter")
        assert kept(location)["choices"] == {"picture_model": "starter"}
        library.remove_folder(tmp_path / "pictures")
        assert kept(location)["folders"] == []
    assert (kept(location)["version"], kept(location)["stars"]) == (2, [1, 2])
    assert path.stat().st_mode & 0o077 == 0


def test_a_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    try:
        (tmp_path / name).mkdir()
    except OSError:
        pytest.skip("names are text here")
    with Library.open(tmp_path / "library") as library:
        library.add_folder(tmp_path / name)
    (tmp_path / "library" / CATALOGUE_FILE).unlink()
    with Library.open(tmp_path / "library") as library:
        assert folders(library) == [(name, ())]


@pytest.mark.parametrize(
    "content", ["", "[]", "7", '{"folders": 5}', '{"folders": [5, {"path": 1}, {}]}', "{"]
)
def test_a_damaged_file_of_what_is_kept_is_written_anew(location: Path, content: str) -> None:
    (location / BACKUP_FILE).write_text(content)
    with Library.open(location) as library:
        assert library.notices == ()
    assert "pictures" in str(kept(location)["folders"])


def test_what_is_kept_by_half_is_restored_as_far_as_it_is_understood(location: Path) -> None:
    (location / BACKUP_FILE).write_text(
        json.dumps({"folders": [7, {"path": "/a\0b"}, {"path": "/pictures", "excludes": 7}], "choices": [1]})
    )
    (location / CATALOGUE_FILE).unlink()
    with Library.open(location) as library:
        assert folders(library) == [("pictures", ())]


# ---- what is another's, or in the way


@pytest.mark.parametrize(
    "statements",
    [
        (),
        ("PRAGMA user_version = 3",),
        ("PRAGMA application_id = 77",),
        ("PRAGMA application_id = 77", "DROP TABLE letters"),
        ("PRAGMA user_version = 3", "DROP TABLE letters"),
        ("PRAGMA journal_mode = WAL", "INSERT INTO letters VALUES (2)"),
    ],
)
def test_a_database_of_another_program_is_refused_and_not_a_byte_of_it_changes(
    tmp_path: Path, statements: tuple[str, ...]
) -> None:
    location = tmp_path / "library"
    location.mkdir()
    change(location, "CREATE TABLE letters (text)", "INSERT INTO letters VALUES (1)", *statements)
    before = (location / CATALOGUE_FILE).read_bytes()
    with pytest.raises(LibraryDamaged, match="another program"):
        Library.open(location)
    assert (location / CATALOGUE_FILE).read_bytes() == before
    assert [path.name for path in location.iterdir()] == [CATALOGUE_FILE]


def test_a_database_that_another_program_has_open_is_refused_too(tmp_path: Path) -> None:
    location = tmp_path / "library"
    location.mkdir()
    with closing(sqlite3.connect(location / CATALOGUE_FILE, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE letters (text)")  # which only its log knows
        before = {path.name: path.read_bytes() for path in location.iterdir()}
        with pytest.raises(LibraryDamaged, match="another program"):
            Library.open(location)
        assert {path.name: path.read_bytes() for path in location.iterdir()} == before


def test_a_catalogue_of_which_only_the_log_was_written_is_ours(tmp_path: Path) -> None:
    """As a run leaves it that was killed the first time."""
    begun = tmp_path / "begun"
    begun.mkdir()
    with closing(sqlite3.connect(begun / CATALOGUE_FILE, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        for migration in MIGRATIONS:
            db.executescript(migration)
        db.execute("PRAGMA application_id = 0x46494E44")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        killed = tmp_path / "killed"
        killed.mkdir()
        for suffix in ("", "-wal"):
            content = (begun / f"{CATALOGUE_FILE}{suffix}").read_bytes()
            (killed / f"{CATALOGUE_FILE}{suffix}").write_bytes(content)
    with Library.open(killed) as library:
        assert (library.notices, folders(library)) == ((), [])


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("mine")


def a_dangling_link(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere" / "else")


@pytest.mark.parametrize("put", [a_folder, a_dangling_link])
def test_what_is_in_the_place_of_the_lock_is_put_aside(
    location: Path, tmp_path: Path, put: Callable[[Path], None]
) -> None:
    (location / LOCK_FILE).unlink(missing_ok=True)
    put(location / LOCK_FILE)
    with Library.open(location) as library:
        library.remove_folder(tmp_path / "pictures")
    assert (location / LOCK_FILE).is_file()
    assert os.path.lexists(location / f"{LOCK_FILE}.damaged-1")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("put", [a_folder, a_dangling_link, a_pipe])
def test_what_is_in_the_place_of_the_thumbnails_is_put_aside(
    location: Path, put: Callable[[Path], None]
) -> None:
    (location / "thumbnails.sqlite").unlink()
    put(location / "thumbnails.sqlite")
    with Library.open(location) as library:
        assert library.notices == ()
    assert (location / "thumbnails.sqlite").is_file()
    assert os.path.lexists(location / "thumbnails.sqlite.damaged-1")


@pytest.mark.parametrize("put", [a_folder, a_pipe])
def test_what_is_in_the_place_of_the_catalogue_is_put_aside(
    location: Path, put: Callable[[Path], None]
) -> None:
    (location / CATALOGUE_FILE).unlink()
    put(location / CATALOGUE_FILE)
    with Library.open(location) as library:
        assert "is no file, and was put aside" in library.notices[0]
        assert folders(library) == [("pictures", EXCLUDES)]
    assert not (location / f"{CATALOGUE_FILE}.damaged-1").is_file()


@pytest.mark.parametrize("put", [a_folder, a_pipe])
def test_in_a_folder_without_a_library_it_is_left_and_told(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    (tmp_path / "library").mkdir()
    put(tmp_path / "library" / CATALOGUE_FILE)
    with pytest.raises(UserError, match="is no file"):
        Library.open(tmp_path / "library")
    assert [path.name for path in (tmp_path / "library").iterdir()] == [CATALOGUE_FILE]


@pytest.mark.parametrize("put", [a_folder, a_dangling_link])
@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_what_is_in_the_place_of_the_log_is_put_aside(
    location: Path, suffix: str, put: Callable[[Path], None]
) -> None:
    put(location / f"{CATALOGUE_FILE}{suffix}")
    with Library.open(location) as library:
        assert folders(library) == [("pictures", EXCLUDES)]
        library.add_samples()
    assert os.path.lexists(location / f"{CATALOGUE_FILE}{suffix}.damaged-1")


@pytest.mark.parametrize("put", [a_folder, a_dangling_link, a_pipe])
def test_what_is_in_the_place_of_the_kept_file_keeps_nothing_from_being_kept(
    location: Path, put: Callable[[Path], None]
) -> None:
    (location / BACKUP_FILE).unlink()
    put(location / BACKUP_FILE)
    Library.open(location).close()
    (location / CATALOGUE_FILE).unlink()
    with Library.open(location) as library:
        assert folders(library) == [("pictures", EXCLUDES)]


def test_a_file_in_the_place_of_the_library_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("mine")
    with pytest.raises(UserError, match=r"^The library folder .*library cannot be made: File exists\.$"):
        Library.open(tmp_path / "library")


def test_a_value_that_cannot_be_is_no_fault_of_the_program(
    location: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(location, "UPDATE folder SET path = x'2f0061'")
    assert run(["--library", str(location), "status"]) == 1
    told = capsys.readouterr().err
    assert "is damaged: a value of folder.path cannot be" in told
    assert "move it away: then a new one is made" in told
