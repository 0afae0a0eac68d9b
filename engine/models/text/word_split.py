"""Splits a text into words as people type them."""

from __future__ import annotations

import re

MAX_TEXT_LENGTH = 2000  # characters; a query is a sentence, and more cannot change its meaning much

_NOT_A_WORD = re.compile(r"[^\w\s']|_")


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation and symbols."""
    return _NOT_A_WORD.sub(" ", text[:MAX_TEXT_LENGTH].lower()).split()
