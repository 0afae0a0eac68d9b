"""Recognises queries that are the name of a file."""

from __future__ import annotations

import re

from engine.text.normalization import strip_invisible

LONGEST_NAME = 255
MOST_WORDS = 3  # of a name that only a digit distinguishes from a sentence
_LIKE_A_NAME = re.compile(r"_|\.[^\W\d_]\w{1,4}$|^\S*[a-z][A-Z]\S*$|^\S+[-.]\w\S*$")
_DIGIT = re.compile(r"\d")
_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'
_QUOTES = f" \t{_MARKS}"
_QUOTED = re.compile(f"[{_MARKS}][^{_MARKS}]+[{_MARKS}]")


def looks_like_file_name(text: str) -> bool:
    """Whether a text looks like a file name given by a camera, a program or a person, or is quoted."""
    name = strip_quotes(text)
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        return False
    if _QUOTED.fullmatch(strip_invisible(text).strip()) or _LIKE_A_NAME.search(name):
        return True
    return len(name.split()) <= MOST_WORDS and _DIGIT.search(name) is not None


def strip_quotes(text: str) -> str:
    """Remove quotation marks and spaces around a text, and invisible characters."""
    return strip_invisible(text).strip(_QUOTES)
