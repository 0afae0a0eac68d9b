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
from engine.ingest.scanning.hashing import hash_content
from engine.models.protocols import PictureEmbedder
from engine.models.starter.label_similarity import LabelSimilarity
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
from engine.search.confidence.calibration import Calibrator, ScoreStats
from engine.search.confidence.probability import (
    ScoreFeatures,
    TextFeatures,
    confidence_levels,
    match_probabilities,
)
from engine.search.confidence.thresholds import QueryKind, query_kind_of
from engine.search.pages.page_search import PageSearch, TextQuery
from engine.search.query.file_name_detection import looks_like_file_name
from engine.search.query.kind_classifier import KindClassifier
from engine.search.query.language_detection import LanguageDetector
from engine.search.query.parsing import ParsedQuery, parse
from engine.search.query.query_terms import extract_terms
from engine.search.query.query_vector import combine_vectors
from engine.search.ranking.ranking import (
    CONFIDENCE,
    EMPTY_RANKING,
    Ranking,
    fuse_rankings,
    interleave_by_confidence,
    put_kind_first,
)
from engine.search.ranking.tie_order import break_ties
from engine.search.results.browsing import order_by_date
from engine.search.results.document_groups import DocumentGroups, group_by_document
from engine.search.results.filtering import FilteredItems, ItemFilter
from engine.search.results.hit_builder import HitBuilder
from engine.search.results.result_cache import ResultCache
from engine.search.text.file_names import find_by_file_name
from engine.search.text.passage_search import PassageMatches
from engine.store.files.file_names import FileNames
from engine.store.items.contents import Contents
from engine.store.items.locations import LocationsOf

DecodePicture = Callable[[Path | bytes, int, PictureInput], DecodedItem]

PAGES_PER_DOCUMENT = 4  # of a document, at the least, that are looked for where these are one hit
LEAST_DEPTH = 50  # of a ranking that is to be joined with others, however few hits are asked for
ALL_HITS = 1 << 40  # hits, where it is not known how many will be asked for
NOTHING_INDEXED = "Nothing is indexed yet: add a folder first."


