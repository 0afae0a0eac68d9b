from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.models.starter.familiarity import STOP_WORDS
from engine.training.pairs import Pairs
from engine.training.starter.caption_terms import LEAST_CAPTIONS, CaptionTerms, terms_of


def terms_in(*captions: str) -> CaptionTerms:
    """Of one caption a picture."""
    numbers = np.arange(len(captions))
    return terms_of(captions, Pairs(numbers, numbers), len(captions))


def said(terms: CaptionTerms, term: str) -> list[int]:
    """How many captions of each picture name the term."""
    return [int(count) for count in terms.counts[terms.texts.index(term)]]


def often(*captions: str) -> Sequence[str]:
    """Each as often as it takes."""
    return [caption for caption in captions for _ in range(LEAST_CAPTIONS)]


def test_what_captions_name_often_enough_is_a_term_in_alphabetical_order() -> None:
    assert terms_in(*often("snow", "dog")).texts == ("dog", "snow")


def test_what_fewer_captions_name_is_none() -> None:
    assert terms_in(*often("dog"), *often("snow")[1:]).texts == ("dog",)


def test_a_caption_that_names_a_thing_twice_counts_once() -> None:
    terms = terms_in("dog and dog and dog", *often("dog")[1:])
    assert said(terms, "dog") == [1] * LEAST_CAPTIONS
    assert terms_in("dog and dog and dog", *often("dog")[2:]).texts == ()


def test_words_side_by_side_are_a_term() -> None:
    assert terms_in(*often("A brown DOG!")).texts == ("brown", "brown dog", "dog")


def test_no_term_reaches_over_a_stop_word() -> None:
    assert "dog grass" not in terms_in(*often("dog in the grass")).texts
    assert terms_in(*often("dog in the grass")).texts == ("dog", "grass")


def test_neither_a_stop_word_nor_a_letter_is_a_term() -> None:
    assert terms_in(*often(" ".join(sorted(STOP_WORDS)), "x")).texts == ()


def test_a_letter_may_be_part_of_a_term() -> None:
    assert terms_in(*often("t shirt")).texts == ("shirt", "t shirt")


def test_captions_are_counted_by_picture() -> None:
    texts = ["dog", "brown dog", "snow"]
    pairs = Pairs(
        np.array([0, 1, 0, 2, *[0] * LEAST_CAPTIONS]), np.array([4, 4, 1, 1, *[2] * LEAST_CAPTIONS])
    )
    terms = terms_of(texts, pairs, pictures=6)
    assert terms.texts == ("dog",)
    assert terms.counts.shape == (1, 6)
    assert said(terms, "dog") == [0, 1, LEAST_CAPTIONS, 0, 2, 0]


def test_a_caption_of_several_pictures_counts_for_each() -> None:
    pairs = Pairs(np.zeros(LEAST_CAPTIONS, np.int64), np.arange(LEAST_CAPTIONS))
    assert said(terms_of(["dog"], pairs, LEAST_CAPTIONS), "dog") == [1] * LEAST_CAPTIONS


def test_texts_of_no_pair_name_nothing() -> None:
    pairs = Pairs(np.arange(LEAST_CAPTIONS), np.arange(LEAST_CAPTIONS))
    texts = [*often("dog"), *often("snow")]
    assert terms_of(texts, pairs, LEAST_CAPTIONS).texts == ("dog",)


def test_without_pairs_there_are_no_terms() -> None:
    none = np.zeros(0, np.int64)
    terms = terms_of(["dog"], Pairs(none, none), 3)
    assert terms.texts == ()
    assert terms.counts.shape == (0, 3)
