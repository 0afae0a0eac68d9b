"""The second pass: words on pictures and scanned pages, once everything is found by its look.

As in the first pass, what is done is in the catalogue at once, and what is to be done is always asked of the
catalogue: a run that is stopped or killed goes on where it was.
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
    """Reads somewhere else. The future's exception, if any, is a FileProblem or a UserError."""

    def submit(self, job: OcrJob) -> Future[OcrResult]: ...


class OcrPass:
    """Runs that look for text on every item that nobody has looked at yet."""

    def __init__(
        self,
        ocr_results: OcrResults,
        reader: TextReader,
        ahead: int,
        out_of_reach: set[int] | None = None,
        shows_text: Callable[[int], bool] = lambda _item: False,
    ) -> None:
        """`ahead`: jobs that are given to `reader` at a time; one more than it has processes is enough.
        `out_of_reach`: items to pass over; those whose file cannot be had are added. `shows_text`: whether a
        photograph looks as if there were something to read on it; those come first, with scanned pages."""
        self._ocr_results = ocr_results
        self._reader = reader
        self._ahead = max(ahead, 1)
        self._out_of_reach = set() if out_of_reach is None else out_of_reach
        self._shows_text = shows_text
        self.read = 0  # items looked at, in all runs
        self.failed = 0  # ... in vain, and for good

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """True when nothing is left to read, False when it is paused or `stop` said so before.

        Jobs that run then are waited for. Raises Cancelled (what was read until then is kept), ModelError
        when the models are missing, UserError when no process can be started.
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
        """What shows text first: a receipt among thousands of photographs is asked for by its words alone."""
        begun: set[int] = set()  # and perhaps not written down yet
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
            if problem.kind in FILE_PROBLEMS:  # they pass: the item is read another time
                self._out_of_reach.add(unread.item)
            else:
                self._ocr_results.fail(unread.item, READER_VERSION, problem)
                self.failed += 1
            progress.add_failed(current=str(unread.path))
            return
        self._ocr_results.save(unread.item, READER_VERSION, result.text, result.words)
        self.read += 1
        progress.add_done(current=str(unread.path))
