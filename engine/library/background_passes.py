"""The passes after picture embedding: clusters, OCR, passage embeddings, then page vectors.

All of them may take long, and stop between two items or steps when something else has priority.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from engine.clustering.cluster_update import ClusterUpdate
from engine.errors import ModelError
from engine.ingest.decoding.paper_detection import looks_like_paper
from engine.ingest.pipeline.date_pass import reread_dates
from engine.ingest.pipeline.ocr_pass import OcrPass
from engine.ingest.pipeline.page_embed_pass import PageEmbedPass
from engine.ingest.pipeline.passage_pass import PassagePass
from engine.ingest.pools import DecodePool, OcrPool
from engine.ingest.workers.limits import DecodeLimits
from engine.library.active_model import ModelRollover
from engine.library.clusters import ClusterService
from engine.library.resource_cache import ResourceCache
from engine.models.specs import PAGE_STARTER
from engine.models.text.passages import PASSAGE_MODEL
from engine.progress import CancelToken, Progress
from engine.store.items.contents import Contents
from engine.store.items.outdated_dates import OutdatedDates
from engine.store.items.thumbnails import Thumbnails
from engine.store.pages.ocr_results import OcrResults
from engine.store.pages.page_texts import PageTexts
from engine.store.pages.page_vectors import PageVectorStore
from engine.store.pages.passages import PassageStore

_log = logging.getLogger(__name__)


class BackgroundPasses:
    """The background passes of one run or one watch.

    A context manager: it keeps worker processes while busy.
    """

    def __init__(
        self,
        clusters: ClusterService,
        contents: Contents,
        dates: OutdatedDates,
        texts: PageTexts,
        ocr_results: OcrResults,
        thumbnails: Thumbnails,
        passages: PassageStore,
        page_vectors: PageVectorStore,
        resources: ResourceCache,
        rollover: ModelRollover,
        read_text: Callable[[], bool],
        request_rescan: Callable[[], None],
    ) -> None:
        """`request_rescan` is called when files must be indexed again before the passes continue."""
        self._clusters = clusters
        self._contents = contents
        self._dates = dates
        self._texts = texts
        self._ocr_results = ocr_results
        self._thumbnails = thumbnails
        self._passages = passages
        self._page_vectors = page_vectors
        self._resources = resources
        self._rollover = rollover
        self._read_text = read_text
        self._request_rescan = request_rescan
        self._processes = ExitStack()
        self._cluster_update: ClusterUpdate | None = None
        self._ocr_pass: OcrPass | None = None
        self._passage_pass: PassagePass | None = None
        self._passages_failed = False  # texts are then found by their words only
        self._out_of_reach: set[int] = set()  # items to read whose files were not accessible
        self.read = 0
        self.embedded = 0
        self.failed = 0

    def __enter__(self) -> BackgroundPasses:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_processes()

    def run(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """Run all passes; True when nothing is left to do, False when paused or when `stop` returned True.

        Raises Cancelled, ModelError, DiskFull; what was done until then is kept.
        """
        done = (
            self._update_text_index(cancel, stop)
            and self._read_dates(cancel, stop)
            and self._update_clusters(progress, cancel, stop)
            and self._embed_passages(progress, cancel, stop)  # of text layers, before hours of OCR
            and self._recognise_text(progress, cancel, stop)
            and self._embed_passages(progress, cancel, stop)
            and self._embed_pages(progress, cancel, stop)
        )
        if done:
            self._stop_processes()
            self._out_of_reach.clear()  # retried next time
        return done

    def _stop_processes(self) -> None:
        self._processes.close()
        self._ocr_pass = None

    def _update_text_index(self, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """Bring the full-text index in line with the visible items."""
        while not stop():
            cancel.checkpoint()
            if not self._texts.catch_up():
                return True
        return False

    def _read_dates(self, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        if next(self._dates.photos(), None) is None:
            return True
        workers = os.cpu_count() or 1
        with DecodePool(DecodeLimits.for_this_machine(workers), workers) as pool:
            return reread_dates(self._dates, pool, cancel, stop)

    def _update_clusters(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        self._cluster_update = self._clusters.next_update(self._cluster_update)
        if self._cluster_update is not None and not self._cluster_update.run(progress, cancel, stop):
            return False
        self._cluster_update = None
        return True

    def _recognise_text(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        if not self._read_text() or not self._has_text_to_read():
            return True
        if self._ocr_pass is None:
            workers = min(os.cpu_count() or 1, self._ocr_results.pending_count())
            limits = DecodeLimits.for_this_machine(workers).for_ocr()
            pool = self._processes.enter_context(OcrPool(limits, workers))
            self._ocr_pass = OcrPass(
                self._ocr_results, pool, workers + 1, self._out_of_reach, self._shows_text
            )
        before = self._ocr_pass.read, self._ocr_pass.failed
        try:
            done = self._ocr_pass.run(progress, cancel, stop)
        finally:
            self.read += self._ocr_pass.read - before[0]
            self.failed += self._ocr_pass.failed - before[1]
        if done:
            self._stop_processes()  # a page model needs their memory, perhaps for hours
        return done

    def _embed_passages(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        """If the sentence encoder is missing, this is skipped and the other passes still run."""
        row = self._contents.find_model(PASSAGE_MODEL)
        if row is not None:
            self._resources.passages(row).catch_up()  # removes damaged vectors, which are then computed again
        if self._passages_failed or next(self._passages.unembedded(row), None) is None:
            return True
        try:
            if self._passage_pass is None:
                encoder = self._resources.text_encoder()
                self._passage_pass = PassagePass(
                    self._passages, self._contents.model_id(PASSAGE_MODEL), encoder
                )
            return self._passage_pass.run(progress, cancel, stop)
        except ModelError as error:
            _log.warning("texts are found by their words alone: %s", error)
            self._passages_failed = True
            return True

    def _shows_text(self, item: int) -> bool:
        thumbnail = self._thumbnails.get(item)
        return thumbnail is not None and looks_like_paper(thumbnail)

    def _has_text_to_read(self) -> bool:
        return any(unread.item not in self._out_of_reach for unread in self._ocr_results.unread_items())

    def _embed_pages(self, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]) -> bool:
        target = self._rollover.target()
        row = self._contents.model_id(target.identity)
        if target.identity.name != PAGE_STARTER:
            candidates = self._resources.candidates(row, target.identity.dimension)

            def due() -> bool:
                candidates.catch_up()
                return candidates.needs_training

            # Until there are centroids for the pages, every search reads all of them.
            while not self._run_page_embed_pass(
                target.identity.name, progress, cancel, lambda: stop() or due()
            ):
                if not due():
                    return False
                candidates.save(cancel.checkpoint)
            candidates.catch_up()
            candidates.save(cancel.checkpoint)
        if target.identity.name == PAGE_STARTER or self._contents.is_complete(row, text_only=True):
            self._rollover.on_completed(row)
        return True

    def _run_page_embed_pass(
        self, name: str, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]
    ) -> bool:
        row = self._contents.model_id(self._resources.page_embedder(name).identity)
        if next(self._contents.unfinished(row, text_only=True), None) is None:
            return True
        limits = DecodeLimits.for_this_machine(1)
        with DecodePool(limits, 1) as pool:
            run = PageEmbedPass(self._contents, self._page_vectors, pool, self._resources.page_embedder(name))
            try:
                done = run.run(progress, cancel, stop)
                if run.reopened:
                    self._request_rescan()
                return done and not run.reopened
            finally:
                self.embedded += run.embedded
                self.failed += run.failed
