"""The words, and pairs of words, by which captions name what a photograph shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.models.starter.familiarity import STOP_WORDS
from engine.models.text.word_split import split_words
from engine.training.pairs import Pairs

LEAST_CAPTIONS = 6  # captions with a term: rarer ones would teach chance


@dataclass(frozen=True, slots=True, eq=False)
class CaptionTerms:
    """The terms of a data set, and which pictures they describe."""

    texts: tuple[str, ...]
    counts: NDArray[np.uint8]  # (terms, pictures): captions of the picture with the term


def terms_of(texts: Sequence[str], pairs: Pairs, pictures: int) -> CaptionTerms:
    """The terms in at least `LEAST_CAPTIONS` of the pairs, in alphabetical order.

    `pictures`: how many there are.
    """
    said = [_terms_in(texts[text]) for text in pairs.texts]
    often = Counter(term for terms in said for term in terms)
    kept = sorted(term for term, count in often.items() if count >= LEAST_CAPTIONS)
    rows = {term: row for row, term in enumerate(kept)}
    counts = np.zeros((len(kept), pictures), np.uint8)
    for terms, picture in zip(said, pairs.pictures, strict=True):
        counts[[rows[term] for term in terms if term in rows], picture] += 1
    return CaptionTerms(tuple(kept), counts)


def _terms_in(text: str) -> set[str]:
    """Each once."""
    words = split_words(text)
    single = {word for word in words if word not in STOP_WORDS and len(word) > 1}
    double = {f"{first} {second}" for first, second in pairwise(words) if not STOP_WORDS & {first, second}}
    return single | double
