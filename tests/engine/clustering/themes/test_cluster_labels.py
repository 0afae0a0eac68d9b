"""Names for themes, by how many more of their photographs show a word than of the library's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from engine.clustering.themes.cluster_labels import CLEAR, CLEARLY_BETTER, STAYS, choose_names
from engine.clustering.themes.label_families import is_kind_of
from engine.clustering.themes.label_scores import COMMON, LabelScores, Shares, word_vectors
from engine.clustering.themes.label_vocabulary import vocabulary
from engine.models.array_math import l2_normalize
from tests.engine.clustering.sample_library import at_once
from tests.engine.clustering.synthetic_kinds import WORDS, WordModel, direction, photographs

NAMES = ("animals", "dogs", "puppies", "cars", "snow", "roses", "boats")


def named(*fits: Mapping[str, float], before: tuple[str, ...] = ()) -> list[str]:
    """`fits`: of each theme, by word; 0 for the others."""
    table: Shares = np.array([[of.get(word, 0.0) for word in NAMES] for of in fits], np.float32)
    return choose_names(table, NAMES, before or ("",) * len(fits))


def test_the_word_that_fits_most_is_the_name() -> None:
    assert named({"cars": 0.8, "snow": 0.5}, {"snow": 0.6}) == ["Cars", "Snow"]


def test_no_name_where_no_word_fits_clearly_but_the_three_best() -> None:
    assert named({"cars": CLEAR - 0.01, "snow": 0.2, "roses": 0.1, "boats": 0.05}) == ["Cars · snow · roses"]


def test_of_three_words_none_is_a_kind_of_another() -> None:
    assert named({"dogs": 0.3, "puppies": 0.25, "animals": 0.2, "snow": 0.1, "cars": 0.05}) == [
        "Dogs · snow · cars"
    ]


def test_a_kind_of_what_is_broad_says_more_where_it_fits_nearly_as_well() -> None:
    assert named({"animals": 0.6, "dogs": 0.55}) == ["Dogs"]
    assert named({"animals": 0.6, "dogs": 0.3}) == ["Animals"]


def test_a_kind_of_what_says_enough_is_a_name_only_where_that_is_taken() -> None:
    assert named({"dogs": 0.6, "puppies": 0.6}) == ["Dogs"]
    assert named({"dogs": 0.6, "puppies": 0.6}, {"dogs": 0.8}) == ["Puppies", "Dogs"]


def test_no_two_themes_have_one_name() -> None:
    assert named({"cars": 0.6, "snow": 0.55}, {"cars": 0.8}) == ["Snow", "Cars"]
    first, second = named({"cars": 0.6, "snow": 0.1, "boats": 0.05}, {"cars": 0.8})
    assert (first, second) == ("Cars · snow · boats", "Cars")
    assert len(set(named({"cars": 0.1}, {"cars": 0.1}, {"cars": 0.1}))) == 3


def test_a_theme_keeps_its_name_until_another_one_is_clearly_better() -> None:
    little, much = CLEARLY_BETTER - 0.05, CLEARLY_BETTER + 0.05
    assert named({"cars": 0.5, "snow": 0.5 + little}, before=("Cars",)) == ["Cars"]
    assert named({"cars": 0.5, "snow": 0.5 + much}, before=("Cars",)) == ["Snow"]
    assert named({"cars": STAYS + 0.01, "snow": 0.1}, before=("Cars",)) == ["Cars"]
    assert named({"cars": STAYS - 0.01, "snow": 0.1, "roses": 0.05}, before=("Cars",)) == [
        "Cars · snow · roses"
    ]


def test_three_words_stay_until_a_name_is_clear() -> None:
    before = ("Cars · snow · roses",)
    assert named({"cars": 0.2, "snow": 0.2, "boats": 0.25}, before=before) == list(before)
    assert named({"cars": CLEAR + CLEARLY_BETTER}, before=before) == ["Cars"]
    assert named({"boats": 0.3, "dogs": 0.3, "snow": 0.3}, before=before) != list(before)


def test_a_name_that_is_kept_is_given_to_no_other() -> None:
    assert named({"cars": 0.8, "snow": 0.7}, {"cars": 0.5}, before=("", "Cars")) == ["Snow", "Cars"]


def test_a_name_that_is_no_word_any_more_is_not_kept() -> None:
    assert named({"cars": 0.5}, before=("Motor cars",)) == ["Cars"]


def test_without_words_there_are_no_names() -> None:
    assert choose_names(np.empty((2, 0), np.float32), (), ("", "Cars")) == ["", ""]


def test_a_word_fits_by_the_photographs_that_show_it_beyond_what_is_common() -> None:
    library = np.concatenate([photographs(30, "dogs"), photographs(70, "cars", seed=1)])
    fits = LabelScores(WORDS, np.stack([direction(word) for word in WORDS]))
    at_once(fits.learn(library))
    of_dogs = dict(zip(WORDS, fits.of_theme(library[:30]), strict=True))
    assert max(of_dogs, key=lambda word: of_dogs[word]) == "dogs"
    assert of_dogs["dogs"] == pytest.approx(1 - COMMON * 0.3, abs=0.05)


def test_a_word_that_is_near_to_everything_does_not_name_what_it_hardly_shows() -> None:
    """Text and pictures lie apart: some words are near to all pictures, and say nothing by that."""
    near_to_all = np.full_like(direction("dogs"), 0.1)
    library = np.concatenate([photographs(30, "dogs"), photographs(30, "cars", seed=1)]) + near_to_all
    vectors = np.stack([direction(word) for word in WORDS])
    vectors[WORDS.index("pizza")] = l2_normalize(near_to_all[None])[0]
    fits = LabelScores(WORDS, vectors)
    at_once(fits.learn(library))
    of_dogs = dict(zip(WORDS, fits.of_theme(library[:30]), strict=True))
    assert of_dogs["dogs"] > of_dogs["pizza"]


def test_a_word_whose_sentence_the_model_does_not_know_stands_for_itself() -> None:
    asked = {"dogs": "a photo of dogs", "cars": "what drives", "hats": "what one wears"}
    words, vectors = at_once(word_vectors(WordModel(), asked))
    assert words == ["dogs", "cars"]
    assert np.allclose(vectors, [direction("dogs"), direction("cars")])


def test_who_sees_a_puppy_sees_an_animal() -> None:
    words = tuple(vocabulary())
    table = is_kind_of(words)
    assert table[words.index("animals"), words.index("puppies")]
    assert not table[words.index("puppies"), words.index("animals")]
    assert table.diagonal().all()
