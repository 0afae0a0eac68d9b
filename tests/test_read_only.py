"""A library that cannot be written can be searched, and says that nothing in it is brought up to date."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from engine.errors import LibraryDamaged, LibraryReadOnly
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import Query
from engine.store.database.schema import MIGRATIONS
from engine.store.files.choices_backup import BACKUP_FILE
from tests.command_line import findling
from tests.engine.library.test_facade import Home
from tests.mounts import mounted
from tests.permissions import without_privileges

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a folder a second time")


class ReadOnly:
    """A library, and a place where the same folder can only be read."""

    def __init__(self, folder: Path, mounts: ExitStack) -> None:
        self.home = Home(folder)
        self.place = folder / "mounted"
        self.place.mkdir()
        self._mounts = mounts
        self.home.paint("red.png", "red")
        self.home.paint("blue.png", "blue")
        self.home.library.add_folder(self.home.pictures)
        self.home.index()

    def mount(self, folder: Path | None = None) -> None:
        self._mounts.enter_context(
            mounted(self.place, "--bind", "-o", "ro", str(folder or self.home.location))
        )

    def open(self) -> Library:
        return Library(self.place, self.home.registry, None, read_text=False)


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[ReadOnly]:
    with ExitStack() as mounts:
        reading = ReadOnly(tmp_path, mounts)
        yield reading
        reading.home.library.close()


def found(library: Library, text: str) -> list[str]:
    return [hit.path.name for hit in library.search(Query(text)).hits]


def test_everything_that_is_asked_is_answered_and_nothing_is_changed(reading: ReadOnly) -> None:
    reading.home.library.close()
    before = {path: path.read_bytes() for path in reading.home.location.rglob("*") if path.is_file()}
    (reading.home.location / "thumbnails.sqlite").unlink()
    before.pop(reading.home.location / "thumbnails.sqlite")
    reading.mount()
    with reading.open() as library:
        assert library.read_only
        assert found(library, "red")[0] == "red.png"
        (hit, *_) = library.browse(Query("")).hits
        assert library.thumbnail(hit.item) is not None
        library.explanation(Query("red"), hit.item)
        assert library.facts(hit.item)
        assert (library.status().items, library.duplicates(), library.themes()) == (2, (), ())
        assert {model.name for model in library.models() if model.active} == {"colours", "words"}
        assert list(library.failures()) == []
    assert {path: path.read_bytes() for path in reading.home.location.rglob("*") if path.is_file()} == before


def test_whatever_would_write_says_that_it_cannot(reading: ReadOnly, tmp_path: Path) -> None:
    reading.home.library.close()
    reading.mount()
    (tmp_path / "more").mkdir()
    with reading.open() as library:
        for change in (
            lambda: library.index(Progress(), CancelToken()),
            lambda: library.watch(Progress(), CancelToken()),
            lambda: library.add_folder(tmp_path / "more"),
            lambda: library.remove_folder(reading.home.pictures),
            library.retry_failed,
            lambda: library.use_model("words"),
        ):
            with pytest.raises(LibraryReadOnly, match="cannot be written"):
                change()
        assert found(library, "red")[0] == "red.png"


def test_what_another_process_writes_meanwhile_is_seen(reading: ReadOnly) -> None:
    reading.mount()
    with reading.open() as library:  # while a writer has it open
        assert library.read_only
        assert len(found(library, "red")) == 2
        reading.home.paint("green.png", "green")
        reading.home.index()
        assert found(library, "green")[0] == "green.png"
        reading.home.library.close()  # with it go the log and the shared memory
        assert found(library, "green")[0] == "green.png"
        reading.home.library = reading.home.open()
        reading.home.paint("white.png", "white")
        reading.home.index()
        assert found(library, "white")[0] == "white.png"


def test_a_writer_that_comes_later_is_noticed(reading: ReadOnly) -> None:
    reading.home.library.close()
    reading.mount()
    with reading.open() as library:
        assert len(found(library, "red")) == 2
        reading.home.library = reading.home.open()
        reading.home.paint("green.png", "green")
        reading.home.index()
        assert found(library, "green")[0] == "green.png"
        reading.home.library.close()
        assert library.status().items == 3


def test_what_a_writer_that_was_killed_left_in_its_log_is_read(reading: ReadOnly, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    with reading.home.library._database.read():
        copied.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(reading.home.location / f"{CATALOGUE_FILE}{suffix}", copied)
    assert (copied / f"{CATALOGUE_FILE}-wal").stat().st_size > 0
    reading.mount(copied)
    with reading.open() as library:
        assert library.status().items == 2
        assert found(library, "red")[0] == "red.png"


def test_one_that_would_have_to_be_brought_up_to_date_says_so(reading: ReadOnly, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    with closing(sqlite3.connect(old / CATALOGUE_FILE)) as db:
        db.executescript(MIGRATIONS[0])
        db.execute("PRAGMA application_id = 0x46494E44")
        db.execute("PRAGMA user_version = 1")
    reading.mount(old)
    with pytest.raises(LibraryReadOnly, match="earlier Findling"):
        reading.open()


def test_one_that_would_have_to_be_made_again_says_so(reading: ReadOnly, tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    lost.mkdir()
    shutil.copy(reading.home.location / BACKUP_FILE, lost)
    (lost / CATALOGUE_FILE).touch()
    reading.mount(lost)
    with pytest.raises(LibraryDamaged, match="cannot be written"):
        reading.open()


def test_the_command_line_tells_it_in_one_sentence(reading: ReadOnly) -> None:
    reading.home.library.use_model("starter")
    reading.home.library.close()
    location, prefix = reading.home.location, without_privileges()
    location.chmod(0o500)
    try:
        status = findling("--library", location, "status", prefix=prefix)
        assert (status.status, len(status.errors.splitlines())) == (0, 1)
        assert "cannot be written, so nothing in it can be brought up to date" in status.errors
        indexed = findling("--library", location, "index", prefix=prefix)
        assert indexed.status == 1
        assert "cannot be written" in indexed.sentence()
    finally:
        location.chmod(0o700)
