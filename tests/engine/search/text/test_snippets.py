from __future__ import annotations

from engine.search.text.snippets import SNIPPET_WORDS, WORDS_BEFORE, make_snippet
from engine.text.tokenization import terms_in

TEXT = " ".join(f"word{number}" for number in range(100))


def test_a_snippet_begins_a_little_before_the_match() -> None:
    shown = make_snippet(TEXT, 50)
    assert shown.startswith(f"…word{50 - WORDS_BEFORE} ")
    assert shown.endswith("…")
    assert len(shown.split()) == SNIPPET_WORDS


def test_the_ends_of_a_text_are_told() -> None:
    assert make_snippet(TEXT, 0).startswith("word0 ")
    assert make_snippet(TEXT, 99).endswith("word99")
    assert make_snippet("(One, two.)\n", 1) == "(One, two.)"
    assert make_snippet("", 0) == make_snippet("...", 3) == make_snippet("one", 9) == ""


def test_a_snippet_is_the_text_as_it_was() -> None:
    assert make_snippet("東京タワー\nRM8.50", 2) == "東京タワー RM8.50"


def test_places_are_counted_as_the_terms_are() -> None:
    text = "㍿ " + "दिल कि " * 10 + "שָׁלוֹם ﬁne photo\u00adsynthesis ½ target"
    (place,) = [at for at, term in enumerate(terms_in(text)) if term.plain == "target"]
    assert make_snippet(text, place).endswith("½ target")
