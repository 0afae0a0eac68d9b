"""From files to vectors, with real pictures, real processes and a real catalogue."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import Cancelled, FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.ingest.pipeline.embed_pass import EmbedPass, page_ranges
from engine.ingest.pipeline.sync_files import SCAN_BATCH, device_of, sync_files
from engine.ingest.pools import DecodePool
from engine.ingest.workers.limits import DecodeLimits
from engine.progress import CancelToken, Progress
from engine.records import IndexReport, PixelBatch, Vectors
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.files.catalogue import Catalogue
from engine.store.items.contents import Contents
from engine.store.items.thumbnails import Thumbnails
from tests.fakes import COLOURS, ColourModel

Decode = Callable[[DecodeJob], DecodedFile]


class Here:
    """Decodes at once, in this process: for what is not about processes."""

    def __init__(self, function: Decode = decode) -> None:
        self._function = function
        self.jobs: list[DecodeJob] = []

    def submit(self, job: DecodeJob) -> Future[DecodedFile]:
        self.jobs.append(job)
        future: Future[DecodedFile] = Future()
        try:
            future.set_result(self._function(job))
        except FileProblem as problem:
            future.set_exception(problem)
        return future


class Bench:
    """A folder of pictures and a library to index it into."""

    def __init__(self, folder: Path) -> None:
        self.pictures = folder / "pictures"
        self.library = folder / "library"
        self.pictures.mkdir()
        self.library.mkdir()
        self.database = Database(self.library / "catalogue.sqlite", migrate)
        self.catalogue = Catalogue(self.database)
        self.contents = Contents(self.database)
        self.thumbnails = Thumbnails(self.library / "thumbnails.sqlite", 1)
        self.catalogue.add_folder(self.pictures, ())
        self.model = ColourModel()
        self.decoder = Here()
        self.progress = Progress()
        self.cancel = CancelToken()

    def paint(self, name: str, colour: str, size: int = 20) -> Path:
        path = self.pictures / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (size, size), COLOURS[colour]).save(path)
        return path

    def document(self, name: str, colours: list[str]) -> Path:
        """A TIFF with a page of each colour."""
        first, *others = [Image.new("RGB", (20, 20), COLOURS[colour]) for colour in colours]
        first.save(self.pictures / name, save_all=True, append_images=others)
        return self.pictures / name

    def index(self, decoder: Here | DecodePool | None = None) -> tuple[IndexReport, EmbedPass]:
        report = sync_files(self.catalogue, self.library, self.progress, self.cancel)
        run = EmbedPass(
            self.catalogue,
            self.contents,
            self.thumbnails,
            decoder or self.decoder,
            self.model,
        )
        run.run(self.progress, self.cancel)
        self.catalogue.tidy()
        return report, run

    def items(self, path: Path, page: int | None = None) -> list[int]:
        with self.database.read() as db:
            rows = db.execute(
                "SELECT item.id FROM item JOIN file ON file.content_id = item.content_id WHERE path = ? "
                "AND (? IS NULL OR page = ?)",
                (os.fsencode(path), page, page),
            ).fetchall()
        return [row[0] for row in rows]

    def kinds(self) -> dict[str, str]:
        return {failure.path.name: failure.kind for failure in self.catalogue.failures()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.thumbnails.close()
    bench.database.close()


def test_every_picture_is_embedded_once(bench: Bench) -> None:
    for number, colour in enumerate(COLOURS):
        bench.paint(f"{number}.png", colour)
    report, run = bench.index()
    assert (report.files_seen, report.files_new, run.embedded, run.failed) == (5, 5, 5, 0)
    report, run = bench.index()
    assert (report.files_seen, report.files_new, run.embedded) == (5, 0, 0)


def test_moved_and_copied_pictures_are_not_embedded_again(bench: Bench) -> None:
    red = bench.paint("red.png", "red")
    bench.paint("blue.png", "blue")
    bench.index()
    shutil.copy(red, bench.pictures / "copy.png")
    red.rename(bench.pictures / "moved.png")
    report, run = bench.index()
    assert (report.files_new, report.files_missing, run.embedded) == (2, 1, 0)
    assert bench.model.embedded == 2


@pytest.mark.parametrize(("good", "other"), [("a.tga", "a.jpg"), ("a.tga", "a.pdf"), ("a.pcx", "a.tga")])
def test_a_name_that_tells_the_format_counts_whatever_it_was_before(
    bench: Bench, good: str, other: str
) -> None:
    """TGA and PCX have no mark of their own."""
    path = bench.paint(good, "red")
    bench.index()
    assert len(bench.items(path)) == 1
    renamed = path.rename(bench.pictures / other)
    bench.index()
    assert bench.items(renamed) == []
    assert bench.kinds().keys() == {other}
    back = renamed.rename(bench.pictures / f"b{Path(good).suffix}")
    bench.index()
    assert len(bench.items(back)) == 1
    assert bench.kinds() == {}


def test_each_of_two_copies_is_read_by_its_own_name(bench: Bench) -> None:
    path = bench.paint("b.tga", "red")
    shutil.copy(path, bench.pictures / "a.jpg")
    shutil.copy(path, bench.pictures / "c.TGA")
    bench.index()
    assert bench.kinds() == {"a.jpg": "unrecognised"}
    assert bench.items(path) == bench.items(bench.pictures / "c.TGA") != []


def test_what_an_earlier_version_read_by_its_name_is_not_embedded_again(bench: Bench) -> None:
    path = bench.paint("a.tga", "red")
    bench.index()
    with bench.database.transaction() as db:
        db.execute("UPDATE content SET hash = substr(hash, 1, 20)")  # as they were known before
        db.execute("UPDATE file SET doubtful = 1")
    items = bench.items(path)
    _, run = bench.index()
    assert run.embedded == 0
    assert bench.items(path) == items


def test_a_copy_in_the_same_run_is_embedded_once(bench: Bench) -> None:
    red = bench.paint("red.png", "red")
    shutil.copy(red, bench.pictures / "copy.png")
    _, run = bench.index()
    assert run.embedded == 1


def test_a_changed_picture_is_embedded_again(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.index()
    bench.paint("a.png", "blue", size=30)
    _, run = bench.index()
    assert run.embedded == 1


def replaced(path: Path, colour: str, in_place: bool) -> None:
    """Other content of the same size, and the date is kept, as exiftool and the like do it."""
    before, new = path.stat(), path.with_name("new.bmp")
    Image.new("RGB", (20, 20), COLOURS[colour]).save(new)
    if in_place:
        path.write_bytes(new.read_bytes())
        new.unlink()
    else:
        new.replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.mark.parametrize("in_place", [True, False])
def test_other_content_of_the_same_size_and_date_is_read(bench: Bench, in_place: bool) -> None:
    path = bench.paint("a.bmp", "red")
    bench.index()
    before = bench.items(path)
    replaced(path, "blue", in_place)
    report, run = bench.index()
    assert (report.files_new, run.embedded, len(bench.items(path))) == (0, 1, 1)
    assert bench.items(path) != before
    assert bench.catalogue.unread_count() == 0


@pytest.mark.parametrize("touched", [lambda path: path.chmod(0o600), lambda path: os.link(path, f"{path}.b")])
def test_a_file_of_which_only_rights_or_names_changed_is_not_embedded_again(
    bench: Bench, touched: Callable[[Path], None]
) -> None:
    path = bench.paint("a.bmp", "red")
    bench.index()
    before = bench.items(path)
    touched(path)
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    assert (bench.catalogue.unread_count(), bench.items(path)) == (1, before)  # found until it is read
    _, run = bench.index()
    assert (run.embedded, bench.items(path), bench.catalogue.unread_count()) == (0, before, 0)


def test_what_an_earlier_version_indexed_is_not_read_anew(bench: Bench) -> None:
    path = bench.paint("a.bmp", "red")
    bench.index()
    with bench.database.transaction() as db:
        db.execute("UPDATE file SET stamp = NULL")
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    assert bench.catalogue.unread_count() == 0
    replaced(path, "blue", in_place=False)
    assert bench.index()[1].embedded == 1


def test_a_document_gives_an_item_for_each_page(bench: Bench) -> None:
    path = bench.document("a.tif", ["red", "green", "blue", "white", "black", "red"])
    _, run = bench.index()
    assert run.embedded == 6
    assert len(bench.items(path)) == 6
    assert len(bench.items(path, 6)) == 1


def test_a_bad_file_costs_itself_alone_and_is_not_tried_again(bench: Bench) -> None:
    bench.paint("good.png", "red")
    (bench.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    (bench.pictures / "empty.jpg").touch()
    _, run = bench.index()
    assert (run.embedded, run.failed) == (1, 2)
    assert bench.kinds() == {"bad.jpg": "damaged", "empty.jpg": "empty"}
    bench.decoder.jobs.clear()
    _, run = bench.index()
    assert bench.decoder.jobs == []
    assert set(bench.kinds()) == {"bad.jpg", "empty.jpg"}


def test_a_repaired_file_leaves_the_list(bench: Bench) -> None:
    (bench.pictures / "a.png").write_bytes(b"nothing of the kind")
    bench.index()
    bench.paint("a.png", "red")
    _, run = bench.index()
    assert run.embedded == 1
    assert bench.kinds() == {}


def test_a_page_that_crashes_the_decoder_costs_that_page(bench: Bench) -> None:
    bench.document("a.tif", ["red", "green", "blue", "white", "black", "red"])

    def crash_on_page_six(job: DecodeJob) -> DecodedFile:
        if job.first_page <= 6 < job.first_page + job.page_limit:
            raise FileProblem(ProblemKind.CRASHED, "The decoder crashed.")
        return decode(job)

    _, run = bench.index(Here(crash_on_page_six))
    assert (run.embedded, run.failed) == (5, 1)
    (failure,) = bench.catalogue.failures()
    assert (failure.kind, failure.message) == ("crashed", "Page 6: The decoder crashed.")


def test_a_crash_in_the_first_pages_does_not_cost_the_document(bench: Bench) -> None:
    bench.document("a.tif", ["red", "green", "blue"])

    def crash_on_page_two(job: DecodeJob) -> DecodedFile:
        if job.first_page <= 2 < job.first_page + job.page_limit:
            raise FileProblem(ProblemKind.TIMEOUT, "Too slow.")
        return decode(job)

    _, run = bench.index(Here(crash_on_page_two))
    assert (run.embedded, run.failed) == (2, 1)


def test_a_file_that_changes_while_it_is_read_is_read_again_next_time(bench: Bench) -> None:
    path = bench.paint("a.png", "red")

    def change_it(job: DecodeJob) -> DecodedFile:
        bench.paint("a.png", "blue", size=40)
        return decode(job)

    _, run = bench.index(Here(change_it))
    assert run.embedded == 0
    assert bench.kinds() == {"a.png": "unreadable"}
    _, run = bench.index()
    assert run.embedded == 1
    assert bench.kinds() == {}
    assert len(bench.items(path)) == 1


def test_a_run_that_was_stopped_goes_on_where_it_was(bench: Bench) -> None:
    bench.document("a.tif", [*COLOURS, *COLOURS])
    for number, colour in enumerate(COLOURS):
        bench.paint(f"{number}.png", colour)

    class Stopping(ColourModel):
        def embed_pictures(self, pictures: PixelBatch) -> Vectors:
            bench.cancel.cancel()
            return super().embed_pictures(pictures)

    bench.model = Stopping()
    with pytest.raises(Cancelled):
        bench.index()
    done = bench.model.embedded
    assert 0 < done < 15
    bench.model, bench.cancel = ColourModel(), CancelToken()
    _, run = bench.index()
    assert run.embedded == 15 - done


def test_a_run_stops_among_many_files_that_are_gone(bench: Bench) -> None:
    for number in range(100):
        (bench.pictures / f"{number}.png").touch()
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    shutil.rmtree(bench.pictures)
    told: list[int] = []

    class Stopping(Progress):
        def add_failed(self, count: int = 1, current: str = "") -> None:
            super().add_failed(count, current)
            told.append(count)
            bench.cancel.cancel()

    run = EmbedPass(bench.catalogue, bench.contents, bench.thumbnails, bench.decoder, bench.model)
    with pytest.raises(Cancelled):
        run.run(Stopping(), bench.cancel)
    assert len(told) == 1


def test_an_unplugged_drive_leaves_everything_as_it_was(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.index()
    bench.pictures.rename(bench.pictures.with_name("away"))
    assert device_of(bench.catalogue.folders()[0]) is None
    report, _ = bench.index()
    assert (report.files_seen, report.files_missing) == (0, 0)


def test_an_empty_mount_point_is_an_unplugged_drive(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.index()
    with bench.database.transaction() as db:
        db.execute("UPDATE folder SET device = device + 1")
    (bench.pictures / "a.png").unlink()
    report, _ = bench.index()
    assert report.files_missing == 0


def test_a_change_of_model_while_a_drive_is_unplugged_loses_nothing(bench: Bench) -> None:
    path = bench.paint("a.png", "red")
    bench.index()
    items = bench.items(path)
    bench.pictures.rename(bench.pictures.with_name("away"))
    bench.model = ColourModel("2")
    _, run = bench.index()
    assert (run.embedded, run.failed) == (0, 0)
    assert bench.items(path) == items
    assert not bench.contents.is_complete(bench.contents.model_id(bench.model.identity))
    bench.pictures.with_name("away").rename(bench.pictures)
    _, run = bench.index()
    assert run.embedded == 1
    assert bench.contents.is_complete(bench.contents.model_id(bench.model.identity))


def test_a_drive_that_is_unplugged_during_the_run_loses_nothing(bench: Bench) -> None:
    path = bench.paint("a.png", "red")
    bench.index()
    items = bench.items(path)
    bench.model = ColourModel("2")

    def unplug(job: DecodeJob) -> DecodedFile:
        bench.pictures.rename(bench.pictures.with_name("away"))
        return decode(job)

    bench.index(Here(unplug))
    assert bench.items(path) == items


def test_a_folder_that_cannot_be_listed_does_not_stop_the_others(bench: Bench, tmp_path: Path) -> None:
    path = bench.paint("a.png", "red")
    bench.index()
    bench.pictures.rename(tmp_path / "away")
    bench.pictures.write_text("a file where the folder was")
    (tmp_path / "zoo").mkdir()
    bench.catalogue.add_folder(tmp_path / "zoo", ())
    Image.new("RGB", (20, 20), COLOURS["blue"]).save(tmp_path / "zoo/b.png")
    report, run = bench.index()
    assert (report.files_seen, report.files_missing, run.embedded) == (1, 0, 1)
    assert len(bench.items(path)) == 1


def test_a_copy_stands_in_for_a_file_that_vanishes(bench: Bench) -> None:
    first = bench.paint("a.png", "red")
    shutil.copy(first, bench.pictures / "b.png")

    def lose_the_first(job: DecodeJob) -> DecodedFile:
        first.unlink(missing_ok=True)
        return decode(job)

    _, run = bench.index(Here(lose_the_first))
    assert (run.embedded, run.failed) == (1, 0)
    assert len(bench.items(bench.pictures / "b.png")) == 1


def test_a_first_page_that_crashes_the_decoder_costs_that_page(bench: Bench) -> None:
    bench.document("a.tif", ["red", "green", "blue", "white", "black"])

    def crash_on_page_one(job: DecodeJob) -> DecodedFile:
        if job.first_page == 1:
            raise FileProblem(ProblemKind.CRASHED, "The decoder crashed.")
        return decode(job)

    _, run = bench.index(Here(crash_on_page_one))
    assert (run.embedded, run.failed) == (4, 1)
    (failure,) = bench.catalogue.failures()
    assert failure.message == "Page 1: The decoder crashed."


def test_a_document_that_always_crashes_fails_as_a_whole(bench: Bench) -> None:
    bench.document("a.tif", ["red", "green", "blue"])

    def crash(_: DecodeJob) -> DecodedFile:
        raise FileProblem(ProblemKind.CRASHED, "The decoder crashed.")

    _, run = bench.index(Here(crash))
    assert (run.embedded, run.failed) == (0, 1)
    assert bench.kinds() == {"a.tif": "crashed"}


def test_a_vector_that_is_no_number_is_a_failure_of_that_picture(bench: Bench) -> None:
    class Blind(ColourModel):
        def embed_pictures(self, pictures: PixelBatch) -> Vectors:
            vectors = super().embed_pictures(pictures)
            vectors[pictures.mean(axis=(1, 2, 3)) < 1] = np.nan
            return vectors

    bench.model = Blind()
    bench.paint("a.png", "red")
    bench.paint("b.png", "black")
    _, run = bench.index()
    assert (run.embedded, run.failed) == (1, 1)
    assert bench.kinds() == {"b.png": "damaged"}
    assert (
        bench.progress.snapshot().current == ""
    )  # which file it was is not known here, and no other is named


class Interrupted(Progress):
    """Something happens after the first files of a scan were written down, while others are still to come."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._waiting = [happens]

    def add_done(self, count: int = 1, current: str = "") -> None:
        super().add_done(count, current)
        while self._waiting:
            self._waiting.pop()()


