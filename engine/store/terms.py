"""The terms of a text: what `engine.text.words` makes of it, cut to stems by SQLite's full-text index.

FTS5 itself is asked for stems, so that no second stemmer can disagree with it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.text.words import Term, spelled, terms_in

Digests: TypeAlias = NDArray[np.uint32]  # (count,): a term each, in the order of the text

TOKENIZER = "porter unicode61 remove_diacritics 2 categories ''L* M* N*''"
SORTED_OUT = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out USING fts5 (text, content='', tokenize='{TOKENIZER}')
"""
ITS_TERMS = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out_terms USING fts5vocab (temp, sorted_out, instance)
"""
# A letter of one old Slavonic word: what begins with it stands in the index for an exact word.
_MARKED = "\ua66e"


@dataclass(frozen=True, slots=True, eq=False)
class PageTerms:
    """(count,) each, in the order of the text. `marks`: as `Term.mark` has them."""

    stems: Digests
    marks: Digests


NO_TERMS = PageTerms(np.zeros(0, np.uint32), np.zeros(0, np.uint32))


def stems_of(db: sqlite3.Connection, texts: Sequence[str]) -> list[list[str]]:
    """Per text the stems of its terms in order. Uses temporary tables of the connection, nothing of the
    library."""
    return _stems(db, [spelled(terms_in(text)) for text in texts])


def words_for(db: sqlite3.Connection, stems: Sequence[str]) -> list[str]:
    """Words that the index cuts to these stems, since it cuts whatever it is asked for.

    A stem may itself be cut ("warehous", "committe"), but not with an "e" behind it.
    """
    again = stems_of(db, stems)
    return [stem if cut == [stem] else stem + "e" for stem, cut in zip(stems, again, strict=True)]


def page_terms(db: sqlite3.Connection, texts: Sequence[str]) -> list[tuple[PageTerms, str]]:
    """Per text its terms, and what the full-text index is given of it."""
    words = [terms_in(text) for text in texts]
    stems = _stems(db, [spelled(found) for found in words])
    return [(_page(its, found), indexed(found)) for its, found in zip(stems, words, strict=True)]


def indexed(found: Sequence[Term]) -> str:
    """The plain words, and behind them each of the exact ones that are others."""
    exact = {marked(term.mark): None for term in found if term.mark}
    return " ".join([spelled(found), *exact]) if exact else spelled(found)


def marked(mark: int) -> str:
    """The word of the index that stands for an exact word."""
    return f"{_MARKED}{mark}"


def digest(term: str) -> int:
    """32 bits that stand for a term. Two of a page's few hundred terms share them once in 10,000 pages."""
    return zlib.crc32(term.encode("utf-8", "replace"))


def digests(terms: Iterable[str]) -> Digests:
    return np.array([digest(term) for term in terms], np.uint32)


def _stems(db: sqlite3.Connection, texts: Sequence[str]) -> list[list[str]]:
    db.execute(SORTED_OUT)
    db.execute(ITS_TERMS)
    db.execute("INSERT INTO temp.sorted_out (sorted_out) VALUES ('delete-all')")
    db.executemany("INSERT INTO temp.sorted_out (rowid, text) VALUES (?, ?)", enumerate(texts))
    rows = db.execute("SELECT doc, offset, term FROM temp.sorted_out_terms").fetchall()
    found: list[list[str]] = [[] for _ in texts]
    for number, _, term in sorted(rows):
        found[number].append(term)
    return found


def _page(stems: Sequence[str], found: Sequence[Term]) -> PageTerms:
    marks = np.array([term.mark for term in found], np.uint32)
    if len(stems) != len(found):  # letters that are younger than SQLite's tables
        marks = np.zeros(len(stems), np.uint32)
    return PageTerms(digests(stems), marks)
