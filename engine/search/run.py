"""A whole search: encode the query, rank photographs and pages in their own spaces, fuse, judge, describe."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import EmptyQuery, FileProblem, QueryError, QueryPictureError
from engine.index.nearest_index import Neighbours
from engine.index.picture_index import PictureIndex
from engine.ingest.scanning.hashing import content_hash
from engine.models.base import PictureEmbedder
from engine.models.starter.known_things import KnownThings
from engine.paths import is_reachable
from engine.progress import CancelToken
from engine.records import (
    DecodedItem,
    Explanation,
    ItemKind,
    Order,
    PictureInput,
    Query,
    Scope,
    SearchResults,
    Vector,
    Vectors,
    Verdict,
)
from engine.search.confidence.calibration import (
    Calibrator,
    ScoreStats,
)
from engine.search.confidence.probability import (
    ScoreFeatures,
    TextFeatures,
    chances,
    confidence,
)
from engine.search.confidence.thresholds import (
    QueryKind,
    query_kind_of,
)
from engine.search.pages.page_search import (
    PageSearch,
    TextQuery,
)
from engine.search.query.item_kind import KindClassifier
from engine.search.query.language import LanguageDetector
from engine.search.query.parsing import (
    ParsedQuery,
    combine,
    parse,
)
from engine.search.query.query_terms import wanted
from engine.search.results.browsing import by_date
from engine.search.results.document_groups import (
    DocumentGroups,
    group_by_document,
)
from engine.search.results.filtering import (
    FilteredItems,
    ItemFilter,
)
from engine.search.results.hit_builder import HitBuilder
from engine.search.results.ranking import (
    NOTHING,
    SURENESS,
    Ranking,
    fuse_rankings,
    put_kind_first,
    together,
)
from engine.search.results.result_cache import ResultCache
from engine.search.results.tie_order import settled
from engine.search.text.file_names import (
    find_by_file_name,
    looks_like_file_name,
)
from engine.search.text.passage_search import PassageMatches
from engine.store.files.file_names import FileNames
from engine.store.items.contents import Contents
from engine.store.items.locations import LocationsOf

DecodePicture = Callable[[Path | bytes, int, PictureInput], DecodedItem]

PAGES = 4  # of a document, at the least, that are looked for where these are one hit
DEPTH = 50  # of a ranking that is to be joined with others, however few hits are asked for
EVERYTHING = 1 << 40  # hits, where it is not known how many will be asked for
NOTHING_INDEXED = "Nothing is indexed yet: add a folder first."


@dataclass(frozen=True, slots=True)
class QueryPart:
    """One text or picture that the query asks for."""

    vector: Vector
    manner: QueryKind
    text: TextFeatures | None = None  # of a text


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query in the space of the picture vectors."""

    vector: Vector
    wanted: tuple[QueryPart, ...]


