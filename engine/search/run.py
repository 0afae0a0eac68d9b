"""A whole search: encode the query, rank photographs and pages in their own spaces, fuse, judge, describe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import FileProblem, QueryError
from engine.index.pictures import PictureIndex
from engine.ingest.hashing import content_hash
from engine.models.base import PictureEmbedder
from engine.progress import CancelToken
from engine.records import (
    DecodedItem,
    Hit,
    PictureInput,
    Query,
    Scope,
    SearchResults,
    Vector,
    Vectors,
    Verdict,
    Why,
)
from engine.search.pages import Asked, PageSearch
from engine.search.query import combine, parse
from engine.search.ranked import SURENESS, Ranked, fused, together
from engine.search.verdict import (
    REFERENCE_PHRASES,
    Reference,
    picture_reference,
    text_reference,
    weakest,
)
from engine.search.wanted import asks_what_is_written, wanted
from engine.store.contents import Contents
from engine.store.presence import Presence, Present

DecodePicture = Callable[[Path | bytes, int, PictureInput], DecodedItem]

SAMPLE = 400  # vectors that stand for the library where its statistics are needed
GROWTH = 0.02  # a library that grew by more than this share is measured anew
DEPTH = 50  # of a ranking that is to be joined with others, however few hits are asked for
WRITTEN = 1 + max(SURENESS.values())  # a page that says what is asked for
NOTHING_INDEXED = "Nothing is indexed yet: add a folder first."


@dataclass(frozen=True, slots=True)
class Part:
    """One text or picture that the query asks for."""

    vector: Vector
    is_text: bool


@dataclass(frozen=True, slots=True)
class Encoded:
    """A query in the space of the picture vectors."""

    vector: Vector
    wanted: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Pictured:
    """What the picture vectors answered, or why they could not."""

    photos: tuple[Ranked, ...] = ()
    pages: tuple[Ranked, ...] = ()
    error: QueryError | None = None


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the scores on a library are compared with."""

    size: int  # of the library when it was taken
    sample: Vectors  # (count, dimension): stands for the library's pictures
    text: Reference
    picture: Reference


class Stopwatch:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            elapsed = (time.perf_counter() - began) * 1000
            self.milliseconds[name] = self.milliseconds.get(name, 0.0) + elapsed


