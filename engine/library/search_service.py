"""Answers searches and provides the pictures of their hits."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import FileProblem, ProblemKind, QueryError, UserError
from engine.index.passage_index import PassageIndex
from engine.ingest.decode import DecodeJob
from engine.ingest.decoding.camera_metadata import CameraMetadata
from engine.ingest.pools import DecodePool
from engine.ingest.scanning.hashing import hash_content
from engine.ingest.workers.limits import DecodeLimits
from engine.library.active_model import ModelRollover, ServedModel
from engine.library.resource_cache import ResourceCache
from engine.models.specs import PAGE_STARTER, STARTER
from engine.models.starter.label_similarity import LabelSimilarity
from engine.models.text.passages import PASSAGE_MODEL
from engine.paths import ConnectedFolders, first_reachable
from engine.progress import CancelToken, Progress
from engine.records import (
    DecodedItem,
    Evaluation,
    Explanation,
    Hit,
    PictureInput,
    Query,
    SearchResults,
    Verdict,
)
from engine.search.confidence.calibration import Calibrator
from engine.search.evaluation.evaluate import evaluate
from engine.search.images.image_search import ImageSearch
from engine.search.images.query_encoder import QueryEncoder
from engine.search.images.query_pictures import QueryPictures
from engine.search.pages.late_interaction import LateInteractionSearch
from engine.search.pages.page_search import PageModel, PageSearch
from engine.search.query.kind_classifier import KindClassifier
from engine.search.query.language_detection import LanguageDetector
from engine.search.query.parsing import parse
from engine.search.results.browsing import browse
from engine.search.results.document_groups import DocumentGroups
from engine.search.results.explanation_image import draw_explanation
from engine.search.results.filtering import ItemFilter
from engine.search.results.hit_builder import HitBuilder
from engine.search.run import Searcher
from engine.search.text.passage_search import PassageSearch
from engine.search.text.word_search import WordSearch
from engine.store.clusters.cluster_store import ClusterStore
from engine.store.files.file_names import FileNames
from engine.store.items.contents import Contents
from engine.store.items.documents import Documents
from engine.store.items.item_table import ItemTable
from engine.store.items.locations import LocationsOf
from engine.store.items.thumbnails import Thumbnails
from engine.store.pages.page_vectors import PageVectorStore

if TYPE_CHECKING:
    from PIL.Image import Image

THUMBNAIL_INPUT = PictureInput(size=224)
JPEG_QUALITY = 90
REGION_SIDE = 2048  # pixels: the size a picture is decoded at before a region is cut out


class SearchService:
    """Thread-safe; works while the library is being indexed."""

    def __init__(
        self,
        contents: Contents,
        files: FileNames,
        documents: Documents,
        item_table: ItemTable,
        words: WordSearch,
        page_vectors: PageVectorStore,
        thumbnails: Thumbnails,
        resources: ResourceCache,
        pictures: ModelRollover,
        pages: ModelRollover,
        cluster_store: ClusterStore,
        locations_of: LocationsOf,
        reach: Callable[[], ConnectedFolders],
    ) -> None:
        self._contents = contents
        self._files = files
        self._locations_of = locations_of
        self._item_filter = ItemFilter(item_table, cluster_store.theme_items)
        self._reach = reach
        self._hit_builder = HitBuilder(contents, documents, reach, cluster_store.groups_of, words.texts_of)
        self._words = words
        self._page_vectors = page_vectors
        self._thumbnails = thumbnails
        self._resources = resources
        self._languages = LanguageDetector()
        self._meaning = PassageSearch(resources.text_encoder, self._passages, self._is_english)
        self._picture_models = pictures
        self._page_models = pages
        self._lock = threading.Lock()
        self._searchers: dict[tuple[ServedModel, ServedModel], Searcher] = {}
        self._pool: DecodePool | None = None
        self._closed = False

    def close(self) -> None:
        """Stop the decoding process; later calls that decode raise FileProblem."""
        with self._lock:
            self._closed = True
            if self._pool is not None:
                self._pool.close(cancel=True)
                self._pool = None

    # ---- searching

    def warm_up(self) -> None:
        """Load the models and indexes of the next search. Raises ModelError."""
        self._searcher().warm_up()

    def search(self, query: Query) -> SearchResults:
        """Rank items by the query. Raises QueryError, ModelError."""
        return self._searcher().search(query)

    def browse(self, query: Query) -> SearchResults:
        """The items that pass the query's filters, sorted by date instead of ranked."""
        model = self._picture_models.serving().identity.name
        hits = self._hit_builder.build(
            DocumentGroups(browse(self._item_filter, query, self._locations_of)), query
        )
        return SearchResults(hits, Verdict.NONE, model, ranked=False)

    def hits(self, items: Sequence[int]) -> tuple[Hit, ...]:
        """The given items as hits, in that order; items that are not in the library are left out."""
        return self._hit_builder.build_unranked(items)

    def document(self, item: int) -> tuple[Hit, ...]:
        """All pages of the item's document as hits."""
        return self._hit_builder.build_unranked(self._contents.document_of(item))

    def explanation(self, query: Query, item: int) -> Explanation:
        """Where on the item the match is. Raises QueryError, ModelError."""
        return self._searcher().pages.explanation(parse(query.text).text, item)

    def evaluate(self, lines: Iterable[str], progress: Progress, cancel: CancelToken) -> Evaluation:
        """Measure how well the queries, one JSON object a line, are answered.

        Raises QueryError, Cancelled.
        """
        return evaluate(lines, self._searcher(), self._contents, progress, cancel)

    def _searcher(self) -> Searcher:
        """The searcher for the models that answer now; it keeps its calibration of the library."""
        serving = self._picture_models.serving(), self._page_models.serving()
        with self._lock:
            searcher = self._searchers.get(serving)
        if searcher is None:
            searcher = self._new_searcher(*serving)
            with self._lock:
                self._searchers = {serving: searcher}
        return searcher

    def _new_searcher(self, pictures: ServedModel, pages: ServedModel) -> Searcher:
        is_starter = pictures.identity.name == STARTER
        kind_classifier = KindClassifier()
        query_pictures = QueryPictures(self.decode, partial(hash_content, cancel=CancelToken()))
        return Searcher(
            pictures.identity.name,
            self._image_search(pictures, query_pictures, kind_classifier),
            PageSearch(self._words, self._page_model(pages), self._item_filter.rows, self._meaning),
            self._files,
            self._item_filter,
            query_pictures,
            kind_classifier,
            self._hit_builder,
            self._locations_of,
            self._languages if is_starter else None,
        )

    def _image_search(
        self, model: ServedModel, query_pictures: QueryPictures, kind_classifier: KindClassifier
    ) -> ImageSearch | None:
        if model.row is None:
            return None
        index = self._resources.pictures(model.row, model.identity.dimension)
        embedder = self._resources.embedder(model.identity)
        labels = LabelSimilarity.load() if model.identity.name == STARTER else None
        encoder = QueryEncoder(embedder, query_pictures, self._contents, kind_classifier, labels)
        calibrator = Calibrator(embedder, self._item_filter.rows)
        return ImageSearch(index, encoder, calibrator, self._locations_of)

    def _passages(self) -> PassageIndex | None:
        row = self._contents.find_model(PASSAGE_MODEL)
        return None if row is None else self._resources.passages(row)

    def _is_english(self, text: str) -> bool:
        return self._languages.foreign_language(parse(text)) is None

    def _page_model(self, pages: ServedModel) -> PageModel | None:
        if pages.row is None or pages.identity.name == PAGE_STARTER:
            return None
        candidates = self._resources.candidates(pages.row, pages.identity.dimension)
        return PageModel(
            self._resources.page_embedder(pages.identity.name),
            LateInteractionSearch(self._page_vectors, candidates, pages.row),
        )

    # ---- pictures

    def thumbnail(self, item: int) -> bytes | None:
        """The item's JPEG thumbnail, decoded and stored if it is missing; None if its file cannot be read."""
        stored = self._thumbnails.get(item)
        if stored is not None:
            return stored
        try:
            thumbnail = self._decode_item(item, THUMBNAIL_INPUT).thumbnail
        except FileProblem:
            return None
        self._thumbnails.put([(item, thumbnail)])
        return thumbnail

    def preview(self, picture: Path | bytes) -> bytes:
        """A JPEG thumbnail of a query picture. Raises QueryError if it cannot be decoded."""
        name = picture.name if isinstance(picture, Path) else "The picture"
        try:
            return self.decode(picture, 1, THUMBNAIL_INPUT).thumbnail
        except FileProblem as problem:
            raise QueryError(f"{name} cannot be searched by: {problem}") from problem

    def picture(self, item: int, side: int) -> bytes:
        """The item as JPEG, the longer side at most `side` pixels.

        Raises UserError if its file cannot be read.
        """
        return _encode_image(self._decode_large(item, side), "JPEG")

    def region(self, item: int, box: tuple[float, float, float, float]) -> bytes:
        """A part of the item as JPEG. `box`: left, top, right, bottom as fractions from 0 to 1.

        Raises QueryError for an empty or invalid box, UserError if the file cannot be read.
        """
        left, top, right, bottom = box
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise QueryError("That is no part of the picture.", "Draw a rectangle within it.")
        whole = self._decode_large(item, REGION_SIDE)
        width, height = whole.size
        # At least one pixel, however narrow the box is.
        part = floor(left * width), floor(top * height), ceil(right * width), ceil(bottom * height)
        return _encode_image(whole.crop(part), "JPEG")

    def explain(self, query: Query, item: int, side: int) -> bytes:
        """The item as PNG with the match drawn on it. Raises UserError, QueryError, ModelError."""
        return _encode_image(
            draw_explanation(self._decode_large(item, side), self.explanation(query, item)), "PNG"
        )

    def open_scaled(self, item: int, side: int) -> Image | None:
        """The item in RGB, the longer side at most `side` pixels; None if its file cannot be read."""
        try:
            return self._open_picture(item, side)
        except FileProblem:
            return None

    def _decode_large(self, item: int, side: int) -> Image:
        try:
            return self._open_picture(item, side)
        except FileProblem as problem:
            raise UserError(f"The picture cannot be shown: {problem}") from problem

    def _open_picture(self, item: int, side: int) -> Image:
        """Raises FileProblem."""
        from PIL.Image import fromarray

        return fromarray(self._decode_item(item, PictureInput(side, "fit")).pixels)

    def _decode_item(self, item: int, wanted: PictureInput) -> DecodedItem:
        """Raises FileProblem."""
        found = self._contents.stored_items([item]).get(item)
        if found is None:
            raise FileProblem(ProblemKind.VANISHED, "It is no longer in the library.")
        try:
            return self.decode(first_reachable(found.paths), found.page or 1, wanted)
        except FileProblem as problem:
            if problem.kind is ProblemKind.VANISHED and not self._connected(found.paths):
                raise FileProblem(ProblemKind.VANISHED, "Its drive is not connected.") from problem
            raise

    def _connected(self, paths: Sequence[Path]) -> bool:
        return any(map(self._reach().holds, paths))

    def decode(self, source: Path | bytes, page: int, wanted: PictureInput) -> DecodedItem:
        """Decode one picture or page (from 1) in a separate process. Raises FileProblem."""
        limits = DecodeLimits.for_this_machine(1)
        job = DecodeJob(source, wanted, first_page=page, page_limit=1)
        decoded = self._workers(limits).submit(job).result()
        if decoded.problems:
            raise FileProblem(ProblemKind(decoded.problems[0].kind), decoded.problems[0].message)
        if not decoded.items or decoded.items[0].page not in (None if page == 1 else page, page):
            raise FileProblem(ProblemKind.NO_PAGES, "The document no longer has that page.")
        return decoded.items[0]

    def camera_metadata(self, path: Path) -> CameraMetadata:
        """Read the camera's metadata of a file in a separate process. Raises FileProblem."""
        job = DecodeJob(path, THUMBNAIL_INPUT, metadata_only=True)
        return (
            self._workers(DecodeLimits.for_this_machine(1)).submit(job).result().metadata or CameraMetadata()
        )

    def _workers(self, limits: DecodeLimits) -> DecodePool:
        with self._lock:
            if self._closed:
                raise FileProblem(ProblemKind.VANISHED, "The library is closed.")
            if self._pool is None:
                self._pool = DecodePool(limits, 1)
            return self._pool


def _encode_image(image: Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=JPEG_QUALITY)
    return buffer.getvalue()
