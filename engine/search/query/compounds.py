"""Matches names with and without spaces: "hewlett packard" and "hewlettpackard", in a query and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from sqlite3 import Connection

from engine.search.query.library_terms import LibraryTerm, count_phrase_pages
from engine.store.pages.terms import stems_of, words_for

SHORTEST_PART = 2  # letters of each part that a word is split into
SHORTEST_BEGINNING = 8  # letters of two joined words that may begin a longer name
LONGEST_INITIALS = 5
LONGEST = 40  # letters of a word to split
_LAST = chr(0x10FFFF)
MOST_SPLIT = 4  # words of one query
MOST_NAMES = 3  # with the same beginning

IS_TERM = "SELECT term, doc FROM page_vocabulary WHERE term = ?"
BEGINNING = "SELECT term, doc FROM page_vocabulary WHERE term >= ? AND term < ? LIMIT ?"


def join_neighbours(db: Connection, found: Sequence[LibraryTerm]) -> list[LibraryTerm]:
    """Add to each word the name that it forms with the next one, if pages have that as one word."""
    result = list(found)
    pairs = [at for at in range(len(found) - 1) if _is_word(found[at]) and _is_word(found[at + 1])]
    words = [found[at].matches[0] + found[at + 1].matches[0] for at in pairs]
    for at, word, stems in zip(pairs, words, stems_of(db, words), strict=True):
        for name, pages in _compound_terms(db, word, stems).items():
            result[at] = _add_variant(db, result[at], name, pages)
            result[at + 1] = _add_variant(db, result[at + 1], name, pages)
    return result


def _is_word(piece: LibraryTerm) -> bool:
    return len(piece.unit.terms) == 1 and piece.matches[0].isalnum()


def split_compounds(db: Connection, found: Sequence[LibraryTerm]) -> list[LibraryTerm]:
    """Replace words that are on no page by two words that are adjacent on some page."""
    result = list(found)
    unknown = [at for at, piece in enumerate(found) if not piece.page_count and _as_one_word(piece).isalpha()]
    for at in unknown[:MOST_SPLIT]:
        ways = {two: count_phrase_pages(db, two) for two in _two_word_splits(_as_one_word(found[at]))}
        best = max(ways, key=lambda two: ways[two], default="")
        if best and ways[best]:
            (terms,) = stems_of(db, [best])
            unit = replace(found[at].unit, terms=tuple(terms), marks=())
            result[at] = replace(
                found[at],
                unit=unit,
                matches=(*found[at].matches, best),
                page_count=ways[best],
                match_count=ways[best],
            )
    return result


def _compound_terms(db: Connection, word: str, stems: Sequence[str]) -> dict[str, int]:
    """The terms of a name as one word with their page counts; else of names that begin with it."""
    rows = db.execute(IS_TERM, (stems[0],)).fetchall() if len(stems) == 1 else []
    if not rows and len(word) >= SHORTEST_BEGINNING:
        rows = db.execute(BEGINNING, (word, word + _LAST, MOST_NAMES)).fetchall()
    return dict(rows)


def _add_variant(db: Connection, piece: LibraryTerm, name: str, pages: int) -> LibraryTerm:
    if name in piece.unit.terms:
        return piece
    unit = replace(piece.unit, variants={**piece.unit.variants, name: 1.0})
    matches = (*piece.matches, *words_for(db, [name]))
    return replace(
        piece,
        unit=unit,
        matches=matches,
        page_count=piece.page_count + pages,
        match_count=piece.match_count + pages,
    )


def _as_one_word(piece: LibraryTerm) -> str:
    """The word as typed; for initials the word that they form; "" for several words."""
    return (
        piece.matches[0]
        if len(piece.unit.terms) == 1
        else "".join(match for match in piece.matches[1:2] if match.isalpha())
    )


def _two_word_splits(word: str) -> list[str]:
    """All ways to split it into two words, or a word and initials: "mrdiy" is "mr d i y"."""
    if len(word) > LONGEST:
        return []
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    initials = (cut for cut in cuts if len(word) - cut <= LONGEST_INITIALS)
    return [
        *(f"{word[:cut]} {word[cut:]}" for cut in cuts),
        *(f"{word[:cut]} {' '.join(word[cut:])}" for cut in initials),
    ]
