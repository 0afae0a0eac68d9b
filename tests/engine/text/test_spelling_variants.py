"""What can be written in several ways is found under the same terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.spelling_variants import amount_query_terms, find_variants
from engine.text.tokenization import terms_in


def terms(text: str) -> set[str]:
    return {term for writing in find_variants(text) for term in writing.terms}


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("1,234.50", ["1234.5", "1.234,50", "RM1,234.50", "1'234.50", "1\u00a0234,50", "1,234.500"]),
        ("1234.5", ["$1,234.50", "1234,50"]),
        ("1,234", ["1,234.00", "1.234", "1234.00"]),
        ("1234", ["1,234", "1,234.00"]),
        ("15.00", ["15,00", "RM15.0"]),
        ("1234.5", ["\u0661,\u0662\u0663\u0664.\u0665"]),
        ("1234567", ["1,234,567", "12,34,567", "1.234.567"]),
    ],
)
def test_amounts_are_found_in_every_writing(asked: str, written: list[str]) -> None:
    for text in written:
        assert terms(text) & set(amount_query_terms(asked)), text


@pytest.mark.parametrize(
    ("asked", "other"), [("1,234.50", "1,234.05"), ("15.00", "15.50"), ("1,234", "1.2.34"), ("15", "15.00")]
)
def test_other_amounts_are_not(asked: str, other: str) -> None:
    assert not terms(other) & set(amount_query_terms(asked))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MR. D.I.Y. (M) SDN BHD", "diy"),
        ("MR. D. I. Y. (M)", "diy"),
        ("MR.D.I.Y. (M)", "diy"),
        ("the D I Y shop", "diy"),
        ("Hewlett-Packard", "hewlettpackard"),
        ("AT&T", "att"),
        ("O'Reilly", "oreilly"),
        ("L\u2019Oréal", "loreal"),
        ("INV-2031-X", "inv2031x"),
    ],
)
def test_names_are_also_one_word(text: str, name: str) -> None:
    assert name in terms(text)


@pytest.mark.parametrize("text", ["the U.S. economy", "King's", "plan B", "2015-2016", "a plain sentence."])
def test_what_is_no_name_is_not(text: str) -> None:
    assert terms(text) == set()


def test_what_is_too_long_is_no_amount() -> None:
    for number in ("1" * 100_000, "1," * 5000 + "1", "111," * 2000 + "111.11"):
        assert amount_query_terms(number) == ()
        assert terms(number) == set()


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_each_is_one_word_to_the_index(text: str) -> None:
    assert all(len(terms_in(term)) == 1 for term in terms(text))
