"""The terms of a query with their statistics in a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection

from engine.text.tokenization import space_out, terms_in


@dataclass(frozen=True, slots=True)
class ExpandedTerm:
    """A unit of the query by which pages are scored: a word, or a few adjacent ones."""

    word: str  # of the query
    terms: tuple[str, ...]  # as the full-text index has them
    idf: float
    variants: Mapping[str, float] = field(
        default_factory=dict
    )  # terms of other spellings, with weights up to 1
    synonyms: Mapping[str, float] = field(default_factory=dict)  # terms with nearly the same meaning, 0 to 1
    marks: tuple[int, ...] = ()  # of `terms`, as in `Term.mark`; empty: any match
    typed_form: str = ""  # the word as typed, if other words share its term
    is_exact: bool = False  # a date or an amount, which a page either has or not


CARRIERS = "SELECT doc FROM page_vocabulary WHERE term = ?"
PHRASE_CARRIERS = "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?"


@dataclass(frozen=True, slots=True)
class LibraryTerm:
    """A unit, and how to query FTS5 for it and its alternatives: words or phrases, not yet quoted."""

    unit: ExpandedTerm
    matches: tuple[str, ...]
    page_count: int  # pages with the unit, or if there are none, with its spelling corrections
    match_count: int  # pages that `matches` find, some perhaps counted twice


def quote_phrase(words: str) -> str:
    """A phrase as an FTS5 string, in which nothing has a special meaning."""
    return f'"{space_out(terms_in(words))}"'


def count_phrase_pages(db: Connection, words: str) -> int:
    """How many pages have these words in sequence."""
    return int(db.execute(PHRASE_CARRIERS, (quote_phrase(words),)).fetchone()[0])


def count_term_pages(db: Connection, term: str) -> int:
    """How many pages have a term of the index."""
    row = db.execute(CARRIERS, (term,)).fetchone()
    return 0 if row is None else int(row[0])
