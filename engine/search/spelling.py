"""Words of the library that are spelled nearly as a word that no page carries: slips of typing and of OCR."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

SHORTEST = 4  # letters: shorter words have too many neighbours
LONGEST = 40  # what is longer is no word of a language, and takes as long as the square of its letters
FLOOR = 0.7  # share of the letters that must be right: one slip in 4 to 6 letters, two from 7, three from 10
MOST = 5

# First letters taken to be right, as search engines do: only a part of the vocabulary is looked at.
PREFIXES = (2, 1)

NEIGHBOURS = """
SELECT term, doc FROM page_vocabulary
WHERE term >= :first AND term < :after AND length(term) BETWEEN :shortest AND :longest
"""


def similar_spellings(db: Connection, term: str) -> dict[str, tuple[float, int]]:
    """The nearest terms of the library: similarity (1 less edits per letter) and the pages that carry them.

    Empty for terms that are short, very long or hold a digit: another number is another thing.
    """
    if not SHORTEST <= len(term) <= LONGEST or not term.isalpha():
        return {}
    return next((near for prefix in PREFIXES if (near := _neighbours(db, term, term[:prefix]))), {})


def _neighbours(db: Connection, term: str, prefix: str) -> dict[str, tuple[float, int]]:
    slips = int(len(term) * (1 - FLOOR)) + 1
    rows = db.execute(
        NEIGHBOURS,
        {
            "first": prefix,
            "after": prefix[:-1] + chr(min(ord(prefix[-1]) + 1, sys.maxunicode)),
            "shortest": len(term) - slips,
            "longest": len(term) + slips,
        },
    ).fetchall()
    words = [row[0] for row in rows]
    longest = np.maximum([len(word) for word in words], len(term))
    similarity = 1.0 - distances(term, words) / np.maximum(longest, 1)
    best = np.argsort(-similarity, kind="stable")[:MOST]
    return {words[at]: (float(similarity[at]), rows[at][1]) for at in best if similarity[at] >= FLOOR}


def distances(word: str, others: Sequence[str]) -> NDArray[np.float64]:
    """(count,): insertions, deletions, changes and swaps of neighbours from `word` to each of `others`.

    Optimal string alignment (Damerau 1964, restricted), one row of the table for all words at once.
    """
    if not others:
        return np.zeros(0)
    width = max(len(other) for other in others)
    letters = np.array(others, f"U{max(width, 1)}").view(np.uint32).reshape(len(others), -1)
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
    ends = np.array([len(other) for other in others])
    return np.asarray(previous[np.arange(len(others)), ends])
