"""Photographs and documents by the names of their files: who types one wants that file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.ranked import NOTHING, SURENESS, Ranking
from engine.store.contents import Contents
from engine.store.page_texts import encodable
from engine.text.letters import exact, plain, visible

Candidates = Sequence[tuple[int, Path]]

LONGEST_NAME = 255
MOST_WORDS = 3  # of a name with nothing but a digit to tell it from a sentence
SUFFIX_LENGTHS = range(2, 6)  # without the dot

# Going through the names of 100,000 files takes 30 to 70 ms, for which no sentence is to wait.
_LIKE_A_NAME = re.compile(r"_|\.[^\W\d_]\w{1,4}$|^\S*[a-z][A-Z]\S*$|^\S+[-.]\w\S*$")
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r"[\s_-]+")
_OWN_MEANING = re.compile(r"[%!]")
# LIKE takes small and capital letters for the same in ASCII alone, and "ss" may be another letter.
_UNSURE = re.compile(r"[^ -~]+|ss", re.IGNORECASE)
_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'
_QUOTES = f" \t{_MARKS}"
_QUOTED = re.compile(f"[{_MARKS}][^{_MARKS}]+[{_MARKS}]")


def called(contents: Contents, text: str, allowed: NDArray[np.int64]) -> Ranking:
    """Those of `allowed` (sorted) with a file called `text`, with or without its suffix: of a document its
    first page.

    Capital and small letters are alike, and so are spaces, "_" and "-"; letters without their marks lead to a
    name where none has those that were typed.
    """
    if not may_be_a_name(text):
        return NOTHING
    names = dict.fromkeys((_bare(text), visible(text).strip()))  # quotes may be a name's own
    found = next(filter(None, (_called(contents, name) for name in names)), {})
    items = np.array(sorted(found), np.int64)
    items = items[np.isin(items, allowed)]
    strong = np.full(len(items), SURENESS[Verdict.STRONG], np.int8)
    return Ranking(items, np.ones(len(items)), strong, {item: _always(name) for item, name in found.items()})


def _called(contents: Contents, name: str) -> dict[int, str]:
    """By item the name of its file."""
    alike = _spelled_alike(contents, name)
    if found := _same_name(name, alike, _key):
        return found
    candidates = [*alike, *contents.items_at_other_letters()]
    return _same_name(name, candidates, _key) or _same_name(name, candidates, _plain_key)


def _spelled_alike(contents: Contents, name: str) -> Candidates:
    body = _pattern(exact(name))
    suffixes = ("", *(f".{'_' * length}" for length in SUFFIX_LENGTHS))
    return contents.items_at(f"{body}%", [body + suffix for suffix in suffixes])


def _same_name(name: str, candidates: Candidates, key: Callable[[str], str]) -> dict[int, str]:
    wanted = key(name)
    found: dict[int, str] = {}
    for item, path in candidates:
        if wanted in (key(path.name), key(path.stem)):
            found.setdefault(item, path.name)
    return found


def _always(name: str) -> Callable[[str], str]:
    """Whatever there is to read on the photograph."""
    return lambda _text: name


def may_be_a_name(text: str) -> bool:
    """As a camera or a program gives it, somebody who writes no sentence, or whatever stands in quotes."""
    name = _bare(text)
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        return False
    if _QUOTED.fullmatch(visible(text).strip()) or _LIKE_A_NAME.search(name):
        return True
    return len(name.split()) <= MOST_WORDS and _DIGIT.search(name) is not None


def _bare(text: str) -> str:
    return visible(text).strip(_QUOTES)


def _key(name: str) -> str:
    return _GAP.sub(" ", exact(encodable(name)))


def _plain_key(name: str) -> str:
    return plain(_key(name))


def _pattern(name: str) -> str:
    """For LIKE: fits the paths of all files that are called so, and perhaps of some others."""
    escaped = _OWN_MEANING.sub(r"!\g<0>", name)
    return f"%{os.sep}{_UNSURE.sub('%', _GAP.sub('%', escaped))}"