def leave_out(bench: Bench, name: str) -> None:
    bench.catalogue.set_excludes(bench.pictures, [f"/{name}"])
    bench.catalogue.forget_below(bench.pictures, bench.pictures / name)


def put_many(bench: Bench, *folders: str) -> None:
    """More than are written down at a time."""
    for folder in folders:
        (bench.pictures / folder).mkdir()
        for number in range(SCAN_BATCH):
            (bench.pictures / folder / f"{number}.png").touch()


def present(bench: Bench) -> set[str]:
    with bench.database.read() as db:
        rows = db.execute("SELECT path FROM file WHERE missing_since IS NULL").fetchall()
    return {Path(os.fsdecode(path)).parent.name for (path,) in rows}


def test_a_folder_that_is_left_out_during_a_scan_does_not_come_back_by_it(bench: Bench) -> None:
    put_many(bench, "a", "b")
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    progress = Interrupted(lambda: leave_out(bench, "b"))
    sync_files(bench.catalogue, bench.library, progress, bench.cancel)
    assert present(bench) == {"a"}
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    assert present(bench) == {"a"}


def test_a_folder_that_is_searched_again_during_a_scan_is_not_forgotten_by_it(bench: Bench) -> None:
    leave_out(bench, "b")
    put_many(bench, "a", "b")
    progress = Interrupted(lambda: bench.catalogue.set_excludes(bench.pictures, ()))
    sync_files(bench.catalogue, bench.library, progress, bench.cancel)
    sync_files(bench.catalogue, bench.library, bench.progress, bench.cancel)
    assert present(bench) == {"a", "b"}


