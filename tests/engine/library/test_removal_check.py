"""What stops a file from going to the bin: the library's word is not taken for what lies on the disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import Cancelled
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import Objection, ObjectionKind, ShownFile
from tests.fakes import COLOURS, ColourRegistry


class Desk:
    """A library with two copies of one picture, "a.png" and "b.png", and another picture, "c.png"."""

    def __init__(self, folder: Path) -> None:
        self.location = folder / "library"
        self.location.mkdir()
        self.mine = folder / "mine"
        self.mine.mkdir()
        self.cancel = CancelToken()
        Image.new("RGB", (60, 40), COLOURS["red"]).save(self.file("a"))
        shutil.copy2(self.file("a"), self.file("b"))
        Image.new("RGB", (50, 40), COLOURS["red"]).save(self.file("c"))
        self.library = Library(self.location, ColourRegistry(folder / "models"), None, read_text=False)
        self.library.use_model("colours")
        self.library.add_folder(self.mine)
        self.index()
        self.shown = {name: ShownFile(self.item(name), self.file(name)) for name in "abc"}

    def file(self, name: str) -> Path:
        return self.mine / f"{name}.png"

    def item(self, name: str) -> int:
        return self.library.diagnose(self.file(name)).items[0]

    def index(self) -> None:
        self.library.index(Progress(), CancelToken())

    def overwrite(self, name: str, keep_date: bool = False) -> None:
        """Other content of the same size."""
        path = self.file(name)
        before, content = path.stat(), bytearray(path.read_bytes())
        content[-20] ^= 1
        path.write_bytes(content)
        if keep_date:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def objection(self, name: str, kept: str | None = None) -> Objection | None:
        others = None if kept is None else [self.shown[other] for other in kept]
        return self.library.removal_check(self.cancel).objection(self.shown[name], others)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.library.close()


def link_to(desk: Desk, link: Callable[[Path, Path], None], name: str, target: str) -> None:
    desk.file(name).unlink()
    link(desk.file(target), desk.file(name))


def test_nothing_speaks_against_what_is_as_it_was(desk: Desk) -> None:
    assert desk.objection("b", "a") is None
    assert desk.objection("c", "a") is None
    assert desk.objection("a", "bc") is None
    assert desk.objection("a", "") is None
    assert desk.objection("a") is None


@pytest.mark.parametrize("going", ["b", "c"])
def test_the_file_that_is_to_stay_must_be_there(desk: Desk, going: str) -> None:
    desk.file("a").unlink()
    assert desk.objection(going, "a") == Objection(ObjectionKind.KEPT_GONE, desk.file("a"))


def test_a_folder_in_its_place_is_not_the_file_that_is_to_stay(desk: Desk) -> None:
    desk.file("a").unlink()
    desk.file("a").mkdir()
    assert desk.objection("b", "a") == Objection(ObjectionKind.KEPT_GONE, desk.file("a"))


def test_a_drive_that_is_unplugged_keeps_nothing(desk: Desk) -> None:
    desk.mine.rename(desk.mine.with_name("away"))
    desk.mine.mkdir()
    shutil.copy2(desk.mine.with_name("away") / "b.png", desk.file("b"))
    assert desk.objection("b", "a") == Objection(ObjectionKind.KEPT_GONE, desk.file("a"))


@pytest.mark.parametrize("keep_date", [False, True])
def test_the_file_that_is_to_stay_must_hold_what_it_held(desk: Desk, keep_date: bool) -> None:
    desk.overwrite("a", keep_date)
    assert desk.objection("b", "a") == Objection(ObjectionKind.KEPT_CHANGED, desk.file("a"))
    assert desk.objection("c", "a") == Objection(ObjectionKind.KEPT_CHANGED, desk.file("a"))


def test_a_file_that_is_cut_short_is_not_kept_in_its_place(desk: Desk) -> None:
    desk.file("a").write_bytes(b"")
    assert desk.objection("b", "a") == Objection(ObjectionKind.KEPT_CHANGED, desk.file("a"))


def test_of_several_that_stay_one_with_the_same_content_is_enough(desk: Desk) -> None:
    shutil.copy2(desk.file("a"), desk.file("d"))
    desk.index()
    desk.shown["d"] = ShownFile(desk.item("d"), desk.file("d"))
    desk.file("a").unlink()
    assert desk.objection("d", "cab") is None
    desk.file("b").unlink()
    assert desk.objection("d", "cab") == Objection(ObjectionKind.KEPT_GONE, desk.file("a"))


def test_what_only_looks_alike_needs_the_best_of_those_that_stay(desk: Desk) -> None:
    desk.file("a").unlink()
    assert desk.objection("c", "ab") == Objection(ObjectionKind.KEPT_GONE, desk.file("a"))
    assert desk.objection("c", "ba") is None


@pytest.mark.parametrize("kept", ["a", "", None])
def test_what_goes_must_be_what_it_was(desk: Desk, kept: str | None) -> None:
    desk.overwrite("b")
    assert desk.objection("b", kept) == Objection(ObjectionKind.CHANGED, desk.file("b"))
    desk.file("b").unlink()
    assert desk.objection("b", kept) == Objection(ObjectionKind.GONE, desk.file("b"))


@pytest.mark.parametrize("kept", ["a", ""])
def test_other_content_of_the_same_size_and_date_does_not_go_as_a_duplicate(desk: Desk, kept: str) -> None:
    desk.overwrite("b", keep_date=True)
    assert desk.objection("b", kept) == Objection(ObjectionKind.CHANGED, desk.file("b"))


def test_what_was_read_anew_since_it_was_shown_is_another_file(desk: Desk) -> None:
    """The catalogue knows it, and the person has not seen it yet."""
    Image.new("RGB", (60, 40), COLOURS["blue"]).save(desk.file("b"))
    desk.index()
    assert desk.objection("b", "a") == Objection(ObjectionKind.CHANGED, desk.file("b"))
    assert desk.objection("a", "b") == Objection(ObjectionKind.KEPT_CHANGED, desk.file("b"))
    assert desk.objection("b") == Objection(ObjectionKind.CHANGED, desk.file("b"))


def test_copies_that_an_earlier_version_read_are_what_they_were(desk: Desk) -> None:
    """It knew them by their content alone, where today's name of the format counts as well."""
    Image.new("RGB", (70, 40), COLOURS["blue"]).save(desk.mine / "d.tif")
    (desk.mine / "d.tif").rename(desk.mine / "d.nef")
    shutil.copy2(desk.mine / "d.nef", desk.mine / "e.nef")
    desk.index()
    with closing(sqlite3.connect(desk.location / CATALOGUE_FILE)) as db, db:
        assert db.execute("UPDATE content SET hash = substr(hash, 1, 20)").rowcount
    for name in "de":
        path = desk.mine / f"{name}.nef"
        desk.shown[name] = ShownFile(desk.library.diagnose(path).items[0], path)
    assert desk.objection("d", kept="e") is None
    (desk.mine / "e.nef").write_bytes((desk.mine / "e.nef").read_bytes()[:-1] + b"x")
    assert desk.objection("d", kept="e") == Objection(ObjectionKind.KEPT_CHANGED, desk.mine / "e.nef")


