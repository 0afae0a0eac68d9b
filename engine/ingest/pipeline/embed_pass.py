"""Takes files into the index: hashes, decodes, embeds and stores them.

Results go into the catalogue at once, and the remaining work is always read from it: a run that is stopped or
killed continues where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob
from engine.ingest.scanning.file_formats import DOCUMENT_SUFFIXES
from engine.ingest.scanning.hashing import BackgroundHasher
from engine.models.protocols import PictureEmbedder
from engine.progress import CancelToken, Progress
from engine.records import DecodedItem, PageProblem
from engine.store.files.catalogue import Catalogue, UnreadFile
from engine.store.items.contents import Contents, UnfinishedContent
from engine.store.items.thumbnails import Thumbnails

HASH_AHEAD = 8  # files read ahead of the decoders
JOBS_AHEAD = 8  # decoding jobs ahead of the model
PAGES_PER_JOB = 4
PAGED_SUFFIXES = DOCUMENT_SUFFIXES | {".tif", ".tiff"}
POLL_SECONDS = 0.2  # how often a waiting run checks whether to stop

FILE_PROBLEMS = (ProblemKind.VANISHED, ProblemKind.UNREADABLE)  # of this file, not of its content
JOB_PROBLEMS = (ProblemKind.TIMEOUT, ProblemKind.MEMORY, ProblemKind.CRASHED)  # perhaps of one page only

NO_VECTOR_PROBLEM = FileProblem(ProblemKind.DAMAGED, "The model could make nothing of the picture.")


class Decoder(Protocol):
    """Decodes in another process."""

    def submit(self, job: DecodeJob) -> Future[DecodedFile]:
        """Start a job. The future's exception, if any, is a FileProblem."""


@dataclass(frozen=True, slots=True)
class EmbedJob:
    """A range of pages of a content to decode and embed, or its opening."""

    content: int
    path: Path
    size: int
    mtime_ns: int
    opened: bool
    first_page: int
    page_limit: int
    first_page_problem: PageProblem | None = None  # if the content is opened by its second page
    reopened: bool = False  # the decoder reads it differently than in an earlier run


