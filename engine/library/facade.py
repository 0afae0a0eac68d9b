"""The façade: everything that the window and the command line call."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from engine import paths, permissions
from engine.errors import FolderError, LibraryReadOnly, UserError
from engine.ingest.pipeline.sync_files import find_connected_folders
from engine.ingest.scanning.file_formats import is_supported
from engine.library.active_model import PAGE_SLOT, PICTURE_SLOT, ModelRollover
from engine.library.background_passes import BackgroundPasses
from engine.library.cleanup import LibraryCleanup
from engine.library.clusters import ClusterService
from engine.library.folders import FolderService
from engine.library.indexing import IndexingService
from engine.library.item_facts import item_facts
from engine.library.opening import open_catalogue
from engine.library.removal_check import RemovalCheck
from engine.library.resource_cache import INDEX_FOLDER, ResourceCache
from engine.library.search_service import SearchService
from engine.library.write_lock import WriteLock
from engine.models.model_process import RemoteRegistry
from engine.models.registry import ModelRegistry
from engine.models.specs import PAGE_STARTER
from engine.models.text.passages import PASSAGE_MODEL
from engine.progress import CancelToken, Progress
from engine.records import (
    DuplicateGroup,
    Evaluation,
    Explanation,
    FailedFile,
    FileDiagnosis,
    FolderStatus,
    Hit,
    IndexReport,
    ItemFacts,
    LibraryStatus,
    ModelStatus,
    Query,
    SearchResults,
    Theme,
)
from engine.samples import write_samples
from engine.search.text.word_search import WordSearch
from engine.settings import SETTINGS_FILE, SettingsFile
from engine.store.clusters.cluster_store import ClusterStore
from engine.store.clusters.duplicates import DuplicateFiles
from engine.store.database.connection import read_only_error, translate_errors
from engine.store.database.integrity import find_damage
from engine.store.files.catalogue import Catalogue
from engine.store.files.choices_backup import BACKUP_FILE, TOKEN_KEY
from engine.store.files.file_names import FileNames
from engine.store.files.file_states import FileStates
from engine.store.files.library_counts import LibraryCounts
from engine.store.items.contents import Contents
from engine.store.items.documents import Documents
from engine.store.items.item_table import ItemTable
from engine.store.items.locations import ItemLocations
from engine.store.items.outdated_dates import OutdatedDates
from engine.store.items.thumbnails import Thumbnails
from engine.store.items.vector_log import VectorLog
from engine.store.pages.ocr_results import OcrResults
from engine.store.pages.page_texts import PageTexts
from engine.store.pages.page_vectors import PageVectorStore
from engine.store.pages.passages import PassageStore

CATALOGUE_FILE = "catalogue.sqlite"
THUMBNAILS_FILE = "thumbnails.sqlite"
SAMPLE_PICTURES = "Sample pictures"
TOKEN_BITS = 31
EXPLAINED_SIDE = 1600  # pixels


class Library:
    """One person's library, in one folder on disk. Thread-safe.

    Opening is cheap: no model is loaded and no heavy package imported before the first search or indexing
    run. `search` may run while `index` runs in another thread. `notices` has sentences about repairs of a
    damaged library.
    """

    def __init__(
        self, location: Path, registry: ModelRegistry, model: str | None, read_text: bool = True
    ) -> None:
        """Use `open`. `read_text` False: no OCR, whatever the settings say."""
        self._location = location
        self._registry = registry
        self._write_lock = WriteLock(location)
        opened = open_catalogue(location / CATALOGUE_FILE, self._write_lock)
        self._database, self._kept = opened.database, opened.kept
        self.notices = opened.notices  # sentences about repairs of a damaged library
        self._catalogue = Catalogue(self._database)
        contents = self._contents = Contents(self._database)
        page_vectors = PageVectorStore(self._database)
        self._passages = PassageStore(self._database)
        self._summary = LibraryCounts(self._database, self._catalogue)
        self._ocr_results = OcrResults(self._database)
        self._thumbnails = Thumbnails(location / THUMBNAILS_FILE, self._catalogue_token(), self.read_only)
        if not self.read_only:
            self._kept.update(self._database)
        kind = registry.kind_of(model) if model else None
        self._pictures = ModelRollover(
            self._catalogue, contents, registry, PICTURE_SLOT, model if kind == "pictures" else None
        )
        self._pages = ModelRollover(
            self._catalogue, contents, registry, PAGE_SLOT, model if kind == "pages" else None
        )
        self._file_states = FileStates(self._database)
        self._folders = FolderService(location, self._catalogue, self._file_states, self._pictures)
        self._settings = SettingsFile(location / SETTINGS_FILE)
        log, item_table, cluster_store = (
            VectorLog(self._database),
            ItemTable(self._database),
            ClusterStore(self._database),
        )
        resources = ResourceCache(registry, log, page_vectors, self._passages, location)
        self._clusters = ClusterService(
            cluster_store,
            DuplicateFiles(self._database),
            item_table,
            self._thumbnails,
            log,
            resources,
            self._pictures,
            lambda item, side: self._search.open_scaled(item, side),  # noqa: PLW0108 - created below
        )
        self._search = SearchService(
            contents,
            FileNames(self._database),
            Documents(self._database),
            item_table,
            WordSearch(self._database, resources.whole_words, resources.english, item_table=item_table),
            page_vectors,
            self._thumbnails,
            resources,
            self._pictures,
            self._pages,
            cluster_store,
            ItemLocations(self._database).of,
            lambda: find_connected_folders(self._catalogue),
        )
        self._indexing = IndexingService(
            location,
            self._catalogue,
            contents,
            self._thumbnails,
            resources,
            self._pictures,
            lambda: BackgroundPasses(
                self._clusters,
                contents,
                OutdatedDates(self._database),
                PageTexts(self._database),
                self._ocr_results,
                self._thumbnails,
                self._passages,
                page_vectors,
                resources,
                self._pages,
                lambda: read_text and self._settings.load().read_text,
                self.on_files_changed,
            ),
            self._write_lock,
            LibraryCleanup(
                self._database,
                contents,
                self._thumbnails,
                location / INDEX_FOLDER,
                (self._pictures, self._pages),
            ),
        )

    @classmethod
    def open(cls, location: Path, model: str | None = None, models_apart: bool = False) -> Library:
        """Open or create a library. `model` overrides the chosen model of its kind, for this object only.

        `models_apart`: run models in a process of their own, so that loading one blocks nothing here. Raises
        LibraryTooNew, LibraryDamaged, DiskFull, ModelError (unknown `model`), UserError.
        """
        location = location.resolve()
        registry = (RemoteRegistry if models_apart else ModelRegistry)(paths.models_folder())
        registry.remove_leftovers()
        if model is not None:
            registry.identity_of(model)
        try:
            with translate_errors(location / CATALOGUE_FILE):
                permissions.make_folder(location)
        except OSError as error:
            raise UserError(f"The library folder {location} cannot be made: {error.strerror}.") from error
        permissions.revoke_others_access(location)
        return cls(location, registry, model)

    @staticmethod
    def is_missing(location: Path) -> bool:
        """Whether there is certainly no library at `location`, nor a backup to restore one from."""
        return all(paths.is_missing(location / name) for name in (CATALOGUE_FILE, BACKUP_FILE))

    @staticmethod
    def find_damage(location: Path) -> UserError | None:
        """The damage to report after an unexpected error; None if there is none. May take seconds."""
        return find_damage(location / CATALOGUE_FILE)

    def close(self) -> None:
        """Close the databases and end the worker processes; nothing else may be called afterwards."""
        self._search.close()
        self._thumbnails.close()
        self._database.close()
        self._registry.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def location(self) -> Path:
        """The library's folder, with links resolved."""
        return self._location

    @property
    def read_only(self) -> bool:
        """Whether the library can only be searched; anything that writes raises LibraryReadOnly."""
        return self._database.read_only

    @property
    def unwritable(self) -> LibraryReadOnly:
        """The error that explains why the library is read-only."""
        return read_only_error(self._location / CATALOGUE_FILE)

    def on_commit(self, told: Callable[[], None]) -> None:
        """Call `told` after each change of the catalogue by this object, in the thread that made it.

        It must be fast and must not raise. Changes by other processes show only in `status`.
        """
        self._database.on_commit = told

    # ---- folders

    def add_folder(self, folder: Path, excludes: Sequence[str] = ()) -> None:
        """Add a folder, or more excludes to a known one, and request a rescan.

        Raises FolderError if it is missing, unreadable, not a folder, or the library's own.
        """
        resolved = paths.readable_folder(folder)
        if resolved.is_relative_to(self._location.resolve()):
            raise FolderError(f"{folder} is the library's own folder.", "Choose a folder of pictures.")
        self._folders.include_again(resolved)
        self._catalogue.add_folder(resolved, excludes, self._folders.unplugged_below(resolved))
        self._kept.update(self._database)
        self._indexing.request_rescan()

    def add_samples(self) -> Path:
        """Write sample pictures and documents, add their folder, and return it.

        Raises UserError if the photographs are not installed or nothing can be written, DiskFull.
        """
        folder = paths.samples_folder() / SAMPLE_PICTURES
        write_samples(folder)
        self.add_folder(folder)
        return folder

    def remove_folder(self, folder: Path) -> FolderStatus:
        """Remove a folder and what was indexed only from it; the user's files are not touched.

        Returns the removed folder's status, with which it can be added again. Raises FolderError if it is not
        in the library, LibraryInUse while the library is being indexed.
        """
        known = {other.path for other in self._catalogue.folders()}
        path = next((path for path in (folder, folder.absolute(), folder.resolve()) if path in known), None)
        if path is None:
            raise FolderError(f"{folder} is not a folder of this library.")
        with self._write_lock.exclusive():
            removed = next((each for each in self.folders() if each.path == path), None)
            if removed is None:  # somebody else removed it while we waited
                raise FolderError(f"{folder} is not a folder of this library.")
            self._thumbnails.remove(self._catalogue.remove_folder(path))
            self._kept.update(self._database)
        return removed

    def exclude(self, folder: Path) -> None:
        """Exclude a folder below one of the library's from searches. Raises FolderError."""
        self._folders.exclude(folder)
        self._kept.update(self._database)
        self._indexing.request_rescan()

    def include(self, folder: Path) -> None:
        """Undo `exclude`, from the rescan that this requests. Raises FolderError."""
        self._folders.include(folder)
        self._kept.update(self._database)
        self._indexing.request_rescan()

    def diagnose(self, path: Path) -> FileDiagnosis:
        """Why a file is found or not, and what to do about it."""
        return self._folders.diagnose(path)

    @staticmethod
    def is_supported(name: str) -> bool:
        """Whether a file of that name has a supported type."""
        return is_supported(name)

    def folders(self) -> tuple[FolderStatus, ...]:
        """The folders of the library with their counts, sorted by path."""
        return self._folders.statuses(self._summary)

    # ---- indexing

    def index(self, progress: Progress, cancel: CancelToken) -> IndexReport:
        """Bring the index up to date: first picture vectors, then OCR, then page vectors.

        Raises LibraryInUse, DiskFull, ModelError, Cancelled; what was done until then is kept.
        """
        return self._indexing.index(progress, cancel)

    def watch(self, progress: Progress, cancel: CancelToken) -> None:
        """Index, and again after every change below the folders, until cancelled (raises Cancelled)."""
        self._indexing.watch(progress, cancel)

    # ---- searching

    def warm_up(self) -> None:
        """Load what the first search needs (model, index), so that it need not wait."""
        self._search.warm_up()

    def search(self, query: Query) -> SearchResults:
        """The hits of ranks `query.offset` + 1 to `query.limit`. Raises QueryError, ModelError.

        A query with an offset continues the ranking of the same query without one, in a few milliseconds.
        """
        return self._search.search(query)

    def browse(self, query: Query) -> SearchResults:
        """The items that pass the scope and filters, newest first, without a model. Raises QueryError.

        Sorted by the day they were taken, else by the file's modification date. Texts and pictures of the
        query are ignored.
        """
        return self._search.browse(query)

    def hits(self, items: Sequence[int]) -> tuple[Hit, ...]:
        """These items as hits, in this order; deleted ones are left out."""
        return self._search.hits(items)

    def document(self, item: int) -> tuple[Hit, ...]:
        """All pages of the item's document in order; for a photograph only itself; empty if it is deleted."""
        return self._search.document(item)

    def explanation(self, query: Query, item: int) -> Explanation:
        """Where on the item the match is; empty if nothing is known. Raises ModelError."""
        return self._search.explanation(query, item)

    def explain(self, query: Query, item: int) -> bytes:
        """PNG of the item with the explanation drawn on it. Raises UserError if it cannot be shown."""
        return self._search.explain(query, item, EXPLAINED_SIDE)

    def picture(self, item: int, side: int) -> bytes:
        """JPEG of the item, upright, its longer side at most `side` pixels.

        Raises UserError if it cannot be shown now.
        """
        return self._search.picture(item, side)

    def region(self, item: int, box: tuple[float, float, float, float]) -> bytes:
        """JPEG of a part of the item: left, top, right, bottom in fractions, from the top left.

        Raises QueryError for an empty or invalid box, UserError if the item cannot be shown now.
        """
        return self._search.region(item, box)

    def thumbnail(self, item: int) -> bytes | None:
        """JPEG bytes, longer side at most 320 pixels; None if the item is unknown or unreadable now."""
        return self._search.thumbnail(item)

    def facts(self, item: int) -> ItemFacts:
        """Details of an item and its file. Raises UserError if the file is gone."""
        return item_facts(item, self._contents, self._search.camera_metadata)

    def preview(self, picture: Path | bytes) -> bytes:
        """JPEG bytes of a query picture, longer side at most 320 pixels. Raises QueryError."""
        return self._search.preview(picture)

    def evaluate(self, lines: Iterable[str], progress: Progress, cancel: CancelToken) -> Evaluation:
        """Measure the queries in `lines`, JSON objects as in the command line's contract.

        Raises QueryError with the number of the bad line, ModelError, Cancelled.
        """
        return self._search.evaluate(lines, progress, cancel)

    # ---- contents and changes

    def themes(self) -> tuple[Theme, ...]:
        """The themes of the library, the biggest first. Takes milliseconds."""
        return self._clusters.themes()

    def duplicates(self) -> tuple[DuplicateGroup, ...]:
        """Copies, near-duplicates and bursts; first the group that frees most if only the best file stays."""
        return self._clusters.duplicates()

    def removal_check(self, cancel: CancelToken) -> RemovalCheck:
        """Checks that files to remove, and those that stay, are still what was shown."""
        return RemovalCheck(self._file_states, cancel)

    def status(self) -> LibraryStatus:
        """The counts of the whole library and its models. Reads the database and measures the folder."""
        counts = self._summary.counts(self._pictures.pending_row())
        return LibraryStatus(
            folders=self.folders(),
            files=counts.files,
            copies=counts.copies,
            items=counts.photos + counts.pages,
            photos=counts.photos,
            pages=counts.pages,
            failed=counts.failed,
            missing=counts.missing,
            pending=counts.pending,
            unread=self._ocr_results.pending_count(),
            unembedded=self._passages.pending_count(self._contents.find_model(PASSAGE_MODEL)),
            meaning_problem=self._registry.text_encoder_problem(),
            model=self._pictures.serving().identity.name,
            page_model=self._pages.serving().identity.name,
            library_bytes=paths.folder_bytes(self._location),
        )

    def failures(self) -> Iterator[FailedFile]:
        """The problems of files in path order; a file may have several."""
        return self._catalogue.failures()

    def on_files_changed(self) -> None:
        """Report changes to files below the folders: a running index scans them before it continues."""
        self._indexing.request_rescan()

    def on_settings_changed(self) -> None:
        """Report changed settings: a running index applies them from now on."""
        self._indexing.request_rescan()

    def retry_failed(self, paths: Sequence[Path] | None = None) -> int:
        """Forget the failures of these files (None: of all), so that the current or next run retries them.

        Returns how many there were.
        """
        count = self._catalogue.forget_failures(paths)
        self._indexing.request_rescan()
        return count

    # ---- models

    def models(self) -> tuple[ModelStatus, ...]:
        """All models. One is both active and pending while an earlier revision of it answers."""
        slots = {"pictures": self._pictures, "pages": self._pages}
        chosen = {kind: slot.chosen_name() for kind, slot in slots.items()}
        serving = {kind: slot.serving().identity for kind, slot in slots.items()}
        statuses: list[ModelStatus] = []
        for name in self._registry.model_names():
            kind = self._registry.kind_of(name)
            active = name == serving[kind].name
            current = active and self._registry.identity_of(name) == serving[kind]
            pending = name == chosen[kind] and not current
            status = self._registry.model_status(name, active=active, pending=pending)
            statuses.append(replace(status, prepared=self._prepared(name)) if pending else status)
        return tuple(statuses)

    def _prepared(self, name: str) -> float:
        if not self._registry.is_installed(name):
            return 0.0
        row = self._contents.find_model(self._registry.identity_of(name))
        return self._contents.embedded_share(row, text_only=self._registry.kind_of(name) == "pages")

    def use_model(self, name: str) -> None:
        """Choose the model of its kind; the old vectors answer until the new ones are complete.

        Raises ModelError.
        """
        slot = self._pictures if self._registry.kind_of(name) == "pictures" else self._pages
        slot.choose(name)
        self._kept.update(self._database)
        if name == PAGE_STARTER:  # has no vectors of its own that could be incomplete
            self._pages.on_completed(self._contents.model_id(self._registry.identity_of(name)))
        self._indexing.on_model_chosen()

    def get_model(self, name: str, progress: Progress, cancel: CancelToken) -> None:
        """Download a model, resuming and verifying it. Raises ModelError, HubError, DiskFull, Cancelled."""
        self._registry.download(name, progress, cancel)

    def add_model(self, name: str, source: Path) -> None:
        """Install a model from a folder or a checkpoint on disk. Raises ModelError, DiskFull."""
        self._registry.add_from_disk(name, source)

    def _catalogue_token(self) -> int:
        """Identifies this catalogue; 0 if it has no token and cannot be written to."""
        token = self._catalogue.meta(TOKEN_KEY)
        if token.isascii() and token.isdecimal() and 0 < int(token) < 1 << TOKEN_BITS:
            return int(token)
        if self.read_only:
            return 0
        number = 1 + secrets.randbelow((1 << TOKEN_BITS) - 1)
        self._catalogue.set_meta(TOKEN_KEY, str(number))
        return number
