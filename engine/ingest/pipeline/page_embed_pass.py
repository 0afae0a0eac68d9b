"""The pass that computes a page model's vectors for every page, and every picture that shows text.

A page model takes seconds a page on a CPU, so this pass comes last and can stop at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.pipeline.embed_pass import FILE_PROBLEMS, POLL_SECONDS, Decoder
from engine.models.protocols import PageEmbedder
from engine.progress import CancelToken, Progress
from engine.records import PageProblem, Pixels
from engine.store.items.contents import Contents
from engine.store.pages.page_vectors import PageVectorStore

PAGES_AHEAD = 8  # decoded ahead of the model; a page takes up to 12 MB

NO_PAGE_PROBLEM = FileProblem(ProblemKind.NO_PAGES, "The document no longer has that page.")
NO_VECTORS_PROBLEM = FileProblem(ProblemKind.DAMAGED, "The page model could make nothing of the page.")


@dataclass(frozen=True, slots=True)
class PageEmbedJob:
    """A page of a content; 0 stands for a photograph."""

    content: int
    path: Path
    size: int
    mtime_ns: int
    page: int


class PageEmbedPass:
    """Computes the page vectors that present contents lack. `run` may be called again and continues."""

    def __init__(
        self,
        contents: Contents,
        page_vectors: PageVectorStore,
        decoder: Decoder,
        embedder: PageEmbedder,
    ) -> None:
        self._contents = contents
        self._page_vectors = page_vectors
        self._decoder = decoder
        self._embedder = embedder
        self._model = contents.model_id(embedder.identity)
        self._ready: list[tuple[PageEmbedJob, Pixels]] = []
        self.reopened: set[int] = set()  # contents that must be indexed again
        self.embedded = 0
        self.failed = 0

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True when nothing is left to do, False when paused or when `stop` returned True before.

        Results are stored at once. `stop` is called at the start and after each batch, since runs too short
        for one would start over forever. Raises Cancelled, ModelError.
        """
        if stop():
            return False
        progress.start("looking at pages", "pages", self._contents.pages_without_vectors(self._model))
        before = self.embedded + self.failed
        source = self._iter_jobs()
        in_flight: dict[Future[DecodedFile], PageEmbedJob] = {}
        try:
            while True:
                if cancel.paused or (self.embedded + self.failed > before and stop()):
                    return False
                cancel.checkpoint()
                while self._has_room(in_flight) and (job := next(source, None)) is not None:
                    in_flight[self._decoder.submit(self._decode_job(job))] = job
                if self._ready and (not in_flight or len(self._ready) >= self._embedder.batch_size):
                    self._embed(progress)
                elif in_flight:
                    done, _ = wait(in_flight, POLL_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        self._on_decoded(in_flight.pop(future), future, progress)
                else:
                    return True
        finally:
            self._ready.clear()
            for future in in_flight:
                future.cancel()

    def _has_room(self, in_flight: Mapping[Future[DecodedFile], PageEmbedJob]) -> bool:
        return len(in_flight) + len(self._ready) < PAGES_AHEAD

    def _iter_jobs(self) -> Iterator[PageEmbedJob]:
        """One page each, so that a page that breaks the decoder costs only itself."""
        for unfinished in self._contents.unfinished(self._model, text_only=True):
            place = self._contents.present_file(unfinished.content)
            if place is not None and unfinished.opened:
                for page in unfinished.pages:
                    yield PageEmbedJob(unfinished.content, *place, page)

    def _decode_job(self, job: PageEmbedJob) -> DecodeJob:
        return DecodeJob(
            source=job.path,
            picture_input=self._embedder.page_input,
            first_page=max(job.page, 1),
            page_limit=1,
            size=job.size,
            mtime_ns=job.mtime_ns,
        )

    def _on_decoded(self, job: PageEmbedJob, future: Future[DecodedFile], progress: Progress) -> None:
        try:
            decoded = future.result()
        except FileProblem as problem:
            if problem.kind not in FILE_PROBLEMS:  # such a file comes back, or a scan sees its change
                self._fail(job, problem, progress)
            return
        if job.content in self.reopened:
            return
        if decoded.pages != self._contents.pages(job.content):
            self._reopen(job.content)
        elif decoded.items:
            self._ready.append((job, decoded.items[0].pixels))
        elif decoded.problems:
            first = decoded.problems[0]
            self._fail(job, FileProblem(ProblemKind(first.kind), first.message), progress)
        else:
            self._fail(job, NO_PAGE_PROBLEM, progress)

    def _reopen(self, content: int) -> None:
        """The decoder finds pages where an earlier one found a photograph, or another number of pages."""
        self._contents.delete_items(content)
        self._ready = [entry for entry in self._ready if entry[0].content != content]
        self.reopened.add(content)

    def _fail(self, job: PageEmbedJob, problem: FileProblem, progress: Progress) -> None:
        """Report the failure, even if a smaller rendering worked, so that it is not retried forever."""
        page_problem = PageProblem(job.page, problem.kind.value, problem.message)
        self._contents.fail_page_for(self._model, job.content, page_problem)
        self.failed += 1
        progress.add_failed(current=str(job.path))

    def _embed(self, progress: Progress) -> None:
        size = self._embedder.batch_size
        batch, self._ready = self._ready[:size], self._ready[size:]
        vectors = self._embedder.embed_pages([pixels for _, pixels in batch])
        sound = []
        for (job, _), page in zip(batch, vectors, strict=True):
            if np.isfinite(page.vectors).all():
                sound.append((self._contents.item_id(job.content, job.page), page))
            else:
                self._fail(job, NO_VECTORS_PROBLEM, progress)
        self._page_vectors.save(self._model, sound)
        self.embedded += len(sound)
        progress.add_done(len(sound))
