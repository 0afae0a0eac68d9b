"""A word of a query as it is looked for in a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection

from engine.text.tokenization import space_out, terms_in


@dataclass(frozen=True, slots=True)
class ExpandedTerm:
    """A unit of the query as pages are scored by it: a word, or a few that stand together."""

    word: str  # of the query
    terms: tuple[str, ...]  # as the full-text index has them
    idf: float
    variants: Mapping[str, float] = field(
        default_factory=dict
    )  # terms that are the word written otherwise: to 1
    synonyms: Mapping[str, float] = field(default_factory=dict)  # terms that mean nearly the same, 0 to 1
    marks: tuple[int, ...] = ()  # of `terms`, as `Term.mark` has them; empty: any will do
    typed_form: str = ""  # the word as it was typed, where its term is also that of others
    is_exact: bool = False  # a date, an amount: a page says it or does not


CARRIERS = "SELECT doc FROM page_vocabulary WHERE term = ?"
PHRASE_CARRIERS = "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?"


@dataclass(frozen=True, slots=True)
class LibraryTerm:
    """A unit, and how FTS5 is asked for it and for what stands for it: words or phrases, not quoted yet."""

    unit: ExpandedTerm
    matches: tuple[str, ...]
    page_count: int  # pages that carry the unit; where none does, that carry what it may be a slip of
    match_count: int  # pages that `matches` lead to, some of them perhaps counted twice


def quote_phrase(words: str) -> str:
    """A phrase for FTS5, in which nothing has a special meaning."""
    return f'"{space_out(terms_in(words))}"'


def count_phrase_pages(db: Connection, words: str) -> int:
    """How many pages say several words as they stand."""
    return int(db.execute(PHRASE_CARRIERS, (quote_phrase(words),)).fetchone()[0])


def count_term_pages(db: Connection, term: str) -> int:
    """How many pages have a term of the index."""
    row = db.execute(CARRIERS, (term,)).fetchone()
    return 0 if row is None else int(row[0])
