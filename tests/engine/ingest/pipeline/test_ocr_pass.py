"""The second pass, with a real catalogue; with real text recognition where that is what counts."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import Cancelled, FileProblem, ModelError, ProblemKind
from engine.ingest.decoding.paper_detection import looks_like_paper
from engine.ingest.ocr.recognition import READER_VERSION, OcrJob, OcrResult, recognise_text
from engine.ingest.pipeline.ocr_pass import OcrPass
from engine.ingest.pools import OcrPool
from engine.ingest.workers.limits import DecodeLimits
from engine.progress import CancelToken, Progress
from engine.records import Word
from engine.store.pages.ocr_results import OcrResults
from tests.engine.ingest import text_pictures
from tests.engine.ingest.hostile_ocr import misread
from tests.engine.store.conftest import Store

LIMITS = DecodeLimits(60.0, 512 << 20, 1 << 30)


class Here:
    """Reads at once, in this process; `function` says what."""

    def __init__(self, function: Callable[[OcrJob], OcrResult]) -> None:
        self._function = function
        self.jobs: list[OcrJob] = []

    def submit(self, job: OcrJob) -> Future[OcrResult]:
        self.jobs.append(job)
        future: Future[OcrResult] = Future()
        try:
            future.set_result(self._function(job))
        except (FileProblem, ModelError) as error:
            future.set_exception(error)
        return future


class Never:
    """Takes jobs and never ends them."""

    def __init__(self) -> None:
        self.futures: list[Future[OcrResult]] = []

    def submit(self, _: OcrJob) -> Future[OcrResult]:
        self.futures.append(Future())
        return self.futures[-1]


class Desk:
    """A catalogue over real files that were all embedded, and what is needed to read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "store").mkdir()
        self.store = Store(folder / "store")
        self.ocr_results = OcrResults(self.store.database)
        self.progress = Progress()
        self.cancel = CancelToken()
        self.store.catalogue.add_folder(folder, ())

    def add(self, name: str, image: Image.Image | None = None) -> int:
        """A photograph of that name (see `misread` for what names do there)."""
        path = text_pictures.saved(image or Image.new("RGB", (8, 8)), self.folder / f"{name}.png")
        found = path.stat()
        with self.store.database.transaction() as db:
            db.execute(
                "INSERT INTO file (folder_id, path, size, mtime_ns, seen) VALUES (1, ?, ?, ?, 1)",
                (os.fsencode(path), found.st_size, found.st_mtime_ns),
            )
        (item,) = self.store.read(path.name, name.encode())
        return item

    def reading(self, reader: Here | Never | OcrPool, ahead: int = 2) -> OcrPass:
        return OcrPass(self.ocr_results, reader, ahead)

    def run(self, reader: Here | Never | OcrPool, stop: bool = False) -> bool:
        return self.reading(reader).run(self.progress, self.cancel, lambda: stop)

    def recorded(self) -> dict[int, tuple[str, str | None]]:
        with self.store.database.read() as db:
            rows = db.execute("SELECT item_id, reader, problem_kind FROM reading").fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.database.close()


def found(job: OcrJob) -> OcrResult:
    return OcrResult(job.source.stem, (Word(job.source.stem, (0.0, 0.0, 1.0, 1.0)),), 0.9)


def test_what_a_picture_says_is_found_by_its_words(desk: Desk) -> None:
    receipt = desk.add("receipt", text_pictures.receipt())
    blank = desk.add("blank", Image.new("RGB", (64, 64), "white"))
    assert desk.run(Here(recognise_text))
    assert desk.recorded() == {receipt: (READER_VERSION, None), blank: (READER_VERSION, None)}
    with desk.store.database.read() as db:
        rows = db.execute("SELECT rowid FROM page_search WHERE page_search MATCH 'croissant'").fetchall()
    assert rows == [(receipt,)]
    snapshot = desk.progress.snapshot()
    assert (snapshot.found, snapshot.done, snapshot.failed) == (2, 2, 0)