@dataclass(frozen=True, slots=True)
class ImageResults:
    """What the picture vectors answered, or why they could not."""

    photos: Ranking = NOTHING
    pages: Ranking = NOTHING
    encoded: EncodedQuery | None = None
    error: QueryError | None = None
    margin: float = (
        -math.inf
    )  # of the best photograph for a text over a strong match: see `ReferenceScores.margin`


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """A query's hits in order, as far down as they were asked for."""

    ranking: Ranking
    hits: DocumentGroups  # the same, as they are shown
    complete: bool  # there is nothing further down
    encoded: EncodedQuery | None
    note: str
    question_language: str | None = None

    def reaches(self, limit: int) -> bool:
        return self.complete or len(self.hits.leading) >= limit


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
        files: FileNames,
        item_filter: ItemFilter,
        pages: PageSearch,
        pictures: PictureIndex | None,
        embedder: PictureEmbedder,
        decode: DecodePicture,
        hit_builder: HitBuilder,
        locations_of: LocationsOf,
        languages: LanguageDetector | None = None,
        known_things: KnownThings | None = None,
    ) -> None:
        """`pictures`: None while the model has no vectors. `decode` may raise FileProblem.

        `languages`: tells those of the questions, for a model that understands English only. `known_things`:
        what the starter knows besides the words of captions.
        """
        self._contents = contents
        self._files = files
        self._item_filter = item_filter
        self._pages = pages
        self._pictures = pictures
        self._embedder = embedder
        self._decode = decode
        self._hit_builder = hit_builder
        self._locations_of = locations_of
        self._languages = languages
        self._known_things = known_things
        self._answers: ResultCache[RankedAnswer] = ResultCache()
        self._asked_kind = KindClassifier()
        self._calibrator = Calibrator(embedder, item_filter.known)

    def warm_up(self) -> None:
        """Do once what is slow the first time."""
        if self._pictures is not None:
            self._pictures.catch_up()
            self._item_filter.warm_up()
            self._calibrator.measured(self._pictures.nearest)
        self._pages.warm_up()

    def search(self, query: Query) -> SearchResults:
        """Raises QueryError when the query is empty, or a part of it cannot be read; ModelError.

        Who asks for hits further down goes on in the order that was begun, whatever is indexed meanwhile.
        """
        watch = Stopwatch()
        begun = self._answers.get(query) if query.offset > 0 else None
        if begun is not None and begun.reaches(query.limit):
            answer = begun
        else:
            answer = self._answered(query, begun, watch)
            self._answers.put(query, answer)
        with watch.stage("describe"):
            hits = self._hit_builder.hits(answer.hits, query)
        verdict = answer.hits.leading.at(slice(0, max(query.limit, 0))).surest()
        return SearchResults(
            hits,
            verdict,
            self._embedder.identity.name,
            watch.milliseconds,
            answer.note,
            question_language=answer.question_language,
        )

    def why(self, query: Query, item: int) -> Explanation:
        """Where on the item the match is. Raises ModelError."""
        return self._pages.why(parse(query.text).text, item)

    # ---- rankings

    def _answered(self, query: Query, begun: RankedAnswer | None, watch: Stopwatch) -> RankedAnswer:
        """Down to the limit. Where more was asked for before, or dates are to tell the order: everything."""
        parsed = parse(query.text)
        if not parsed.text and not query.like and not query.like_items:
            raise _nothing_wanted(query, parsed)
        whole = query.offset > 0 or query.order is not Order.RELEVANCE
        depth = EVERYTHING if whole else max(query.limit, DEPTH) * (PAGES if query.by_document else 1)
        asked = TextQuery(parsed.text, (*parsed.not_text, *query.not_text), parsed.phrases, depth)
        with watch.stage("presence"):
            left = self._item_filter.apply(query)
            readable = left.present.all_items()
        with ThreadPoolExecutor(4, "words") as beside:  # SQLite goes on beside the scan
            words_coming = beside.submit(self._by_words, asked, readable, watch)
            near_coming = beside.submit(self._by_meaning, asked, readable, watch)
            language_coming = beside.submit(self._language_of, query, parsed, left, watch)
            named_coming = beside.submit(self._by_name, query, left, watch) if _may_name(query) else None
            found = self._by_pictures(query, asked, left, begun.encoded if begun else None, watch)
            words, near = words_coming.result(), near_coming.result()
            named = NOTHING if named_coming is None else named_coming.result()
            language = language_coming.result()
        vectors = self._by_vectors(query, asked, readable, watch)
        texts = self._settled(self._pages.by_text(asked, words, near)).at(slice(0, asked.limit))
        if found.error is not None and not any(map(len, (texts, named, *vectors))):
            raise found.error
        parts = _parts(query, asked)
        if parts > 1:  # each of these knows of one of them alone
            texts, vectors = texts.at_most(Verdict.WEAK), [each.at_most(Verdict.WEAK) for each in vectors]
        with watch.stage("order"):
            leads = self._leading(asked.text, found, words) if parts == 1 and asked.text else None
            ranking = _in_order(leads, found.photos, fuse_rankings(texts, *vectors, found.pages))
            complete = len(ranking) < depth
            ranking = named.followed_by(ranking)
            if query.order is not Order.RELEVANCE:
                ranking = _by_date(ranking, left, query.order)
            ranking = begun.ranking.followed_by(ranking) if begun else ranking
            grouped = group_by_document(ranking, left.known) if query.by_document else DocumentGroups(ranking)
            if not (whole or complete):  # what lies further down may yet change its order, what is shown not
                grouped = grouped.first(max(query.limit, 0))
                ranking = _as_far_as(ranking, grouped.leading)
        note = str(found.error or near.problem) if self._pictures else NOTHING_INDEXED
        return RankedAnswer(ranking, grouped, whole or complete, found.encoded, note, language)

    def _leading(self, text: str, found: ImageResults, words: Ranking) -> ItemKind:
        """The kind that a text asks for. Where no photograph may match, a page that says it all does."""
        if found.photos.surest() is Verdict.NONE and words.surest() is Verdict.STRONG:
            return ItemKind.PAGE
        return self._asked_kind.of(text, found.margin, words.best_score())

    def _language_of(
        self, query: Query, parsed: ParsedQuery, left: FilteredItems, watch: Stopwatch
    ) -> str | None:
        """Where it keeps photographs from being found: pages have their own words, in whatever language."""
        if self._languages is None or self._pictures is None:
            return None
        if query.scope is Scope.PAGES or not len(left.present.photos):
            return None
        with watch.stage("language"):
            return self._languages.foreign_language(parsed)

    def _by_words(self, asked: TextQuery, readable: NDArray[np.int64], watch: Stopwatch) -> Ranking:
        if not asked.text:
            return NOTHING
        with watch.stage("words"):
            return self._pages.by_words(asked, readable)

    def _by_meaning(self, asked: TextQuery, readable: NDArray[np.int64], watch: Stopwatch) -> PassageMatches:
        with watch.stage("meaning"):
            return self._pages.by_meaning(asked, readable)

    def _by_name(self, query: Query, left: FilteredItems, watch: Stopwatch) -> Ranking:
        with watch.stage("names"):
            return self._settled(find_by_file_name(self._files, query.text, left.present.all_items()))

    def _by_vectors(
        self, query: Query, asked: TextQuery, readable: NDArray[np.int64], watch: Stopwatch
    ) -> list[Ranking]:
        """By a page model, where there is one."""
        geometry = self._pages.picture_input
        if geometry is None:
            return []
        with watch.stage("page vectors"):
            pictures = [self._decoded(source, geometry).pixels for source in query.like]
            found = self._pages.by_vectors(asked, pictures, query.like_items, readable)
            return [self._settled(ranking) for ranking in found]

    def _by_pictures(
        self,
        query: Query,
        asked: TextQuery,
        left: FilteredItems,
        encoded: EncodedQuery | None,
        watch: Stopwatch,
    ) -> ImageResults:
        """Photographs, and pages when a picture is asked for: a page's look says little about a sentence.

        `encoded`: the query, where it was asked before.
        """
        index = self._pictures
        shown = bool(query.like or query.like_items)
        if index is None or (query.scope is Scope.PAGES and not shown):
            return ImageResults()
        with watch.stage("catch up"):
            index.catch_up()
            calibration = self._calibrator.measured(index.nearest)
        if encoded is None:
            try:
                with watch.stage("encode"):
                    encoded = self._encode(query, asked, index, calibration.sample)
            except QueryPictureError:
                raise  # words alone would answer another question
            except QueryError as error:
                return ImageResults(error=error)
        with watch.stage("nearest"):
            among, by = left.present, calibration.of
            photos = self._nearest(index, encoded, asked.limit, among.photos, by[ItemKind.PHOTO])
            pages = NOTHING
            if shown:
                pages = self._nearest(index, encoded, asked.limit, among.pages, by[ItemKind.PAGE])
            margin = _margin(encoded, photos, by[ItemKind.PHOTO])
        return ImageResults(photos, pages, encoded, margin=margin)

    def _nearest(
        self,
        index: PictureIndex,
        encoded: EncodedQuery,
        depth: int,
        allowed: NDArray[np.int64],
        measure: ScoreStats,
    ) -> Ranking:
        """A match must fit each of several parts; with one part its score says it all."""
        if not len(allowed):
            return NOTHING
        found = self._best(index, encoded.vector, depth, allowed)
        scores = found.scores.astype(np.float64)
        if len(encoded.wanted) == 1:
            return Ranking(found.keys, scores, _sureness(encoded.wanted[0], encoded.vector, scores, measure))
        by_part = index.nearest.scores(np.stack([part.vector for part in encoded.wanted]), found.keys)
        sure = [
            _sureness(part, part.vector, part_scores.astype(np.float64), measure)
            for part, part_scores in zip(encoded.wanted, by_part, strict=True)
        ]
        surest: NDArray[np.int8] = np.min(sure, axis=0)
        return Ranking(found.keys, scores, surest)

    def _best(
        self, index: PictureIndex, vector: Vector, depth: int, allowed: NDArray[np.int64]
    ) -> Neighbours:
        """The `depth` nearest of `allowed`, equal ones in the order of their places."""
        wanted = depth + 1  # one more tells whether others score as the last one does
        while True:
            found = index.nearest.search(vector, min(wanted, len(allowed)), allowed)
            scores = found.scores
            if len(scores) < wanted or scores[-1] != scores[depth - 1]:
                break
            wanted *= 2
        shown = settled(found.keys, scores, self._locations_of, depth)[:depth]
        return Neighbours(found.keys[shown], scores[shown])

    def _settled(self, ranking: Ranking) -> Ranking:
        return ranking.at(settled(ranking.items, ranking.scores, self._locations_of))

    # ---- the query as vectors

    def _encode(self, query: Query, asked: TextQuery, index: PictureIndex, sample: Vectors) -> EncodedQuery:
        parts: list[QueryPart] = []
        if asked.text:
            vector = self._embedder.embed_texts([asked.text])[0]
            parts.append(QueryPart(vector, query_kind_of(asked.text), self._text_figures(asked.text, vector)))
        shown = self._picture_vectors(query.like, query.like_items, index)
        parts.extend(QueryPart(vector, QueryKind.PICTURE) for vector in shown)
        positive = np.stack([part.vector for part in parts])
        negative = self._picture_vectors(query.not_like, query.not_like_items, index)
        if asked.without:
            negative.extend(self._embedder.embed_texts(asked.without))
        unwanted = np.stack(negative) if negative else positive[:0]
        return EncodedQuery(combine(positive, unwanted, sample), tuple(parts))

    def _text_figures(self, text: str, vector: Vector) -> TextFeatures:
        strangeness = self._asked_kind.strangeness(text)
        if self._known_things is not None:
            strangeness *= 1 - self._known_things.nearness(vector)
        return TextFeatures(len(wanted(text)), strangeness)

    def _picture_vectors(
        self, sources: Sequence[Path | bytes], items: Sequence[int], index: PictureIndex
    ) -> list[Vector]:
        shown = [self._picture_vector(source, index) for source in sources]
        return [*shown, *self._item_vectors(items, index)] if items else shown

    def _item_vectors(self, items: Sequence[int], index: PictureIndex) -> Vectors:
        try:
            return index.nearest.vectors(np.array(items, np.int64))
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
            raise QueryPictureError(f"{name} cannot be searched by: {problem}") from problem

    def _stored_vector(self, path: Path, index: PictureIndex) -> Vector | None:
        if not is_reachable(path):
            raise QueryPictureError(f"There is no picture {path}.")
        if not path.is_file():
            raise QueryPictureError(f"{path} is not a picture.")
        try:
            items = self._contents.items_of_hash(content_hash(path, CancelToken()))
        except FileProblem as problem:
            raise QueryPictureError(f"{path.name} cannot be searched by: {problem}") from problem
        for item in items:
            try:
                vector: Vector = index.nearest.vectors(np.array([item], np.int64))[0]
            except KeyError:
                continue  # a page that could not be drawn, or not embedded yet
            return vector
        return None


