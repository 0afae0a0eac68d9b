"""Finds pages by words: candidates from SQLite's full-text index (FTS5), then exact scores."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.records import MatchedWord
from engine.search.query.expanded_terms import expand_terms
from engine.search.query.library_terms import ExpandedTerm, LibraryTerm, quote_phrase
from engine.search.query.query_terms import MOST_TERMS
from engine.search.query.spelling_correction import LoadEnglishWords
from engine.search.query.synonyms import LoadWords, SynonymFinder
from engine.search.text.document_coverage import NO_COVERAGE, CoverageScores, DocumentCoverage
from engine.search.text.document_names import DocumentNames
from engine.search.text.snippets import SNIPPET_WORDS, WORDS_BEFORE, make_snippet
from engine.search.text.word_forms import form_weights
from engine.search.text.word_scores import FeatureWeights, PackedPages, PageFeatures
from engine.store.database.connection import Database
from engine.store.items.item_table import ItemTable
from engine.store.pages.page_texts import PageTexts
from engine.store.pages.terms import NO_TERMS, stems_of
from engine.text.spelling_variants import find_variants
from engine.text.tokenization import terms_in

CANDIDATES = 100  # pages by BM25 that are scored exactly
MOST_ROWS = 5_000  # about as many pages FTS5 may score for one query
NAMED_DOCUMENTS = 5  # documents whose pages are candidates because of their names
NAMED_CANDIDATES = 20
COVERING_DOCUMENTS = 5  # documents whose pages are candidates because they repeat the query's words
COVERING_CANDIDATES = 40
TINY = 1e-9  # a word on every page weighs nothing
EXACT_BONUS = 4.0  # more than the score of a page with all words of a query
SURE = 0.9  # from here on a page has the word itself, not a correction of it
LEAST_WORDS_BESIDE = 0.5  # share of the weight of the words beside a date or an amount
FORMS_CHECKED = 20  # pages whose word forms are compared with those typed
MOST_MATCHED = 200  # words of a page that are shown

MATCHING = """
SELECT rowid FROM page_search
WHERE page_search MATCH :match AND (:allowed IS NULL OR substr(:allowed, rowid + 1, 1) = x'01')
AND EXISTS (SELECT 1 FROM item JOIN file ON file.content_id = item.content_id
            WHERE item.id = page_search.rowid AND missing_since IS NULL)
"""
BEST = MATCHING + "ORDER BY rank LIMIT :limit"
SOME = MATCHING + "LIMIT :limit"
NAMED_ITEMS = """
SELECT item.id, content_id FROM item JOIN page_text ON page_text.item_id = item.id
WHERE content_id IN (SELECT value FROM json_each(?)) ORDER BY content_id, page
"""
CONTENTS = "SELECT id, content_id FROM item WHERE id IN (SELECT value FROM json_each(?))"
CARRYING = "SELECT rowid FROM page_search WHERE page_search MATCH ?"
CARRY = """
SELECT rowid FROM page_search WHERE page_search MATCH ? AND rowid IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class WordHit:
    """A page that has words of the query."""

    item: int
    # In shares of the query's total idf, higher is better: about 3 for a page with all words, more if its
    # document repeats them, and 4 more for each date or amount on it.
    score: float
    # The share of the query's total idf on the page or in its document's name, 0 to 1.
    matched_share: float
    # Makes the words around the match from the item's text; lazy, since few hits are ever shown.
    snippet: Callable[[str], str] = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class _WordQuery:
    """A query with its words expanded."""

    terms: tuple[LibraryTerm, ...]
    phrases: Sequence[str]
    without: Sequence[str]
    allowed: NDArray[np.int64] | None

    @property
    def units(self) -> list[ExpandedTerm]:
        return [piece.unit for piece in self.terms]

    @property
    def name_terms(self) -> set[str]:
        return {term for unit in self.units for term in unit.terms}


