from __future__ import annotations

from engine.search.text.snippets import (
    BEFORE,
    SNIPPET_WORDS,
    snippet,
)
from engine.text.tokenization import terms_in

TEXT = " ".join(f"word{number}" for number in range(100))


def test_a_snippet_begins_a_little_before_the_match() -> None:
    shown = snippet(TEXT, 50)
    assert shown.startswith(f"…word{50 - BEFORE} ")
    assert shown.endswith("…")
    assert len(shown.split()) == SNIPPET_WORDS


def test_the_ends_of_a_text_are_told() -> None:
    assert snippet(TEXT, 0).startswith("word0 ")
    assert snippet(TEXT, 99).endswith("word99")
    assert snippet("(One, two.)\n", 1) == "(One, two.)"
    assert snippet("", 0) == snippet("...", 3) == snippet("one", 9) == ""


def test_a_snippet_is_the_text_as_it_was() -> None:
    assert snippet("東京タワー\nRM8.50", 2) == "東京タワー RM8.50"


def test_places_are_counted_as_the_terms_are() -> None:
    text = "㍿ " + "दिल कि " * 10 + "שָׁלוֹם ﬁne photo\u00adsynthesis ½ target"
    (place,) = [at for at, term in enumerate(terms_in(text)) if term.plain == "target"]
    assert snippet(text, place).endswith("½ target")