class Searcher:
    """Answers queries with one model. Safe to use from several threads."""

    def __init__(
        self,
        contents: Contents,
        presence: Presence,
        pages: PageSearch,
        pictures: PictureIndex | None,
        embedder: PictureEmbedder,
        decode: DecodePicture,
        available_folders: Callable[[], Sequence[Path]],
    ) -> None:
        """`pictures`: None while the model has no vectors. `decode` may raise FileProblem."""
        self._contents = contents
        self._presence = presence
        self._pages = pages
        self._pictures = pictures
        self._embedder = embedder
        self._decode = decode
        self._available_folders = available_folders
        self._measuring = threading.Lock()
        self._yardstick: Yardstick | None = None
        self._phrases: Vectors | None = None

    def warm_up(self) -> None:
        """Do once what is slow the first time."""
        if self._pictures is not None:
            self._pictures.catch_up()
            self._presence.everywhere()
            self._measured(self._pictures)
        self._pages.warm_up()

    def search(self, query: Query) -> SearchResults:
        """Raises QueryError when the query is empty, or a picture of it cannot be read; ModelError."""
        watch = Stopwatch()
        parsed = parse(query.text)
        depth = max(query.limit, DEPTH)
        asked = Asked(parsed.text, (*parsed.not_text, *query.not_text), parsed.phrases, depth)
        if not asked.text and not query.like and not query.like_items:
            raise QueryError("The query is empty.", "Type some words, or give a picture.")
        with watch.stage("presence"):
            narrowed = bool(query.folders or query.file_types)
            held = self._presence.held(query.folders, query.file_types) if narrowed else None
            present = held or self._presence.everywhere()
            readable = _readable(query, present)
        with ThreadPoolExecutor(1, "words") as beside:  # SQLite and the scan keep a processor busy each
            coming = beside.submit(self._by_words, asked, readable, watch)
            found = self._by_pictures(query, asked, present, watch)
            words = coming.result()
        vectors = self._by_vectors(query, asked, readable, watch)
        if found.error is not None and not words and not vectors:
            raise found.error
        with watch.stage("describe"):
            ranked = _in_order(query, asked.text, found.photos, fused(words, *vectors, found.pages))
            hits = self._hits(ranked, query)
        verdict = max((hit.verdict for hit in hits), key=SURENESS.__getitem__, default=Verdict.NONE)
        note = str(found.error or "") if self._pictures else NOTHING_INDEXED
        return SearchResults(hits, verdict, self._embedder.identity.name, watch.milliseconds, note)

    def why(self, query: Query, item: int) -> Why:
        """Where on the item the match is. Raises ModelError."""
        return self._pages.why(parse(query.text).text, item)

    # ---- rankings

    def _by_words(self, asked: Asked, readable: NDArray[np.int64], watch: Stopwatch) -> tuple[Ranked, ...]:
        if not asked.text:
            return ()
        with watch.stage("words"):
            return self._pages.by_words(asked, readable)

    def _by_vectors(
        self, query: Query, asked: Asked, readable: NDArray[np.int64], watch: Stopwatch
    ) -> list[tuple[Ranked, ...]]:
        """By a page model, where there is one."""
        geometry = self._pages.picture_input
        if geometry is None:
            return []
        with watch.stage("page vectors"):
            pictures = [self._decoded(source, geometry).pixels for source in query.like]
            return self._pages.by_vectors(asked, pictures, query.like_items, readable)

    def _by_pictures(self, query: Query, asked: Asked, present: Present, watch: Stopwatch) -> Pictured:
        """Photographs, and pages when a picture is asked for: a page's look says little about a sentence."""
        index = self._pictures
        shown = bool(query.like or query.like_items)
        if index is None or (query.scope is Scope.PAGES and not shown):
            return Pictured()
        with watch.stage("catch up"):
            index.catch_up()
            yardstick = self._measured(index)
        try:
            with watch.stage("encode"):
                encoded = self._encode(query, asked, index, yardstick.sample)
        except QueryError as error:
            return Pictured(error=error)
        photos: tuple[Ranked, ...] = ()
        pages: tuple[Ranked, ...] = ()
        with watch.stage("nearest"):
            if query.scope is not Scope.PAGES:
                photos = self._nearest(index, encoded, query, asked.limit, present.photos, yardstick)
            if query.scope is not Scope.PHOTOS and shown:
                pages = self._nearest(index, encoded, query, asked.limit, present.pages, yardstick)
        return Pictured(photos, pages)

    def _nearest(
        self,
        index: PictureIndex,
        encoded: Encoded,
        query: Query,
        depth: int,
        allowed: NDArray[np.int64],
        yardstick: Yardstick,
    ) -> tuple[Ranked, ...]:
        found = index.nearest.search(encoded.vector, depth + len(query.like_items), allowed)
        kept = ~np.isin(found.keys, query.like_items)
        keys, scores = found.keys[kept][:depth], found.scores[kept][:depth]
        verdicts = self._verdicts(index, encoded, keys, scores, yardstick)
        return tuple(
            Ranked(int(key), float(score), verdict)
            for key, score, verdict in zip(keys, scores, verdicts, strict=True)
        )

    def _verdicts(
        self,
        index: PictureIndex,
        encoded: Encoded,
        keys: NDArray[np.int64],
        scores: NDArray[np.float32],
        yardstick: Yardstick,
    ) -> list[Verdict]:
        """A match must fit each of several parts; with one part its score says it all."""
        if len(encoded.wanted) == 1:
            by_part = scores[None]
        else:
            by_part = np.stack([part.vector for part in encoded.wanted]) @ index.nearest.vectors(keys).T
        references = [yardstick.text if part.is_text else yardstick.picture for part in encoded.wanted]
        return [
            weakest(
                reference.verdict(float(score)) for reference, score in zip(references, column, strict=True)
            )
            for column in by_part.T
        ]

    def _measured(self, index: PictureIndex) -> Yardstick:
        """Taken once, and anew when the library has grown or shrunk by a little."""
        with self._measuring:
            size = len(index.nearest)
            old = self._yardstick
            if old is None or abs(size - old.size) > GROWTH * old.size:
                _, sample = index.nearest.sample(SAMPLE)
                if self._phrases is None:
                    self._phrases = self._embedder.embed_texts(REFERENCE_PHRASES)
                text = text_reference(index.nearest.scan_many(self._phrases))
                old = self._yardstick = Yardstick(size, sample, text, picture_reference(sample))
            return old

    # ---- the query as vectors

    def _encode(self, query: Query, asked: Asked, index: PictureIndex, sample: Vectors) -> Encoded:
        wanted: list[Part] = []
        if asked.text:
            wanted.append(Part(self._embedder.embed_texts([asked.text])[0], is_text=True))
        wanted.extend(Part(self._picture_vector(source, index), is_text=False) for source in query.like)
        if query.like_items:
            keys = np.array(query.like_items, np.int64)
            wanted.extend(Part(vector, is_text=False) for vector in self._item_vectors(keys, index))
        positive = np.stack([part.vector for part in wanted])
        negative = self._embedder.embed_texts(asked.without) if asked.without else positive[:0]
        return Encoded(combine(positive, negative, sample), tuple(wanted))

    def _item_vectors(self, keys: NDArray[np.int64], index: PictureIndex) -> Vectors:
        try:
            return index.nearest.vectors(keys)
        except KeyError as error:
            raise QueryError("That picture is no longer in the library.") from error

    def _picture_vector(self, source: Path | bytes, index: PictureIndex) -> Vector:
        """The stored vector where the library holds the very picture, else a new one."""
        if isinstance(source, Path):
            stored = self._stored_vector(source, index)
            if stored is not None:
                return stored
        pixels = self._decoded(source, self._embedder.picture_input).pixels
        vector: Vector = self._embedder.embed_pictures(pixels[None])[0]
        return vector

    def _decoded(self, source: Path | bytes, wanted: PictureInput) -> DecodedItem:
        name = source.name if isinstance(source, Path) else "The picture"
        try:
            return self._decode(source, 1, wanted)
        except FileProblem as problem:
            raise QueryError(f"{name} cannot be searched by: {problem}") from problem

    def _stored_vector(self, path: Path, index: PictureIndex) -> Vector | None:
        if not path.exists():
            raise QueryError(f"There is no picture {path}.")
        if not path.is_file():
            raise QueryError(f"{path} is not a picture.")
        try:
            items = self._contents.items_of_hash(content_hash(path, CancelToken()))
        except FileProblem as problem:
            raise QueryError(f"{path.name} cannot be searched by: {problem}") from problem
        for item in items:
            try:
                vector: Vector = index.nearest.vectors(np.array([item], np.int64))[0]
            except KeyError:
                continue  # a page that could not be drawn, or not embedded yet
            return vector
        return None

    # ---- what the user sees

    def _hits(self, ranked: Sequence[Ranked], query: Query) -> tuple[Hit, ...]:
        """Items in order as hits; those that no file holds any more are left out.

        Of several copies the hit names one that was asked for by folder and type, and one that is there.
        """
        folders = tuple(self._available_folders())
        stored = self._contents.stored_items([entry.item for entry in ranked])
        hits: list[Hit] = []
        for entry in ranked:
            found = stored.get(entry.item)
            if found is None:
                continue
            paths = _asked_for(found.paths, query) or found.paths
            there = _below(paths, folders)
            hits.append(
                Hit(
                    rank=len(hits) + 1,
                    item=entry.item,
                    path=(there or paths)[0],
                    page=found.page,
                    kind=found.kind,
                    score=entry.score,
                    verdict=entry.verdict,
                    width=found.width,
                    height=found.height,
                    available=bool(there),
                    copies=len(found.paths) - 1,
                    snippet=entry.snippet,
                )
            )
        return tuple(hits)


