"""Finds words of the library that are spelled almost like a word on no page: typing and OCR errors."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.text.normalization import MARKS

SHORTEST = 4  # letters: shorter words have too many neighbours
LONGEST = 40  # longer strings are not words of a language, and take quadratic time
# Share of the letters that must be right: one error in 4 to 6 letters, two from 7, three from 10.
LEAST_SIMILARITY = 0.7
MOST = 5
SUREST = 0.95  # a misspelling never counts as much as the word itself
LONGEST_ENDING = 5
# The endings that stemming removes: an error in a word may prevent that.
ENDINGS = (
    "", "e", "s", "es", "ed", "er", "ers", "ing", "ings", "ion", "ions", "ation", "ic", "ics", "ical", "al",
    "als", "ally", "ly", "ment", "ity", "ive", "able", "ous", "ence", "ance", "ness",
)  # fmt: skip

_IN_LETTERS = re.compile(f"(?:[^\\W\\d_]|[{MARKS}])+")
_HANGUL = re.compile("[\uac00-\ud7a3]{3,}")  # syllables of two or three letters each
_SYLLABLES_ALIKE = 588  # the number of consecutive syllables with the same first letter

# The first letters are assumed right, as in other search engines: only part of the vocabulary is compared.
PREFIXES = (2, 1)

NEIGHBOURS = """
SELECT term, doc FROM page_vocabulary
WHERE term >= :first AND term < :after AND length(term) BETWEEN :shortest AND :longest
"""


def similar_spellings(db: Connection, word: str) -> dict[str, tuple[float, int]]:
    """The nearest terms of the library: similarity (1 minus edits per letter) and page count of each.

    `word`: as typed, since an error may prevent its stemming. Empty for words that are short, very long or
    contain a digit: another number is another thing.
    """
    term = word
    is_hangul = _HANGUL.fullmatch(term) is not None
    if not (is_hangul or len(term) >= SHORTEST) or len(term) > LONGEST or not _IN_LETTERS.fullmatch(term):
        return {}
    prefixes = (1,) if is_hangul else PREFIXES
    return next((near for prefix in prefixes if (near := _neighbours(db, term, term[:prefix]))), {})


def _prefix_range(prefix: str) -> tuple[str, str]:
    """The first term with this prefix, and the first after those."""
    code, last = ord(prefix[-1]), ord(prefix[-1]) + 1
    if _HANGUL.fullmatch(3 * prefix):
        code -= (code - 0xAC00) % _SYLLABLES_ALIKE
        last = code + _SYLLABLES_ALIKE
    return prefix[:-1] + chr(code), prefix[:-1] + chr(min(last, sys.maxunicode))


def _split_hangul(term: str) -> str:
    """An error in a Hangul syllable is an error in one of its letters."""
    return unicodedata.normalize("NFD", term) if _HANGUL.search(term) else term


def _neighbours(db: Connection, term: str, prefix: str) -> dict[str, tuple[float, int]]:
    slips = int(len(term) * (1 - LEAST_SIMILARITY)) + 1
    first, after = _prefix_range(prefix)
    rows = db.execute(
        NEIGHBOURS,
        {
            "first": first,
            "after": after,
            "shortest": len(term) - slips - (LONGEST_ENDING if term.isascii() else 0),
            "longest": len(term) + slips,
        },
    ).fetchall()
    words = [row[0] for row in rows]
    similarity = np.minimum(_similarity(_split_hangul(term), [_split_hangul(word) for word in words]), SUREST)
    best = np.argsort(-similarity, kind="stable")[:MOST]
    return {
        words[at]: (float(similarity[at]), rows[at][1]) for at in best if similarity[at] >= LEAST_SIMILARITY
    }


def _similarity(word: str, stems: Sequence[str]) -> NDArray[np.float64]:
    """(count,): 1 minus the edits per letter from the word to each stem with an ending."""
    best = np.zeros(len(stems))
    if not stems:
        return best
    lengths = np.array([len(stem) for stem in stems])
    shortest = len(word) - LONGEST_ENDING - 1 if word.isascii() else len(word)
    for length, edits in enumerate(_alignment_rows(word, stems), 1):
        if length >= max(shortest, 1):
            slips = _ending_cost(word[length:])
            best = np.maximum(best, 1.0 - (edits + slips) / np.maximum(lengths, length))
    return best


@lru_cache(maxsize=4096)
def _ending_cost(ending: str) -> float:
    return float(edit_distances(ending, ENDINGS).min())


def edit_distances(word: str, others: Sequence[str]) -> NDArray[np.float64]:
    """(count,): insertions, deletions, changes and swaps of neighbours from `word` to each of `others`."""
    if not others or not word:
        return np.array([float(len(other)) for other in others])
    *_, last = _alignment_rows(word, others)
    return last


def _alignment_rows(word: str, others: Sequence[str]) -> Iterator[NDArray[np.float64]]:
    """The distances from each prefix of `word`, the shortest first.

    Optimal string alignment (Damerau 1964, restricted), one row of the table for all words at once.
    """
    width = max(len(other) for other in others)
    letters = np.array(others, f"U{max(width, 1)}").view(np.uint32).reshape(len(others), -1)
    ends = np.array([len(other) for other in others])
    before = previous = np.tile(np.arange(width + 1.0), (len(others), 1))
    for at, letter in enumerate(word):
        current = np.empty_like(previous)
        current[:, 0] = at + 1
        changed = letters != ord(letter)
        for to in range(1, width + 1):
            step = np.minimum(previous[:, to], current[:, to - 1]) + 1
            step = np.minimum(step, previous[:, to - 1] + changed[:, to - 1])
            if at and to > 1:
                swapped = (letters[:, to - 2] == ord(letter)) & (letters[:, to - 1] == ord(word[at - 1]))
                step = np.where(swapped, np.minimum(step, before[:, to - 2] + 1), step)
            current[:, to] = step
        before, previous = previous, current
        yield np.asarray(current[np.arange(len(others)), ends])
