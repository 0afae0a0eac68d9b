"""Ranks items by what stands on them: by their words and what they mean, and by a page model's vectors."""

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
from engine.models.base import PageEmbedder
from engine.records import Explanation, PictureInput, Pixels, QueryVectors
from engine.search.confidence.calibration_queries import REFERENCE_PHRASES
from engine.search.confidence.thresholds import (
    SAME_PICTURE,
    ReferenceScores,
    text_reference,
    word_verdict,
)
from engine.search.pages.late_interaction import (
    LateSearch,
    ScoredPages,
)
from engine.search.results.ranking import (
    SURENESS,
    Ranking,
)
from engine.search.text.passage_search import (
    PassageMatches,
    PassageSearch,
    joined,
)
from engine.search.text.word_search import (
    CANDIDATES,
    WordHit,
    WordSearch,
)
from engine.store.items.item_table import ItemRows

PHRASES = REFERENCE_PHRASES[:24]  # a page model takes long to read one
QUERIES_KEPT = 8  # so that a hit can be explained without encoding the query again
# What unrelated pictures reach by a page model is not known: how alike others are, picture vectors tell.
ONLY_THE_SAME = ReferenceScores(SAME_PICTURE, SAME_PICTURE)
# However many hits are asked for: of a page each, words are compared in 20 microseconds, vectors in 200.
MOST_BY_WORDS = 5_000
MOST_BY_VECTORS = 1_000
NEAREST_SCORED = 10  # pages that words did not find, and that mean what is asked for
GROWTH = 0.02  # a large library that grew by more than this share is measured anew

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageModel:
    """A page model, and the search of the library's pages as it sees them."""

    embedder: PageEmbedder
    search: LateSearch


@dataclass(frozen=True, slots=True)
class TextQuery:
    """What of a query concerns words."""

    text: str
    without: tuple[str, ...]
    phrases: tuple[str, ...]
    limit: int