def _readable(query: Query, present: Present) -> NDArray[np.int64]:
    """The items that words and page vectors may find, sorted: vectors know nothing of files that are gone."""
    if query.scope is Scope.PHOTOS:
        return present.photos
    if query.scope is Scope.PAGES:
        return present.pages
    # Two sorted runs are merged a hundred times as fast as `union1d` sorts them.
    return np.sort(np.concatenate([present.photos, present.pages]), kind="stable")


def _asked_for(paths: Sequence[Path], query: Query) -> list[Path]:
    below = _below(paths, query.folders) if query.folders else paths
    return [path for path in below if path.name.lower().endswith(query.file_types or "")]


def _below(paths: Sequence[Path], folders: Sequence[Path]) -> list[Path]:
    return [path for path in paths if any(path.is_relative_to(folder) for folder in folders)]


def _in_order(query: Query, text: str, photos: Sequence[Ranked], pages: Sequence[Ranked]) -> list[Ranked]:
    """Where it is asked what is written, a page that says it comes before photographs that look like it."""
    written = asks_what_is_written(text)

    def page_tier(verdict: Verdict) -> int:
        return WRITTEN if written and verdict is not Verdict.NONE else SURENESS[verdict]

    # A word alone ("dog") is on many a page; a page that says all of several is no chance.
    joined = together(photos, pages, page_tier, pages_first=len(wanted(text)) > 1)
    return joined[: query.limit]
