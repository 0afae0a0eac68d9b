"""The words around a match, as a person reads them below a hit."""

from __future__ import annotations

import re
from itertools import islice

from engine.store.terms import joined

SNIPPET_WORDS = 16
BEFORE = 3  # words that lead up to the match

# As FTS5 counts: letters and digits of any script, with the marks that belong to them.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")


def snippet(text: str, match: int) -> str:
    """Some words of a text from about its word number `match` on, on one line, "…" where there is more."""
    first = max(match - BEFORE, 0)
    words = list(islice(_WORD.finditer(text), first, first + SNIPPET_WORDS))
    if not words:
        return ""
    begin = words[0].start() if first else 0
    whole = len(words) < SNIPPET_WORDS
    end = len(text) if whole else words[-1].end()
    shown = " ".join(joined(text[begin:end]).split())
    return f"{'…' if first else ''}{shown}{'' if end >= len(text.rstrip()) else '…'}"
