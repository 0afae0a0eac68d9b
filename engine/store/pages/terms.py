"""Computes the terms of a text: `engine.text.tokenization` splits it, SQLite's FTS5 stems the words.

FTS5 itself does the stemming, so that no second stemmer can disagree with it.
"""

from __future__ import annotations

import sqlite3
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.text.spelling_variants import SIGN, SpellingVariant, find_variants
from engine.text.tokenization import Term, TermRun, space_out, term_runs, terms_in

Digests: TypeAlias = NDArray[np.uint32]  # (count,): a term each, in the order of the text

TOKENIZER = "porter unicode61 remove_diacritics 2 categories ''L* M* N*''"
SORTED_OUT = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out USING fts5 (text, content='', tokenize='{TOKENIZER}')
"""
ITS_TERMS = """
CREATE VIRTUAL TABLE IF NOT EXISTS temp.sorted_out_terms USING fts5vocab (temp, sorted_out, instance)
"""


NO_WRITINGS = np.zeros((0, 2), np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class PageTerms:
    """Digests of a text's stems and the marks of its exact words (`Term.mark`): (count,) each, in text order.

    `variants`: (n, 2), positions and digests of further terms that match the text in another spelling.
    """

    stems: Digests
    marks: Digests
    variants: NDArray[np.uint32] = field(default_factory=lambda: NO_WRITINGS)


NO_TERMS = PageTerms(np.zeros(0, np.uint32), np.zeros(0, np.uint32))


def stems_of(db: sqlite3.Connection, texts: Sequence[str]) -> list[list[str]]:
    """The stems of each text's terms, in order. Uses only temporary tables of the connection."""
    return _stems(db, [space_out(terms_in(text)) for text in texts])


def words_for(db: sqlite3.Connection, stems: Sequence[str]) -> list[str]:
    """Words that the index stems to these stems, for queries: FTS5 stems every query word again.

    A stem may itself be stemmed further ("warehous", "committe"), but not with an "e" appended.
    """
    again = stems_of(db, stems)
    return [stem if cut == [stem] else stem + "e" for stem, cut in zip(stems, again, strict=True)]


def page_terms(db: sqlite3.Connection, texts: Sequence[str]) -> list[tuple[PageTerms, str]]:
    """For each text its terms, and the words to store in the full-text index."""
    pages = [_IndexedPage.of(text) for text in texts]
    stems = _stems(db, [" ".join([space_out(page.words), *page.written]) for page in pages])
    return [(page.terms(its), page.indexed()) for page, its in zip(pages, stems, strict=True)]


@dataclass(frozen=True, slots=True)
class _IndexedPage:
    """A text as words, and the terms of its spelling variants."""

    words: list[Term]
    places: list[int]  # of `written`, in words from the start
    written: list[str]

    @classmethod
    def of(cls, text: str) -> _IndexedPage:
        """Split a text into words and find its variants."""
        found = list(term_runs(text))
        starts = [run.start for run in found]
        first = list(accumulate((len(run.terms) for run in found), initial=0))
        written = [
            (first[_run_at(found, starts, writing)], term)
            for writing in find_variants(text)
            for term in writing.terms
        ]
        words = [term for run in found for term in run.terms]
        return cls(words, [place for place, _ in written], [term for _, term in written])

    def indexed(self) -> str:
        """The plain words, followed by the distinct exact words and spelling variants."""
        exact = dict.fromkeys(exact_word(term.mark) for term in self.words if term.mark)
        return " ".join([space_out(self.words), *exact, *dict.fromkeys(self.written)])

    def terms(self, stems: Sequence[str]) -> PageTerms:
        """`stems`: of all words, then of all in `written`."""
        words = stems[: len(self.words)]
        if len(stems) != len(self.words) + len(self.written):  # letters newer than SQLite's Unicode tables
            words = [stem for stem in stems if not stem.startswith(SIGN)]
            return PageTerms(digests(words), np.zeros(len(words), np.uint32))
        marks = np.array([term.mark for term in self.words], np.uint32)
        rows = zip(self.places, digests(stems[len(self.words) :]).tolist(), strict=True)
        written = np.array(list(rows), np.uint32).reshape(-1, 2)
        return PageTerms(digests(words), marks, written)


def _run_at(found: Sequence[TermRun], starts: Sequence[int], writing: SpellingVariant) -> int:
    """The run in which a variant begins."""
    at = max(bisect_right(starts, writing.start) - 1, 0)
    return at if found[at].end > writing.start else min(at + 1, len(found) - 1)


def exact_word(mark: int) -> str:
    """The index word that stands for an exact word."""
    return f"{SIGN}{mark}"


def digest(term: str) -> int:
    """A 32-bit hash of a term. Two of a page's few hundred terms collide once in 10,000 pages."""
    return zlib.crc32(term.encode("utf-8", "replace"))


def digests(terms: Iterable[str]) -> Digests:
    """The (count,) uint32 digests of terms."""
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
