"""Themes of a library that grows: what is known by a number and a name stays what it was."""

from __future__ import annotations

import numpy as np

from tests.engine.clustering.synthetic_kinds import Collection, photographs, unsaid_photographs


def begun() -> Collection:
    """Four kinds of photographs."""
    collection = Collection()
    for seed, (word, count) in enumerate((("dogs", 40), ("cars", 30), ("snow", 24), ("boats", 20))):
        collection.add(photographs(count, word, seed=seed))
    collection.update()
    return collection


def test_a_theme_is_named_by_the_word_that_fits_it() -> None:
    assert begun().named() == {"Dogs": (1, 40), "Cars": (2, 30), "Snow": (3, 24), "Boats": (4, 20)}


def test_themes_keep_number_name_place_and_photographs_while_the_library_doubles() -> None:
    collection = begun()
    before = {theme.number: theme for theme in collection.themes}
    for seed, (word, count) in enumerate(
        (("boats", 27), ("cats", 35), ("dogs", 20), ("cars", 12), ("snow", 14))
    ):
        collection.add(photographs(count, word, seed=10 + seed))
    collection.update()
    assert collection.named() == {
        "Dogs": (1, 60),
        "Cars": (2, 42),
        "Snow": (3, 38),  # though there are more boats now
        "Boats": (4, 47),
        "Cats": (5, 35),
    }
    for theme in collection.themes:
        if theme.number in before:
            assert np.isin(before[theme.number].items, theme.items).all()


def test_photographs_that_no_word_fits_clearly_have_three_words_instead_of_a_name() -> None:
    collection = begun()
    collection.add(unsaid_photographs(30, seed=20))
    collection.update()
    *named, unnamed = sorted(collection.named(), key=lambda name: name.count(" · "))
    assert set(named) == {"Dogs", "Cars", "Snow", "Boats"}
    assert set(unnamed.lower().split(" · ")) == {"pizza", "books", "clouds"}


def test_what_another_method_found_keeps_its_numbers_by_its_photographs() -> None:
    collection = begun()
    before = collection.named()
    collection.found_from = "1:1:114"
    collection.update()
    assert collection.named() == before


def test_too_few_photographs_have_no_themes() -> None:
    collection = Collection()
    collection.add(photographs(20, "dogs"))
    collection.update()
    assert collection.themes == []
