"""The second pass: reads words on pictures and scanned pages, once everything is found by its look.

As in the first pass, results go into the catalogue at once, and the remaining work is always read from it: a
run that is stopped or killed continues where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Protocol

from engine.errors import FileProblem
from engine.ingest.ocr.recognition import READER_VERSION, OcrJob, OcrResult, check_models
from engine.ingest.pipeline.embed_pass import FILE_PROBLEMS, POLL_SECONDS
from engine.progress import CancelToken, Progress
from engine.store.pages.ocr_results import OcrResults, UnreadItem


class TextReader(Protocol):
    """Runs OCR in another process."""

    def submit(self, job: OcrJob) -> Future[OcrResult]:
        """Start a job. The future's exception, if any, is a FileProblem or a UserError."""


class OcrPass:
    """Runs OCR on every item whose text has not been read yet."""

    def __init__(
        self,
        ocr_results: OcrResults,
        reader: TextReader,
        ahead: int,
        out_of_reach: set[int] | None = None,
        shows_text: Callable[[int], bool] = lambda _item: False,
    ) -> None:
        """`ahead`: jobs given to `reader` at a time; one more than it has processes is enough.

        `out_of_reach`: items to skip; those whose file is not accessible are added. `shows_text`: whether a
        photograph looks as if it showed text; those come first, with scanned pages.
        """
        self._ocr_results = ocr_results
        self._reader = reader
        self._ahead = max(ahead, 1)
        self._out_of_reach = set() if out_of_reach is None else out_of_reach
        self._shows_text = shows_text
        self.read = 0  # items read, in all runs
        self.failed = 0  # items that failed for good, in all runs

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True when nothing is left to read, False when paused or when `stop` returned True before.

        Running jobs are finished then. Raises Cancelled (what was read until then is kept), ModelError if the
        models are missing, UserError if no process can be started.
        """
        check_models()
        passed_over = len(self._out_of_reach)
        left = max(self._ocr_results.pending_count() - passed_over, 0)
        progress.resume_phase("reading text", "items", left, self.read, self.failed + passed_over)
        source = self._iter_by_priority()
        in_flight: dict[Future[OcrResult], UnreadItem] = {}
        stopped = False
        try:
            while True:
                stopped = stopped or cancel.paused or stop()
                if not cancel.paused:
                    cancel.checkpoint()
                if not stopped:
                    self._submit(source, in_flight)
                if not in_flight:
                    return not stopped
                done, _ = wait(in_flight, POLL_SECONDS, FIRST_COMPLETED)
                for future in done:
                    self._on_recognised(in_flight.pop(future), future, progress)
        finally:
            for future in in_flight:
                future.cancel()

    def _iter_by_priority(self) -> Iterator[UnreadItem]:
        """Likely text first: a receipt among thousands of photographs is only found by its words."""
        begun: set[int] = set()  # perhaps not stored yet
        for unread in self._ocr_results.unread_items():
            if unread.item not in self._out_of_reach and (unread.page or self._shows_text(unread.item)):
                begun.add(unread.item)
                yield unread
        for unread in self._ocr_results.unread_items():
            if unread.item not in self._out_of_reach and unread.item not in begun:
                yield unread

    def _submit(self, source: Iterator[UnreadItem], in_flight: dict[Future[OcrResult], UnreadItem]) -> None:
        while len(in_flight) < self._ahead and (unread := next(source, None)) is not None:
            job = OcrJob(unread.path, unread.page, unread.size, unread.mtime_ns)
            in_flight[self._reader.submit(job)] = unread

    def _on_recognised(self, unread: UnreadItem, future: Future[OcrResult], progress: Progress) -> None:
        try:
            result = future.result()
        except FileProblem as problem:
            if problem.kind in FILE_PROBLEMS:  # temporary: the item is read another time
                self._out_of_reach.add(unread.item)
            else:
                self._ocr_results.fail(unread.item, READER_VERSION, problem)
                self.failed += 1
            progress.add_failed(current=str(unread.path))
            return
        self._ocr_results.save(unread.item, READER_VERSION, result.text, result.words)
        self.read += 1
        progress.add_done(current=str(unread.path))
