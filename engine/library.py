"""The façade: all that the window and the command line ever call."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from engine import paths
from engine.errors import (
    FileProblem,
    FolderError,
    LibraryInUse,
    ProblemKind,
    QueryError,
    UserError,
)
from engine.generations import Generations
from engine.index.pictures import PictureIndex
from engine.ingest.decode import DecodeJob
from engine.ingest.limits import Limits
from engine.ingest.pipeline.pictures import Embedding
from engine.ingest.pipeline.survey import device_of, survey
from engine.ingest.watch import changes
from engine.ingest.workers import DecodePool
from engine.models.lazy import LazyEmbedder
from engine.models.shelf import ModelShelf
from engine.models.specs import STARTER
from engine.progress import CancelToken, Progress
from engine.records import (
    DecodedItem,
    Evaluation,
    FailedFile,
    FolderStatus,
    IndexReport,
    LibraryStatus,
    ModelIdentity,
    ModelStatus,
    PictureInput,
    Query,
    SearchResults,
)
from engine.search.evaluate import evaluate
from engine.search.run import Searcher
from engine.search.text import PageWords
from engine.store.catalog import Catalogue, Folder
from engine.store.contents import Contents
from engine.store.database import Database, sentences
from engine.store.presence import Presence
from engine.store.schema import migrate
from engine.store.summary import Summary
from engine.store.thumbnails import Thumbnails
from engine.store.vectors import VectorLog

CATALOGUE_FILE = "catalogue.sqlite"
THUMBNAILS_FILE = "thumbnails.sqlite"
INDEX_FOLDER = "index"
LOCK_FILE = "library.lock"
TOKEN_BITS = 31
PAGE_MODEL = "words"  # pages are found by the words of their text layer
THUMBNAIL_INPUT = PictureInput(size=224)
TURN_SECONDS = 2.0  # how often a watching library asks whether another process is done
QUIET_SECONDS = 10.0  # how often a watching library looks for drives that came or went


class Library:
    """One person's library in one folder on disk. Every method may be called from any thread.

    Opening is cheap: no model is loaded and no heavy package imported before the first search or index run.
    `search` may run while `index` runs in another thread.
    """

    def __init__(self, location: Path, shelf: ModelShelf, model: str | None) -> None:
        """Use `open`."""
        self._location = location
        self._shelf = shelf
        self._database = Database(location / CATALOGUE_FILE, migrate)
        self._catalogue = Catalogue(self._database)
        self._contents = Contents(self._database)
        self._summary = Summary(self._database, self._catalogue)
        self._log = VectorLog(self._database)
        self._thumbnails = Thumbnails(location / THUMBNAILS_FILE, self._token())
        self._generations = Generations(self._catalogue, self._contents, shelf, STARTER, model)
        self._presence = Presence(self._database)
        self._loading = threading.Lock()
        self._embedders: dict[ModelIdentity, LazyEmbedder] = {}
        self._indexes: dict[int, PictureIndex] = {}
        self._searchers: dict[ModelIdentity, Searcher] = {}
        self._query_pool: DecodePool | None = None
        self._closed = False

    @classmethod
    def open(cls, location: Path, model: str | None = None) -> Library:
        """Open or create. `model` overrides the chosen picture model for this object only.

        Raises LibraryTooNew, DiskFull, ModelError (unknown `model`), UserError.
        """
        location = location.resolve()
        shelf = ModelShelf(paths.models_folder())
        if model is not None:
            shelf.identity(model)
        try:
            with sentences(location / CATALOGUE_FILE):
                location.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"The library folder {location} cannot be made: {error.strerror}.") from error
        return cls(location, shelf, model)

    def close(self) -> None:
        with self._loading:
            self._closed = True
            if self._query_pool is not None:
                self._query_pool.close(cancel=True)
                self._query_pool = None
        self._thumbnails.close()
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def location(self) -> Path:
        return self._location

    # ---- folders

    def add_folder(self, folder: Path, excludes: Sequence[str] = ()) -> None:
        """Raises FolderError when it is missing, unreadable, no folder, or the library's own."""
        resolved = paths.readable_folder(folder)
        if resolved.is_relative_to(self._location.resolve()):
            raise FolderError(f"{folder} is the library's own folder.", "Choose a folder of pictures.")
        self._catalogue.add_folder(resolved, excludes)

    def remove_folder(self, folder: Path) -> None:
        """Forget a folder and what was indexed from it alone. The user's files are not touched.

        Raises FolderError when the library does not have it, LibraryInUse while it is being indexed.
        """
        known = {other.path for other in self._catalogue.folders()}
        path = next((path for path in (folder, folder.absolute(), folder.resolve()) if path in known), None)
        if path is None:
            raise FolderError(f"{folder} is not a folder of this library.")
        with self._changing():
            self._thumbnails.remove(self._catalogue.remove_folder(path))

    def folders(self) -> tuple[FolderStatus, ...]:
        return self._summary.folders(folder.id for folder in self._available_folders())

    def _available_folders(self) -> tuple[Folder, ...]:
        return tuple(f for f in self._catalogue.folders() if device_of(f) is not None)

    # ---- indexing

    def index(self, progress: Progress, cancel: CancelToken) -> IndexReport:
        """Bring the index up to date. Raises LibraryInUse, DiskFull, ModelError, Cancelled."""
        began = time.monotonic()
        with sentences(self._location / CATALOGUE_FILE), self._changing():
            target = self._generations.target()
            row = self._contents.model_id(target.identity)
            self._generations.begun(row)
            missing_before = self._catalogue.missing_count()
            report = survey(self._catalogue, self._location, progress, cancel)
            embedded, failed = self._embed_all(target.identity.name, row, progress, cancel)
            self._thumbnails.remove(self._catalogue.tidy())
            missing = self._catalogue.missing_count() - missing_before  # without those that only moved
            if self._contents.is_complete(row):
                self._generations.completed(row)
            pictures = self._pictures(row, target.identity.dimension)
            pictures.catch_up()
            pictures.save(cancel.checkpoint)
        return replace(
            report,
            files_missing=max(missing, 0),
            embedded=embedded,
            failed=failed,
            seconds=time.monotonic() - began,
        )

    def _embed_all(self, name: str, row: int, progress: Progress, cancel: CancelToken) -> tuple[int, int]:
        """Returns how many items were embedded, and how many files or pages failed."""
        if not self._catalogue.unread_count() and next(self._contents.unfinished(row), None) is None:
            return 0, 0
        workers = os.cpu_count() or 1
        limits = Limits.for_this_machine(workers)
        with DecodePool(limits, workers) as pool:
            run = Embedding(
                self._catalogue,
                self._contents,
                self._thumbnails,
                pool,
                self._embedder(name),
                limits.pixels,
            )
            run.run(progress, cancel)
        return run.embedded, run.failed

    def watch(self, progress: Progress, cancel: CancelToken) -> None:
        """Index, then again after every change below the folders, until cancelled (raises Cancelled)."""
        while True:
            self._index_in_turn(progress, cancel)
            there = [folder.path for folder in self._available_folders()]
            progress.start("watching", "files")
            for number, changed in enumerate(changes(there, self._location, QUIET_SECONDS, cancel)):
                if changed or number == 0:  # something may have changed before the watch began
                    self._index_in_turn(progress, cancel)
                    progress.start("watching", "files")
                if there != [folder.path for folder in self._available_folders()]:
                    break  # a drive came or went, a folder was added or removed
            cancel.checkpoint()

    def _index_in_turn(self, progress: Progress, cancel: CancelToken) -> None:
        """Index, once another process has finished doing so."""
        while True:
            try:
                self.index(progress, cancel)
                return
            except LibraryInUse:
                cancel.wait(TURN_SECONDS)
                cancel.checkpoint()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Only one process (and one thread) changes a library at a time; any number may search it."""
        lock = FileLock(self._location / LOCK_FILE, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryInUse(
                f"The library {self._location} is being indexed by another Findling.",
                "Wait until it is done, or stop it.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    # ---- searching

    def warm_up(self) -> None:
        """Load what the first search needs (model, index), so that it is not the one that waits."""
        self._searcher().warm_up()

    def search(self, query: Query) -> SearchResults:
        """Raises QueryError, ModelError."""
        return self._searcher().search(query)

    def thumbnail(self, item: int) -> bytes | None:
        """JPEG bytes, longer side at most 320 pixels; None when the item is unknown or unreadable now."""
        stored = self._thumbnails.get(item)
        if stored is not None:
            return stored
        found = self._contents.stored_items([item]).get(item)
        if found is None:
            return None
        try:
            path = next((path for path in found.paths if path.exists()), found.paths[0])
            thumbnail = self._decode(path, found.page or 1, THUMBNAIL_INPUT).thumbnail
        except FileProblem:
            return None
        self._thumbnails.put([(item, thumbnail)])
        return thumbnail

    def preview(self, picture: Path | bytes) -> bytes:
        """JPEG bytes of what may become a query, longer side at most 320 pixels. Raises QueryError."""
        name = picture.name if isinstance(picture, Path) else "The picture"
        try:
            return self._decode(picture, 1, THUMBNAIL_INPUT).thumbnail
        except FileProblem as problem:
            raise QueryError(f"{name} cannot be searched by: {problem}") from problem

    def evaluate(self, lines: Iterable[str], progress: Progress, cancel: CancelToken) -> Evaluation:
        """`lines`: JSON objects as in the command line's contract. Raises QueryError naming the bad line."""
        return evaluate(lines, self._searcher(), self._contents, progress, cancel)

    def _searcher(self) -> Searcher:
        answering = self._generations.answering()
        with self._loading:
            searcher = self._searchers.get(answering.identity)
        if searcher is None or searcher.empty:
            embedder = self._embedder(answering.identity.name)
            pictures = answering.row and self._pictures(answering.row, answering.identity.dimension)
            searcher = Searcher(
                self._contents,
                self._presence,
                PageWords(self._database),
                pictures or None,
                embedder,
                self._decode,
                lambda: [folder.path for folder in self._available_folders()],
            )
            with self._loading:
                self._searchers[answering.identity] = searcher
        return searcher

    def _decode(self, source: Path | bytes, page: int, wanted: PictureInput) -> DecodedItem:
        """One picture, decoded in a process of its own. Raises FileProblem."""
        limits = Limits.for_this_machine(1)
        with self._loading:
            if self._closed:
                raise FileProblem(ProblemKind.VANISHED, "The library is closed.")
            if self._query_pool is None:
                self._query_pool = DecodePool(limits, 1)
            pool = self._query_pool
        job = DecodeJob(source, wanted, first_page=page, page_limit=1, pixel_cap=limits.pixels)
        decoded = pool.submit(job).result()
        if decoded.problems:
            raise FileProblem(ProblemKind(decoded.problems[0].kind), decoded.problems[0].message)
        if not decoded.items or decoded.items[0].page not in (None if page == 1 else page, page):
            raise FileProblem(ProblemKind.NO_PAGES, "The document no longer has that page.")
        return decoded.items[0]

    def _embedder(self, name: str) -> LazyEmbedder:
        identity = self._shelf.identity(name)  # a model may be replaced under its name by another process
        with self._loading:
            if identity not in self._embedders:
                self._embedders[identity] = LazyEmbedder(
                    identity, self._shelf.picture_input(name), lambda: self._shelf.load(name)
                )
            return self._embedders[identity]

    def _pictures(self, model: int, dimension: int) -> PictureIndex:
        with self._loading:
            if model not in self._indexes:
                self._indexes[model] = PictureIndex(
                    self._log, model, dimension, self._location / INDEX_FOLDER
                )
            return self._indexes[model]

    # ---- what there is

    def status(self) -> LibraryStatus:
        counts = self._summary.counts(self._generations.pending_row())
        return LibraryStatus(
            folders=self.folders(),
            files=counts.files,
            items=counts.photos + counts.pages,
            photos=counts.photos,
            pages=counts.pages,
            failed=counts.failed,
            missing=counts.missing,
            pending=counts.pending,
            model=self._generations.answering().identity.name,
            page_model=PAGE_MODEL,
            library_bytes=paths.size_of(self._location),
        )

    def failures(self) -> Iterator[FailedFile]:
        """One entry a file, in path order."""
        return self._catalogue.failures()

    def retry_failed(self) -> int:
        """Forget the failures, so that the next `index` tries those files again. Returns how many."""
        return self._catalogue.forget_failures()

    # ---- models

    def models(self) -> tuple[ModelStatus, ...]:
        chosen, answering = self._generations.chosen_name(), self._generations.answering().identity.name
        return tuple(
            self._shelf.status(name, active=name == answering, pending=name == chosen and name != answering)
            for name in self._shelf.names()
        )

    def use_model(self, name: str) -> None:
        """Choose a picture model; the old vectors answer until the new are complete. Raises ModelError."""
        self._generations.choose(name)

    def get_model(self, name: str, progress: Progress, cancel: CancelToken) -> None:
        """Download (resumes, verified). Raises ModelError, HubError, DiskFull, Cancelled."""
        self._shelf.download(name, progress, cancel)

    def add_model(self, name: str, source: Path) -> None:
        """Install a model from a folder or a checkpoint on disk. Raises ModelError."""
        self._shelf.add(name, source)

    def _token(self) -> int:
        """What tells this catalogue from any other."""
        if not self._catalogue.meta("token"):
            self._catalogue.set_meta("token", str(secrets.randbits(TOKEN_BITS)))
        return int(self._catalogue.meta("token"))
