# ruff: noqa: RUF001
"""How a text falls into terms."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.normalization import fold_accents, normalize, strip_invisible
from engine.text.tokenization import term_runs, terms_in


def plainly(text: str) -> list[str]:
    return [term.plain for term in terms_in(text)]


@given(st.text(max_size=30))
def test_what_was_made_alike_once_is_so(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
    assert fold_accents(fold_accents(normalize(text))) == fold_accents(normalize(text))


@given(st.text(max_size=30))
def test_runs_stand_in_order_and_hold_all_terms(text: str) -> None:
    found = list(term_runs(text))
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert [term for run in found for term in run.terms] == terms_in(text)
    assert all(text[run.start : run.end] for run in found)


@given(st.text(st.characters(categories=("L", "M", "N", "Z")), max_size=30))
def test_all_encodings_of_a_text_have_its_terms(text: str) -> None:
    assert terms_in(unicodedata.normalize("NFD", text)) == terms_in(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("photo\u00adsyn\u200bthe\u2060sis", ["photosynthesis"]),
        ("\u202bשלום\u202c \ufeffword", ["שלום", "word"]),
        ("❤\ufe0f party🎉time", ["party", "time"]),
        ("M¨uller Mu¨ller fran¸cais ´ıt", ["muller", "muller", "francais", "it"]),
        (
            "growth¹ 10⁶ 3½ CO₂ m² Findling™",
            ["growth", "1", "10", "6", "3", "1", "2", "co2", "m2", "findling"],
        ),
        ("RM8.50 A4 FY2019", ["rm", "8", "50", "a4", "fy2019"]),
        ("①First ㎏ ㍻", ["1", "first", "kg", "平", "成"]),
        ("𝑡ℎ𝑒 ℎ𝑒", ["the", "he"]),
        ("צה״ל צה\"ל צה'ל", ["צהל"] * 3),
        ("м'ята мʼята м’ята", ["м", "ята"] * 3),
        ("snake_case-word", ["snake", "case", "word"]),
        ("ﬁne eﬃcient STRASSE straße", ["fine", "efficient", "strasse", "strasse"]),
        ("٢٠٢٣ २०२३", ["2023", "2023"]),
        ("⻑⻘", ["長", "青"]),
        ("น้ำ น้\u0e4dา น\u0e4d้า", ["น้\u0e4dา"] * 3),
        ("東京tower", ["東", "京", "tower"]),
        ("\ue000 \ufffd … — °", []),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert plainly(text) == terms


@pytest.mark.parametrize(("one", "other"), [("दाल", "दिल"), ("กา", "กำ"), ("か", "が"), ("ᄀ", "ᄁ")])
def test_marks_that_are_letters_tell_words_apart(one: str, other: str) -> None:
    assert plainly(one) != plainly(other)


def test_only_what_is_seen_is_left() -> None:
    assert strip_invisible("a\u200bb\u00adc\ufeff") == "abc"
