"""Finds words that can replace a word of a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from engine.models.text.word_vectors import WordVectors
from engine.store.pages.terms import stems_of

SIMILAR_FLOOR = 0.6  # cosine: below it token vectors confuse cat and dog
MOST_SIMILAR = 3  # for one word
KIN_FLOOR = 0.4  # cosine: "vehicles" with "vehicle" .85, "animation" with "animal" .28

Terms = dict[str, list[str]]
LoadWords = Callable[[], WordVectors]


class SynonymFinder:
    """Finds synonyms by word vectors. Thread-safe."""

    def __init__(self, load: LoadWords) -> None:
        """`load`: called when the first words are looked up."""
        self._load = load
        self._unclear: frozenset[str] | None = None

    def find(self, db: Connection, words: Sequence[str]) -> tuple[list[dict[str, float]], Terms]:
        """For each word its synonyms with their cosines; and the index terms of all synonyms.

        FTS5 stems "animal" and "animation" to the same term, so a query for a dog would find both: a word
        counts only if all words of the vocabulary with its stem mean nearly the same.
        """
        known = self._load()
        if self._unclear is None:
            self._unclear = ambiguous_words(db, known.words, known.vectors)
        found = known.find_similar(words, SIMILAR_FLOOR, MOST_SIMILAR)
        clear = [{word: near[word] for word in near if word not in self._unclear} for near in found]
        return clear, _index_terms(db, list(dict.fromkeys(word for near in clear for word in near)))


def ambiguous_words(db: Connection, words: Sequence[str], vectors: NDArray[np.float32]) -> frozenset[str]:
    """Words that share their stem with a word of another meaning.

    `vectors`: (words, dimension) of unit length.
    """
    kin: dict[tuple[str, ...], list[int]] = {}
    for row, terms in enumerate(_index_terms(db, words).values()):
        kin.setdefault(tuple(terms), []).append(row)
    found: set[str] = set()
    for rows in kin.values():
        if len(rows) == 1:  # most of them
            continue
        least = (vectors[rows] @ vectors[rows].T).min(axis=1)
        found.update(words[rows[at]] for at in np.flatnonzero(least < KIN_FLOOR).tolist())
    return frozenset(found)


def _index_terms(db: Connection, words: Sequence[str]) -> Terms:
    return dict(zip(words, stems_of(db, words), strict=True))
