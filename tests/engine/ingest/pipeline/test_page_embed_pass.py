"""The pass of a page model, with real pages and a real catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.ingest.pipeline.page_embed_pass import PAGES_AHEAD, PageEmbedPass
from engine.records import PageVectors, PixelBatch, Pixels, Vectors
from engine.store.database.schema import VERSION_10
from engine.store.files.catalogue import Catalogue
from engine.store.pages.page_vectors import PageVectorStore
from tests.engine.ingest.pipeline.test_embed_pass import Bench, Here
from tests.fakes import ColourModel, ColourPages

COLOURS = ["red", "green", "blue", "black", "red"]


def never() -> bool:
    return False


class Desk(Bench):
    """A document of five pages that were all found by their look, and a page model."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.paper = self.document("paper.tif", COLOURS)
        self.index()
        self.page_model = ColourPages()
        self.store = PageVectorStore(self.database)

    def look(self, decoder: Here | None = None, stop: Callable[[], bool] = never) -> bool:
        run = PageEmbedPass(self.contents, self.store, decoder or Here(), self.page_model)
        return run.run(self.progress, self.cancel, stop)

    def lacking(self) -> int:
        return self.contents.pages_without_vectors(self.contents.model_id(self.page_model.identity))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.thumbnails.close()
    desk.database.close()


def failing(page: int, kind: ProblemKind) -> Here:
    """Decodes all but one page."""

    def function(job: DecodeJob) -> DecodedFile:
        if job.first_page <= page < job.first_page + job.page_limit:
            raise FileProblem(kind, "It broke.")
        return decode(job)

    return Here(function)


def test_every_page_is_embedded_once(desk: Desk) -> None:
    assert desk.look()
    assert desk.lacking() == 0
    snapshot = desk.progress.snapshot()
    assert (snapshot.found, snapshot.done, snapshot.failed) == (5, 5, 0)
    assert desk.look()
    assert desk.page_model.embedded == 5


@pytest.mark.parametrize("kind", [ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.CRASHED])
def test_a_page_that_breaks_the_decoder_costs_itself_alone_and_is_not_tried_again(
    kind: ProblemKind, desk: Desk
) -> None:
    assert desk.look(failing(2, kind))
    assert desk.page_model.embedded == 4
    assert [failure.message for failure in desk.catalogue.failures()] == ["Page 2: It broke."]
    again = Here()
    assert desk.look(again)
    assert again.jobs == []


@pytest.mark.parametrize("kind", [ProblemKind.VANISHED, ProblemKind.UNREADABLE])
def test_a_page_that_cannot_be_had_now_is_tried_another_time(kind: ProblemKind, desk: Desk) -> None:
    assert desk.look(failing(2, kind))
    assert desk.lacking() == 1
    assert list(desk.catalogue.failures()) == []
    assert desk.look()
    assert desk.lacking() == 0


def test_a_page_that_the_document_no_longer_gives_is_a_failure(desk: Desk) -> None:
    def without_third(job: DecodeJob) -> DecodedFile:
        decoded = decode(job)
        return DecodedFile(5, tuple(item for item in decoded.items if item.page != 3))

    assert desk.look(Here(without_third))
    assert desk.page_model.embedded == 4
    assert desk.lacking() == 0


def test_a_page_that_the_model_can_make_nothing_of_costs_itself_alone(desk: Desk) -> None:
    class Blind(ColourPages):
        def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
            found = super().embed_pages(pages)
            for page, pixels in zip(found, pages, strict=True):
                if tuple(pixels[0, 0]) == (0, 0, 255):
                    page.vectors[0, 0] = np.nan
            return found

    desk.page_model = Blind()
    assert desk.look()
    assert desk.lacking() == 0
    (failure,) = desk.catalogue.failures()
    assert failure.message.startswith("Page 3: ")


def test_a_run_that_may_never_go_on_still_gets_one_batch_further_each_time(desk: Desk) -> None:
    """Otherwise slices too short for one batch would start over for ever."""

    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    runs = 0
    while not desk.look(stop=stop):
        asked, runs = 0, runs + 1
        assert desk.lacking() == max(5 - 2 * runs, 0)
    assert desk.lacking() == 0


