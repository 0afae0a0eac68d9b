from __future__ import annotations

from engine.models.text.words import LONGEST_TEXT, words_of


def test_words_are_lower_case_and_without_punctuation() -> None:
    words = words_of("A dog's ball, red_and-blue! 🐕 Überfahrt")
    assert words == ["a", "dog's", "ball", "red", "and", "blue", "überfahrt"]


def test_a_text_without_a_word_has_none() -> None:
    assert words_of("") == words_of(" \t\n") == words_of("...!?") == words_of("_") == []


def test_a_text_of_any_length_is_read_in_bounded_time() -> None:
    assert len(words_of("word " * 1_000_000)) == LONGEST_TEXT // 5
