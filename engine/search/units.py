"""From the words of a query to what is looked for in a library: how rare it is, and what stands for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from sqlite3 import Connection

from engine.search.mending import English, mended
from engine.search.similar import SimilarWords
from engine.search.sought import Sought, quoted
from engine.search.wanted import Wanted, parts, wanted
from engine.search.word_maxsim import Unit
from engine.store.terms import marked, stems_of
from engine.text.words import WORDS, terms_in

COMMON = 0.5  # a word on more than this share of the pages says nothing about any of them
TELLING_PART = 3  # letters or digits: "FY" of "FY2019" says little
FEW = 100  # pages: a word that leads to fewer is looked for in similar words, too

PAGE_COUNT = "SELECT COUNT(*) FROM page_search_docsize"  # without the texts themselves: much smaller to walk
CARRIERS = "SELECT doc FROM page_vocabulary WHERE term = ?"
PHRASE_CARRIERS = "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?"


def sought(db: Connection, text: str, similar: SimilarWords | None, english: English) -> list[Sought]:
    """What a query asks for. What half of the pages carry is kept only where there is nothing else."""
    pages = int(db.execute(PAGE_COUNT).fetchone()[0])
    found = _counted(db, wanted(text))
    found = [sought for piece in found for sought in (_in_parts(db, piece) or [piece])]
    found = mended(db, found, english)
    found = [piece for piece in found if piece.count <= COMMON * pages] or found
    if similar is not None:
        found = _with_similar(db, found, similar)
    return [_weighted(piece, pages) for piece in _each_once(found)]


def _counted(db: Connection, pieces: Sequence[Wanted]) -> list[Sought]:
    stems = stems_of(db, [piece.text for piece in pieces])
    found: list[Sought] = []
    for piece, its in zip(pieces, stems, strict=True):
        if its:
            count = _carriers(db, its, piece.text)
            marks = tuple(term.mark for term in terms_in(piece.text))
            matches = (piece.text, *(marked(mark) for mark in marks if mark and len(marks) == 1))
            found.append(Sought(Unit(piece.word, tuple(its), 0.0, marks=marks), matches, count, count))
    return found


def _carriers(db: Connection, terms: Sequence[str], text: str) -> int:
    if len(terms) == 1:
        row = db.execute(CARRIERS, (terms[0],)).fetchone()
    else:
        row = db.execute(PHRASE_CARRIERS, (quoted(text),)).fetchone()
    return 0 if row is None else int(row[0])


def _in_parts(db: Connection, piece: Sought) -> list[Sought]:
    """The letters and the digits of a word that no page carries: "FY2019" is found as "2019"."""
    apart = parts(piece.matches[0]) if not piece.count and WORDS.fullmatch(piece.matches[0]) else []
    if len(apart) < 2:
        return []
    telling = [part for part in apart if len(part) >= TELLING_PART] or apart
    return _counted(db, [Wanted(part, piece.unit.word) for part in telling])


def _with_similar(db: Connection, found: Sequence[Sought], words: SimilarWords) -> list[Sought]:
    single = [piece.matches[0] if len(piece.unit.terms) == 1 else "" for piece in found]
    similar, terms = words.of(db, single)
    result: list[Sought] = []
    for piece, near in zip(found, similar, strict=True):
        own = {*piece.unit.terms, *piece.unit.writings}
        others = {terms[word][0]: score for word, score in near.items() if len(terms[word]) == 1}
        unit = replace(piece.unit, others={term: others[term] for term in others if term not in own})
        matches, rows = piece.matches, piece.rows
        if piece.count < FEW:
            matches = (*matches, *near)
            rows += sum(_carriers(db, terms[word], word) for word in near if terms[word])
        result.append(Sought(unit, matches, piece.count, rows))
    return result


def _weighted(piece: Sought, pages: int) -> Sought:
    unit = piece.unit
    idf = math.log1p((pages - piece.count + 0.5) / (piece.count + 0.5))
    return Sought(replace(unit, idf=idf), piece.matches, piece.count, piece.rows)


def _each_once(found: Iterable[Sought]) -> list[Sought]:
    return list({piece.unit.terms: piece for piece in found}.values())
