"""Splits text into terms: the one place that decides it, for pages, file names and queries alike."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.text.normalization import ACCENTS, INVISIBLE, MARKS, fold_accents, normalize

# Scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han with its radicals.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_VOICING = "\uff9e\uff9f"  # half-width voicing marks of kana: letters to Unicode, marks to a reader
_UNSEEN = f"[{MARKS}{INVISIBLE}{_VOICING}]"
# Thai and Lao "am" is either a letter after the tone, or a mark before the tone and a letter.
_TONE = "[\u0e48-\u0e4b\u0ec8-\u0ecb]"
_AM = f"(?:[\u0e33\u0eb3]|(?:(?<=[\u0e4d\u0ecd])|(?<=[\u0e4d\u0ecd]{_TONE}))[\u0e32\u0eb2])"
_ALONE = f"[{_UNSPACED}]{_UNSEEN}*{_AM}?"
# Signs that stand for words or letters: squared, circled, letterlike.
_SIGNS = "\u2100-\u214f\u24b6-\u24e9\u3200-\u33ff\U0001f100-\U0001f16b\U0001f200-\U0001f251"
_HEBREW_JOINT = "(?<=[\u05d0-\u05ea])[\"'\u2019\u05f3\u05f4](?=[\u05d0-\u05ea])"
_IN_WORD = f"[^\\W_{_UNSPACED}]|[{MARKS}{INVISIBLE}{ACCENTS}]|{_HEBREW_JOINT}"
# An amount is separate from the letters before it: "RM8.50".
_RUN = re.compile(
    f"{_ALONE}|(?:{_IN_WORD})(?:(?!(?:(?<=[^\\W\\d_])|(?<=[{MARKS}]))\\d+[.,]\\d)(?:{_IN_WORD}))*|[{_SIGNS}]"
)

# For text that `normalize` returned.
WORD = f"(?:[^\\W_]|[{MARKS}])"
WORDS = re.compile(f"{WORD}+")
_PART = re.compile(f"{_ALONE}|(?:(?![{_UNSPACED}]){WORD})+")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word in the form used for matching, before stemming."""

    plain: str
    mark: int = 0  # a 32-bit hash of the exact word; 0 if the word equals `plain`


@dataclass(frozen=True, slots=True)
class TermRun:
    """A piece of a text without spaces or punctuation, from `start` to `end`, and its terms."""

    start: int
    end: int
    terms: tuple[Term, ...]


def term_runs(text: str) -> Iterator[TermRun]:
    """The runs of a text in order, without those that contain no letters or digits."""
    for match in _RUN.finditer(text):
        if terms := _terms(match.group()):
            yield TermRun(match.start(), match.end(), terms)


def terms_in(text: str) -> list[Term]:
    """All terms of a text, in order, repetitions included."""
    return [term for match in _RUN.finditer(text) for term in _terms(match.group())]


def split_letters(word: str) -> list[str]:
    """Split a normalized word: a letter of a script without spaces with its marks, all others together."""
    return _PART.findall(word)


def is_unspaced(letter: str) -> bool:
    """Whether `letter` belongs to a script without spaces between words."""
    return _UNSPACED_LETTER.match(letter) is not None


def space_out(found: Sequence[Term]) -> str:
    """The plain terms joined by spaces, for a full-text index that splits at spaces."""
    return " ".join(term.plain for term in found)


@lru_cache(maxsize=65_536)
def _terms(run: str) -> tuple[Term, ...]:
    return tuple(_term(part) for part in _PART.findall(normalize(run)) if any(map(str.isalnum, part)))


def _term(word: str) -> Term:
    bare = fold_accents(word) or word
    return Term(bare, zlib.crc32(word.encode("utf-8", "replace")) if bare != word else 0)