class EmbedPass:
    """One run that gives every present content all that it lacks for one model."""

    def __init__(
        self,
        catalogue: Catalogue,
        contents: Contents,
        thumbnails: Thumbnails,
        decoder: Decoder,
        embedder: PictureEmbedder,
    ) -> None:
        self._catalogue = catalogue
        self._contents = contents
        self._thumbnails = thumbnails
        self._decoder = decoder
        self._embedder = embedder
        self._model = contents.model_id(embedder.identity)
        self._started: set[int] = set()
        self._reopened: set[int] = set()
        self._queue: deque[EmbedJob] = deque()  # further pages of opened documents, before anything new
        self._ready: list[tuple[int, DecodedItem]] = []
        self.embedded = 0
        self.failed = 0

    def run(self, progress: Progress, cancel: CancelToken) -> None:
        """Process all files and contents. Raises Cancelled; everything embedded until then is kept."""
        progress.start("indexing", "items", self._catalogue.unread_count())
        source = self._iter_jobs(progress, cancel)
        in_flight: dict[Future[DecodedFile], EmbedJob] = {}
        try:
            while True:
                cancel.checkpoint()
                while len(in_flight) < JOBS_AHEAD and (job := self._next_job(source)) is not None:
                    in_flight[self._decoder.submit(self._decode_job(job))] = job
                if not in_flight:
                    break
                done, _ = wait(in_flight, POLL_SECONDS, FIRST_COMPLETED)
                for future in done:
                    self._on_decoded(in_flight.pop(future), future, progress)
                while self._ready and len(self._ready) >= self._embedder.batch_size:
                    cancel.checkpoint()
                    self._embed(progress)
            while self._ready:
                cancel.checkpoint()
                self._embed(progress)
        finally:
            source.close()
            for future in in_flight:
                future.cancel()

    # ---- choosing jobs

    def _next_job(self, source: Iterator[EmbedJob]) -> EmbedJob | None:
        return self._queue.popleft() if self._queue else next(source, None)

    def _iter_jobs(self, progress: Progress, cancel: CancelToken) -> Generator[EmbedJob, None, None]:
        """First the files that were never read, then what an earlier run or another model left over."""
        for file, content in self._read_files(progress, cancel):
            unfinished = (
                self._contents.unfinished_parts(content, self._model)
                if content not in self._started
                else None
            )
            if unfinished is None:
                progress.add_done(current=str(file.path))
            else:
                yield from self._jobs_of(unfinished, progress)
        for unfinished in self._contents.unfinished(self._model):
            cancel.checkpoint()
            if unfinished.content not in self._started:
                progress.add_found(1)
                yield from self._jobs_of(unfinished, progress)

    def _read_files(self, progress: Progress, cancel: CancelToken) -> Iterator[tuple[UnreadFile, int]]:
        """Files with their contents, hashed a little ahead in a separate thread."""
        waiting: deque[tuple[UnreadFile, Future[bytes]]] = deque()

        def first() -> Iterator[tuple[UnreadFile, int]]:
            cancel.checkpoint()  # thousands in a row may need nothing more: gone, or already known
            file, future = waiting.popleft()
            while not wait([future], POLL_SECONDS).done:
                cancel.checkpoint()
            try:
                yield file, self._contents.attach(file.id, future.result())
            except FileProblem as problem:
                self._catalogue.fail_file(file.path, problem)
                self._count_failed(progress, file.path)

        with closing(BackgroundHasher(cancel)) as ahead:
            for file in self._catalogue.unread_files():
                waiting.append((file, ahead.submit(file.path)))
                if len(waiting) > HASH_AHEAD:
                    yield from first()
            while waiting:
                yield from first()

    def _jobs_of(self, unfinished: UnfinishedContent, progress: Progress) -> Iterator[EmbedJob]:
        self._started.add(unfinished.content)
        place = self._contents.present_file(unfinished.content)
        if place is None:  # missing by now
            progress.add_done()
            return
        if not unfinished.opened:
            limit = PAGES_PER_JOB if _can_have_pages(place[0]) else 1
            yield EmbedJob(unfinished.content, *place, opened=False, first_page=1, page_limit=limit)
            return
        progress.add_found(len(unfinished.pages) - 1)
        for first_page, page_limit in page_ranges(unfinished.pages):
            yield EmbedJob(unfinished.content, *place, True, first_page, page_limit)

    def _decode_job(self, job: EmbedJob) -> DecodeJob:
        return DecodeJob(
            source=job.path,
            picture_input=self._embedder.picture_input,
            first_page=max(job.first_page, 1),
            page_limit=job.page_limit,
            size=job.size,
            mtime_ns=job.mtime_ns,
        )

    # ---- handling results

    def _on_decoded(self, job: EmbedJob, future: Future[DecodedFile], progress: Progress) -> None:
        try:
            decoded = future.result()
        except FileProblem as problem:
            self._fail(job, problem, progress)
            return
        problems = decoded.problems
        if job.content in self._reopened and not job.reopened:
            return  # the job was for its earlier reading
        if job.opened and decoded.pages != self._contents.pages(job.content):
            self._reopen(job, PAGES_PER_JOB if decoded.pages else 1)
            return
        if not job.opened:
            count = self._contents.create_items(job.content, decoded.pages, decoded.title, decoded.format)
            if job.first_page_problem is not None and decoded.pages is not None:
                problems = (job.first_page_problem, *problems)
            progress.add_found(count - 1)
            rest = tuple(range(job.first_page + job.page_limit, (decoded.pages or 0) + 1))
            for first_page, page_limit in page_ranges(rest):
                self._queue.append(replace(job, opened=True, first_page=first_page, page_limit=page_limit))
        for item in decoded.items:
            self._ready.append((self._contents.item_id(job.content, item.page), item))
        for page_problem in problems:
            self._fail_page(job.content, page_problem)
            self._count_failed(progress, job.path)

    def _reopen(self, job: EmbedJob, page_limit: int) -> None:
        """The decoder finds pages where an earlier one found a photograph, or another number of pages."""
        gone = self._contents.delete_items(job.content)
        self._ready = [entry for entry in self._ready if entry[0] not in gone]
        self._reopened.add(job.content)
        self._queue.append(replace(job, opened=False, first_page=1, page_limit=page_limit, reopened=True))

    def _fail(self, job: EmbedJob, problem: FileProblem, progress: Progress) -> None:
        page_problem = PageProblem(job.first_page, problem.kind.value, problem.message)
        if problem.kind in FILE_PROBLEMS:
            self._catalogue.fail_file(job.path, problem)
            if (place := self._contents.present_file(job.content)) is not None:  # try another copy
                self._queue.append(replace(job, path=place[0], size=place[1], mtime_ns=place[2]))
                return
        elif problem.kind in JOB_PROBLEMS and job.page_limit > 1:
            self._retry_singly(job)
            return
        elif job.opened:
            self._fail_page(job.content, page_problem)
        elif problem.kind in JOB_PROBLEMS and _can_have_pages(job.path) and job.first_page_problem is None:
            # Only the first page may be bad: open the document by its second.
            self._queue.append(replace(job, first_page=2, first_page_problem=page_problem))
            return
        else:
            self._contents.fail_content(job.content, problem)
        self._count_failed(progress, job.path)

    def _fail_page(self, content: int, problem: PageProblem) -> None:
        """A page that lacked time or memory, or was decoded for another model before, is not bad itself."""
        if problem.kind in JOB_PROBLEMS or self._contents.was_embedded(content, problem.page):
            self._contents.fail_page_for(self._model, content, problem)
        else:
            self._contents.fail_page(content, problem)

    def _retry_singly(self, job: EmbedJob) -> None:
        """One page of several broke the decoder: find out which, and keep the others."""
        last = job.first_page + job.page_limit if job.opened else job.first_page + 1
        for page in range(job.first_page, last):
            self._queue.append(replace(job, first_page=page, page_limit=1))

    def _count_failed(self, progress: Progress, path: Path | None = None) -> None:
        self.failed += 1
        progress.add_failed(current="" if path is None else str(path))

    def _embed(self, progress: Progress) -> None:
        size = self._embedder.batch_size
        batch, self._ready = self._ready[:size], self._ready[size:]
        vectors = self._embedder.embed_pictures(np.stack([decoded.pixels for _, decoded in batch]))
        sound: NDArray[np.bool_] = np.asarray(np.isfinite(vectors).all(axis=1))
        for item, _ in (entry for entry, good in zip(batch, sound, strict=True) if not good):
            self._contents.fail_embedding(item, self._model, NO_VECTOR_PROBLEM)
            self._count_failed(progress)
        batch = [entry for entry, good in zip(batch, sound, strict=True) if good]
        # Thumbnails first, so that a visible item always has one.
        self._thumbnails.put((item, decoded.thumbnail) for item, decoded in batch)
        self._contents.save(self._model, batch, vectors[sound])
        self.embedded += len(batch)
        progress.add_done(len(batch))


def _can_have_pages(path: Path) -> bool:
    return path.suffix.lower() in PAGED_SUFFIXES


def page_ranges(pages: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted page numbers as (first, count) of consecutive pages, each at most `PAGES_PER_JOB` long."""
    first = count = 0
    for page in pages:
        if count and page == first + count and count < PAGES_PER_JOB:
            count += 1
            continue
        if count:
            yield first, count
        first, count = page, 1
    if count:
        yield first, count