def _nothing_wanted(query: Query, parsed: ParsedQuery) -> EmptyQuery:
    if parsed.not_text or query.not_text or query.not_like or query.not_like_items:
        told = "The query says only what to keep away, not what to look for."
        return EmptyQuery(told, "Say also what you want: type some words, or give a picture.")
    return EmptyQuery("The query is empty.", "Type some words, or give a picture.")


def _sureness(
    part: QueryPart, vector: Vector, scores: NDArray[np.float64], measure: ScoreStats
) -> NDArray[np.int8]:
    """(count,) -> (count,), places in `VERDICTS`. `vector`: with which the scores were reached."""
    reference = measure.references[part.manner]
    if part.text is None or not len(scores):
        return reference.confidence(scores)
    usual, spread = measure.usual(vector), measure.spread(vector)
    figures = ScoreFeatures(
        reference.margin(scores), (scores - usual) / spread, (scores.max() - scores) / spread
    )
    return confidence(chances(part.text, figures))


def _margin(encoded: EncodedQuery, photos: Ranking, measure: ScoreStats) -> float:
    if not len(photos):
        return -math.inf
    return float(measure.references[encoded.wanted[0].manner].margin(photos.scores[:1])[0])


def _parts(query: Query, asked: TextQuery) -> int:
    """How many texts and pictures a match is to fit."""
    return bool(asked.text) + len(query.like) + len(query.like_items)


def _may_name(query: Query) -> bool:
    return not (query.like or query.like_items) and looks_like_file_name(query.text)


def _in_order(leads: ItemKind | None, photos: Ranking, pages: Ranking) -> Ranking:
    """`leads`: the kind that is asked for; None: the surer match of either."""
    if leads is None:
        return together(photos, pages)
    return put_kind_first(pages, photos) if leads is ItemKind.PAGE else put_kind_first(photos, pages)


def _as_far_as(ranking: Ranking, leading: Ranking) -> Ranking:
    """Down to the last of `leading`, which stand in it in the same order."""
    if not len(leading):
        return NOTHING
    return ranking.at(slice(0, int(np.argmax(ranking.items == leading.items[-1])) + 1))


def _by_date(ranking: Ranking, left: FilteredItems, order: Order) -> Ranking:
    """What matches; where nothing does, everything stays as it is."""
    matching = ranking.at(ranking.confidence > SURENESS[Verdict.NONE])
    return matching.at(by_date(matching.items, left.known, order)) if len(matching) else ranking