def test_what_looks_like_paper_is_read_first(desk: Desk) -> None:
    """As a person would begin: with the receipt, not with the pictures of the journey."""
    pictures = {"sky": Image.new("RGB", (120, 160), (90, 140, 230)), "receipt": text_pictures.receipt()}
    pictures["night"] = Image.new("RGB", (160, 120), (10, 10, 30))
    pictures["screen"] = Image.new("RGB", (160, 120), "white")
    items = {desk.add(name, picture): name for name, picture in pictures.items()}
    small: dict[int, bytes] = {}
    for item, name in items.items():
        stream = io.BytesIO()
        pictures[name].convert("RGB").save(stream, "JPEG")
        small[item] = stream.getvalue()
    reader = Here(found)
    reading = OcrPass(desk.ocr_results, reader, 2, shows_text=lambda item: looks_like_paper(small[item]))
    assert reading.run(desk.progress, desk.cancel, lambda: False)
    assert [job.source.stem for job in reader.jobs] == ["receipt", "screen", "sky", "night"]
    assert not looks_like_paper(b"no picture")


def test_nothing_is_read_twice(desk: Desk) -> None:
    for number in range(5):
        desk.add(f"words-{number}")
    reader = Here(found)
    assert desk.run(reader)
    assert desk.run(reader)
    assert len(reader.jobs) == 5


def test_the_job_says_what_the_catalogue_knows(desk: Desk) -> None:
    desk.add("words")
    reader = Here(found)
    desk.run(reader)
    path = desk.folder / "words.png"
    status = path.stat()
    assert reader.jobs == [OcrJob(path, None, status.st_size, status.st_mtime_ns)]


def test_a_cancelled_run_keeps_what_it_read_and_goes_on_there(desk: Desk) -> None:
    items = [desk.add(f"words-{number}") for number in range(6)]

    def cancelling(job: OcrJob) -> OcrResult:
        if job.source.stem == "words-3":
            desk.cancel.cancel()
        return found(job)

    with pytest.raises(Cancelled):
        desk.run(Here(cancelling))
    done = set(desk.recorded())
    assert set(items[:2]) <= done < set(items)
    desk.cancel = CancelToken()
    rest = Here(found)
    assert desk.run(rest)
    assert len(rest.jobs) == len(items) - len(done)


def test_cancelling_ends_the_jobs_that_run(desk: Desk) -> None:
    for number in range(3):
        desk.add(f"words-{number}")
    stuck = Never()
    desk.cancel.cancel()
    with pytest.raises(Cancelled):
        desk.run(stuck)
    desk.cancel = CancelToken()

    class CancelsOnceFull(Never):
        def submit(self, job: OcrJob) -> Future[OcrResult]:
            if len(self.futures) == 1:
                desk.cancel.cancel()
            return super().submit(job)

    full = CancelsOnceFull()
    with pytest.raises(Cancelled):
        desk.run(full)
    assert len(full.futures) == 2
    assert all(future.cancelled() for future in full.futures)
    assert desk.recorded() == {}


def test_only_so_many_jobs_are_given_at_a_time(desk: Desk) -> None:
    for number in range(9):
        desk.add(f"words-{number}")
    open_jobs: list[int] = []
    waiting: list[Future[OcrResult]] = []

    class Slow:
        def submit(self, job: OcrJob) -> Future[OcrResult]:
            waiting.append(Future())
            open_jobs.append(len(waiting))
            if len(waiting) == 3:
                while waiting:
                    waiting.pop().set_result(found(job))
            return waiting[-1] if waiting else Here(found).submit(job)

    assert OcrPass(desk.ocr_results, Slow(), 3).run(desk.progress, desk.cancel, lambda: False)
    assert max(open_jobs) == 3


def test_a_run_stops_when_it_is_told_to_and_the_next_goes_on(desk: Desk) -> None:
    for number in range(3):
        desk.add(f"words-{number}")
    reader = Here(found)
    assert not desk.run(reader, stop=True)
    assert reader.jobs == []
    assert desk.run(reader)
    assert len(reader.jobs) == 3


def test_without_anything_to_read_a_run_is_over_at_once(desk: Desk) -> None:
    assert desk.run(Never())


@pytest.mark.parametrize("kind", [ProblemKind.VANISHED, ProblemKind.UNREADABLE])
def test_a_file_that_cannot_be_had_now_comes_back(kind: ProblemKind, desk: Desk) -> None:
    gone, there = desk.add("gone"), desk.add("there")

    def reader(job: OcrJob) -> OcrResult:
        if job.source.stem == "gone":
            raise FileProblem(kind, "It is not there.")
        return found(job)

    reading = desk.reading(Here(reader))
    assert reading.run(desk.progress, desk.cancel, lambda: False)
    assert (reading.read, reading.failed) == (1, 0)
    assert set(desk.recorded()) == {there}
    desk.run(Here(found))
    assert set(desk.recorded()) == {gone, there}