def test_a_run_that_is_to_stop_at_once_begins_nothing(desk: Desk) -> None:
    decoder = Here()
    assert not desk.look(decoder, stop=lambda: True)
    assert decoder.jobs == []


def test_a_cancelled_run_ends_its_jobs_and_keeps_what_it_did(desk: Desk) -> None:
    class Never:
        def __init__(self) -> None:
            self.futures: list[Future[DecodedFile]] = []

        def submit(self, _: DecodeJob) -> Future[DecodedFile]:
            self.futures.append(Future())
            if len(self.futures) == min(PAGES_AHEAD, len(COLOURS)):
                desk.cancel.cancel()
            return self.futures[-1]

    decoder = Never()
    run = PageEmbedPass(desk.contents, desk.store, decoder, desk.page_model)
    with pytest.raises(Cancelled):
        run.run(desk.progress, desk.cancel, never)
    assert all(future.cancelled() for future in decoder.futures)
    assert desk.lacking() == 5


class Blind(ColourModel):
    """A picture model that can make nothing of anything."""

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        return np.full_like(super().embed_pictures(pictures), np.nan)


def test_what_fails_for_a_page_model_does_not_fail_for_a_picture_model(desk: Desk) -> None:
    assert desk.look(failing(2, ProblemKind.TIMEOUT))
    desk.model = ColourModel("2")
    _, run = desk.index()
    assert (run.embedded, run.failed) == (5, 0)
    assert [failure.message for failure in desk.catalogue.failures()] == ["Page 2: It broke."]


def test_what_fails_for_a_picture_model_does_not_fail_for_a_page_model(tmp_path: Path) -> None:
    desk = Bench(tmp_path)
    try:
        desk.document("paper.tif", COLOURS)
        desk.model = Blind()
        desk.index()
        store, model = PageVectorStore(desk.database), ColourPages()
        run = PageEmbedPass(desk.contents, store, Here(), model)
        assert run.run(desk.progress, desk.cancel, never)
        assert (run.embedded, run.failed) == (5, 0)
    finally:
        desk.thumbnails.close()
        desk.database.close()


def test_a_failed_page_is_tried_again_when_a_person_says_so(desk: Desk) -> None:
    assert desk.look(failing(2, ProblemKind.TIMEOUT))
    assert desk.catalogue.forget_failures([desk.paper]) == 1
    assert desk.lacking() == 1
    assert desk.look()
    assert not list(desk.catalogue.failures())
    assert desk.page_model.embedded == 5


def test_what_an_older_version_failed_for_a_page_model_is_tried_again(desk: Desk) -> None:
    with desk.database.transaction() as db:  # the item's own mark, though it was embedded before
        db.execute("UPDATE item SET problem_kind = 'timeout', problem_message = 'Slow.' WHERE page = 2")
        db.execute("DROP TABLE embedding_problem")
    with desk.database.read() as db:  # the step alone: later ones have been taken
        db.executescript(VERSION_10)
    assert not list(Catalogue(desk.database).failures())


def as_one_picture(job: DecodeJob) -> DecodedFile:
    found = decode(job)
    return replace(found, pages=None, items=tuple(replace(item, page=None) for item in found.items[:1]))


def without_fifth(job: DecodeJob) -> DecodedFile:
    found = decode(job)
    return replace(found, pages=4, items=tuple(item for item in found.items if item.page != 5))


@pytest.mark.parametrize(("verdict", "items"), [(as_one_picture, 1), (without_fifth, 4)])
def test_what_opens_otherwise_for_a_page_model_is_indexed_anew(
    verdict: Callable[[DecodeJob], DecodedFile], items: int, desk: Desk
) -> None:
    run = PageEmbedPass(desk.contents, desk.store, Here(verdict), desk.page_model)
    assert run.run(desk.progress, desk.cancel, never)
    assert len(run.reopened) == 1
    assert run.failed == 0
    _, again = desk.index(Here(verdict))
    assert (again.embedded, again.failed) == (items, 0)
    assert len(desk.items(desk.paper)) == items
    assert not list(desk.catalogue.failures())
