"""What may come between while the later passes of a library are at work."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from engine.clustering.cluster_update import PHASE
from engine.errors import Cancelled
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import IndexReport, PageVectors, PixelBatch, Pixels, Query, Scope, Vectors
from engine.settings import SETTINGS_FILE, Settings, SettingsFile
from tests.fakes import COLOURS, ColourPages, ColourRegistry

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
        self.progress = Progress()
        registry = self.registry = ColourRegistry(folder / "models")
        registry.pages["colour-pages"] = self.pages
        (folder / "library").mkdir()
        self.library = Library(folder / "library", registry, None, read_text)
        self.library.use_model("colours")
        self.library.use_model("colour-pages")
        self.library.add_folder(self.papers)

    def new_folder(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    def index(self) -> IndexReport:
        return self.library.index(Progress(), self.cancel)

    def watch(self) -> None:
        with contextlib.suppress(Cancelled):
            self.library.watch(self.progress, self.cancel)


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
        until(lambda: desk.library._write_lock.has_waiters)

    desk.pages.meanwhile = [remove]
    assert desk.index().pages_embedded == 1
    remover.join()
    assert desk.library.status().items == 0


def test_a_folder_that_is_removed_while_a_run_looks_is_gone_before_the_rest(desk: Desk) -> None:
    """The first pass gives way, too, and goes on with the other folders."""
    colours, removers = desk.registry.colours["colours"], list[threading.Thread]()
    embed, left = colours.embed_pictures, list[int]()

    def removing(pictures: PixelBatch) -> Vectors:
        if not removers:
            removers.append(threading.Thread(target=lambda: desk.library.remove_folder(desk.papers)))
            removers[0].start()
            until(lambda: desk.library._write_lock.has_waiters)
        else:
            left.append(len(desk.library.folders()))
        return embed(pictures)

    colours.embed_pictures = removing  # type: ignore[method-assign]  # the model itself is real
    photos = desk.new_folder("photos")
    for number in range(3 * colours.batch_size):
        Image.new("RGB", (20, 20 + number), COLOURS["white"]).save(photos / f"{number}.png")
    desk.library.add_folder(photos)
    desk.index()
    removers[0].join(SECONDS)
    assert set(left) == {1}
    assert desk.library.status().photos == 3 * colours.batch_size


def test_a_document_that_a_later_pass_finds_to_be_another_is_indexed_anew_by_the_same_run(desk: Desk) -> None:
    desk.index()
    with desk.library._database.transaction() as db:  # as if an older decoder had found two pages
        db.execute("DELETE FROM item WHERE page = 3")
        db.execute("DELETE FROM vector WHERE model_id IN (SELECT id FROM model WHERE name = 'colour-pages')")
    report = desk.index()
    assert (report.embedded, report.pages_embedded, report.failed) == (3, 3, 0)
    assert desk.library.status().pages == 3


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


def test_a_run_that_is_paused_while_it_looks_gives_up_its_turn_too(desk: Desk) -> None:
    colours = desk.registry.colours["colours"]
    looked = threading.Event()
    embed = colours.embed_pictures

    def pausing(pictures: PixelBatch) -> Vectors:
        if not looked.is_set():
            desk.cancel.pause()
            looked.set()
        return embed(pictures)

    colours.embed_pictures = pausing  # type: ignore[method-assign]  # the model itself is real
    for number in range(12):
        Image.new("RGB", (20, 20 + number), COLOURS["white"]).save(desk.papers / f"{number}.png")
    reports: list[IndexReport] = []
    run = threading.Thread(target=lambda: reports.append(desk.index()))
    run.start()
    assert looked.wait(SECONDS)
    other = desk.new_folder("other")
    desk.library.add_folder(other)
    desk.library.remove_folder(other)
    assert not reports
    desk.cancel.resume()
    run.join(SECONDS)
    assert desk.library.status().items == 15


def test_a_run_that_is_paused_while_it_discovers_gives_up_its_turn_too(desk: Desk) -> None:
    discovering = threading.Event()

    class Pausing(Progress):
        def start(self, phase: str, unit: str, found: int = 0) -> None:
            super().start(phase, unit, found)
            if phase == PHASE and not discovering.is_set():
                desk.cancel.pause()
                discovering.set()

    Image.new("RGB", (40, 40), COLOURS["white"]).save(desk.papers / "white.png")
    reports: list[IndexReport] = []
    run = threading.Thread(target=lambda: reports.append(desk.library.index(Pausing(), desk.cancel)))
    run.start()
    assert discovering.wait(SECONDS)
    other = desk.new_folder("other")
    desk.library.add_folder(other)
    desk.library.remove_folder(other)
    assert not reports
    desk.cancel.resume()
    run.join(SECONDS)
    assert reports[0].pages_embedded == 3


def test_a_watching_library_looks_at_once_when_it_is_asked_to(desk: Desk) -> None:
    """Also while it is at its later passes; nothing on the disk changes meanwhile."""
    photos, private = desk.new_folder("photos"), desk.papers / "private"
    private.mkdir()
    for folder, colour in ((photos, "white"), (private, "black")):
        Image.new("RGB", (40, 40), COLOURS[colour]).save(folder / f"{colour}.png")
    at_work, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        at_work.set()
        go_on.wait(SECONDS)

    desk.pages.meanwhile = [hold]
    watch = threading.Thread(target=desk.watch)
    watch.start()
    assert at_work.wait(SECONDS)
    desk.library.add_folder(photos)
    go_on.set()
    until(lambda: desk.library.status().photos == 2)
    until(lambda: desk.progress.snapshot().phase == "watching" and desk.pages.embedded == 3)
    desk.library.exclude(private)
    until(lambda: desk.library.status().photos == 1)
    desk.library.include(private)
    until(lambda: desk.library.status().photos == 2)
    desk.library.use_model("colours-2")
    until(lambda: any(model.active for model in desk.library.models() if model.name == "colours-2"))
    desk.cancel.cancel()
    watch.join(SECONDS)
    assert not watch.is_alive()


def test_a_file_behind_a_link_that_appears_is_watched(desk: Desk) -> None:
    target = desk.new_folder("elsewhere") / "a.png"
    Image.new("RGB", (40, 30), COLOURS["red"]).save(target)
    watch = threading.Thread(target=desk.watch)
    watch.start()
    until(lambda: desk.progress.snapshot().phase == "watching")
    (desk.papers / "link.png").symlink_to(target)
    for width in (40, 50, 60):
        until(partial(is_as_wide, desk, width))
        Image.new("RGB", (width + 10, 30), COLOURS["red"]).save(target)
    desk.cancel.cancel()
    watch.join(SECONDS)
    assert not watch.is_alive()


def is_as_wide(desk: Desk, width: int) -> bool:
    return [hit.width for hit in desk.library.browse(Query(scope=Scope.PHOTOS)).hits] == [width]


def test_text_is_looked_for_as_it_is_set_even_by_a_run_at_work(tmp_path: Path) -> None:
    desk = Desk(tmp_path, read_text=True)
    settings = SettingsFile(tmp_path / "library" / SETTINGS_FILE)
    settings.save(Settings(read_text=False))

    def switch_on() -> None:
        settings.save(Settings())
        desk.library.on_settings_changed()

    desk.pages.meanwhile = [switch_on]
    report = desk.index()
    desk.library.close()
    assert (report.read, report.pages_embedded) == (3, 3)


def test_a_run_that_finds_all_as_it_was_writes_nothing_to_the_catalogue(desk: Desk) -> None:
    catalogue = desk.folder / "library" / CATALOGUE_FILE
    desk.index()
    with closing(sqlite3.connect(catalogue)) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    assert desk.index().files_seen == 1
    assert catalogue.with_name(catalogue.name + "-wal").stat().st_size == 0


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