class WordSearch:
    """Searches the texts of pages. Thread-safe."""

    def __init__(
        self,
        database: Database,
        similar: LoadWords | None = None,
        english: LoadEnglishWords = frozenset,
        weights: FeatureWeights | None = None,
        item_table: ItemTable | None = None,
    ) -> None:
        """`similar`: called when the first words are searched for; None: no synonyms.

        `english`: returns words that are not typing errors, called for each query. `item_table`: the
        library's, shared with others; None: its own.
        """
        self._database = database
        self._similar = None if similar is None else SynonymFinder(similar)
        self._english = english
        self._weights = weights or FeatureWeights()
        self._texts = PageTexts(database)
        self._names = DocumentNames(database)
        self._coverage = DocumentCoverage((item_table or ItemTable(database)).rows)

    def search(
        self,
        text: str,
        without: Sequence[str],
        limit: int,
        allowed: NDArray[np.int64] | None = None,
        phrases: Sequence[str] = (),
    ) -> tuple[WordHit, ...]:
        """Pages with any significant word of `text`, or whose document has such a name, best first.

        Each has all of `phrases` and none of `without`. `allowed`: only these items; None: all.
        """
        if limit <= 0:
            return ()
        with self._database.read() as db:
            found = tuple(expand_terms(db, text, self._similar, self._english()))
            if not found:
                return ()
            word_query = _WordQuery(found, phrases, without, allowed)
            self._names.catch_up()
            coverage = self._score_coverage(db, word_query)
            items = self._find_candidates(db, word_query, coverage, max(limit, CANDIDATES))
            return self._score(db, word_query, coverage, items)[:limit]

    def score_items(self, text: str, items: Sequence[int]) -> tuple[WordHit, ...]:
        """The scores of these pages for `text`, even without any of its words, best first: see `search`."""
        with self._database.read() as db:
            found = tuple(expand_terms(db, text, self._similar, self._english()))
            if not found or not items:
                return ()
            word_query = _WordQuery(found, (), (), None)
            return self._score(db, word_query, self._score_coverage(db, word_query), items)

    def _score(
        self, db: Connection, word_query: _WordQuery, coverage: CoverageScores, items: Sequence[int]
    ) -> tuple[WordHit, ...]:
        """Best first."""
        features, contents, names = self._extract_features(db, word_query, items)
        features = self._weigh_word_forms(
            word_query, items, features, self._combine_features(features, names)
        )
        scores = self._combine_features(features, names) + self._weights.coverage * coverage.score_of(
            contents
        )
        scores /= max(sum(unit.idf for unit in word_query.units), TINY)
        scores += EXACT_BONUS * _count_exact(word_query.units, features.presence)
        best = np.argsort(-scores, kind="stable").tolist()
        matched = _matched_shares(word_query.units, features, names)
        idf = [unit.idf for unit in word_query.units]
        return tuple(
            WordHit(
                items[at],
                float(scores[at]),
                float(matched[at]),
                partial(_make_snippet, at, features, idf),
            )
            for at in best
        )

    def texts_of(self, items: Sequence[int]) -> dict[int, str]:
        """The texts of items; those without text are left out."""
        return self._texts.texts(items)

    def warm_up(self) -> None:
        """Load what makes the first search slow."""
        self._names.catch_up()
        self._english()
        if self._similar is not None:
            with self._database.read() as db:
                self._similar.find(db, ["word"])

    def matched_words(self, text: str, item: int) -> tuple[MatchedWord, ...]:
        """The words of an item that match words of the query, in reading order: at most the 200 best."""
        words = self._texts.words(item)
        with self._database.read() as db:
            units = [piece.unit for piece in expand_terms(db, text, self._similar, self._english())]
            terms = stems_of(db, [word.text for word in words])
            written = _find_variants_in(db, [word.text for word in words])
        scores = _match_words(units, terms)
        scores.update(_match_variants(units, written))
        best = sorted(scores, key=lambda at: -scores[at][0] * scores[at][1].idf)[:MOST_MATCHED]
        return tuple(
            MatchedWord(words[at].text, words[at].box, scores[at][1].word, scores[at][0])
            for at in sorted(best)
        )

    def filter_by_phrases(
        self, allowed: NDArray[np.int64], phrases: Sequence[str], without: Sequence[str]
    ) -> NDArray[np.int64]:
        """Those of `allowed` with all of `phrases` and none of `without`, in order.

        An item without text has no phrases.
        """
        carried = [f"({phrase})" for phrase in _quote_phrases(phrases)]
        unwanted = _any_of(_quote_phrases(without))
        with self._database.read() as db:
            if carried:
                allowed = allowed[np.isin(allowed, _read_items(db, CARRYING, " AND ".join(carried)))]
            if unwanted:
                allowed = allowed[~np.isin(allowed, _read_items(db, CARRYING, unwanted))]
        return allowed

    def _score_coverage(self, db: Connection, word_query: _WordQuery) -> CoverageScores:
        return (
            self._coverage.score(db, word_query.terms, word_query.allowed)
            if self._weights.coverage
            else NO_COVERAGE
        )

    def _find_candidates(
        self, db: Connection, word_query: _WordQuery, coverage: CoverageScores, limit: int
    ) -> list[int]:
        found = _find_matching(db, word_query, word_query.allowed, limit)
        if not (word_query.phrases or word_query.without):  # pages that are only counted do not help here
            found += coverage.best_pages(COVERING_DOCUMENTS, COVERING_CANDIDATES)
        contents = (
            self._names.best_matches(word_query.name_terms, NAMED_DOCUMENTS) if self._weights.name else []
        )
        named = _pages_of(db, word_query, contents)
        if len(named):
            found += _find_matching(db, word_query, named[:, 0], NAMED_CANDIDATES)
            found += _first_pages(db, word_query, named)
        return list(dict.fromkeys(found))

    def _extract_features(
        self, db: Connection, word_query: _WordQuery, items: Sequence[int]
    ) -> tuple[PageFeatures, NDArray[np.int64], list[dict[str, float]]]:
        """The features of pages, their contents, and which words the names of their documents have."""
        terms = self._texts.terms(items)
        packed = PackedPages([terms.get(item, NO_TERMS) for item in items])
        contents = dict(db.execute(CONTENTS, (json.dumps(list(items)),)).fetchall())
        wanted = word_query.name_terms
        carried = {content: self._names.matching_terms(content, wanted) for content in set(contents.values())}
        nothing: dict[str, float] = {}  # for an item deleted meanwhile
        names = [carried.get(contents.get(item, 0), nothing) for item in items]
        owners = np.array([contents.get(item, 0) for item in items], np.int64)
        return packed.features(word_query.units), owners, names

    def _weigh_word_forms(
        self,
        word_query: _WordQuery,
        items: Sequence[int],
        features: PageFeatures,
        scores: NDArray[np.float64],
    ) -> PageFeatures:
        """Examines only the best: other word forms hardly change what comes after these."""
        most = len(items) if len(word_query.units) == 1 else FORMS_CHECKED
        best = np.argsort(-scores, kind="stable")[:most]
        indexed = self._texts.indexed([items[at] for at in best.tolist()])
        factors = np.ones(features.presence.shape)
        factors[:, best] = form_weights(
            word_query.units, [indexed.get(items[at], "") for at in best.tolist()]
        )
        return features.scale(factors)

    def _combine_features(
        self, features: PageFeatures, names: Sequence[dict[str, float]]
    ) -> NDArray[np.float64]:
        weights = self._weights
        named = np.array([sum(name.values()) for name in names], np.float64)
        return np.asarray(
            weights.frequency * features.frequency
            + weights.similarity * features.similarity
            + weights.nearness * features.nearness
            + weights.name * named
        )


