from __future__ import annotations

from engine.models.text.word_split import MAX_TEXT_LENGTH, split_words


def test_words_are_lower_case_and_without_punctuation() -> None:
    words = split_words("A dog's ball, red_and-blue! 🐕 Überfahrt")
    assert words == ["a", "dog's", "ball", "red", "and", "blue", "überfahrt"]


def test_a_text_without_a_word_has_none() -> None:
    assert split_words("") == split_words(" \t\n") == split_words("...!?") == split_words("_") == []


def test_a_text_of_any_length_is_read_in_bounded_time() -> None:
    assert len(split_words("word " * 1_000_000)) == MAX_TEXT_LENGTH // 5
