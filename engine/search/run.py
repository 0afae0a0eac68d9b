"""A whole search: encodes the query, ranks photographs and pages separately, fuses them, builds hits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import EmptyQuery
from engine.records import (
    ItemKind,
    Order,
    Query,
    Scope,
    SearchResults,
    Verdict,
)
from engine.search.images.image_search import ImageResults, ImageSearch
from engine.search.images.query_encoder import EncodedQuery
from engine.search.images.query_pictures import QueryPictures
from engine.search.pages.page_search import PageSearch
from engine.search.query.file_name_detection import looks_like_file_name
from engine.search.query.kind_classifier import KindClassifier
from engine.search.query.language_detection import LanguageDetector
from engine.search.query.parsing import ParsedQuery, parse
from engine.search.query.text_query import TextQuery
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
from engine.search.stopwatch import Stopwatch
from engine.search.text.file_names import find_by_file_name
from engine.search.text.passage_search import PassageMatches
from engine.store.files.file_names import FileNames
from engine.store.items.locations import LocationsOf

PAGES_PER_DOCUMENT = 4  # least number of pages to find for each hit if the pages of a document are one hit
LEAST_DEPTH = 50  # least length of a ranking that is fused with others, for any limit
ALL_HITS = 1 << 40  # limit if it is not known how many hits will be needed
NOTHING_INDEXED = "Nothing is indexed yet: add a folder first."


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """A query's hits in order, down to the limit requested."""

    ranking: Ranking
    hits: DocumentGroups  # the same as shown, perhaps grouped by document
    complete: bool  # there are no further hits
    encoded: EncodedQuery | None
    note: str
    question_language: str | None = None

    def reaches(self, limit: int) -> bool:
        """Whether it has the hits up to rank `limit`, or all there are."""
        return self.complete or len(self.hits.leading) >= limit


