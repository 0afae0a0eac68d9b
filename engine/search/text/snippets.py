"""Makes snippets: the words around a match, as shown below a hit."""

from __future__ import annotations

from itertools import islice

from engine.text.tokenization import term_runs

SNIPPET_WORDS = 16
WORDS_BEFORE = 3  # words before the match


def make_snippet(text: str, match: int) -> str:
    """Some words of a text, on one line, from just before its word number `match`.

    "…" where there is more.
    """
    first = max(match - WORDS_BEFORE, 0)
    places = ((run.start, run.end) for run in term_runs(text) for _ in run.terms)
    words = list(islice(places, first, first + SNIPPET_WORDS))
    if not words:
        return ""
    begin = words[0][0] if first else 0
    whole = len(words) < SNIPPET_WORDS
    end = len(text) if whole else words[-1][1]
    shown = " ".join(text[begin:end].split())
    return f"{'…' if first else ''}{shown}{'' if end >= len(text.rstrip()) else '…'}"
