"""Drives that are mounted, or linked to, below a folder of the library, and are there or not."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import Cancelled
from engine.ingest.scanning.mounts import mount_points_below
from engine.library import CATALOGUE_FILE
from engine.progress import CancelToken, Progress
from engine.records import FileSituation, Query
from tests.engine.library.test_folders import Home
from tests.mounts import mount, unmount

SECONDS = 60.0
MONTHS = 90 * 24 * 3600


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.library.close()


@pytest.fixture
def drive(home: Home) -> Iterator[Path]:
    """A drive some levels below the folder, with one picture of two in it."""
    home.paint("own.png", "red")
    point = home.pictures / "years" / "2019" / "nas"
    point.mkdir(parents=True)
    mount(point)
    try:
        home.paint("years/2019/nas/deep/theirs.png", "blue")
        yield point
    finally:
        unmount(point)


def months_pass(home: Home) -> None:
    with closing(sqlite3.connect(home.location / CATALOGUE_FILE)) as db, db:
        db.execute("UPDATE file SET missing_since = missing_since - ? WHERE missing_since NOTNULL", (MONTHS,))


def availability(home: Home) -> dict[str, bool]:
    return {hit.path.name: hit.available for hit in home.library.search(Query(text="red")).hits}


def is_kept(home: Home, drive: Path) -> bool:
    """Whether months without the drive change nothing, but that it is told."""
    home.index()
    months_pass(home)
    home.index()
    (folder,) = home.library.folders()
    told = availability(home) == {"own.png": True, "theirs.png": False} and folder.unplugged == (drive,)
    return told and home.library.status().missing == 0


def test_a_drive_below_a_folder_is_unplugged_and_comes_back_without_work(home: Home, drive: Path) -> None:
    home.index()
    assert availability(home) == {"own.png": True, "theirs.png": True}
    unmount(drive)
    assert availability(home) == {"own.png": True, "theirs.png": False}  # before the files are looked at
    assert is_kept(home, drive)
    whereabouts, message = home.trace(drive / "deep/theirs.png")
    assert (whereabouts, str(drive) in message) == (FileSituation.GONE, True)
    mount(drive)
    home.paint("years/2019/nas/deep/theirs.png", "blue")
    embedded = home.index_report().embedded
    assert (embedded, availability(home)) == (0, {"own.png": True, "theirs.png": True})
    assert home.library.folders()[0].unplugged == ()


def test_a_drive_whose_mount_point_goes_with_it_is_unplugged(home: Home, drive: Path) -> None:
    home.index()
    unmount(drive)
    shutil.rmtree(home.pictures / "years")
    assert is_kept(home, drive)


def test_what_is_put_where_a_drive_was_is_found_and_the_drive_is_kept(home: Home, drive: Path) -> None:
    home.index()
    unmount(drive)
    home.paint("years/2019/nas/new.png", "green")
    home.index()
    months_pass(home)
    home.index()
    assert availability(home) == {"own.png": True, "theirs.png": False, "new.png": True}


def test_a_folder_that_stands_in_for_another_is_a_drive(home: Home, tmp_path: Path) -> None:
    home.paint("own.png", "red")
    source, point = tmp_path / "source", home.pictures / "bound"
    source.mkdir()
    point.mkdir()
    mount(point, "--bind", str(source))
    try:
        home.paint("bound/theirs.png", "blue")
        assert availability(home) == {}
        home.index()
        assert availability(home) == {"own.png": True, "theirs.png": True}
        unmount(point)
        assert is_kept(home, point)
    finally:
        unmount(point)


def test_what_is_deleted_from_a_drive_that_is_there_is_missing(home: Home, drive: Path) -> None:
    home.paint("years/2019/nas/other.png", "green")
    home.index()
    shutil.rmtree(drive / "deep")
    home.index()
    assert (home.library.status().missing, set(availability(home))) == (1, {"own.png", "other.png"})
    months_pass(home)
    home.index()
    assert home.library.status().missing == 0


def test_a_mount_point_that_an_automounter_keeps_is_an_unplugged_drive(home: Home, drive: Path) -> None:
    """Its empty folder is mounted, too, on a device of its own."""
    home.index()
    unmount(drive)
    mount(drive)
    with closing(sqlite3.connect(home.location / CATALOGUE_FILE)) as db, db:
        db.execute("UPDATE drive SET device = device + 4711")  # the number of the new one may be the same
    assert is_kept(home, drive)


def test_a_drive_that_is_left_out_is_forgotten(home: Home, drive: Path) -> None:
    home.index()
    unmount(drive)
    home.index()
    home.library.exclude(drive)
    home.index()
    assert set(availability(home)) == {"own.png"}
    assert home.library.folders()[0].unplugged == ()


def test_a_link_to_a_drive_is_unplugged_with_it_and_goes_when_it_is_deleted(
    home: Home, drive: Path, tmp_path: Path
) -> None:
    unmount(drive)
    shutil.rmtree(home.pictures / "years")
    point = tmp_path / "media"
    point.mkdir()
    mount(point)
    try:
        (point / "photos").mkdir()
        link = home.pictures / "link"
        link.symlink_to(point / "photos", target_is_directory=True)
        home.paint("link/theirs.png", "blue")
        home.index()
        assert availability(home) == {"own.png": True, "theirs.png": True}
        unmount(point)
        assert is_kept(home, link)
        link.unlink()
        home.index()
        assert (home.library.status().missing, set(availability(home))) == (1, {"own.png"})
    finally:
        unmount(point)


def test_a_link_to_a_file_goes_with_it_unless_its_drive_is_unplugged(
    home: Home, drive: Path, tmp_path: Path
) -> None:
    unmount(drive)
    shutil.rmtree(home.pictures / "years")
    point = tmp_path / "media"
    point.mkdir()
    mount(point)
    try:
        home.paint("../media/theirs.png", "blue")
        home.paint("../media/other.png", "green")
        links = {name: home.pictures / name for name in ("theirs.png", "other.png")}
        for name, link in links.items():
            link.symlink_to(point / name)
        home.index()
        assert availability(home) == {"own.png": True, "theirs.png": True, "other.png": True}
        links["other.png"].unlink()
        unmount(point)
        for _ in range(2):
            home.index()
            months_pass(home)
        assert availability(home) == {"own.png": True, "theirs.png": False}
        mount(point)
        home.paint("../media/another.png", "red")
        home.index()
        assert set(availability(home)) == {"own.png"}  # the file itself is gone
    finally:
        unmount(point)


@pytest.mark.parametrize("is_folder", [False, True])
def test_what_a_link_led_to_on_the_same_drive_is_gone(home: Home, tmp_path: Path, is_folder: bool) -> None:
    home.paint("own.png", "red")
    theirs = home.paint("../elsewhere/theirs.png", "blue")
    (home.pictures / "link.png").symlink_to(theirs)
    if is_folder:
        (home.pictures / "link.png").unlink()
        (home.pictures / "link").symlink_to(theirs.parent, target_is_directory=True)
    home.index()
    assert len(availability(home)) == 2
    shutil.rmtree(tmp_path / "elsewhere")
    home.index()
    assert (home.library.status().missing, set(availability(home))) == (1, {"own.png"})


def test_a_drive_that_was_a_folder_of_its_own_is_kept_when_one_above_it_is_added(
    home: Home, tmp_path: Path
) -> None:
    home.paint("own.png", "red")
    point = tmp_path / "above" / "media"
    point.mkdir(parents=True)
    mount(point)
    try:
        home.paint("../above/media/theirs.png", "blue")
        home.library.add_folder(point)
        home.index()
        unmount(point)
        home.library.remove_folder(home.pictures)
        home.library.add_folder(tmp_path / "above")
        home.index()
        months_pass(home)
        home.index()
        assert availability(home) == {"theirs.png": False}
        assert home.library.folders()[0].unplugged == (point,)
    finally:
        unmount(point)


def test_a_watching_library_notices_drives_that_come_and_go(home: Home, drive: Path) -> None:
    assert mount_points_below([home.pictures]) == {str(drive)}
    unmount(drive)
    assert mount_points_below([home.pictures]) == set()
    progress, cancel = Progress(), CancelToken()

    def watch() -> None:
        with contextlib.suppress(Cancelled):
            home.library.watch(progress, cancel)

    thread = threading.Thread(target=watch)
    thread.start()
    until(lambda: progress.snapshot().phase == "watching")
    mount(drive)
    home.paint("years/2019/nas/theirs.png", "blue")
    until(lambda: availability(home) == {"own.png": True, "theirs.png": True})
    until(lambda: progress.snapshot().phase == "watching")
    home.paint("years/2019/nas/more.png", "green")
    until(lambda: len(availability(home)) == 3)
    unmount(drive)
    until(lambda: home.library.folders()[0].unplugged == (drive,))
    assert availability(home) == {"own.png": True, "theirs.png": False, "more.png": False}
    cancel.cancel()
    thread.join(SECONDS)
    assert not thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        threading.Event().wait(0.01)