class Searcher:
    """Answers queries with one model. Thread-safe."""

    def __init__(
        self,
        model_name: str,
        images: ImageSearch | None,
        pages: PageSearch,
        files: FileNames,
        item_filter: ItemFilter,
        query_pictures: QueryPictures,
        kind_classifier: KindClassifier,
        hit_builder: HitBuilder,
        locations_of: LocationsOf,
        languages: LanguageDetector | None = None,
    ) -> None:
        """`images`: None while the model has no vectors.

        `languages`: detects the language of queries, for a model that understands English only.
        """
        self._model_name = model_name
        self._images = images
        self.pages = pages
        self._files = files
        self._item_filter = item_filter
        self._query_pictures = query_pictures
        self._kind_classifier = kind_classifier
        self._hit_builder = hit_builder
        self._locations_of = locations_of
        self._languages = languages
        self._answers: ResultCache[RankedAnswer] = ResultCache()

    def warm_up(self) -> None:
        """Load what makes a first search slow. Raises ModelError."""
        if self._images is not None:
            self._item_filter.warm_up()
            self._images.warm_up()
        self.pages.warm_up()

    def search(self, query: Query) -> SearchResults:
        """The hits of a query. Raises QueryError if it is empty, or a part of it cannot be read; ModelError.

        A query with an offset continues the ranking of the same query without one, whatever was indexed
        meanwhile.
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
            self._model_name,
            stopwatch.milliseconds,
            answer.note,
            question_language=answer.question_language,
        )

    # ---- rankings

    def _compute_answer(
        self, query: Query, previous: RankedAnswer | None, stopwatch: Stopwatch
    ) -> RankedAnswer:
        """Rank down to the limit; everything if more was requested before, or if hits are sorted by date."""
        parsed = parse(query.text)
        if not parsed.text and not query.like and not query.like_items:
            raise _empty_query_error(query, parsed)
        whole = query.offset > 0 or query.filters.order is not Order.RELEVANCE
        depth = (
            ALL_HITS
            if whole
            else max(query.limit, LEAST_DEPTH) * (PAGES_PER_DOCUMENT if query.by_document else 1)
        )
        text_query = TextQuery(parsed.text, (*parsed.not_text, *query.not_text), parsed.phrases, depth)
        with stopwatch.stage("presence"):
            filtered = self._item_filter.apply(query)
            readable = filtered.visible.all_items()
        with ThreadPoolExecutor(4, "words") as pool:  # SQLite works in parallel with the scan
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
        texts = self._break_ties(self.pages.merge_texts(text_query, words, near)).take(
            slice(0, text_query.limit)
        )
        if found.error is not None and not any(map(len, (texts, named, *vectors))):
            raise found.error
        parts = _part_count(query, text_query)
        if parts > 1:  # each of these rankings is by one part only
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
            if query.filters.order is not Order.RELEVANCE:
                ranking = _sort_by_date(ranking, filtered, query.filters.order)
            ranking = previous.ranking.followed_by(ranking) if previous else ranking
            grouped = (
                group_by_document(ranking, filtered.rows) if query.by_document else DocumentGroups(ranking)
            )
            if not (whole or complete):  # further hits may still change their order, shown ones may not
                grouped = grouped.head(max(query.limit, 0))
                ranking = _cut_after(ranking, grouped.leading)
        note = str(found.error or near.problem) if self._images else NOTHING_INDEXED
        return RankedAnswer(ranking, grouped, whole or complete, found.encoded, note, language)

    def _leading_kind(self, text: str, found: ImageResults, words: Ranking) -> ItemKind:
        """The kind that a text is for; pages if no photograph matches and a page has all the words."""
        if found.photos.best_verdict() is Verdict.NONE and words.best_verdict() is Verdict.STRONG:
            return ItemKind.PAGE
        return self._kind_classifier.classify(text, found.margin, words.best_score())

    def _question_language(
        self, query: Query, parsed: ParsedQuery, filtered: FilteredItems, stopwatch: Stopwatch
    ) -> str | None:
        """Only if it keeps photographs from being found; pages are found by words in any language."""
        if self._languages is None or self._images is None:
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
            return self.pages.search_words(text_query, readable)

    def _search_passages(
        self, text_query: TextQuery, readable: NDArray[np.int64], stopwatch: Stopwatch
    ) -> PassageMatches:
        with stopwatch.stage("meaning"):
            return self.pages.search_passages(text_query, readable)

    def _search_file_names(self, query: Query, filtered: FilteredItems, stopwatch: Stopwatch) -> Ranking:
        with stopwatch.stage("names"):
            return self._break_ties(find_by_file_name(self._files, query.text, filtered.visible.all_items()))

    def _search_page_vectors(
        self, query: Query, text_query: TextQuery, readable: NDArray[np.int64], stopwatch: Stopwatch
    ) -> list[Ranking]:
        """With the page model, if there is one."""
        geometry = self.pages.picture_input
        if geometry is None:
            return []
        with stopwatch.stage("page vectors"):
            pictures = [self._query_pictures.decode(source, geometry).pixels for source in query.like]
            found = self.pages.search_page_vectors(text_query, pictures, query.like_items, readable)
            return [self._break_ties(ranking) for ranking in found]

    def _search_images(
        self,
        query: Query,
        text_query: TextQuery,
        filtered: FilteredItems,
        encoded: EncodedQuery | None,
        stopwatch: Stopwatch,
    ) -> ImageResults:
        if self._images is None:
            return ImageResults()
        return self._images.search(query, text_query, filtered.visible, encoded, stopwatch)

    def _break_ties(self, ranking: Ranking) -> Ranking:
        return ranking.take(break_ties(ranking.items, ranking.scores, self._locations_of))


def _empty_query_error(query: Query, parsed: ParsedQuery) -> EmptyQuery:
    if parsed.not_text or query.not_text or query.not_like or query.not_like_items:
        told = "The query says only what to keep away, not what to look for."
        return EmptyQuery(told, "Say also what you want: type some words, or give a picture.")
    return EmptyQuery("The query is empty.", "Type some words, or give a picture.")


def _part_count(query: Query, text_query: TextQuery) -> int:
    """How many texts and pictures a match must fit."""
    return bool(text_query.text) + len(query.like) + len(query.like_items)


def _may_be_file_name(query: Query) -> bool:
    return not (query.like or query.like_items) and looks_like_file_name(query.text)


def _merge_kinds(leading_kind: ItemKind | None, photos: Ranking, pages: Ranking) -> Ranking:
    """`leading_kind`: the kind that the query is for; None: the surer match of either first."""
    if leading_kind is None:
        return interleave_by_confidence(photos, pages)
    return put_kind_first(pages, photos) if leading_kind is ItemKind.PAGE else put_kind_first(photos, pages)


def _cut_after(ranking: Ranking, leading: Ranking) -> Ranking:
    """Up to the last of `leading`, whose items it has in the same order."""
    if not len(leading):
        return EMPTY_RANKING
    return ranking.take(slice(0, int(np.argmax(ranking.items == leading.items[-1])) + 1))


def _sort_by_date(ranking: Ranking, filtered: FilteredItems, order: Order) -> Ranking:
    """Only the matches; if nothing matches, everything keeps its order."""
    matching = ranking.take(ranking.confidence > CONFIDENCE[Verdict.NONE])
    return matching.take(order_by_date(matching.items, filtered.rows, order)) if len(matching) else ranking
