"""The pass that gives every page, and every picture that shows text, its vectors of a page model.

A page model takes seconds a page on a processor alone, so this comes last and stops wherever it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FileProblem
from engine.ingest.decode import Decoded, DecodeJob
from engine.ingest.pipeline.pictures import FILE_PROBLEMS, POLL_SECONDS, Decoder, stretches
from engine.models.base import PageEmbedder
from engine.progress import CancelToken, Progress
from engine.records import DecodedItem, PageProblem
from engine.store.contents import Contents
from engine.store.page_vectors import PageVectorStore

JOBS_AHEAD = 2  # pages for a page model are large, and the model is slower than any decoder


@dataclass(frozen=True, slots=True)
class Work:
    """A stretch of pages of a content."""

    content: int
    path: Path
    size: int
    mtime_ns: int
    first_page: int
    page_limit: int


class PageEmbedding:
    """Gives every present content the page vectors that it lacks. `run` may be called again and goes on."""

    def __init__(
        self,
        contents: Contents,
        page_vectors: PageVectorStore,
        decoder: Decoder,
        embedder: PageEmbedder,
        pixel_cap: int,
    ) -> None:
        self._contents = contents
        self._page_vectors = page_vectors
        self._decoder = decoder
        self._embedder = embedder
        self._pixel_cap = pixel_cap
        self._model = contents.model_id(embedder.identity)
        self._ready: list[tuple[int, DecodedItem]] = []
        self.embedded = 0
        self.failed = 0

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True when nothing is left to do, False when `stop` said so before. Raises Cancelled, ModelError.

        What is embedded is kept at once.
        """
        progress.start("looking at pages", "pages", self._contents.lacking_pages(self._model))
        source = self._work()
        flights: dict[Future[Decoded], Work] = {}
        try:
            while True:
                cancel.checkpoint()
                if stop():
                    return False
                while len(flights) < JOBS_AHEAD and (work := next(source, None)) is not None:
                    flights[self._decoder.submit(self._job(work))] = work
                if not flights:
                    break
                done, _ = wait(flights, POLL_SECONDS, FIRST_COMPLETED)
                for future in done:
                    self._land(flights.pop(future), future, progress)
                while len(self._ready) >= self._embedder.batch_size:
                    cancel.checkpoint()
                    self._embed(progress)
            while self._ready:
                cancel.checkpoint()
                self._embed(progress)
        finally:
            self._ready.clear()
            for future in flights:
                future.cancel()
        return True

    def _work(self) -> Iterator[Work]:
        for lacking in self._contents.unfinished(self._model, text_only=True):
            place = self._contents.present_file(lacking.content)
            if place is not None and lacking.opened:
                for first_page, page_limit in stretches(lacking.pages):
                    yield Work(lacking.content, *place, first_page, page_limit)

    def _job(self, work: Work) -> DecodeJob:
        return DecodeJob(
            source=work.path,
            wanted=self._embedder.page_input,
            first_page=max(work.first_page, 1),  # 0 is a photograph
            page_limit=work.page_limit,
            size=work.size,
            mtime_ns=work.mtime_ns,
            pixel_cap=self._pixel_cap,
        )

    def _land(self, work: Work, future: Future[Decoded], progress: Progress) -> None:
        try:
            decoded = future.result()
        except FileProblem as problem:
            if problem.kind not in FILE_PROBLEMS:  # such a file comes back, or its change is seen
                pages = range(work.first_page, work.first_page + work.page_limit)
                self._fail(
                    work, [PageProblem(page, problem.kind.value, problem.message) for page in pages], progress
                )
            return
        for item in decoded.items:
            self._ready.append((self._contents.item_id(work.content, item.page), item))
        self._fail(work, decoded.problems, progress)

    def _fail(self, work: Work, problems: Sequence[PageProblem], progress: Progress) -> None:
        """It could be drawn smaller before: the person is told all the same, and it is not tried for ever."""
        for problem in problems:
            self._contents.fail_page(work.content, problem)
            self.failed += 1
            progress.add_failed(current=str(work.path))

    def _embed(self, progress: Progress) -> None:
        size = self._embedder.batch_size
        batch, self._ready = self._ready[:size], self._ready[size:]
        vectors = self._embedder.embed_pages([decoded.pixels for _, decoded in batch])
        self._page_vectors.keep(
            self._model, [(item, page) for (item, _), page in zip(batch, vectors, strict=True)]
        )
        self.embedded += len(batch)
        progress.add_done(len(batch))