def test_other_files_are_counted_and_left_alone(bench: Bench) -> None:
    bench.paint("a.png", "red")
    (bench.pictures / "notes.txt").touch()
    (bench.pictures / ".hidden.txt").touch()
    report, _ = bench.index()
    assert (report.files_seen, report.files_other) == (1, 1)


def test_another_model_embeds_everything_once_more(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.document("b.tif", ["red", "green", "blue", "white", "black"])
    bench.index()
    bench.model = ColourModel("2")
    _, run = bench.index()
    assert run.embedded == 6


def test_progress_counts_every_item(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.document("b.tif", ["red", "green", "blue", "white", "black"])
    (bench.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    bench.index()
    snapshot = bench.progress.snapshot()
    assert (snapshot.found, snapshot.done, snapshot.failed) == (7, 6, 1)


def test_decoding_in_processes_gives_the_same(bench: Bench) -> None:
    bench.paint("a.png", "red")
    bench.document("b.tif", ["red", "green", "blue", "white", "black"])
    (bench.pictures / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    with DecodePool(DecodeLimits(30.0, 1 << 30, 2 << 30), 2) as pool:
        _, run = bench.index(pool)
    assert (run.embedded, run.failed) == (6, 1)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ((), []),
        ((0,), [(0, 1)]),
        ((1, 2, 3, 4, 5), [(1, 4), (5, 1)]),
        ((2, 4, 5, 9), [(2, 1), (4, 2), (9, 1)]),
    ],
)
def test_pages_are_asked_for_in_stretches(pages: tuple[int, ...], expected: list[tuple[int, int]]) -> None:
    assert list(page_ranges(pages)) == expected


def as_one_picture(job: DecodeJob) -> DecodedFile:
    """A decoder that knows nothing of pages."""
    found = decode(job)
    return replace(found, pages=None, items=tuple(replace(item, page=None) for item in found.items[:1]))


def test_what_was_pages_may_become_a_photograph(bench: Bench) -> None:
    paper = bench.document("paper.tif", ["red", "green", "blue", "black", "red", "green"])
    bench.index()
    bench.model = ColourModel("2")
    _, run = bench.index(Here(as_one_picture))
    assert (run.embedded, run.failed) == (1, 0)
    assert len(bench.items(paper)) == len(bench.items(paper, page=0)) == 1
    assert bench.index()[1].embedded == 0


def test_what_was_a_photograph_may_become_pages(bench: Bench) -> None:
    paper = bench.document("paper.tif", ["red", "green", "blue", "black", "red", "green"])
    bench.paint("other.png", "blue")
    bench.index(Here(as_one_picture))
    bench.model = ColourModel("2")
    _, run = bench.index()
    assert (run.embedded, run.failed) == (7, 0)
    assert [len(bench.items(paper, page)) for page in range(7)] == [0, 1, 1, 1, 1, 1, 1]
    assert bench.index()[1].embedded == 0


def as_four_pages(job: DecodeJob) -> DecodedFile:
    """A decoder that loses what comes after the fourth page."""
    found = decode(job)
    return replace(found, pages=4, items=tuple(item for item in found.items if (item.page or 0) <= 4))


@pytest.mark.parametrize(
    ("before", "now", "pages"), [(as_four_pages, decode, 6), (decode, as_four_pages, 4)], ids=["more", "less"]
)
def test_a_document_may_have_another_number_of_pages(
    before: Decode, now: Decode, pages: int, bench: Bench
) -> None:
    paper = bench.document("paper.tif", ["red", "green", "blue", "black", "red", "green"])
    bench.index(Here(before))
    bench.model = ColourModel("2")
    decoder = Here(now)
    _, run = bench.index(decoder)
    assert (run.embedded, run.failed) == (pages, 0)
    assert len(bench.items(paper)) == pages
    assert bench.contents.is_complete(bench.contents.model_id(bench.model.identity))


def broken(kind: ProblemKind, page: int = 2) -> Decode:
    def function(job: DecodeJob) -> DecodedFile:
        if job.first_page <= page < job.first_page + job.page_limit:
            raise FileProblem(kind, "It broke.")
        return decode(job)

    return function


@pytest.mark.parametrize("kind", [ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.CRASHED])
def test_a_page_that_broke_for_one_model_is_tried_by_the_next(kind: ProblemKind, bench: Bench) -> None:
    bench.document("paper.tif", ["red", "green", "blue"])
    _, run = bench.index(Here(broken(kind)))
    assert (run.embedded, run.failed) == (2, 1)
    again = Here()
    bench.index(again)
    assert again.jobs == []
    bench.model = ColourModel("2")
    _, run = bench.index()
    assert (run.embedded, run.failed) == (3, 0)
    assert [failure.message for failure in bench.catalogue.failures()] == ["Page 2: It broke."]


def test_a_page_that_was_embedded_once_fails_for_one_model_alone(bench: Bench) -> None:
    bench.document("paper.tif", ["red", "green", "blue"])
    bench.index()
    bench.model = ColourModel("2")
    bench.index(Here(broken(ProblemKind.DAMAGED)))
    bench.model = ColourModel("3")
    _, run = bench.index()
    assert (run.embedded, run.failed) == (3, 0)


def test_what_fails_for_two_models_alike_is_told_once(bench: Bench) -> None:
    bench.document("paper.tif", ["red", "green", "blue"])
    for revision in ("1", "2"):
        bench.model = ColourModel(revision)
        bench.index(Here(broken(ProblemKind.TIMEOUT)))
    assert [failure.message for failure in bench.catalogue.failures()] == ["Page 2: It broke."]


def test_a_photograph_that_opened_at_the_second_try_has_not_failed(bench: Bench) -> None:
    bench.document("photo.tif", ["red"])

    def slow_at_first(job: DecodeJob) -> DecodedFile:
        if job.first_page == 1:
            raise FileProblem(ProblemKind.TIMEOUT, "It took too long.")
        return decode(job)

    _, run = bench.index(Here(slow_at_first))
    assert (run.embedded, run.failed) == (1, 0)
    assert bench.kinds() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe stands for a drive without answer")
def test_a_run_can_be_stopped_while_a_drive_does_not_answer(bench: Bench) -> None:
    path = bench.paint("silent.png", "red")

    class Stopping(Progress):
        def start(self, phase: str, unit: str, found: int = 0) -> None:
            super().start(phase, unit, found)
            if phase == "indexing":
                path.unlink()
                os.mkfifo(path)
                threading.Timer(0.1, bench.cancel.cancel).start()

    bench.progress = Stopping()
    with pytest.raises(Cancelled):
        bench.index()
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))  # lets go who still waits
