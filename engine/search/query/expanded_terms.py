"""Expands the words of a query into the terms to search for in a library, with their rarity."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from sqlite3 import Connection

from engine.search.query.compounds import join_neighbours, split_compounds
from engine.search.query.dates import extract_dates
from engine.search.query.library_terms import ExpandedTerm, LibraryTerm, count_phrase_pages, count_term_pages
from engine.search.query.query_terms import QueryTerm, extract_terms, split_letters_and_digits
from engine.search.query.spelling_correction import EnglishWords, correct_spelling
from engine.search.query.synonyms import SynonymFinder
from engine.store.pages.terms import exact_word, stems_of
from engine.text.normalization import fold_accents
from engine.text.tokenization import WORDS, terms_in

COMMON = 0.5  # a word on more than this share of the pages distinguishes none of them
TELLING_PART = 3  # letters or digits: "FY" of "FY2019" says little
FEW = 100  # a word on fewer pages is also searched for by similar words

PAGE_COUNT = "SELECT COUNT(*) FROM page_search_docsize"  # without the texts themselves: much smaller to read


def expand_terms(
    db: Connection, text: str, similar: SynonymFinder | None, english: EnglishWords
) -> list[LibraryTerm]:
    """The terms of a query. Words on more than half of the pages are dropped unless there are no others.

    `similar`: finds synonyms; None: none. `english`: words that are not typing errors.
    """
    pages = int(db.execute(PAGE_COUNT).fetchone()[0])
    dates, rest = extract_dates(db, text)
    found = _look_up(db, extract_terms(rest, any_word=not dates))
    found = split_compounds(db, join_neighbours(db, found))
    found = [term for piece in found for term in (_look_up_parts(db, piece) or [piece])]
    found = [*correct_spelling(db, found, english), *dates]
    found = [piece for piece in found if piece.unit.is_exact or piece.page_count <= COMMON * pages] or found
    if similar is not None:
        found = _add_synonyms(db, found, similar)
    return [_with_idf(piece, pages) for piece in _deduplicate(found)]


def _look_up(db: Connection, pieces: Sequence[QueryTerm]) -> list[LibraryTerm]:
    writings = list(dict.fromkeys(writing for piece in pieces for writing in piece.variants))
    stems = stems_of(db, [*(piece.text for piece in pieces), *writings])
    written = {
        word: its[0] for word, its in zip(writings, stems[len(pieces) :], strict=True) if len(its) == 1
    }
    found: list[LibraryTerm] = []
    for piece, its in zip(pieces, stems, strict=False):
        if its:
            others = [
                written[word] for word in piece.variants if word in written and written[word] not in its
            ]
            marks = tuple(term.mark for term in terms_in(piece.text))
            count = _page_count(db, its, piece.text, others)
            unit = ExpandedTerm(
                piece.word,
                tuple(its),
                0.0,
                dict.fromkeys(others, 1.0),
                marks=marks,
                typed_form=_typed_form(piece.text) if len(its) == 1 else "",
                is_exact=piece.is_exact,
            )
            own = (exact_word(mark) for mark in marks if mark and len(marks) == 1)
            found.append(LibraryTerm(unit, (piece.text, *piece.variants, *own), count, count))
    return found


def _typed_form(word: str) -> str:
    """Only words in unaccented letters are stemmed."""
    return fold_accents(word) if word.isalpha() and fold_accents(word).isascii() else ""


def _page_count(db: Connection, terms: Sequence[str], text: str, others: Sequence[str]) -> int:
    """Estimates how many pages have the term in any spelling.

    Pages with several words in sequence mostly have the other spellings too, so those counts are not added;
    for one word they are.
    """
    written = sum(count_term_pages(db, term) for term in others)
    return (
        count_term_pages(db, terms[0]) + written
        if len(terms) == 1
        else max(count_phrase_pages(db, text), written)
    )


def _look_up_parts(db: Connection, piece: LibraryTerm) -> list[LibraryTerm]:
    """The letters and digits of a word that is on no page: "FY2019" is found as "2019"."""
    apart = (
        split_letters_and_digits(piece.matches[0])
        if not piece.page_count and WORDS.fullmatch(piece.matches[0])
        else []
    )
    if len(apart) < 2:
        return []
    telling = [part for part in apart if len(part) >= TELLING_PART] or apart
    return _look_up(db, [QueryTerm(part, piece.unit.word) for part in telling])


def _add_synonyms(db: Connection, found: Sequence[LibraryTerm], words: SynonymFinder) -> list[LibraryTerm]:
    single = [piece.matches[0] if len(piece.unit.terms) == 1 else "" for piece in found]
    similar, terms = words.find(db, single)
    result: list[LibraryTerm] = []
    for piece, near in zip(found, similar, strict=True):
        own = {*piece.unit.terms, *piece.unit.variants}
        others = {terms[word][0]: score for word, score in near.items() if len(terms[word]) == 1}
        unit = replace(piece.unit, synonyms={term: others[term] for term in others if term not in own})
        matches, rows = piece.matches, piece.match_count
        if piece.page_count < FEW:
            matches = (*matches, *near)
            rows += sum(count_term_pages(db, terms[word][0]) for word in near if len(terms[word]) == 1)
        result.append(LibraryTerm(unit, matches, piece.page_count, rows))
    return result


def _with_idf(piece: LibraryTerm, pages: int) -> LibraryTerm:
    unit = piece.unit
    idf = math.log1p((pages - piece.page_count + 0.5) / (piece.page_count + 0.5))
    return LibraryTerm(replace(unit, idf=idf), piece.matches, piece.page_count, piece.match_count)


def _deduplicate(found: Iterable[LibraryTerm]) -> list[LibraryTerm]:
    return list({piece.unit.terms: piece for piece in found}.values())
