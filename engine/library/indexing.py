"""Brings a library up to date: first picture vectors for everything, then the background passes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from engine.errors import LibraryInUse
from engine.ingest.pipeline.embed_pass import EmbedPass
from engine.ingest.pipeline.sync_files import find_connected_folders, sync_files
from engine.ingest.pools import DecodePool
from engine.ingest.scanning.mounts import mount_points_below
from engine.ingest.scanning.watch import watch_changes
from engine.ingest.workers.limits import DecodeLimits
from engine.library.active_model import ModelRollover
from engine.library.background_passes import BackgroundPasses
from engine.library.cleanup import LibraryCleanup
from engine.library.resource_cache import INDEX_FOLDER, ResourceCache
from engine.library.write_lock import WriteLock
from engine.progress import CancelToken, NonBlockingToken, Paused, Progress
from engine.records import IndexReport, ModelIdentity
from engine.store.database.connection import translate_errors
from engine.store.files.catalogue import Catalogue
from engine.store.items.contents import Contents
from engine.store.items.thumbnails import Thumbnails

LOCK_RETRY_SECONDS = 2.0  # how often a run checks whether another process is done
QUIET_SECONDS = 2.0  # how often a watch checks for drives that came or went
# How long the background passes of a watch run before the files are scanned again.
RESCAN_SECONDS = 10.0


class IndexingService:
    """Runs the passes over one library.

    `request_rescan` and `on_model_chosen` may be called from any thread.
    """

    def __init__(
        self,
        location: Path,
        catalogue: Catalogue,
        contents: Contents,
        thumbnails: Thumbnails,
        resources: ResourceCache,
        rollover: ModelRollover,
        new_background_passes: Callable[[], BackgroundPasses],
        write_lock: WriteLock,
        cleanup: LibraryCleanup,
    ) -> None:
        self._location = location
        self._catalogue = catalogue
        self._contents = contents
        self._thumbnails = thumbnails
        self._resources = resources
        self._rollover = rollover
        self._new_background_passes = new_background_passes
        self._write_lock = write_lock
        self._cleanup = cleanup
        self._rescan_requested = threading.Event()
        self._watching = False

    def request_rescan(self) -> None:
        """Make a run in its background passes scan the files before it continues."""
        self._rescan_requested.set()

    def on_model_chosen(self) -> None:
        """Make a watch continue with the new model at once; other runs leave it to the next."""
        if self._watching:
            self.request_rescan()

    def index(self, progress: Progress, cancel: CancelToken) -> IndexReport:
        """Scan, embed and run all background passes. Raises LibraryInUse, DiskFull, ModelError, Cancelled."""
        began = time.monotonic()
        try:
            report = self._scan_and_embed(progress, cancel)
        except Paused:
            report = self._scan_when_free(progress, cancel)
        with self._new_background_passes() as passes:
            while not self._run_background_passes(passes, progress, cancel, self._should_yield):
                if self._rescan_requested.is_set():
                    report = _merge_reports(report, self._scan_when_free(progress, cancel))
        return replace(
            report,
            read=passes.read,
            pages_embedded=passes.embedded,
            failed=report.failed + passes.failed,
            seconds=time.monotonic() - began,
        )

    def watch(self, progress: Progress, cancel: CancelToken) -> None:
        """Index, and again after every change, until cancelled. Raises Cancelled, DiskFull, ModelError."""
        self._watching = True
        try:
            with self._new_background_passes() as passes:
                while True:
                    report = self._scan_when_free(progress, cancel)
                    if not self._rescan_requested.is_set():
                        self._watch_until_changed(passes, report.linked_files, progress, cancel)
                    cancel.checkpoint()
        finally:
            self._watching = False

    def _watch_until_changed(
        self, passes: BackgroundPasses, linked: Sequence[Path], progress: Progress, cancel: CancelToken
    ) -> None:
        """Until files or drives change, folders are added or removed, or a rescan is requested.

        Also ends when links lead to other files than `linked`.
        """
        there = find_connected_folders(self._catalogue)
        mounted = mount_points_below(there.folders)
        done = False
        progress.start("watching", "files")
        watched = watch_changes(
            there.folders, self._location, QUIET_SECONDS, cancel, self._rescan_requested.is_set, linked
        )
        with closing(watched) as steps:
            for number, changed in enumerate(steps):
                if changed or number == 0:  # something may have changed before the watch began
                    if self._scan_when_free(progress, cancel).linked_files != linked:
                        return
                    done = False
                if not done:
                    done = self._run_background_passes(passes, progress, cancel, self._until_next_scan())
                    if done:
                        progress.start("watching", "files")
                if there.folders != find_connected_folders(self._catalogue).folders:
                    return
                if mounted != mount_points_below(there.folders):
                    return

    # ---- the first pass

    def _scan_when_free(self, progress: Progress, cancel: CancelToken) -> IndexReport:
        """Scan once another process has finished, and not while paused.

        A run paused in the middle blocks nobody, and neither does one during which a short write waits.
        """
        while True:
            cancel.checkpoint()
            try:
                return self._scan_and_embed(progress, cancel)
            except Paused:
                continue
            except LibraryInUse:
                progress.start("in use", "files")
                cancel.wait(LOCK_RETRY_SECONDS)

    def _scan_and_embed(self, progress: Progress, cancel: CancelToken) -> IndexReport:
        """Find all files, and compute a picture vector for each item.

        A pause, or a waiting short write, releases the lock and raises Paused. What was embedded until then
        is kept, and is not in the next scan's report.
        """
        with translate_errors(self._location / INDEX_FOLDER), self._write_lock.yielding(cancel):
            cancel = NonBlockingToken(cancel, lambda: self._write_lock.has_waiters)
            self._rescan_requested.clear()
            target = self._rollover.target()
            row = self._contents.model_id(target.identity)
            self._rollover.on_started(row)
            missing_before = self._catalogue.missing_count()
            report = sync_files(self._catalogue, self._location, progress, cancel)
            pictures = self._resources.pictures(row, target.identity.dimension)
            pictures.catch_up()  # first, since it deletes damaged vectors, which are then embedded again
            embedded, failed = self._embed_all(target.identity, row, progress, cancel)
            self._thumbnails.remove(self._catalogue.tidy())
            missing = self._catalogue.missing_count() - missing_before  # without those that were only moved
            if self._contents.is_complete(row):
                self._rollover.on_completed(row)
            pictures.catch_up()
            pictures.save(cancel.checkpoint)
            self._cleanup.run(cancel.checkpoint)
        return replace(report, files_missing=max(missing, 0), embedded=embedded, failed=failed)

    def _embed_all(
        self, identity: ModelIdentity, row: int, progress: Progress, cancel: CancelToken
    ) -> tuple[int, int]:
        """Returns how many items were embedded, and how many files or pages failed."""
        if not self._catalogue.unread_count() and next(self._contents.unfinished(row), None) is None:
            return 0, 0
        workers = os.cpu_count() or 1
        limits = DecodeLimits.for_this_machine(workers)
        with DecodePool(limits, workers) as pool:
            run = EmbedPass(
                self._catalogue,
                self._contents,
                self._thumbnails,
                pool,
                self._resources.embedder(identity),
            )
            run.run(progress, cancel)
        return run.embedded, run.failed

    # ---- the background passes

    def _should_yield(self) -> bool:
        return self._rescan_requested.is_set() or self._write_lock.has_waiters

    def _until_next_scan(self) -> Callable[[], bool]:
        """Returns True once a watch spent enough time in the background passes, or something has priority."""
        late = _deadline(RESCAN_SECONDS)
        return lambda: late() or self._should_yield()

    def _run_background_passes(
        self, passes: BackgroundPasses, progress: Progress, cancel: CancelToken, stop: Callable[[], bool]
    ) -> bool:
        """True when nothing is left, or another process is doing the same work on the library.

        A pause releases the lock, as in the first pass.
        """
        try:
            with translate_errors(self._location / INDEX_FOLDER), self._write_lock.yielding(cancel):
                return passes.run(progress, NonBlockingToken(cancel), stop)
        except Paused:
            return False
        except LibraryInUse:
            cancel.wait(LOCK_RETRY_SECONDS)
            return False


def _deadline(seconds: float) -> Callable[[], bool]:
    """Returns True once that much time has passed from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _merge_reports(first: IndexReport, second: IndexReport) -> IndexReport:
    """The report of two scans in one run. What the second has seen holds for both."""
    return replace(
        second,
        files_new=first.files_new + second.files_new,
        files_missing=first.files_missing + second.files_missing,
        embedded=first.embedded + second.embedded,
        failed=first.failed + second.failed,
    )
