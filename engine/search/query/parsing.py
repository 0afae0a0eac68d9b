"""Parses the text of the search box: words to find, words to exclude, phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from engine.text.normalization import strip_invisible

_TOKEN = re.compile(r'(?<!\S)(?P<minus>-?)"(?P<phrase>[^"]+)"(?P<tail>[^\w\s"]*)(?!\S)|(?P<word>\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_NEGATIONS = frozenset({"not", "without"})
# fmt: off
# "do not enter", "whether or not": here "not" belongs to the preceding words.
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
    """The parts of the search box's text."""

    text: str  # what to find, without quotation marks; "" if the query only excludes things
    not_text: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()  # quoted parts of `text`


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    quoted: bool = False
    negative: bool = False
    ends_clause: bool = False


def parse(text: str) -> ParsedQuery:
    """Parse the text of the search box. Never fails.

    `-word` and `-"some words"` exclude wherever they are; "not" and "without" exclude up to the end of the
    clause if something precedes them. Quoted text is never an operator.
    """
    state = _Parser()
    for token in _tokens(unicodedata.normalize("NFC", strip_invisible(text)).translate(_QUOTES)):
        state.take(token)
    return state.finish()


class _Parser:
    def __init__(self) -> None:
        self._wanted: list[_Token] = []
        self._unwanted: list[str] = []
        self._clause: list[_Token] | None = None  # the words that a "not" excludes, while inside its clause

    def take(self, token: _Token) -> None:
        if token.negative:
            self._end_clause()
            self._unwanted.append(token.text)
        elif self._begins_negation(token):
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

    def _begins_negation(self, token: _Token) -> bool:
        if token.quoted or token.text.lower() not in _NEGATIONS:
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