def _pages_of(db: Connection, word_query: _WordQuery, contents: Sequence[int]) -> NDArray[np.int64]:
    """(pages, 2): items and contents of `NAMED_ITEMS`, those that are allowed."""
    rows = db.execute(NAMED_ITEMS, (json.dumps(contents),)).fetchall() if contents else []
    pages = np.array(rows, np.int64).reshape(-1, 2)
    return pages if word_query.allowed is None else pages[np.isin(pages[:, 0], word_query.allowed)]


def _make_snippet(page: int, features: PageFeatures, idf: Sequence[float], text: str) -> str:
    return make_snippet(text, features.best_passage(page, SNIPPET_WORDS - WORDS_BEFORE, idf))


def _matched_shares(
    units: Sequence[ExpandedTerm], features: PageFeatures, names: Sequence[dict[str, float]]
) -> NDArray[np.float64]:
    named = np.array(
        [[all(term in name for term in unit.terms) for name in names] for unit in units], np.float64
    )
    idf = np.array([unit.idf for unit in units])
    return np.asarray(idf @ np.maximum(features.presence, named.reshape(features.presence.shape)) / idf.sum())


def _count_exact(units: Sequence[ExpandedTerm], said: NDArray[np.float64]) -> NDArray[np.float64]:
    """(units, pages) -> (pages,): how many of the query's dates and amounts a page has.

    0 for pages that have too few of its other words.
    """
    exact = np.array([unit.is_exact for unit in units])
    idf = np.array([unit.idf for unit in units])[~exact]
    share = idf @ said[~exact] / max(float(idf.sum()), TINY)
    has_words = np.ones(said.shape[1], np.bool_) if exact.all() else share >= LEAST_WORDS_BESIDE
    return np.asarray(np.where(has_words, (said[exact] >= SURE).sum(axis=0), 0), np.float64)


def _match_words(
    units: Sequence[ExpandedTerm], terms: Sequence[Sequence[str]]
) -> dict[int, tuple[float, ExpandedTerm]]:
    """For each matching word's position how well it matches, and which unit."""
    owners = [at for at, its in enumerate(terms) for _ in its]
    flat = [term for its in terms for term in its]
    found: dict[int, tuple[float, ExpandedTerm]] = {}
    for unit in units:
        length = len(unit.terms)
        for start, term in enumerate(flat):
            same = tuple(flat[start : start + length]) == unit.terms
            score = 1.0 if same else unit.variants.get(term, unit.synonyms.get(term, 0.0))
            for owner in owners[start : start + length] if score else ():
                if score > found.get(owner, (0.0,))[0]:
                    found[owner] = (score, unit)
    return found


