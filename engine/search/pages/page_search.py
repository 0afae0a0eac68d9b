"""Ranks items by the text on them: by words and meaning, and by a page model's vectors."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError, QueryError
from engine.index.candidate_index import EXHAUSTIVE
from engine.models.protocols import PageEmbedder
from engine.records import Explanation, PictureInput, Pixels, QueryVectors
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES
from engine.search.confidence.thresholds import SAME_PICTURE, ScoreThresholds, text_thresholds, word_verdict
from engine.search.pages.late_interaction import LateInteractionSearch, ScoredPage
from engine.search.query.text_query import TextQuery
from engine.search.ranking.ranking import CONFIDENCE, Ranking
from engine.search.text.passage_search import PassageMatches, PassageSearch, merge_with_passages
from engine.search.text.word_search import CANDIDATES, WordHit, WordSearch
from engine.store.items.item_table import ItemRows

PHRASES = CALIBRATION_PHRASES[:24]  # a page model takes long to encode one
QUERIES_KEPT = 8  # so that a hit can be explained without encoding the query again
# A page model is not calibrated for pictures, so only the same picture counts; picture vectors find others.
ONLY_THE_SAME = ScoreThresholds(SAME_PICTURE, SAME_PICTURE)
# Limits for any number of hits: comparing the words of a page takes 20 microseconds, its vectors 200.
MOST_BY_WORDS = 5_000
MOST_BY_VECTORS = 1_000
NEAREST_SCORED = 10  # pages near in meaning that words did not find
GROWTH = 0.02  # a large library that grew by more than this share is calibrated again

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageModel:
    """A page model, and the search of its page vectors."""

    embedder: PageEmbedder
    search: LateInteractionSearch


class PageSearch:
    """Searches the text of pages by words, by meaning and by a page model. Thread-safe."""

    def __init__(
        self,
        words: WordSearch,
        late: PageModel | None,
        known: Callable[[], ItemRows],
        meaning: PassageSearch | None = None,
    ) -> None:
        """`known`: returns all visible items; the same object until they change."""
        self._words = words
        self._meaning = meaning
        self._known = known
        self._late = late
        self._lock = threading.Lock()  # guards the cached queries; never held for long
        self._queries: OrderedDict[str, QueryVectors] = OrderedDict()
        self._calibrator = threading.Lock()  # guards the fields below
        self._phrases: list[NDArray[np.float32]] = []
        self._thresholds: _ModelThresholds | None = None

    def warm_up(self) -> None:
        """Load what makes a first search slow. Raises ModelError."""
        self._words.warm_up()
        self._warm_up_meaning()
        if self._late is not None:
            self._late.search.catch_up()
            self._score_thresholds(self._late)

    @property
    def picture_input(self) -> PictureInput | None:
        """The geometry of query pictures for the page model; None without a page model."""
        return None if self._late is None else self._late.embedder.page_input

    def search_words(self, text_query: TextQuery, allowed: NDArray[np.int64]) -> Ranking:
        """Rank pages by words; returns more than the limit, with ties not yet broken.

        `allowed`: only these items, sorted.
        """
        limit = _depth(text_query)
        return _word_ranking(
            self._words.search(text_query.text, text_query.without, limit, allowed, text_query.phrases)
        )

    def search_passages(self, text_query: TextQuery, allowed: NDArray[np.int64]) -> PassageMatches:
        """Rank pages by meaning. `allowed`: only these items, sorted.

        Without the encoder nothing is found, and the result says so.
        """
        if self._meaning is None or not text_query.text:
            return PassageMatches()
        if text_query.phrases or text_query.without:
            allowed = self._words.filter_by_phrases(allowed, text_query.phrases, text_query.without)
        try:
            return self._meaning.search(text_query.text, allowed)
        except ModelError as error:
            _log.warning("texts were searched by their words alone: %s", error)
            return PassageMatches(problem=f"Texts were searched by their words alone: {error}")

    def merge_texts(self, text_query: TextQuery, words: Ranking, near: PassageMatches) -> Ranking:
        """Merge the results of `search_words` and `search_passages` into one ranking.

        If words found as many pages as requested, other pages have some of the words too: the nearest of
        these are scored by words, the rest get the lowest score that words found.
        """
        depth = _depth(text_query)
        if len(words) < depth or not len(near.items):
            return merge_with_passages(words, near, depth, 0.0)
        others = np.setdiff1d(near.nearest(depth), words.items)
        nearest = others[np.argsort(-near.cosines_of(others), kind="stable")[:NEAREST_SCORED]]
        said = _word_ranking(self._words.score_items(text_query.text, nearest.tolist()))
        return merge_with_passages(words.followed_by(said), near, depth, float(words.scores.min()))

    def search_page_vectors(
        self,
        text_query: TextQuery,
        pictures: Sequence[Pixels],
        items: Sequence[int],
        allowed: NDArray[np.int64],
    ) -> list[Ranking]:
        """A ranking for the text, if it has a word, and one for each picture and item of the query.

        `allowed`: only these items, sorted. Empty without a page model. Raises ModelError.
        """
        late = self._late
        if late is None:
            return []
        late.search.catch_up()
        if text_query.phrases or text_query.without:
            allowed = self._words.filter_by_phrases(allowed, text_query.phrases, text_query.without)
        limit = min(text_query.limit, MOST_BY_VECTORS)
        rankings: list[Ranking] = []
        query = self._query_vectors(late, text_query.text) if text_query.text else None
        if query is not None:
            thresholds = self._score_thresholds(late)
            found = late.search.search(query.vectors, limit, allowed)
            rankings.append(_ranked(found, thresholds))
        shown = late.embedder.embed_pages(pictures) if pictures else []
        stored = [page for item in items if (page := late.search.page_vectors(item)) is not None]
        for page in (*shown, *stored):
            found = late.search.search(page.vectors, limit, allowed)
            rankings.append(_ranked(found, ONLY_THE_SAME))
        return rankings

    def explanation(self, text: str, item: int) -> Explanation:
        """Where on the item the text matches. Raises ModelError."""
        if not text:
            return Explanation()
        words = self._words.matched_words(text, item)
        query = None if self._late is None else self._query_vectors(self._late, text)
        heat = self._late.search.heat_maps(query, item) if self._late and query is not None else ()
        return Explanation(words, heat, not words and not heat and self._is_found_by_meaning(text, item))

    def _is_found_by_meaning(self, text: str, item: int) -> bool:
        """Whether the item matches by meaning while neither it nor its document's name has the words."""
        only = np.array([item], np.int64)
        near = self.search_passages(TextQuery(text, (), (), 1), only)
        return bool(len(near.nearest(1))) and not self._words.search(text, (), 1, only)

    def _warm_up_meaning(self) -> None:
        if self._meaning is not None:
            try:
                self._meaning.warm_up()
            except ModelError as error:
                _log.warning("texts are searched by their words alone: %s", error)

    def _query_vectors(self, late: PageModel, text: str) -> QueryVectors | None:
        """None if the text has no word."""
        with self._lock:
            known = self._queries.get(text)
        if known is None:
            try:
                known = late.embedder.embed_query(text)
            except QueryError:
                return None
            with self._lock:
                self._queries[text] = known
                while len(self._queries) > QUERIES_KEPT:
                    self._queries.popitem(last=False)
        return known

    def _score_thresholds(self, late: PageModel) -> ScoreThresholds:
        """What unrelated phrases score on the visible items, measured again when these change.

        In a large library, where that takes a second, only after it has grown or shrunk by a little.
        """
        with self._calibrator:
            known, pages, before = self._known(), len(late.search), self._thresholds
            same = before is not None and before.known is known and before.pages == pages
            near = before is not None and pages > EXHAUSTIVE and _is_similar_count(pages, before.pages)
            if before is not None and (same or near):
                return before.thresholds
            if not self._phrases:
                self._phrases = [late.embedder.embed_query(phrase).vectors for phrase in PHRASES]
            best = late.search.best_scores(self._phrases, known.items)
            sound = best[np.isfinite(best)]
            thresholds = text_thresholds(sound) if len(sound) else ScoreThresholds(1.0, 1.0)
            self._thresholds = _ModelThresholds(known, pages, thresholds)
            return thresholds


@dataclass(frozen=True, slots=True)
class _ModelThresholds:
    known: ItemRows
    pages: int  # with vectors of the page model
    thresholds: ScoreThresholds


def _word_ranking(found: Sequence[WordHit]) -> Ranking:
    return Ranking(
        np.array([hit.item for hit in found], np.int64),
        np.array([hit.score for hit in found], np.float64),
        np.array([CONFIDENCE[word_verdict(hit.matched_share)] for hit in found], np.int8),
        {hit.item: hit.snippet for hit in found},
    )


def _depth(text_query: TextQuery) -> int:
    return min(max(text_query.limit, CANDIDATES), MOST_BY_WORDS)


def _is_similar_count(now: int, before: int) -> bool:
    return abs(now - before) <= GROWTH * before


def _ranked(found: Sequence[ScoredPage], thresholds: ScoreThresholds) -> Ranking:
    scores = np.array([hit.score for hit in found], np.float64)
    return Ranking(
        np.array([hit.item for hit in found], np.int64), scores, thresholds.confidence_levels(scores)
    )