def test_a_file_that_cannot_be_had_is_not_asked_for_again_and_again(desk: Desk) -> None:
    """Or the slices of a watched library would be full of it."""
    gone = desk.add("gone")

    def reader(_: OcrJob) -> OcrResult:
        raise FileProblem(ProblemKind.VANISHED, "It is not there.")

    out_of_reach: set[int] = set()
    failing = Here(reader)
    for _ in range(2):
        reading = OcrPass(desk.ocr_results, failing, 2, out_of_reach)
        assert reading.run(desk.progress, desk.cancel, lambda: False)
    assert len(failing.jobs) == 1
    assert out_of_reach == {gone}
    assert desk.recorded() == {}


def test_a_paused_run_ends_after_what_it_has_begun(desk: Desk) -> None:
    first, _ = desk.add("words-1"), desk.add("words-2")

    def pausing(job: OcrJob) -> OcrResult:
        desk.cancel.pause()
        return found(job)

    reading = desk.reading(Here(pausing), ahead=1)
    assert not reading.run(desk.progress, desk.cancel, lambda: False)
    assert set(desk.recorded()) == {first}
    desk.cancel.resume()
    assert desk.run(Here(found))
    assert len(desk.recorded()) == 2


def once() -> Callable[[], bool]:
    """Lets one job begin, and then asks to stop."""
    answers = iter([False])
    return lambda: next(answers, True)


def test_the_next_slice_counts_on(desk: Desk) -> None:
    for number in range(3):
        desk.add(f"words-{number}")
    (desk.folder / "words-0.png").unlink()

    def reader(job: OcrJob) -> OcrResult:
        if job.source.exists():
            return found(job)
        raise FileProblem(ProblemKind.VANISHED, "It is gone.")

    reading = desk.reading(Here(reader), ahead=1)
    counts = []
    for _ in range(3):
        desk.progress.start("scanning", "files")
        assert not reading.run(desk.progress, desk.cancel, once())
        now = desk.progress.snapshot()
        counts.append((now.done, now.failed, now.found))
    assert counts == [(0, 1, 3), (1, 1, 3), (2, 1, 3)]


@pytest.mark.parametrize("kind", [ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.CRASHED])
def test_what_breaks_the_reader_is_written_down_and_not_tried_again(kind: ProblemKind, desk: Desk) -> None:
    item = desk.add("bad")

    def reader(_: OcrJob) -> OcrResult:
        raise FileProblem(kind, "It broke.")

    failing = Here(reader)
    reading = desk.reading(failing)
    assert reading.run(desk.progress, desk.cancel, lambda: False)
    assert reading.run(desk.progress, desk.cancel, lambda: False)
    assert len(failing.jobs) == reading.failed == 1
    assert desk.recorded() == {item: (READER_VERSION, kind.value)}
    assert [failure.kind for failure in desk.store.catalogue.failures()] == [kind.value]


def test_missing_models_end_the_run_and_blame_no_file(desk: Desk) -> None:
    desk.add("words")

    def reader(_: OcrJob) -> OcrResult:
        raise ModelError("The model is missing.", "Install it.")

    with pytest.raises(ModelError):
        desk.run(Here(reader))
    assert desk.recorded() == {}


def test_a_crash_in_a_worker_costs_one_picture_and_is_written_down(desk: Desk) -> None:
    items = {name: desk.add(name) for name in ("words-1", "abort", "words-2")}
    with OcrPool(LIMITS, 1, misread) as pool:
        assert desk.run(pool)
    assert desk.recorded() == {
        items["words-1"]: (READER_VERSION, None),
        items["abort"]: (READER_VERSION, "crashed"),
        items["words-2"]: (READER_VERSION, None),
    }


def test_a_run_over_workers_that_hang_can_be_cancelled(desk: Desk) -> None:
    first = desk.add("words")
    desk.add("hang-1")
    desk.add("hang-2")

    class Watched(OcrPool):
        def submit(self, job: OcrJob) -> Future[OcrResult]:
            if job.source.stem == "hang-2":
                desk.cancel.cancel()  # while the first hangs
            return super().submit(job)

    with Watched(LIMITS, 1, misread) as pool:
        with pytest.raises(Cancelled):
            desk.run(pool)
        assert set(desk.recorded()) == {first}
