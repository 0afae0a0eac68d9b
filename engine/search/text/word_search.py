"""Finds pages by their words: candidates from SQLite's full-text index (FTS5), exact scores for those."""

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
from engine.search.query.expanded_terms import sought
from engine.search.query.library_terms import (
    LibraryTerm,
    quoted,
)
from engine.search.query.query_terms import MOST_WANTED
from engine.search.query.spelling_correction import LoadEnglish
from engine.search.query.synonyms import (
    LoadWords,
    SimilarWords,
)
from engine.search.query.word_forms import form_weights
from engine.search.text.document_coverage import (
    NOTHING_COVERED,
    CoverageScores,
    DocumentCoverage,
)
from engine.search.text.document_names import DocumentNames
from engine.search.text.snippets import (
    BEFORE,
    SNIPPET_WORDS,
    snippet,
)
from engine.search.text.word_scores import (
    ExpandedTerm,
    PackedPages,
    PageFeatures,
    TermWeights,
)
from engine.store.database.connection import Database
from engine.store.items.item_table import ItemTable
from engine.store.pages.page_texts import PageTexts
from engine.store.pages.terms import (
    NO_TERMS,
    stems_of,
)
from engine.text.spelling_variants import find_variants
from engine.text.tokenization import terms_in

CANDIDATES = 100  # pages by BM25 that are scored exactly
MOST_ROWS = 5_000  # pages that one query may make FTS5 score, about
NAMED_DOCUMENTS = 5  # of which pages are candidates because of their names
NAMED_CANDIDATES = 20
COVERING_DOCUMENTS = 5  # of which pages are candidates since the documents repeat what is asked
COVERING_CANDIDATES = 40
TINY = 1e-9  # what every page says weighs nothing
ALL_OF_IT = 4.0  # more than the score of a page that says all of a query
SURE = 0.9  # that a page says something: not mended
SOME_WORDS = 0.5  # share of the weight of the words beside a date or an amount
LOOKED_AT = 20  # pages of which the forms of words are told apart
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
    item: int
    # In shares of the query's idf mass, higher is better: about 3 for a page that says all of it, more where
    # its document repeats it, and 4 more for each date or amount that it holds.
    score: float
    matched: float  # the share of the query's idf mass that the page or its document's name carries, 0 to 1
    # Of the item's text, the words around the match: few of many are ever looked at.
    snippet: Callable[[str], str] = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class _WordQuery:
    """A query, understood."""

    found: tuple[LibraryTerm, ...]
    phrases: Sequence[str]
    without: Sequence[str]
    allowed: NDArray[np.int64] | None

    @property
    def units(self) -> list[ExpandedTerm]:
        return [piece.unit for piece in self.found]

    @property
    def name_terms(self) -> set[str]:
        return {term for unit in self.units for term in unit.terms}


