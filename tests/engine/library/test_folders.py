"""Which files are searched, and what a person is told who misses one."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import FolderError
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import FileDiagnosis, FileSituation, IndexReport, Query
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS, ColourRegistry

HOSTILE = ["summer [2024]", "a*b?", "plain", "caf\udce9", "[!x]"]


class Home:
    def __init__(self, folder: Path) -> None:
        self.pictures = folder / "pictures"
        self.pictures.mkdir()
        self.location = self.pictures / "library"
        self.location.mkdir()
        self.library = Library(self.location, ColourRegistry(folder / "models"), None, read_text=False)
        self.library.use_model("colours")
        self.library.add_folder(self.pictures, ["*.tmp.png", "drafts"])

    def paint(self, name: str, colour: str = "red") -> Path:
        path = self.pictures / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), COLOURS[colour]).save(path)
        return path

    def index(self) -> None:
        self.index_report()

    def index_report(self) -> IndexReport:
        return self.library.index(Progress(), CancelToken())

    def found(self) -> set[str]:
        hits = self.library.search(Query(text="red")).hits
        return {str(hit.path.relative_to(self.pictures)) for hit in hits}

    def trace(self, path: Path) -> tuple[FileSituation, str]:
        trace = self.library.diagnose(path)
        assert trace.path == path
        return trace.situation, trace.message


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.library.close()


# ---- leaving out


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_that_is_left_out_is_left_out_alone_and_comes_back(home: Home, name: str) -> None:
    inside = f"trips/{name}/deep/in.png"
    others = {f"{name}/in.png", f"trips/{name}er/in.png", "trips/summer 2/in.png", "trips/aXbY/in.png"}
    for number, path in enumerate(sorted({inside, *others})):
        home.paint(path).touch()
        Image.new("RGB", (40, 30 + number), COLOURS["red"]).save(home.pictures / path)
    home.index()
    assert home.found() == {inside, *others}
    home.library.exclude(home.pictures / "trips" / name)
    home.library.exclude(home.pictures / "trips" / name)  # twice is once
    home.index()
    assert home.found() == others
    whereabouts, message = home.trace(home.pictures / inside)
    assert whereabouts is FileSituation.EXCLUDED
    assert "Search" in message
    home.library.include(home.pictures / "trips" / name)
    home.index()
    assert home.found() == {inside, *others}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_left_out_is_found_no_longer_before_the_files_are_looked_at(home: Home, name: str) -> None:
    others = {f"{name}/in.png", f"trips/{name}er/in.png"}
    for number, path in enumerate(sorted({f"trips/{name}/deep/in.png", *others})):
        home.paint(path)
        Image.new("RGB", (40, 30 + number), COLOURS["red"]).save(home.pictures / path)
    home.index()
    home.library.exclude(home.pictures / "trips" / name)
    assert home.found() == others
    assert [folder.files for folder in home.library.folders()] == [len(others)]


def test_only_folders_below_a_folder_of_the_library_can_be_left_out(home: Home, tmp_path: Path) -> None:
    for folder in (home.pictures, tmp_path / "elsewhere"):
        with pytest.raises(FolderError):
            home.library.exclude(folder)
        with pytest.raises(FolderError):
            home.library.include(folder)


def test_a_folder_that_was_left_out_and_is_added_is_searched_again(home: Home) -> None:
    inside = home.paint("private/in.png")
    home.library.exclude(inside.parent)
    home.library.add_folder(inside.parent)
    home.index()
    assert home.found() == {"private/in.png"}


def test_a_folder_below_one_that_is_left_out_is_not_added_in_vain(home: Home) -> None:
    for inside in (home.paint("private/deep/in.png"), home.paint("drafts/in.png")):
        before = home.library.folders()
        if inside.parent.name == "deep":
            home.library.exclude(home.pictures / "private")
            before = home.library.folders()
        with pytest.raises(FolderError, match="is left out"):
            home.library.add_folder(inside.parent)
        assert home.library.folders() == before
    hidden = home.paint("drafts/.hidden/in.png").parent  # stands for itself
    home.library.add_folder(hidden)
    home.library.add_folder(hidden)  # twice is once
    home.index()
    assert home.found() == {"drafts/.hidden/in.png"}


def test_what_was_left_out_stays_so_below_a_folder_that_takes_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.paint("a[1]/private/in.png")
    home.paint("a1/private/other.png")
    home.library.remove_folder(home.pictures)
    home.library.add_folder(home.pictures / "a[1]")
    home.library.exclude(home.pictures / "a[1]" / "private")
    home.library.add_folder(home.pictures)
    home.index()
    assert home.found() == {"a1/private/other.png"}
    home.library.close()


# ---- why a file is found or not


def test_every_reason_has_its_name_and_its_sentence(home: Home, tmp_path: Path) -> None:
    found, gone = home.paint("found.png"), home.paint("gone.png", "blue")
    changed, bad = home.paint("changed.png", "green"), home.pictures / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    touched = home.paint("touched.png", "white")
    home.index()
    touched.chmod(0o600)
    gone.unlink()
    changed.write_bytes(b"now something else altogether")
    thrown = home.paint("#recycle/b/in.png")
    hidden, new = home.paint(".secret/in.png"), home.paint("new.png", "white")
    excluded, draft = home.paint("x.tmp.png"), home.paint("a/drafts/b/in.png")
    note = home.pictures / "notes.docx"
    note.write_bytes(b"words")
    elsewhere = tmp_path / "elsewhere.sh"
    elsewhere.write_text("echo")
    own, outside = home.location / "in.png", home.paint("../outside/in.png")
    dangling, pipe = home.pictures / "link.png", home.pictures / "pipe.png"
    dangling.symlink_to(tmp_path / "unplugged.png")
    ring = home.pictures / "ring.png"
    ring.symlink_to(ring)
    os.mkfifo(pipe)
    for path, whereabouts, words in (
        (found, FileSituation.SEARCHABLE, "can be found"),
        (gone, FileSituation.GONE, "moved or deleted"),
        (changed, FileSituation.PENDING, "changed"),
        (touched, FileSituation.PENDING, "may have changed"),
        (bad, FileSituation.FAILED, "JPEG"),
        (hidden, FileSituation.PASSED_OVER, f"{home.pictures / '.secret'} that it lies in is hidden"),
        (thrown, FileSituation.PASSED_OVER, f"Add {home.pictures / '#recycle'} to have it found"),
        (new, FileSituation.PENDING, "new"),
        (excluded, FileSituation.EXCLUDED, "*.tmp.png"),
        (
            draft,
            FileSituation.EXCLUDED,
            "drafts that it lies in is left out by the pattern drafts",
        ),
        (note, FileSituation.OTHER_TYPE, ".docx"),
        (elsewhere, FileSituation.OTHER_TYPE, ".sh"),
        (own, FileSituation.PASSED_OVER, "library's own"),
        (Path(os.path.normpath(outside)), FileSituation.OUTSIDE, str(tmp_path / "outside")),
        (dangling, FileSituation.GONE, "link"),
        (pipe, FileSituation.PASSED_OVER, "no regular file"),
        (ring, FileSituation.FAILED, "cannot be looked at"),
        (home.pictures / "never.png", FileSituation.GONE, "no such file"),
        (tmp_path / "never.png", FileSituation.GONE, "no such file"),
        (tmp_path / ("long" * 100), FileSituation.GONE, "no such file"),
        (home.pictures, FileSituation.FOLDER, "is searched"),
    ):
        told, message = home.trace(path)
        assert (told, words in message) == (whereabouts, True), (path, message)
    assert home.library.diagnose(found).items == (home.library.search(Query(text="red")).hits[0].item,)
    assert home.library.diagnose(found).folder == home.pictures


def test_a_bin_is_searched_where_it_is_added_itself_and_only_there(home: Home) -> None:
    home.paint("$RECYCLE.BIN/a.png", "blue")
    home.paint("b.png")
    home.index()
    assert home.found() == {"b.png"}
    home.library.add_folder(home.pictures / "$RECYCLE.BIN")
    home.index()
    assert home.found() == {"$RECYCLE.BIN/a.png", "b.png"}
    home.library.remove_folder(home.pictures / "$RECYCLE.BIN")
    home.index()
    assert home.found() == {"b.png"}


def test_what_an_earlier_version_found_in_a_bin_goes_with_the_next_look(home: Home) -> None:
    home.paint("bin/a.png", "blue")
    home.paint("b.png")
    home.index()
    (home.pictures / "bin").rename(home.pictures / "@Recycle")
    with closing(sqlite3.connect(home.location / CATALOGUE_FILE)) as db, db:
        db.execute("UPDATE file SET path = CAST(replace(CAST(path AS TEXT), '/bin/', '/@Recycle/') AS BLOB)")
    assert home.found() == {"@Recycle/a.png", "b.png"}  # as that version tells it
    home.index()
    assert home.found() == {"b.png"}
    assert home.library.status().missing == 0


def test_a_file_reached_by_a_link_is_traced_to_where_it_is_found(home: Home) -> None:
    real = home.paint("a/real.png")
    (home.pictures / "z").symlink_to(real.parent, target_is_directory=True)
    home.index()
    whereabouts, message = home.trace(home.pictures / "z" / "real.png")
    assert whereabouts is FileSituation.SEARCHABLE
    assert str(real) in message


def test_a_document_of_which_a_page_failed_is_found_in_part(home: Home) -> None:
    document = home.pictures / "pages.pdf"
    document.write_bytes(pdf([Page([(72, 600, f"page {number}")]) for number in range(3)]))
    home.index()
    with home.library._database.transaction() as db:  # what a page that cannot be drawn leaves behind
        db.execute("UPDATE item SET problem_kind = 'damaged', problem_message = 'It is torn.' WHERE page = 2")
        db.execute("DELETE FROM vector WHERE item_id IN (SELECT id FROM item WHERE page = 2)")
    trace = home.library.diagnose(document)
    assert trace.situation is FileSituation.PARTLY
    assert trace.message == "2 of its 3 pages can be found. Page 2: It is torn."
    assert len(trace.items) == 2


def test_why_the_model_that_answers_finds_a_page_not_is_told(home: Home) -> None:
    document = home.pictures / "pages.pdf"
    document.write_bytes(pdf([Page([(72, 600, f"page {number}")]) for number in range(3)]))
    home.index()
    with home.library._database.transaction() as db:  # what a page that took too long leaves behind
        db.execute(
            "INSERT INTO embedding_problem SELECT item_id, model_id, 'timeout', 'It took too long.' "
            "FROM vector JOIN item ON item.id = item_id WHERE page = 2"
        )
        db.execute("DELETE FROM vector WHERE item_id IN (SELECT id FROM item WHERE page = 2)")
    trace = home.library.diagnose(document)
    assert trace.situation is FileSituation.PARTLY
    assert trace.message == "2 of its 3 pages can be found. Page 2: It took too long."


def test_a_name_that_no_file_can_have_is_no_file(home: Home) -> None:
    found = home.library.diagnose(home.pictures / "x\0y.jpg")
    assert (found.situation, found.message) == (FileSituation.GONE, "There is no such file.")


def test_the_drive_that_is_not_connected_is_named(home: Home, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    Image.new("RGB", (9, 9), COLOURS["blue"]).save(drive / "far.png")
    home.library.add_folder(drive)
    home.index()
    drive.rename(tmp_path / "unplugged")
    trace: FileDiagnosis = home.library.diagnose(drive / "far.png")
    assert trace.situation is FileSituation.GONE
    assert f"{drive} is not connected" in trace.message
    assert len(trace.items) == 1


def test_what_two_leave_out_at_once_is_both_left_out(home: Home) -> None:
    """Two programs on one library: neither takes back what the other has just said."""
    folders = [home.paint(f"{number}/in.png").parent for number in range(40)]
    registry = ColourRegistry(home.location.parent.parent / "models")
    with Library(home.location, registry, None, read_text=False) as other:
        start = threading.Barrier(2)

        def leave_out(library: Library, mine: list[Path]) -> None:
            for folder in mine:
                start.wait()
                library.exclude(folder)

        threads = [
            threading.Thread(target=leave_out, args=(library, folders[half::2]))
            for half, library in enumerate((home.library, other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (status,) = home.library.folders()
    assert set(status.left_out) == set(folders)
