"""What a query asks for."""

from __future__ import annotations

import pytest

from engine.search.query.query_terms import MOST_TERMS, extract_terms, split_letters_and_digits


def texts(query: str) -> list[str]:
    return [piece.text for piece in extract_terms(query)]


def test_words_that_only_ask_are_left_out() -> None:
    assert texts("What is the total of the invoice?") == ["total", "invoice"]
    assert texts("who is who") == ["who", "is"]


def test_particles_and_prepositions_carry_no_weight() -> None:
    assert texts("a rocket taking off") == ["rocket", "taking"]
    assert texts("a bridge over water under the sun") == ["bridge", "water", "sun"]
    assert texts("up and down") == ["up", "and", "down"]


@pytest.mark.parametrize(
    "order",
    ["Please write down the answer in list format.", "Answer in millions", 'Give me a list, e.g. ["a", "b"]'],
)
def test_what_the_answer_should_look_like_is_not_looked_for(order: str) -> None:
    assert texts(f"How long is the bridge? {order}") == ["long", "bridge"]
    assert "answer" in texts("answer in list format")
    assert "write" in texts("How does one write? And how does one write well?")


@pytest.mark.parametrize("query", ["1,234.50", "12:30"])
def test_a_number_is_looked_for_as_a_whole(query: str) -> None:
    assert texts(query) == [query]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("late-interaction", ["late-interaction", "late", "interaction"]),
        ("RM-15.00", ["rm-15.00", "rm", "15.00"]),
        ("jane@example.org", ["jane@example.org", "jane", "example", "org"]),
        ("red?blue", ["red", "blue"]),
    ],
)
def test_a_compound_is_looked_for_whole_and_in_parts(query: str, found: list[str]) -> None:
    assert texts(query) == found
    assert {piece.word for piece in extract_terms(query)} <= {query.casefold(), *found}


def test_scripts_without_spaces_are_looked_for_in_pairs() -> None:
    assert texts("東京都 x") == ["東京", "京都", "x"]
    assert texts("猫") == ["猫"]


def test_letters_and_digits_come_apart() -> None:
    assert split_letters_and_digits("fy2019q4") == ["fy", "2019", "q", "4"]
    assert split_letters_and_digits("word") == ["word"]


def test_letters_stay_as_the_index_has_them() -> None:
    assert texts("STRASSE straße CAFÉ") == ["strasse", "café"]


def test_a_pasted_page_is_cut_short() -> None:
    assert len(extract_terms(" ".join(f"w{number}" for number in range(1000)))) == MOST_TERMS
    assert extract_terms("") == extract_terms("!? -- …") == ()
