"""From what the user typed and dropped to one query vector.

A combination stays linear in the library's vectors, so that the index searches it as it does a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records import Vector, Vectors
from engine.text.normalization import strip_invisible

# Chosen on 203 pairs "X not Y" over 1,000 photographs: at 0.5 mean average precision falls by a fiftieth,
# while the top ten show what was taken away a quarter (words) to a third (pictures) less often; at 1.0
# precision falls by a seventh.
NEGATIVE_WEIGHT = 0.5
SMALLEST_SAMPLE = 8  # fewer scores say nothing of how widely scores are spread
CANCELLED_OUT = 1e-4  # of the length that the parts have together

_TOKEN = re.compile(r'(?<!\S)(?P<minus>-?)"(?P<phrase>[^"]+)"(?P<tail>[^\w\s"]*)(?!\S)|(?P<word>\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_TAKES_AWAY = frozenset({"not", "without"})
# fmt: off
# "do not enter", "whether or not": here "not" belongs to the words before it.
_KEEPS_NOT = frozenset({
    "do", "does", "did", "can", "could", "should", "would", "must", "may", "might", "will", "or", "if", "why",
    "whether",
})
_BEFORE_NOT = frozenset({
    "but", "and", "or", "that", "which", "who", "whom", "is", "are", "was", "were", "it", "they",
})
_BEFORE_THING = frozenset({
    "a", "an", "the", "any", "of", "on", "in", "at", "by", "near", "with", "from", "to", "under", "over",
})
# fmt: on
_CLAUSE_ENDS = ",;.!?:"


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    text: str  # what is looked for, without quotation marks; "" when there is only something to take away
    not_text: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()  # quoted parts of `text`


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False
    negative: bool = False
    ends_clause: bool = False


def parse(text: str) -> ParsedQuery:
    """Read the text of the search box.

    `-word` and `-"some words"` take away wherever they stand; "not" and "without" take away up to the end of
    the clause, when something precedes them. What is quoted is never taken as a command.
    """
    state = _Parser()
    for token in _tokens(unicodedata.normalize("NFC", strip_invisible(text)).translate(_QUOTES)):
        state.take(token)
    return state.finish()


class _Parser:
    def __init__(self) -> None:
        self._wanted: list[_Token] = []
        self._unwanted: list[str] = []
        self._clause: list[_Token] | None = None  # the words that a "not" takes away, while they come

    def take(self, token: _Token) -> None:
        if token.negative:
            self._end_clause()
            self._unwanted.append(token.text)
        elif self._begins_taking_away(token):
            self._end_clause()
            _strip_end(self._wanted)
            self._clause = []
        elif self._clause is None:
            self._wanted.append(token)
        elif token.text.lower() == "but" and not token.quoted:
            self._end_clause()
        else:
            self._clause.append(token)
            if token.ends_clause:
                self._end_clause()

    def finish(self) -> ParsedQuery:
        self._end_clause()
        if self._unwanted and self._wanted:
            self._wanted[-1] = _Token(self._wanted[-1].text.rstrip(",;:"), self._wanted[-1].quoted)
        text = " ".join(token.text for token in self._wanted if token.text)
        phrases = tuple(token.text for token in self._wanted if token.quoted)
        return ParsedQuery(text, tuple(dict.fromkeys(self._unwanted)), phrases)

    def _begins_taking_away(self, token: _Token) -> bool:
        if token.quoted or token.text.lower() not in _TAKES_AWAY:
            return False
        if self._clause is not None:
            return True
        before = [word for word in self._wanted if word.quoted or word.text.lower() not in _BEFORE_NOT]
        last = self._wanted[-1].text.lower() if self._wanted else ""
        return bool(before) and (last not in _KEEPS_NOT or self._wanted[-1].quoted)

    def _end_clause(self) -> None:
        clause, self._clause = self._clause or [], None
        _strip_end(clause)
        while len(clause) > 1 and not clause[0].quoted and clause[0].text.lower() in _BEFORE_THING:
            del clause[0]
        words = " ".join(token.text for token in clause).strip(_CLAUSE_ENDS + " ")
        if words:
            self._unwanted.append(words)


def _strip_end(tokens: list[_Token]) -> None:
    while len(tokens) > 1 and not tokens[-1].quoted and tokens[-1].text.lower() in _BEFORE_NOT:
        del tokens[-1]
    if tokens:
        tokens[-1] = _Token(tokens[-1].text.rstrip(",;:"), tokens[-1].quoted)


def _tokens(text: str) -> Iterable[_Token]:
    for match in _TOKEN.finditer(text):
        phrase = match["phrase"]
        if phrase is not None:
            words = " ".join(phrase.split())
            ends = bool(match["tail"]) and match["tail"][0] in _CLAUSE_ENDS
            if words:
                yield _Token(words, quoted=True, negative=bool(match["minus"]), ends_clause=ends)
            continue
        word = match["word"].replace('"', "")
        if word.startswith("-") and word[1:2].isalnum():
            yield _Token(word[1:].rstrip(_CLAUSE_ENDS), negative=True)
        elif any(unicodedata.category(letter) != "Pd" for letter in word):
            yield _Token(word, ends_clause=word[-1] in _CLAUSE_ENDS)


def spreads(queries: Vectors, sample: Vectors) -> NDArray[np.float32]:
    """The standard deviation of each query's scores over a sample of the library.

    Sentences score pictures within a much narrower band than pictures score pictures. (queries, dimension)
    and (sample, dimension) -> (queries,); all 1 when the sample is too small to tell.
    """
    if len(sample) < SMALLEST_SAMPLE:
        return np.ones(len(queries), dtype=np.float32)
    sigma = np.std(queries @ sample.T, axis=1)
    floor = max(float(sigma.max(initial=0.0)) * 1e-3, 1e-6)
    return np.asarray(np.maximum(sigma, floor), dtype=np.float32)


def combine(
    positive: Sequence[Vector] | Vectors, negative: Sequence[Vector] | Vectors, sample: Vectors
) -> Vector:
    """One unit vector: the mean of the positive less `NEGATIVE_WEIGHT` times each negative, by 1/sigma.

    sigma is that of `spreads` over `sample`: (count, dimension) vectors of the library, may be empty. A
    single positive comes back unchanged, so that its scores are cosines with it. Parts that cancel one
    another out leave the first positive. Raises ValueError when there is no part, or one is not finite.
    """
    wanted = np.asarray(positive, dtype=np.float32)
    unwanted = np.asarray(negative, dtype=np.float32)
    if not len(wanted) and not len(unwanted):
        raise ValueError("there is nothing to combine")
    if not (np.isfinite(wanted).all() and np.isfinite(unwanted).all()):
        raise ValueError("a query vector holds a value that is not finite")
    if len(wanted) == 1 and not len(unwanted):
        return np.asarray(wanted[0])
    total = np.zeros(sample.shape[1], dtype=np.float32)
    length = 0.0
    if len(wanted):
        parts = wanted / spreads(wanted, sample)[:, None]
        total += parts.mean(axis=0)
        length += float(np.linalg.norm(parts, axis=1).mean())
    if len(unwanted):
        parts = unwanted / spreads(unwanted, sample)[:, None]
        total -= NEGATIVE_WEIGHT * parts.sum(axis=0)
        length += NEGATIVE_WEIGHT * float(np.linalg.norm(parts, axis=1).sum())
    norm = float(np.linalg.norm(total))
    if norm > CANCELLED_OUT * length:
        return np.asarray(total / norm, dtype=np.float32)
    return np.asarray(wanted[0] if len(wanted) else -unwanted[0])
