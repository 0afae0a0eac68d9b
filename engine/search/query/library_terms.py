"""A word of a query as it is looked for in a library."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection

from engine.search.text.word_scores import ExpandedTerm
from engine.text.tokenization import (
    space_out,
    terms_in,
)

CARRIERS = "SELECT doc FROM page_vocabulary WHERE term = ?"
PHRASE_CARRIERS = "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?"


@dataclass(frozen=True, slots=True)
class LibraryTerm:
    """A unit, and how FTS5 is asked for it and for what stands for it: words or phrases, not quoted yet."""

    unit: ExpandedTerm
    matches: tuple[str, ...]
    count: int  # pages that carry the unit; where none does, that carry what it may be a slip of
    rows: int  # pages that `matches` lead to, some of them perhaps counted twice


def quoted(words: str) -> str:
    """A phrase for FTS5, in which nothing has a special meaning."""
    return f'"{space_out(terms_in(words))}"'


def carriers(db: Connection, words: str) -> int:
    """How many pages say several words as they stand."""
    return int(db.execute(PHRASE_CARRIERS, (quoted(words),)).fetchone()[0])


def term_carriers(db: Connection, term: str) -> int:
    """How many pages have a term of the index."""
    row = db.execute(CARRIERS, (term,)).fetchone()
    return 0 if row is None else int(row[0])