@dataclass(frozen=True, slots=True)
class QueryPart:
    """One text or picture that the query asks for."""

    vector: Vector
    query_kind: QueryKind
    text: TextFeatures | None = None  # of a text


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query in the space of the picture vectors."""

    vector: Vector
    parts: tuple[QueryPart, ...]


@dataclass(frozen=True, slots=True)
class ImageResults:
    """What the picture vectors answered, or why they could not."""

    photos: Ranking = EMPTY_RANKING
    pages: Ranking = EMPTY_RANKING
    encoded: EncodedQuery | None = None
    error: QueryError | None = None
    margin: float = (
        -math.inf
    )  # of the best photograph for a text over a strong match: see `ScoreThresholds.margin`


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
        label_similarity: LabelSimilarity | None = None,
    ) -> None:
        """`pictures`: None while the model has no vectors. `decode` may raise FileProblem.

        `languages`: tells those of the questions, for a model that understands English only.
        `label_similarity`: what the starter knows besides the words of captions.
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
        self._label_similarity = label_similarity
        self._answers: ResultCache[RankedAnswer] = ResultCache()
        self._kind_classifier = KindClassifier()
        self._calibrator = Calibrator(embedder, item_filter.rows)

    def warm_up(self) -> None:
        """Do once what is slow the first time."""
        if self._pictures is not None:
            self._pictures.catch_up()
            self._item_filter.warm_up()
            self._calibrator.calibration(self._pictures.nearest)
        self._pages.warm_up()

    def search(self, query: Query) -> SearchResults:
        """Raises QueryError when the query is empty, or a part of it cannot be read; ModelError.

        Who asks for hits further down goes on in the order that was begun, whatever is indexed meanwhile.
        """
        stopwatch = Stopwatch()
        previous = self._answers.get(query) if query.offset > 0 else None
        if previous is not None and previous.reaches(query.limit):
            answer = previous
        else:
            answer = self._compute_answer(query, previous, stopwatch)
            self._answers.put(query, answer)
        with stopwatch.stage("describe"):
            hits = self._hit_builder.build(answer.hits, query)
        verdict = answer.hits.leading.take(slice(0, max(query.limit, 0))).best_verdict()
        return SearchResults(
            hits,
            verdict,
            self._embedder.identity.name,
            stopwatch.milliseconds,
            answer.note,
            question_language=answer.question_language,
        )

    def explanation(self, query: Query, item: int) -> Explanation:
        """Where on the item the match is. Raises ModelError."""
        return self._pages.explanation(parse(query.text).text, item)

    # ---- rankings

    def _compute_answer(
        self, query: Query, previous: RankedAnswer | None, stopwatch: Stopwatch
    ) -> RankedAnswer:
        """Down to the limit. Where more was asked for before, or dates are to tell the order: everything."""
        parsed = parse(query.text)
        if not parsed.text and not query.like and not query.like_items:
            raise _empty_query_error(query, parsed)
        whole = query.offset > 0 or query.order is not Order.RELEVANCE
        depth = (
            ALL_HITS
            if whole
            else max(query.limit, LEAST_DEPTH) * (PAGES_PER_DOCUMENT if query.by_document else 1)
        )
        text_query = TextQuery(parsed.text, (*parsed.not_text, *query.not_text), parsed.phrases, depth)
        with stopwatch.stage("presence"):
            filtered = self._item_filter.apply(query)
            readable = filtered.visible.all_items()
        with ThreadPoolExecutor(4, "words") as pool:  # SQLite goes on beside the scan
            words_future = pool.submit(self._search_words, text_query, readable, stopwatch)
            passages_future = pool.submit(self._search_passages, text_query, readable, stopwatch)
            language_future = pool.submit(self._question_language, query, parsed, filtered, stopwatch)
            named_future = (
                pool.submit(self._search_file_names, query, filtered, stopwatch)
                if _may_be_file_name(query)
                else None
            )
            found = self._search_images(
                query, text_query, filtered, previous.encoded if previous else None, stopwatch
            )
            words, near = words_future.result(), passages_future.result()
            named = EMPTY_RANKING if named_future is None else named_future.result()
            language = language_future.result()
        vectors = self._search_page_vectors(query, text_query, readable, stopwatch)
        texts = self._break_ties(self._pages.merge_texts(text_query, words, near)).take(
            slice(0, text_query.limit)
        )
        if found.error is not None and not any(map(len, (texts, named, *vectors))):
            raise found.error
        parts = _part_count(query, text_query)
        if parts > 1:  # each of these knows of one of them alone
            texts, vectors = (
                texts.cap_confidence(Verdict.WEAK),
                [each.cap_confidence(Verdict.WEAK) for each in vectors],
            )
        with stopwatch.stage("order"):
            leading_kind = (
                self._leading_kind(text_query.text, found, words) if parts == 1 and text_query.text else None
            )
            ranking = _merge_kinds(leading_kind, found.photos, fuse_rankings(texts, *vectors, found.pages))
            complete = len(ranking) < depth
            ranking = named.followed_by(ranking)
            if query.order is not Order.RELEVANCE:
                ranking = _sort_by_date(ranking, filtered, query.order)
            ranking = previous.ranking.followed_by(ranking) if previous else ranking
            grouped = (
                group_by_document(ranking, filtered.rows) if query.by_document else DocumentGroups(ranking)
            )
            if not (whole or complete):  # what lies further down may yet change its order, what is shown not
                grouped = grouped.head(max(query.limit, 0))
                ranking = _cut_after(ranking, grouped.leading)
        note = str(found.error or near.problem) if self._pictures else NOTHING_INDEXED
        return RankedAnswer(ranking, grouped, whole or complete, found.encoded, note, language)

    def _leading_kind(self, text: str, found: ImageResults, words: Ranking) -> ItemKind:
        """The kind that a text asks for. Where no photograph may match, a page that says it all does."""
        if found.photos.best_verdict() is Verdict.NONE and words.best_verdict() is Verdict.STRONG:
            return ItemKind.PAGE
        return self._kind_classifier.classify(text, found.margin, words.best_score())

    def _question_language(
        self, query: Query, parsed: ParsedQuery, filtered: FilteredItems, stopwatch: Stopwatch
    ) -> str | None:
        """Where it keeps photographs from being found: pages have their own words, in whatever language."""
        if self._languages is None or self._pictures is None:
            return None
        if query.scope is Scope.PAGES or not len(filtered.visible.photos):
            return None
        with stopwatch.stage("language"):
            return self._languages.foreign_language(parsed)

    def _search_words(
        self, text_query: TextQuery, readable: NDArray[np.int64], stopwatch: Stopwatch
    ) -> Ranking:
        if not text_query.text:
            return EMPTY_RANKING
        with stopwatch.stage("words"):
            return self._pages.search_words(text_query, readable)

    def _search_passages(
        self, text_query: TextQuery, readable: NDArray[np.int64], stopwatch: Stopwatch
    ) -> PassageMatches:
        with stopwatch.stage("meaning"):
            return self._pages.search_passages(text_query, readable)

    def _search_file_names(self, query: Query, filtered: FilteredItems, stopwatch: Stopwatch) -> Ranking:
        with stopwatch.stage("names"):
            return self._break_ties(find_by_file_name(self._files, query.text, filtered.visible.all_items()))

    def _search_page_vectors(
        self, query: Query, text_query: TextQuery, readable: NDArray[np.int64], stopwatch: Stopwatch
    ) -> list[Ranking]:
        """By a page model, where there is one."""
        geometry = self._pages.picture_input
        if geometry is None:
            return []
        with stopwatch.stage("page vectors"):
            pictures = [self._decode_query_picture(source, geometry).pixels for source in query.like]
            found = self._pages.search_page_vectors(text_query, pictures, query.like_items, readable)
            return [self._break_ties(ranking) for ranking in found]

    def _search_images(
        self,
        query: Query,
        text_query: TextQuery,
        filtered: FilteredItems,
        encoded: EncodedQuery | None,
        stopwatch: Stopwatch,
    ) -> ImageResults:
        """Photographs, and pages when a picture is asked for: a page's look says little about a sentence.

        `encoded`: the query, where it was asked before.
        """
        index = self._pictures
        shown = bool(query.like or query.like_items)
        if index is None or (query.scope is Scope.PAGES and not shown):
            return ImageResults()
        with stopwatch.stage("catch up"):
            index.catch_up()
            calibration = self._calibrator.calibration(index.nearest)
        if encoded is None:
            try:
                with stopwatch.stage("encode"):
                    encoded = self._encode_query(query, text_query, index, calibration.sample)
            except QueryPictureError:
                raise  # words alone would answer another question
            except QueryError as error:
                return ImageResults(error=error)
        with stopwatch.stage("nearest"):
            among, by = filtered.visible, calibration.by_kind
            photos = self._rank_nearest(index, encoded, text_query.limit, among.photos, by[ItemKind.PHOTO])
            pages = EMPTY_RANKING
            if shown:
                pages = self._rank_nearest(index, encoded, text_query.limit, among.pages, by[ItemKind.PAGE])
            margin = _best_margin(encoded, photos, by[ItemKind.PHOTO])
        return ImageResults(photos, pages, encoded, margin=margin)

    def _rank_nearest(
        self,
        index: PictureIndex,
        encoded: EncodedQuery,
        depth: int,
        allowed: NDArray[np.int64],
        stats: ScoreStats,
    ) -> Ranking:
        """A match must fit each of several parts; with one part its score says it all."""
        if not len(allowed):
            return EMPTY_RANKING
        found = self._find_nearest(index, encoded.vector, depth, allowed)
        scores = found.scores.astype(np.float64)
        if len(encoded.parts) == 1:
            return Ranking(
                found.keys, scores, _confidence_levels(encoded.parts[0], encoded.vector, scores, stats)
            )
        by_part = index.nearest.scores(np.stack([part.vector for part in encoded.parts]), found.keys)
        sure = [
            _confidence_levels(part, part.vector, part_scores.astype(np.float64), stats)
            for part, part_scores in zip(encoded.parts, by_part, strict=True)
        ]
        surest: NDArray[np.int8] = np.min(sure, axis=0)
        return Ranking(found.keys, scores, surest)

    def _find_nearest(
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
        shown = break_ties(found.keys, scores, self._locations_of, depth)[:depth]
        return Neighbours(found.keys[shown], scores[shown])

    def _break_ties(self, ranking: Ranking) -> Ranking:
        return ranking.take(break_ties(ranking.items, ranking.scores, self._locations_of))

    # ---- the query as vectors

    def _encode_query(
        self, query: Query, text_query: TextQuery, index: PictureIndex, sample: Vectors
    ) -> EncodedQuery:
        parts: list[QueryPart] = []
        if text_query.text:
            vector = self._embedder.embed_texts([text_query.text])[0]
            parts.append(
                QueryPart(
                    vector, query_kind_of(text_query.text), self._text_features(text_query.text, vector)
                )
            )
        shown = self._picture_vectors(query.like, query.like_items, index)
        parts.extend(QueryPart(vector, QueryKind.PICTURE) for vector in shown)
        positive = np.stack([part.vector for part in parts])
        negative = self._picture_vectors(query.not_like, query.not_like_items, index)
        if text_query.without:
            negative.extend(self._embedder.embed_texts(text_query.without))
        unwanted = np.stack(negative) if negative else positive[:0]
        return EncodedQuery(combine_vectors(positive, unwanted, sample), tuple(parts))

    def _text_features(self, text: str, vector: Vector) -> TextFeatures:
        strangeness = self._kind_classifier.unfamiliarity(text)
        if self._label_similarity is not None:
            strangeness *= 1 - self._label_similarity.score(vector)
        return TextFeatures(len(extract_terms(text)), strangeness)

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
        pixels = self._decode_query_picture(source, self._embedder.picture_input).pixels
        vector: Vector = self._embedder.embed_pictures(pixels[None])[0]
        return vector

    def _decode_query_picture(self, source: Path | bytes, wanted: PictureInput) -> DecodedItem:
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
            items = self._contents.items_of_hash(hash_content(path, CancelToken()))
        except FileProblem as problem:
            raise QueryPictureError(f"{path.name} cannot be searched by: {problem}") from problem
        for item in items:
            try:
                vector: Vector = index.nearest.vectors(np.array([item], np.int64))[0]
            except KeyError:
                continue  # a page that could not be drawn, or not embedded yet
            return vector
        return None


def _empty_query_error(query: Query, parsed: ParsedQuery) -> EmptyQuery:
    if parsed.not_text or query.not_text or query.not_like or query.not_like_items:
        told = "The query says only what to keep away, not what to look for."
        return EmptyQuery(told, "Say also what you want: type some words, or give a picture.")
    return EmptyQuery("The query is empty.", "Type some words, or give a picture.")


def _confidence_levels(
    part: QueryPart, vector: Vector, scores: NDArray[np.float64], stats: ScoreStats
) -> NDArray[np.int8]:
    """(count,) -> (count,), places in `VERDICTS`. `vector`: with which the scores were reached."""
    reference = stats.thresholds[part.query_kind]
    if part.text is None or not len(scores):
        return reference.confidence_levels(scores)
    usual, spread = stats.median(vector), stats.standard_deviation(vector)
    figures = ScoreFeatures(
        reference.margin(scores), (scores - usual) / spread, (scores.max() - scores) / spread
    )
    return confidence_levels(match_probabilities(part.text, figures))


def _best_margin(encoded: EncodedQuery, photos: Ranking, stats: ScoreStats) -> float:
    if not len(photos):
        return -math.inf
    return float(stats.thresholds[encoded.parts[0].query_kind].margin(photos.scores[:1])[0])


def _part_count(query: Query, text_query: TextQuery) -> int:
    """How many texts and pictures a match is to fit."""
    return bool(text_query.text) + len(query.like) + len(query.like_items)


def _may_be_file_name(query: Query) -> bool:
    return not (query.like or query.like_items) and looks_like_file_name(query.text)


def _merge_kinds(leading_kind: ItemKind | None, photos: Ranking, pages: Ranking) -> Ranking:
    """`leading_kind`: the kind that is asked for; None: the surer match of either."""
    if leading_kind is None:
        return interleave_by_confidence(photos, pages)
    return put_kind_first(pages, photos) if leading_kind is ItemKind.PAGE else put_kind_first(photos, pages)


def _cut_after(ranking: Ranking, leading: Ranking) -> Ranking:
    """Down to the last of `leading`, which stand in it in the same order."""
    if not len(leading):
        return EMPTY_RANKING
    return ranking.take(slice(0, int(np.argmax(ranking.items == leading.items[-1])) + 1))


def _sort_by_date(ranking: Ranking, filtered: FilteredItems, order: Order) -> Ranking:
    """What matches; where nothing does, everything stays as it is."""
    matching = ranking.take(ranking.confidence > CONFIDENCE[Verdict.NONE])
    return matching.take(order_by_date(matching.items, filtered.rows, order)) if len(matching) else ranking
