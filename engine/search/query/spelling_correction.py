"""Corrects typing errors in a query: words on no page, or that do not fit their neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from sqlite3 import Connection

from engine.search.query.fuzzy_terms import similar_spellings
from engine.search.query.library_terms import LibraryTerm, quote_phrase
from engine.store.pages.terms import words_for
from engine.text.tokenization import terms_in

MOST_CORRECTED = 8  # words of one query
RARE = 2  # a word on no more pages may be an error on these pages
NEAR = 3  # words between two that fit together

IS_THERE = "SELECT 1 FROM page_search WHERE page_search MATCH ? LIMIT 1"

EnglishWords = frozenset[str]
LoadEnglishWords = Callable[[], EnglishWords]


def correct_spelling(
    db: Connection, found: Sequence[LibraryTerm], english: EnglishWords
) -> list[LibraryTerm]:
    """Replace words on no page by similarly spelled terms. `found`: of one query, in order.

    An English word, or one that is on a page, is replaced only if the correction is near the word's neighbour
    in the query on some page: somebody who searches for grass in a library without it does not want what is
    gross.
    """
    result = list(found)
    single = [at for at, piece in enumerate(found) if len(piece.unit.terms) == 1 and piece.page_count <= RARE]
    for at in single[:MOST_CORRECTED]:
        (word,) = terms_in(found[at].matches[0])
        is_english, is_there = _is_english(word.plain, english), found[at].page_count > 0
        if is_english and is_there:
            continue
        near = similar_spellings(db, word.plain)
        if near and (is_english or is_there):
            beside = [each for each in (*found[at - 1 : at], *found[at + 1 : at + 2]) if each.page_count]
            near = {term: told for term, told in near.items() if _stands_near(db, term, beside)}
        if near:
            result[at] = _with_corrections(db, found[at], near)
    return result


def _is_english(word: str, english: EnglishWords) -> bool:
    return word in english or word.removesuffix("s") in english


def _stands_near(db: Connection, term: str, beside: Sequence[LibraryTerm]) -> bool:
    """Whether a page has the term near one of its neighbours in the query."""
    (word,) = words_for(db, [term])
    pairs = (f"NEAR({quote_phrase(word)} {quote_phrase(each.matches[0])}, {NEAR})" for each in beside)
    return any(db.execute(IS_THERE, (pair,)).fetchone() for pair in pairs)


def _with_corrections(db: Connection, piece: LibraryTerm, near: dict[str, tuple[float, int]]) -> LibraryTerm:
    writings = {term: similarity for term, (similarity, _) in near.items() if term not in piece.unit.terms}
    carriers = [pages for _, pages in near.values()]
    return replace(
        piece,
        unit=replace(piece.unit, variants={**piece.unit.variants, **writings}),
        matches=(*piece.matches, *words_for(db, list(writings))),
        page_count=max(piece.page_count, *carriers),
        match_count=piece.match_count + sum(carriers),
    )
