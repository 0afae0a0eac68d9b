"""Ranks the form of a word that was typed before other words with the same stem.

SQLite's stemmer makes "anim" of "animal", "animals" and "animation". The full-text index has what a page
says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.search.query.library_terms import ExpandedTerm
from engine.search.text.word_scores import OTHER_FORM_FACTOR, Scores

# Weights of pages with the word only in another form, or only another word with its stem.
INFLECTED, UNLIKE = 0.9, 0.8
SHORTEST_BASE = 3  # letters

_ENDINGS = ("ings", "ing", "ies", "ied", "es", "ed", "s", "d")
_ADDED = ("", "s", "es", "ed", "d", "ing", "ings")


def form_weights(units: Sequence[ExpandedTerm], texts: Sequence[str]) -> NDArray[np.float64]:
    """(units, pages): the weight of each page for the form in which it has each word; 1 for the typed form.

    `texts`: of the pages, as in the index. If no page has the typed form, all weights are 1. For a query of
    one word the weights are so small that no number of other forms comes before the typed one.
    """
    framed = [f" {text} " for text in texts]
    factors = np.ones((len(units), len(texts)))
    for row, unit in enumerate(units):
        if unit.typed_form:
            factors[row] = _word_factors(unit, framed, is_alone=len(units) == 1)
    return factors


def _word_factors(unit: ExpandedTerm, texts: Sequence[str], *, is_alone: bool) -> Scores:
    typed = np.array([f" {unit.typed_form} " in text for text in texts], np.bool_)
    factors = np.ones(len(texts))
    if not typed.any():
        return factors
    begins = re.compile(rf" ({re.escape(_common_prefix(unit))}\w*)")
    forms = inflections(unit.typed_form)
    for page in np.flatnonzero(~typed).tolist():
        if others := set(begins.findall(texts[page])):
            factors[page] = (
                OTHER_FORM_FACTOR if is_alone else UNLIKE if others.isdisjoint(forms) else INFLECTED
            )
    return factors


def _common_prefix(unit: ExpandedTerm) -> str:
    """The prefix of all words with the unit's term; the term's last letter may differ in a word."""
    return unit.terms[0][:-1] or unit.terms[0]


def inflections(word: str) -> frozenset[str]:
    """Possible forms of an English word, many of them not real: words with its stem are looked up in them."""
    bases = {word}
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= SHORTEST_BASE:
            bases |= {base, f"{base}e", f"{base}y"}
            if base[-1] == base[-2]:
                bases.add(base[:-1])
    made = {f"{base}{added}" for base in bases for added in _ADDED}
    made |= {f"{base[:-1]}{added}" for base in bases for added in ("ing", "ies", "ied")}
    return frozenset(made | {f"{base}{base[-1]}{added}" for base in bases for added in ("ed", "ing")})