class PageSearch:
    """Safe to use from several threads."""

    def __init__(
        self,
        words: WordSearch,
        late: PageModel | None,
        known: Callable[[], ItemRows],
        meaning: PassageSearch | None = None,
    ) -> None:
        """`known`: all items that can be found; the same object until there are others."""
        self._words = words
        self._meaning = meaning
        self._known = known
        self._late = late
        self._lock = threading.Lock()  # of the queries that are kept; never for long
        self._queries: OrderedDict[str, QueryVectors] = OrderedDict()
        self._calibrator = threading.Lock()  # of what follows
        self._phrases: list[NDArray[np.float32]] = []
        self._measure: _Question | None = None

    def warm_up(self) -> None:
        """Raises ModelError."""
        self._words.warm_up()
        self._warm_up_meaning()
        if self._late is not None:
            self._late.search.catch_up()
            self._measured(self._late)

    @property
    def picture_input(self) -> PictureInput | None:
        """How a page model wants a picture that is looked for; None where there is no page model."""
        return None if self._late is None else self._late.embedder.page_input

    def by_words(self, asked: TextQuery, allowed: NDArray[np.int64]) -> Ranking:
        """Some more than were asked for, among which equal ones are still to be put in order.

        `allowed`: only these items, sorted.
        """
        limit = _depth(asked)
        return _said(self._words.search(asked.text, asked.without, limit, allowed, asked.phrases))

    def by_meaning(self, asked: TextQuery, allowed: NDArray[np.int64]) -> PassageMatches:
        """`allowed`: only these items, sorted. Without the encoder nothing is near, and that is told."""
        if self._meaning is None or not asked.text:
            return PassageMatches()
        if asked.phrases or asked.without:
            allowed = self._words.filter_by_phrases(allowed, asked.phrases, asked.without)
        try:
            return self._meaning.near(asked.text, allowed)
        except ModelError as error:
            _log.warning("texts were searched by their words alone: %s", error)
            return PassageMatches(problem=f"Texts were searched by their words alone: {error}")

    def by_text(self, asked: TextQuery, words: Ranking, near: PassageMatches) -> Ranking:
        """What `by_words` and `by_meaning` found, in one ranking.

        Where words found as many pages as were asked for, others say some of the words, too: the nearest of
        these are scored, the rest count as the last that words found.
        """
        depth = _depth(asked)
        if len(words) < depth or not len(near.items):
            return joined(words, near, depth, 0.0)
        others = np.setdiff1d(near.best(depth), words.items)
        nearest = others[np.argsort(-near.of(others), kind="stable")[:NEAREST_SCORED]]
        said = _said(self._words.scored(asked.text, nearest.tolist()))
        return joined(words.followed_by(said), near, depth, float(words.scores.min()))

    def by_vectors(
        self,
        asked: TextQuery,
        pictures: Sequence[Pixels],
        items: Sequence[int],
        allowed: NDArray[np.int64],
    ) -> list[Ranking]:
        """A ranking for the text, if it has a word, and one for each picture and item that is asked for.

        `allowed`: only these items, sorted. Empty without a page model. Raises ModelError.
        """
        late = self._late
        if late is None:
            return []
        late.search.catch_up()
        if asked.phrases or asked.without:
            allowed = self._words.filter_by_phrases(allowed, asked.phrases, asked.without)
        limit = min(asked.limit, MOST_BY_VECTORS)
        rankings: list[Ranking] = []
        query = self._query_vectors(late, asked.text) if asked.text else None
        if query is not None:
            reference = self._measured(late)
            found = late.search.search(query.vectors, limit, allowed)
            rankings.append(_ranked(found, reference))
        shown = late.embedder.embed_pages(pictures) if pictures else []
        stored = [page for item in items if (page := late.search.page(item)) is not None]
        for page in (*shown, *stored):
            found = late.search.search(page.vectors, limit, allowed)
            rankings.append(_ranked(found, ONLY_THE_SAME))
        return rankings

    def why(self, text: str, item: int) -> Explanation:
        """Raises ModelError."""
        if not text:
            return Explanation()
        words = self._words.why(text, item)
        query = None if self._late is None else self._query_vectors(self._late, text)
        heat = self._late.search.heat(query, item) if self._late and query is not None else ()
        return Explanation(words, heat, not words and not heat and self._is_by_meaning(text, item))

    def _is_by_meaning(self, text: str, item: int) -> bool:
        """Whether an item means what is asked for, while neither it nor its document's name says so."""
        only = np.array([item], np.int64)
        near = self.by_meaning(TextQuery(text, (), (), 1), only)
        return bool(len(near.best(1))) and not self._words.search(text, (), 1, only)

    def _warm_up_meaning(self) -> None:
        if self._meaning is not None:
            try:
                self._meaning.warm_up()
            except ModelError as error:
                _log.warning("texts are searched by their words alone: %s", error)

    def _query_vectors(self, late: PageModel, text: str) -> QueryVectors | None:
        """None where there is no word in the text."""
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

    def _measured(self, late: PageModel) -> ReferenceScores:
        """What unrelated phrases reach on what can be found: taken anew when that is not the same any more,
        and in a large library, where it takes a second, when it has grown or shrunk by a little."""
        with self._calibrator:
            known, pages, before = self._known(), len(late.search), self._measure
            same = before is not None and before.known is known and before.pages == pages
            near = before is not None and pages > EXHAUSTIVE and _is_near(pages, before.pages)
            if before is not None and (same or near):
                return before.reference
            if not self._phrases:
                self._phrases = [late.embedder.embed_query(phrase).vectors for phrase in PHRASES]
            best = late.search.best_scores(self._phrases, known.items)
            sound = best[np.isfinite(best)]
            reference = text_reference(sound) if len(sound) else ReferenceScores(1.0, 1.0)
            self._measure = _Question(known, pages, reference)
            return reference


@dataclass(frozen=True, slots=True)
class _Question:
    known: ItemRows
    pages: int  # of the page model's
    reference: ReferenceScores


def _said(found: Sequence[WordHit]) -> Ranking:
    return Ranking(
        np.array([hit.item for hit in found], np.int64),
        np.array([hit.score for hit in found], np.float64),
        np.array([SURENESS[word_verdict(hit.matched)] for hit in found], np.int8),
        {hit.item: hit.snippet for hit in found},
    )


def _depth(asked: TextQuery) -> int:
    return min(max(asked.limit, CANDIDATES), MOST_BY_WORDS)


def _is_near(now: int, before: int) -> bool:
    return abs(now - before) <= GROWTH * before


def _ranked(found: Sequence[ScoredPages], reference: ReferenceScores) -> Ranking:
    scores = np.array([hit.score for hit in found], np.float64)
    return Ranking(np.array([hit.item for hit in found], np.int64), scores, reference.confidence(scores))
