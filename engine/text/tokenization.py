"""How a text falls into terms: the one place that decides it, for pages, names and queries alike."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.text.normalization import ACCENTS, INVISIBLE, MARKS, fold_accents, normalize

# Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han with its radicals.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_VOICING = "\uff9e\uff9f"  # of kana of half width: letters to Unicode, marks to a reader
_UNSEEN = f"[{MARKS}{INVISIBLE}{_VOICING}]"
# Thai and Lao "am" is a letter after the tone, or a mark before it and a letter.
_TONE = "[\u0e48-\u0e4b\u0ec8-\u0ecb]"
_AM = f"(?:[\u0e33\u0eb3]|(?:(?<=[\u0e4d\u0ecd])|(?<=[\u0e4d\u0ecd]{_TONE}))[\u0e32\u0eb2])"
_ALONE = f"[{_UNSPACED}]{_UNSEEN}*{_AM}?"
# Signs that stand for words or letters: squared, circled, letterlike.
_SIGNS = "\u2100-\u214f\u24b6-\u24e9\u3200-\u33ff\U0001f100-\U0001f16b\U0001f200-\U0001f251"
_HEBREW_JOINT = "(?<=[\u05d0-\u05ea])[\"'\u2019\u05f3\u05f4](?=[\u05d0-\u05ea])"
_IN_WORD = f"[^\\W_{_UNSPACED}]|[{MARKS}{INVISIBLE}{ACCENTS}]|{_HEBREW_JOINT}"
# An amount is no part of the letters before it: "RM8.50".
_RUN = re.compile(
    f"{_ALONE}|(?:{_IN_WORD})(?:(?!(?:(?<=[^\\W\\d_])|(?<=[{MARKS}]))\\d+[.,]\\d)(?:{_IN_WORD}))*|[{_SIGNS}]"
)

# Of a text that `normalize` made.
WORD = f"(?:[^\\W_]|[{MARKS}])"
WORDS = re.compile(f"{WORD}+")
_PART = re.compile(f"{_ALONE}|(?:(?![{_UNSPACED}]){WORD})+")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it is looked for, before its stem."""

    plain: str
    mark: int = 0  # 32 bits that stand for the exact word; 0 where that is the plain one


@dataclass(frozen=True, slots=True)
class TermRun:
    """Where a piece of a text stands that no space or punctuation parts, and the terms of it."""

    start: int
    end: int
    terms: tuple[Term, ...]


def term_runs(text: str) -> Iterator[TermRun]:
    """In the order of the text. What holds no letters or digits is left out."""
    for match in _RUN.finditer(text):
        if terms := _terms(match.group()):
            yield TermRun(match.start(), match.end(), terms)


def terms_in(text: str) -> list[Term]:
    return [term for match in _RUN.finditer(text) for term in _terms(match.group())]


def split_letters(word: str) -> list[str]:
    """Of a normalized word: each letter of a script without spaces with its marks, others together."""
    return _PART.findall(word)


def is_unspaced(letter: str) -> bool:
    return _UNSPACED_LETTER.match(letter) is not None


def space_out(found: Sequence[Term]) -> str:
    """For a full-text index that parts words at spaces."""
    return " ".join(term.plain for term in found)


@lru_cache(maxsize=65_536)
def _terms(run: str) -> tuple[Term, ...]:
    return tuple(_term(part) for part in _PART.findall(normalize(run)) if any(map(str.isalnum, part)))


def _term(word: str) -> Term:
    bare = fold_accents(word) or word
    return Term(bare, zlib.crc32(word.encode("utf-8", "replace")) if bare != word else 0)
