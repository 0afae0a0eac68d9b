"""Which kind a question asks for: its form, its words and what the library answers."""

from __future__ import annotations

import math

import pytest

from engine.records import ItemKind
from engine.search.query.kind_classifier import (
    KindClassifier,
    KindFeatures,
    has_number,
    is_question,
    page_probability,
)

CHANCE, FAR_OFF = -1.5, -3.0  # margins of a best photograph
ALL_WORDS, SOME_WORDS, NO_WORDS = 2.5, 0.5, 0.0  # scores of a best page


@pytest.fixture(scope="module")
def asked_kind() -> KindClassifier:
    return KindClassifier()


@pytest.mark.parametrize("text", ["dog on grass", "two children play football", "a man in a red jacket"])
def test_a_scene_asks_for_photographs_even_where_some_page_says_its_words(
    asked_kind: KindClassifier, text: str
) -> None:
    assert asked_kind.classify(text, CHANCE, SOME_WORDS) is ItemKind.PHOTO


@pytest.mark.parametrize(
    "text", ["how to descale the machine?", "revenue by region", "warranty", "invoice 2024-118"]
)
def test_what_pages_say_in_words_that_no_photograph_shows_asks_for_pages(
    asked_kind: KindClassifier, text: str
) -> None:
    assert asked_kind.classify(text, FAR_OFF, ALL_WORDS) is ItemKind.PAGE


def test_where_there_are_no_photographs_or_no_pages_the_other_kind_answers(
    asked_kind: KindClassifier,
) -> None:
    assert asked_kind.classify("an astronaut beside a flag", -math.inf, ALL_WORDS) is ItemKind.PAGE
    assert asked_kind.classify("astronaut", CHANCE, NO_WORDS) is ItemKind.PHOTO


def test_each_figure_counts_as_it_should() -> None:
    middle = KindFeatures(-1.0, 1.0, 0.6, False, False, False)
    more_of_pages = [
        KindFeatures(-2.0, 1.0, 0.6, False, False, False),
        KindFeatures(-1.0, 2.0, 0.6, False, False, False),
        KindFeatures(-1.0, 1.0, 0.9, False, False, False),
        KindFeatures(-1.0, 1.0, 0.6, True, False, False),
        KindFeatures(-1.0, 1.0, 0.6, False, True, False),
    ]
    assert all(page_probability(more) > page_probability(middle) for more in more_of_pages)
    assert page_probability(KindFeatures(-1.0, 1.0, 0.6, False, False, True)) < page_probability(middle)


def test_nothing_can_be_without_bounds() -> None:
    for value in (-math.inf, math.inf):
        assert 0 <= page_probability(KindFeatures(value, 1e9, 1.0, True, True, False)) <= 1


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("What did the meeting cost", True),
        ("the cost of the meeting?", True),
        ("a dog on the beach", False),
        ("the who in concert", False),
        ("", False),
    ],
)
def test_a_question_is_known_by_its_first_word_or_its_mark(text: str, is_it: bool) -> None:
    assert is_question(text) is is_it


def test_a_number_in_any_digits_is_one() -> None:
    assert has_number("gallery 73.00")
    assert has_number("\u0663")
    assert not has_number("a dog")