def _find_variants_in(db: Connection, words: Sequence[str]) -> list[tuple[range, str]]:
    """The spelling variants among the words: which words, and their term."""
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    found = [(writing, term) for writing in find_variants(" ".join(words)) for term in writing.terms]
    stems = stems_of(db, [term for _, term in found])
    return [
        (range(bisect_right(starts, writing.start) - 1, bisect_left(starts, writing.end)), its[0])
        for (writing, _), its in zip(found, stems, strict=True)
        if len(its) == 1
    ]


def _match_variants(
    units: Sequence[ExpandedTerm], written: Sequence[tuple[range, str]]
) -> dict[int, tuple[float, ExpandedTerm]]:
    """Like `_match_words`, for words that together match a unit in another spelling."""
    return {
        place: (1.0, unit)
        for places, term in written
        for unit in units
        if term in (*unit.variants, *unit.terms[: len(unit.terms) == 1])
        for place in places
    }


def _read_items(db: Connection, statement: str, *arguments: str) -> NDArray[np.int64]:
    return np.fromiter((row[0] for row in db.execute(statement, arguments)), np.int64)


def _find_matching(
    db: Connection, word_query: _WordQuery, allowed: NDArray[np.int64] | None, limit: int
) -> list[int]:
    """The best by BM25; if these queries find too few, some with any of the words."""
    arguments = {"allowed": None if allowed is None else _as_bitmap(allowed), "limit": limit}
    words = _all_matches(word_query.terms)
    leads = _candidate_queries(word_query.terms)
    steps = [(BEST, lead) for lead in leads] + ([(SOME, words)] if leads[-1] != words else [])
    if allowed is not None and len(allowed) <= limit:
        steps = [(SOME, words)]  # every match is a candidate, whichever is found first
    found: dict[int, None] = {}
    for statement, lead in steps:
        rows = db.execute(statement, {**arguments, "match": _fts_expression(word_query, lead)})
        found.update(dict.fromkeys(row[0] for row in rows))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _as_bitmap(items: NDArray[np.int64]) -> bytes:
    """One byte for each number, 1 if it is there: SQLite takes 50 ms to parse a list of 100,000."""
    table = np.zeros(1 + int(items.max(initial=0)), np.uint8)
    table[items] = 1
    return table.tobytes()


def _first_pages(db: Connection, word_query: _WordQuery, named: NDArray[np.int64]) -> list[int]:
    """The first pages of documents with a matching name, whatever the pages say.

    `named`: (items, 2), the items and contents of `NAMED_ITEMS` in its order.
    """
    if word_query.phrases:
        return []
    _, begin = np.unique(named[:, 1], return_index=True)
    first: list[int] = named[begin, 0].tolist()
    unwanted = _any_of(_quote_phrases(word_query.without))
    carrying = {row[0] for row in db.execute(CARRY, (unwanted, json.dumps(first)))} if unwanted else set()
    return [item for item in first if item not in carrying]


def _candidate_queries(found: Sequence[LibraryTerm]) -> list[list[str]]:
    """Queries for candidates; each is used if those before it find too few.

    The rarest words, and the next two where a page has both. Before that, if even the rarest is on many
    pages: pages with the three rarest. FTS5 scores every matching page, a microsecond or two each. All words
    count in the exact scores.
    """
    rarest = sorted(found, key=lambda piece: piece.match_count)
    rows = np.cumsum([piece.match_count for piece in rarest])
    taken = max(int(np.searchsorted(rows, MOST_ROWS, side="right")), 1)
    next_two = rarest[taken : taken + 2]
    leading = _all_matches(rarest[:taken]) + (_all_terms_query(next_two) if len(next_two) > 1 else [])
    is_common = rarest[0].match_count > MOST_ROWS and len(rarest) > 1
    return [_all_terms_query(rarest[:3]), leading] if is_common else [leading]


def _all_terms_query(pieces: Sequence[LibraryTerm]) -> list[str]:
    """For pages with all of them."""
    return [f"({' AND '.join(f'({_any_of(_all_matches([piece]))})' for piece in pieces)})"]


def _all_matches(found: Sequence[LibraryTerm]) -> list[str]:
    return sorted({quote_phrase(match) for piece in found for match in piece.matches})


def _fts_expression(word_query: _WordQuery, words: Sequence[str]) -> str:
    """Flat, since FTS5 rejects deeply nested expressions."""
    expression = f"({_any_of(words)})"
    for phrase in _quote_phrases(word_query.phrases):
        expression += f" AND {phrase}"
    unwanted = _any_of(_quote_phrases(word_query.without))
    return f"({expression}) NOT ({unwanted})" if unwanted else expression


def _any_of(phrases: Iterable[str]) -> str:
    return " OR ".join(phrases)


def _quote_phrases(phrases: Sequence[str]) -> list[str]:
    return [quote_phrase(phrase) for phrase in phrases if terms_in(phrase)][:MOST_TERMS]
