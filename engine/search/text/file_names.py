"""Finds photographs and documents by file name: somebody who types a name wants that file."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.query.file_name_detection import looks_like_file_name, strip_quotes
from engine.search.ranking.ranking import CONFIDENCE, EMPTY_RANKING, Ranking
from engine.store.files.file_names import AROUND, FileNames, trigrams
from engine.store.pages.page_texts import encodable
from engine.text.normalization import fold_accents, normalize, strip_invisible

Candidates = Sequence[tuple[int, Path]]

SUFFIX_LENGTHS = range(2, 6)  # without the dot

TRIGRAM = 3
_SUFFIX = re.compile(r"\.\w{2,5}$")
_FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
GAPS = " _-"
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r"[\s_-]+")
_ONE_GAP = re.compile(r"[\s_-]")
_OWN_MEANING = re.compile(r"[%!]")
# LIKE ignores case for ASCII only, and "ss" may be another letter.
_UNSURE = re.compile(r"[^ -~]+|ss", re.IGNORECASE)


def find_by_file_name(files: FileNames, text: str, allowed: NDArray[np.int64]) -> Ranking:
    """The items of `allowed` (sorted) with a file of this name, with or without suffix.

    For a document, its first page. Case is ignored, and spaces, "_" and "-" are equal; a name without accents
    matches if no name has those that were typed.
    """
    if not looks_like_file_name(text):
        return EMPTY_RANKING
    names = dict.fromkeys((strip_quotes(text), strip_invisible(text).strip()))  # quotes may be a name's own
    found = next(filter(None, (_match_files(files, name) for name in names)), {})
    items = np.array(sorted(found), np.int64)
    items = items[_is_among(items, allowed)]
    strong = np.full(len(items), CONFIDENCE[Verdict.STRONG], np.int8)
    return Ranking(
        items, np.ones(len(items)), strong, {item: _name_as_snippet(name) for item, name in found.items()}
    )


def _is_among(items: NDArray[np.int64], allowed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """`allowed`: sorted. A few items are looked up in a million, which `np.isin` would sort."""
    if not len(allowed):
        return np.zeros(len(items), np.bool_)
    places = np.minimum(np.searchsorted(allowed, items), len(allowed) - 1)
    return np.asarray(allowed[places] == items)


def _match_files(files: FileNames, name: str) -> dict[int, str]:
    """The file name of each matching item."""
    alike = files.items(_trigram_queries(normalize(name)), _like_patterns(name))
    if found := _same_name(name, alike, _comparison_key):
        return found
    if found := _same_name(name, files.items(_unicode_queries(name), _like_patterns(name)), _comparison_key):
        return found
    others = files.items_with_other_letters(_number_queries(name))
    candidates = [*alike, *(each for each in others if _may_have_digits(each[1], _digits(name)))]
    return _same_name(name, candidates, _comparison_key) or _same_name(name, candidates, _accentless_key)


def _trigram_queries(name: str) -> list[str]:
    """Full-text queries for all names of this spelling, except for gaps of several characters; fastest first.

    Parts with digits are the most selective, and the last of these: many camera names begin alike. If all
    parts together match many names, the characters around the gaps narrow them down.
    """
    pieces = _UNSURE.split(AROUND + _SUFFIX.sub("", name))
    parts = _long_enough(part for piece in pieces for part in _GAP.split(piece))
    parts.reverse()
    parts.sort(key=lambda part: _DIGIT.search(part) is None)
    ways = [" AND ".join(map(trigrams, parts[:count])) for count in range(1, len(parts) + 1)]
    if gaps := [gap for piece in pieces for gap in _gap_queries(piece)]:
        ways.append(" AND ".join([*ways[-1:], *gaps]))
    if not ways and len(name) == 1 and name.isascii():
        ways.append(f"{trigrams(f'{AROUND}{name}.')} OR {trigrams(f'{AROUND}{name}{AROUND}')}")
    return ways


def _gap_queries(piece: str) -> Iterator[str]:
    words = _ONE_GAP.split(piece)
    for before, after in pairwise(words):
        if before and after:
            each = (trigrams(f"{before[-2:]}{gap}{after[:2]}") for gap in GAPS)
            yield f"({' OR '.join(f'({way})' for way in each)})"


def _unicode_queries(name: str) -> list[str]:
    """Full-text queries for names with non-ASCII letters of this spelling, composed or not."""
    forms = dict.fromkeys(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    if name.isascii():
        return []
    each = [" AND ".join(map(trigrams, _long_enough(_GAP.split(AROUND + form)))) for form in forms]
    return [" OR ".join(f"({way})" for way in each)] if all(each) else []


def _number_queries(name: str) -> list[str]:
    """Full-text queries for all names with these digits, in half or full width."""
    numbers = _long_enough(re.findall("[0-9]+", normalize(name)))
    return [f"({trigrams(number)}) OR ({trigrams(number.translate(_FULL_WIDTH))})" for number in numbers]


def _digits(name: str) -> str:
    return "".join(_DIGIT.findall(normalize(name)))


def _may_have_digits(path: Path, digits: str) -> bool:
    """A fast test that most names fail; a name with other digit-like characters passes."""
    if any(sign.isnumeric() and not sign.isascii() for sign in path.name):
        return True
    return digits in ("".join(_DIGIT.findall(path.name)), "".join(_DIGIT.findall(path.stem)))


def _long_enough(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if len(part) >= TRIGRAM]


def _like_patterns(name: str) -> list[str]:
    body = _like_pattern(normalize(name))
    return [body, *(f"{body}.{'_' * length}" for length in SUFFIX_LENGTHS)]


def _same_name(name: str, candidates: Candidates, key: Callable[[str], str]) -> dict[int, str]:
    wanted = key(name)
    found: dict[int, str] = {}
    for item, path in candidates:
        if wanted in (key(path.name), key(path.stem)):
            found.setdefault(item, path.name)
    return found


def _name_as_snippet(name: str) -> Callable[[str], str]:
    """The file name as snippet, whatever text the item has."""
    return lambda _text: name


def _comparison_key(name: str) -> str:
    return _GAP.sub(" ", normalize(encodable(name)))


def _accentless_key(name: str) -> str:
    return fold_accents(_comparison_key(name))


def _like_pattern(name: str) -> str:
    """A LIKE pattern for the paths of all files of this name, and perhaps some others."""
    escaped = _OWN_MEANING.sub(r"!\g<0>", name)
    return f"%{os.sep}{_UNSURE.sub('%', _GAP.sub('%', escaped))}"