def test_a_link_to_what_goes_is_nothing_that_stays(desk: Desk) -> None:
    link_to(desk, lambda target, link: link.symlink_to(target), "a", "b")
    assert desk.objection("b", "a") == Objection(ObjectionKind.KEPT_LINK, desk.file("a"))


def test_a_link_does_not_go(desk: Desk) -> None:
    link_to(desk, lambda target, link: link.symlink_to(target), "b", "a")
    assert desk.objection("b", "a") == Objection(ObjectionKind.GONE, desk.file("b"))


def test_a_second_name_of_what_goes_is_nothing_that_stays(desk: Desk) -> None:
    before = desk.file("a").stat()
    link_to(desk, lambda target, link: link.hardlink_to(target), "a", "b")
    os.utime(desk.file("a"), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert desk.objection("b", "a") == Objection(ObjectionKind.SAME_FILE, desk.file("a"))


def test_a_folder_that_became_a_link_leads_to_no_second_file(desk: Desk) -> None:
    one, other = desk.mine / "one", desk.mine / "other"
    for folder in (one, other):
        folder.mkdir()
        shutil.copy2(desk.file("c"), folder / "e.png")
    desk.index()
    kept, going = (
        ShownFile(desk.library.diagnose(folder / "e.png").items[0], folder / "e.png")
        for folder in (one, other)
    )
    (one / "e.png").unlink()
    one.rmdir()
    one.symlink_to(other)
    look = desk.library.removal_check(desk.cancel)
    assert look.objection(going, [kept]) == Objection(ObjectionKind.SAME_FILE, kept.path)


def test_what_changes_between_two_files_of_one_removal_is_seen(desk: Desk) -> None:
    look = desk.library.removal_check(desk.cancel)
    assert look.objection(desk.shown["b"], [desk.shown["a"]]) is None
    desk.overwrite("a", keep_date=True)
    objection = look.objection(desk.shown["b"], [desk.shown["a"]])
    assert objection == Objection(ObjectionKind.KEPT_CHANGED, desk.file("a"))


def test_a_large_file_that_is_read_can_be_given_up(desk: Desk) -> None:
    desk.cancel.cancel()
    with pytest.raises(Cancelled):
        desk.objection("b", "a")


def test_the_look_changes_nothing(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.location / CATALOGUE_FILE)) as db:
        before = db.execute("SELECT * FROM file ORDER BY id").fetchall()
        desk.overwrite("a")
        desk.objection("b", "a")
        assert db.execute("SELECT * FROM file ORDER BY id").fetchall() == before