class WordSearch:
    """Searches the texts of pages. Safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        similar: LoadWords | None = None,
        english: LoadEnglish = frozenset,
        weights: TermWeights | None = None,
        item_table: ItemTable | None = None,
    ) -> None:
        """`similar`: asked when the first words are searched for; None: only the same word counts.

        `english`: words that are no slips, asked each time. `item_table`: that of the library, which others
        ask, too; None: one of its own.
        """
        self._database = database
        self._similar = None if similar is None else SimilarWords(similar)
        self._english = english
        self._weights = weights or TermWeights()
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
        """Pages that carry any telling word of `text`, or whose document is called so, best first.

        Each carries all of `phrases` and none of `without`. `allowed`: only these items; None: all.
        """
        if limit <= 0:
            return ()
        with self._database.read() as db:
            found = tuple(sought(db, text, self._similar, self._english()))
            if not found:
                return ()
            asked = _WordQuery(found, phrases, without, allowed)
            self._names.catch_up()
            coverage = self._covered(db, asked)
            items = self._candidates(db, asked, coverage, max(limit, CANDIDATES))
            return self._scored(db, asked, coverage, items)[:limit]

    def scored(self, text: str, items: Sequence[int]) -> tuple[WordHit, ...]:
        """What these pages say of `text`, whether much or nothing, best first: see `search`."""
        with self._database.read() as db:
            found = tuple(sought(db, text, self._similar, self._english()))
            if not found or not items:
                return ()
            asked = _WordQuery(found, (), (), None)
            return self._scored(db, asked, self._covered(db, asked), items)

    def _scored(
        self, db: Connection, asked: _WordQuery, coverage: CoverageScores, items: Sequence[int]
    ) -> tuple[WordHit, ...]:
        """Best first."""
        evidence, contents, names = self._evidence(db, asked, items)
        evidence = self._by_form(asked, items, evidence, self._scores(evidence, names))
        scores = self._scores(evidence, names) + self._weights.coverage * coverage.score_of(contents)
        scores /= max(sum(unit.idf for unit in asked.units), TINY)
        scores += ALL_OF_IT * _held(asked.units, evidence.said)
        best = np.argsort(-scores, kind="stable").tolist()
        matched = _matched(asked.units, evidence, names)
        idf = [unit.idf for unit in asked.units]
        return tuple(
            WordHit(
                items[at],
                float(scores[at]),
                float(matched[at]),
                partial(_snippet, at, evidence, idf),
            )
            for at in best
        )

    def texts(self, items: Sequence[int]) -> dict[int, str]:
        """What there is to read on items; those without text are left out."""
        return self._texts.texts(items)

    def warm_up(self) -> None:
        """Do once what is slow the first time."""
        self._names.catch_up()
        self._english()
        if self._similar is not None:
            with self._database.read() as db:
                self._similar.of(db, ["word"])

    def why(self, text: str, item: int) -> tuple[MatchedWord, ...]:
        """The words of an item that answer words of the query, in reading order: 200 of the best at most."""
        words = self._texts.words(item)
        with self._database.read() as db:
            units = [piece.unit for piece in sought(db, text, self._similar, self._english())]
            terms = stems_of(db, [word.text for word in words])
            written = _written(db, [word.text for word in words])
        scores = _answers(units, terms)
        scores.update(_answered_otherwise(units, written))
        best = sorted(scores, key=lambda at: -scores[at][0] * scores[at][1].idf)[:MOST_MATCHED]
        return tuple(
            MatchedWord(words[at].text, words[at].box, scores[at][1].word, scores[at][0])
            for at in sorted(best)
        )

    def filter_by_phrases(
        self, allowed: NDArray[np.int64], phrases: Sequence[str], without: Sequence[str]
    ) -> NDArray[np.int64]:
        """Those of `allowed` that carry all of `phrases` and none of `without`, in their order.

        An item without text carries nothing.
        """
        carried = [f"({phrase})" for phrase in _spoken(phrases)]
        unwanted = _any_of(_spoken(without))
        with self._database.read() as db:
            if carried:
                allowed = allowed[np.isin(allowed, _column(db, CARRYING, " AND ".join(carried)))]
            if unwanted:
                allowed = allowed[~np.isin(allowed, _column(db, CARRYING, unwanted))]
        return allowed

    def _covered(self, db: Connection, asked: _WordQuery) -> CoverageScores:
        return (
            self._coverage.of(db, asked.found, asked.allowed) if self._weights.coverage else NOTHING_COVERED
        )

    def _candidates(
        self, db: Connection, asked: _WordQuery, coverage: CoverageScores, limit: int
    ) -> list[int]:
        found = _matching(db, asked, asked.allowed, limit)
        if not (asked.phrases or asked.without):  # of these, pages that are only counted tell nothing
            found += coverage.pages(COVERING_DOCUMENTS, COVERING_CANDIDATES)
        contents = self._names.best(asked.name_terms, NAMED_DOCUMENTS) if self._weights.name else []
        named = _pages_of(db, asked, contents)
        if len(named):
            found += _matching(db, asked, named[:, 0], NAMED_CANDIDATES)
            found += _first_pages(db, asked, named)
        return list(dict.fromkeys(found))

    def _evidence(
        self, db: Connection, asked: _WordQuery, items: Sequence[int]
    ) -> tuple[PageFeatures, NDArray[np.int64], list[dict[str, float]]]:
        """What the pages say, and by page its content, and which words the names of its document carry."""
        terms = self._texts.terms(items)
        laid = PackedPages([terms.get(item, NO_TERMS) for item in items])
        contents = dict(db.execute(CONTENTS, (json.dumps(list(items)),)).fetchall())
        wanted = asked.name_terms
        carried = {content: self._names.carried(content, wanted) for content in set(contents.values())}
        nothing: dict[str, float] = {}  # for an item that went away meanwhile
        names = [carried.get(contents.get(item, 0), nothing) for item in items]
        owners = np.array([contents.get(item, 0) for item in items], np.int64)
        return laid.evidence(asked.units), owners, names

    def _by_form(
        self, asked: _WordQuery, items: Sequence[int], evidence: PageFeatures, scores: NDArray[np.float64]
    ) -> PageFeatures:
        """Looks at the best alone: other forms beside other words hardly change what comes behind these."""
        most = len(items) if len(asked.units) == 1 else LOOKED_AT
        best = np.argsort(-scores, kind="stable")[:most]
        indexed = self._texts.indexed([items[at] for at in best.tolist()])
        told = np.ones(evidence.said.shape)
        told[:, best] = form_weights(asked.units, [indexed.get(items[at], "") for at in best.tolist()])
        return evidence.times(told)

    def _scores(self, evidence: PageFeatures, names: Sequence[dict[str, float]]) -> NDArray[np.float64]:
        weights = self._weights
        named = np.array([sum(name.values()) for name in names], np.float64)
        return np.asarray(
            weights.frequency * evidence.frequency
            + weights.similarity * evidence.similarity
            + weights.nearness * evidence.nearness
            + weights.name * named
        )


def _pages_of(db: Connection, asked: _WordQuery, contents: Sequence[int]) -> NDArray[np.int64]:
    """(pages, 2): items and contents of `NAMED_ITEMS`, those that are asked for."""
    rows = db.execute(NAMED_ITEMS, (json.dumps(contents),)).fetchall() if contents else []
    pages = np.array(rows, np.int64).reshape(-1, 2)
    return pages if asked.allowed is None else pages[np.isin(pages[:, 0], asked.allowed)]


def _snippet(page: int, evidence: PageFeatures, idf: Sequence[float], text: str) -> str:
    return snippet(text, evidence.passage(page, SNIPPET_WORDS - BEFORE, idf))


def _matched(
    units: Sequence[ExpandedTerm], evidence: PageFeatures, names: Sequence[dict[str, float]]
) -> NDArray[np.float64]:
    named = np.array(
        [[all(term in name for term in unit.terms) for name in names] for unit in units], np.float64
    )
    idf = np.array([unit.idf for unit in units])
    return np.asarray(idf @ np.maximum(evidence.said, named.reshape(evidence.said.shape)) / idf.sum())


def _held(units: Sequence[ExpandedTerm], said: NDArray[np.float64]) -> NDArray[np.float64]:
    """(units, pages) -> (pages,): how many of the dates and amounts that are asked for a page says, where it
    says some of the words, too; other pages none.
    """
    exact = np.array([unit.is_exact for unit in units])
    idf = np.array([unit.idf for unit in units])[~exact]
    share = idf @ said[~exact] / max(float(idf.sum()), TINY)
    has_words = np.ones(said.shape[1], np.bool_) if exact.all() else share >= SOME_WORDS
    return np.asarray(np.where(has_words, (said[exact] >= SURE).sum(axis=0), 0), np.float64)


def _answers(
    units: Sequence[ExpandedTerm], terms: Sequence[Sequence[str]]
) -> dict[int, tuple[float, ExpandedTerm]]:
    """By the place of a word: how well it answers, and what."""
    owners = [at for at, its in enumerate(terms) for _ in its]
    flat = [term for its in terms for term in its]
    found: dict[int, tuple[float, ExpandedTerm]] = {}
    for unit in units:
        length = len(unit.terms)
        for start, term in enumerate(flat):
            same = tuple(flat[start : start + length]) == unit.terms
            score = 1.0 if same else unit.writings.get(term, unit.others.get(term, 0.0))
            for owner in owners[start : start + length] if score else ():
                if score > found.get(owner, (0.0,))[0]:
                    found[owner] = (score, unit)
    return found


def _written(db: Connection, words: Sequence[str]) -> list[tuple[range, str]]:
    """What the words say that can be written in several ways: which of them, and the term of it."""
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    found = [(writing, term) for writing in find_variants(" ".join(words)) for term in writing.terms]
    stems = stems_of(db, [term for _, term in found])
    return [
        (range(bisect_right(starts, writing.start) - 1, bisect_left(starts, writing.end)), its[0])
        for (writing, _), its in zip(found, stems, strict=True)
        if len(its) == 1
    ]


def _answered_otherwise(
    units: Sequence[ExpandedTerm], written: Sequence[tuple[range, str]]
) -> dict[int, tuple[float, ExpandedTerm]]:
    """As `_answers`, of words that together say what a unit asks for in another writing."""
    return {
        place: (1.0, unit)
        for places, term in written
        for unit in units
        if term in (*unit.writings, *unit.terms[: len(unit.terms) == 1])
        for place in places
    }


def _column(db: Connection, statement: str, *arguments: str) -> NDArray[np.int64]:
    return np.fromiter((row[0] for row in db.execute(statement, arguments)), np.int64)


def _matching(db: Connection, asked: _WordQuery, allowed: NDArray[np.int64] | None, limit: int) -> list[int]:
    """The best by BM25; where what leads to them leads to too few, some with any of the words."""
    arguments = {"allowed": None if allowed is None else _table(allowed), "limit": limit}
    words = _all_matches(asked.found)
    leads = _leads(asked.found)
    steps = [(BEST, lead) for lead in leads] + ([(SOME, words)] if leads[-1] != words else [])
    if allowed is not None and len(allowed) <= limit:
        steps = [(SOME, words)]  # each of them that matches is a candidate, whichever is found first
    found: dict[int, None] = {}
    for statement, lead in steps:
        rows = db.execute(statement, {**arguments, "match": _expression(asked, lead)})
        found.update(dict.fromkeys(row[0] for row in rows))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _table(items: NDArray[np.int64]) -> bytes:
    """A byte for each number, 1 for those that are there: SQLite takes 50 ms to read a list of 100,000."""
    table = np.zeros(1 + int(items.max(initial=0)), np.uint8)
    table[items] = 1
    return table.tobytes()


def _first_pages(db: Connection, asked: _WordQuery, named: NDArray[np.int64]) -> list[int]:
    """The beginnings of documents that are called as the query says, whatever their pages say.

    `named`: (items, 2), the items and contents of `NAMED_ITEMS` in its order.
    """
    if asked.phrases:
        return []
    _, begin = np.unique(named[:, 1], return_index=True)
    first: list[int] = named[begin, 0].tolist()
    unwanted = _any_of(_spoken(asked.without))
    carrying = {row[0] for row in db.execute(CARRY, (unwanted, json.dumps(first)))} if unwanted else set()
    return [item for item in first if item not in carrying]


def _leads(found: Sequence[LibraryTerm]) -> list[list[str]]:
    """What leads to candidates, each to be followed where those before lead to too few.

    The rarest words, and the next two where a page carries both. Before that, where even the rarest is on
    many pages: those that carry the three rarest. FTS5 scores every page that matches, a microsecond or two
    each. All words count in the exact scores.
    """
    rarest = sorted(found, key=lambda piece: piece.rows)
    rows = np.cumsum([piece.rows for piece in rarest])
    taken = max(int(np.searchsorted(rows, MOST_ROWS, side="right")), 1)
    next_two = rarest[taken : taken + 2]
    leading = _all_matches(rarest[:taken]) + (_carried(next_two) if len(next_two) > 1 else [])
    is_common = rarest[0].rows > MOST_ROWS and len(rarest) > 1
    return [_carried(rarest[:3]), leading] if is_common else [leading]


def _carried(pieces: Sequence[LibraryTerm]) -> list[str]:
    """Of pages that carry all of them."""
    return [f"({' AND '.join(f'({_any_of(_all_matches([piece]))})' for piece in pieces)})"]


def _all_matches(found: Sequence[LibraryTerm]) -> list[str]:
    return sorted({quoted(match) for piece in found for match in piece.matches})


def _expression(asked: _WordQuery, words: Sequence[str]) -> str:
    """Flat, since FTS5 takes nothing that is deeply nested."""
    expression = f"({_any_of(words)})"
    for phrase in _spoken(asked.phrases):
        expression += f" AND {phrase}"
    unwanted = _any_of(_spoken(asked.without))
    return f"({expression}) NOT ({unwanted})" if unwanted else expression


def _any_of(phrases: Iterable[str]) -> str:
    return " OR ".join(phrases)


def _spoken(phrases: Sequence[str]) -> list[str]:
    return [quoted(phrase) for phrase in phrases if terms_in(phrase)][:MOST_WANTED]
