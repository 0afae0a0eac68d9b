"""Photographs by the names of their files: who types one wants that photograph."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.records import Verdict
from engine.search.ranked import NOTHING, SURENESS, Ranking
from engine.store.contents import Contents

LONGEST_NAME = 255
MOST_WORDS = 3  # of a name with nothing but a digit to tell it from a sentence
SUFFIX_LENGTHS = range(2, 6)  # without the dot

# Going through the names of 100,000 files takes 30 to 70 ms, for which no sentence is to wait.
_LIKE_A_NAME = re.compile(r"_|\.[^\W\d_]\w{1,4}$")
_DIGIT = re.compile(r"\d")
_GAP = re.compile(r"[\s_-]+")
_OWN_MEANING = re.compile(r"[%!]")
_UNSURE = re.compile(r"[^ -~]+")  # LIKE takes small and capital letters for the same in ASCII alone


def called(contents: Contents, text: str, allowed: NDArray[np.int64]) -> Ranking:
    """Those of `allowed` (sorted) with a file called `text`, with or without its suffix.

    Capital and small letters are alike, and so are spaces, "_" and "-".
    """
    name = _bare(text)
    if not may_be_a_name(text):
        return NOTHING
    wanted, body = _key(name), _pattern(name)
    suffixes = ("", *(f".{'_' * length}" for length in SUFFIX_LENGTHS))
    found: dict[int, str] = {}
    for item, path in contents.photos_at(f"{body}%", [body + suffix for suffix in suffixes]):
        if wanted in (_key(path.name), _key(path.stem)):
            found.setdefault(item, path.name)
    items = np.array(sorted(found), np.int64)
    items = items[np.isin(items, allowed)]
    strong = np.full(len(items), SURENESS[Verdict.STRONG], np.int8)
    return Ranking(items, np.ones(len(items)), strong, {item: _always(name) for item, name in found.items()})


def _always(name: str) -> Callable[[str], str]:
    """Whatever there is to read on the photograph."""
    return lambda _text: name


def may_be_a_name(text: str) -> bool:
    """As a camera or a program gives it, or somebody who writes no sentence."""
    name = _bare(text)
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        return False
    numbered = len(name.split()) <= MOST_WORDS and _DIGIT.search(name) is not None
    return numbered or _LIKE_A_NAME.search(name) is not None


def _bare(text: str) -> str:
    return text.strip().strip('"').strip()


def _key(name: str) -> str:
    return _GAP.sub(" ", unicodedata.normalize("NFC", name).casefold())


def _pattern(name: str) -> str:
    """For LIKE: fits the paths of all files that are called so, and perhaps of some others."""
    escaped = _OWN_MEANING.sub(r"!\g<0>", name)
    return f"%{os.sep}{_UNSURE.sub('%', _GAP.sub('%', escaped))}"
