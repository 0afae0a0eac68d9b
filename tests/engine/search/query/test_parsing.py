from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.query.parsing import ParsedQuery, parse


@pytest.mark.parametrize(
    ("typed", "text", "not_text"),
    [
        ("dog", "dog", ()),
        ("dog -beach", "dog", ("beach",)),
        ("-beach dog", "dog", ("beach",)),
        ("dog -beach, -snow", "dog", ("beach", "snow")),
        ("dog -beach -beach", "dog", ("beach",)),
        ("-beach", "", ("beach",)),
        ("dog not on a beach", "dog", ("beach",)),
        ("dog, not beach", "dog", ("beach",)),
        ("dog NOT beach", "dog", ("beach",)),
        ("dog but not on the beach", "dog", ("beach",)),
        ("a dog that is not brown", "a dog", ("brown",)),
        ("dog not beach, running", "dog running", ("beach",)),
        ("dog not beach and not grass", "dog", ("beach", "grass")),
        ("dog not small but large", "dog large", ("small",)),
        ("street without cars", "street", ("cars",)),
        ('dog -"red car"', "dog", ("red car",)),
        ('dog not "in the red car"', "dog", ("in the red car",)),
        ("dog not on", "dog", ("on",)),
        ("dog not", "dog", ()),
    ],
)
def test_words_are_taken_away(typed: str, text: str, not_text: tuple[str, ...]) -> None:
    parsed = parse(typed)
    assert (parsed.text, parsed.not_text) == (text, not_text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("t-shirt", "t-shirt"),
        ("x-ray of a hand", "x-ray of a hand"),
        ("dog - beach", "dog beach"),
        ("dog – beach", "dog beach"),  # noqa: RUF001 - the dash that word processors make
        ("-", ""),
        ("--- --force", "--force"),
        ("not a dog", "not a dog"),
        ("that is not a dog", "that is not a dog"),
        ("without", "without"),
        ("do not enter sign", "do not enter sign"),
        ("whether or not", "whether or not"),
        ("knot notice", "knot notice"),
        ('"to be or not to be"', "to be or not to be"),
        ('sign "no dogs -allowed"', "sign no dogs -allowed"),
        ('an "open quote', "an open quote"),
        ('"" dog', "dog"),
        ("  spread \t out\n", "spread out"),
        ("", ""),
        ("猫 と 犬", "猫 と 犬"),
    ],
)
def test_what_only_looks_like_taking_away_is_searched_for(typed: str, text: str) -> None:
    parsed = parse(typed)
    assert (parsed.text, parsed.not_text) == (text, ())


def test_quoted_phrases_are_known_as_such() -> None:
    assert parse('a "red car" by “the sea”') == ParsedQuery(
        "a red car by the sea", (), ("red car", "the sea")
    )


@given(st.text(alphabet=st.sampled_from(list('ab -",.not“é\n')), max_size=60) | st.text(max_size=60))
def test_any_text_is_read_without_quotation_marks_or_empty_parts(typed: str) -> None:
    parsed = parse(typed)
    assert '"' not in parsed.text + "".join(parsed.not_text)
    assert all(part.strip() for part in (*parsed.not_text, *parsed.phrases))


def test_what_cannot_be_seen_is_not_searched_for() -> None:
    assert parse("photo\u200bsyn\u00adthesis -\ufeffred").text == "photosynthesis"
    assert parse("photo\u200bsyn\u00adthesis -\ufeffred").not_text == ("red",)
