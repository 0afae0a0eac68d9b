from __future__ import annotations

import numpy as np
import pytest

from engine.training.benchmark_words import WORDS, forms_of, relevant_pictures
from engine.training.pairs import Pairs


def test_there_are_sixty_different_words_of_one_word_each() -> None:
    assert len(WORDS) == len(set(WORDS)) == 60
    assert all(word.isalpha() and word.islower() for word in WORDS)


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("dog", "dogs"), ("man", "men"), ("woman", "women"), ("baby", "babies"), ("boy", "boys"),
        ("city", "cities"), ("bus", "buses"), ("dress", "dresses"), ("beach", "beaches"), ("horse", "horses"),
    ],
)  # fmt: skip
def test_a_word_is_known_by_its_plural_too(word: str, plural: str) -> None:
    assert forms_of(word) == {word, plural}


def test_no_word_is_the_plural_of_another() -> None:
    forms = [form for word in WORDS for form in forms_of(word)]
    assert len(forms) == len(set(forms)) == 120


def test_two_captions_must_name_a_thing() -> None:
    texts = ["A dog runs.", "Two dogs, running", "a cat", "the cat and a dog"]
    pairs = Pairs(np.array([0, 1, 2, 3, 2]), np.array([7, 7, 7, 3, 3]))
    shown = relevant_pictures(["dog", "cat", "bus"], texts, pairs, np.array([3, 7]))
    assert shown.tolist() == [[False, True], [True, False], [False, False]]


def test_a_caption_that_names_a_thing_twice_counts_once() -> None:
    pairs = Pairs(np.array([0]), np.array([0]))
    assert not relevant_pictures(["dog"], ["a dog and two dogs, dog"], pairs, np.array([0])).any()


def test_a_part_of_another_word_names_nothing() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([0, 0]))
    texts = ["a category", "a cattle car"]
    assert not relevant_pictures(["cat"], texts, pairs, np.array([0])).any()
