"""What may come between while the later passes of a library are at work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from engine.errors import Cancelled
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import IndexReport, PageVectors, Pixels
from tests.fakes import COLOURS, ColourPages, ColourShelf

SECONDS = 60.0


class Watched(ColourPages):
    """A page model of one page a batch that lets something else happen before it looks at one."""

    def __init__(self) -> None:
        super().__init__()
        self.batch_size = 1
        self.meanwhile: list[Callable[[], None]] = []

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return super().embed_pages(pages)


class Desk:
    """A library with a document of three pages, each of which the page model is to look at."""

    def __init__(self, folder: Path, read_text: bool = False) -> None:
        self.folder = folder
        self.papers = self.new_folder("papers")
        first, *rest = [Image.new("RGB", (40, 40), COLOURS[name]) for name in ("red", "green", "blue")]
        first.save(self.papers / "paper.tif", save_all=True, append_images=rest)
        self.pages = Watched()
        self.cancel = CancelToken()
        shelf = ColourShelf(folder / "models")
        shelf.pages["colour-pages"] = self.pages
        (folder / "library").mkdir()
        self.library = Library(folder / "library", shelf, None, read_text)
        self.library.use_model("colours")
        self.library.use_model("colour-pages")
        self.library.add_folder(self.papers)

    def new_folder(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def index(self) -> IndexReport:
        return self.library.index(Progress(), self.cancel)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.library.close()


def test_a_folder_that_is_added_is_looked_at_before_the_rest(desk: Desk) -> None:
    photos = desk.new_folder("photos")
    Image.new("RGB", (40, 40), COLOURS["white"]).save(photos / "white.png")
    there: list[int] = []
    desk.pages.meanwhile = [
        lambda: desk.library.add_folder(photos),
        lambda: there.append(desk.library.status().photos),
    ]
    report = desk.index()
    assert there == [1]
    assert (report.files_new, report.embedded, report.pages_embedded) == (2, 4, 3)


def test_a_folder_that_is_removed_is_gone_before_the_rest(desk: Desk) -> None:
    """The turn is given up although there is more to do, and what is gone is no longer looked at."""
    remover = threading.Thread(target=lambda: desk.library.remove_folder(desk.papers))

    def remove() -> None:
        remover.start()
        until(lambda: desk.library._turns.wanted)

    desk.pages.meanwhile = [remove]
    assert desk.index().pages_embedded == 1
    remover.join()
    assert desk.library.status().items == 0


def test_failures_that_are_forgotten_are_tried_again_by_the_run_at_work(desk: Desk) -> None:
    (desk.papers / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")

    def retry() -> None:
        Image.new("RGB", (40, 40), COLOURS["black"]).save(desk.papers / "bad.jpg")
        assert desk.library.retry_failed() == 1

    photos: list[int] = []
    desk.pages.meanwhile = [retry, lambda: photos.append(desk.library.status().photos)]
    desk.index()
    assert photos == [1]


def test_a_paused_run_gives_up_its_turn_and_goes_on_later(desk: Desk) -> None:
    desk.pages.meanwhile = [desk.cancel.pause]
    reports: list[IndexReport] = []
    run = threading.Thread(target=lambda: reports.append(desk.index()))
    run.start()
    until(lambda: desk.pages.embedded == 1)
    other = desk.new_folder("other")
    desk.library.add_folder(other)
    desk.library.remove_folder(other)
    assert desk.pages.embedded == 1
    desk.cancel.resume()
    run.join(SECONDS)
    assert reports[0].pages_embedded == 3


def test_a_cancelled_run_keeps_what_it_did_and_the_next_does_the_rest(desk: Desk) -> None:
    desk.pages.meanwhile = [lambda: None, desk.cancel.cancel]
    with pytest.raises(Cancelled):
        desk.index()
    desk.cancel = CancelToken()
    assert desk.index().pages_embedded == 1


def test_while_pages_are_looked_at_nobody_keeps_the_reading_of_text_at_hand(tmp_path: Path) -> None:
    desk = Desk(tmp_path, read_text=True)
    note = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(note).text((20, 40), "LANTERNS", fill="black", font_size=44)
    note.save(desk.papers / "note.png")
    workers: list[int] = []
    desk.pages.meanwhile = [lambda: workers.append(len(decoding_processes()))]
    report = desk.index()
    desk.library.close()
    assert (report.read, report.pages_embedded) == (4, 4)
    assert workers == [1]  # the one that decodes the pages


def decoding_processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        threading.Event().wait(0.01)
