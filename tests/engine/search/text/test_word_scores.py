"""The exact scores of pages."""

from __future__ import annotations

import numpy as np
import pytest

from engine.search.query.library_terms import ExpandedTerm
from engine.search.text.word_scores import (
    K1,
    OTHER_FORM_FACTOR,
    SYNONYM_FACTOR,
    USUAL_LENGTH,
    B,
    PackedPages,
    PageFeatures,
)
from engine.store.pages.terms import PageTerms, digests


def evidence(pages: list[str], *units: ExpandedTerm) -> PageFeatures:
    stems = [digests(page.split()) for page in pages]
    return PackedPages([PageTerms(each, np.zeros_like(each)) for each in stems]).features(units)


def saturated(often: float, length: int) -> float:
    return often * (K1 + 1) / (often + K1 * (1 - B + B * length / USUAL_LENGTH))


def test_each_word_takes_the_best_of_the_page() -> None:
    car = ExpandedTerm("car", ("car",), 2.0, synonyms={"vehicl": 0.7, "van": 0.6})
    red = ExpandedTerm("red", ("red",), 3.0)
    found = evidence(["van vehicl", "car van", "red car car", "blue"], car, red)
    assert found.similarity == pytest.approx([1.4, 2.0, 5.0, 0.0])
    assert found.presence.tolist() == [[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]]


def test_the_same_word_counts_as_in_bm25_and_a_similar_one_less() -> None:
    car = ExpandedTerm("car", ("car",), 2.0, synonyms={"van": 0.6})
    found = evidence(["car x car", "van x y"], car)
    assert found.frequency == pytest.approx([2 * saturated(2, 3), 2 * 0.6 * SYNONYM_FACTOR])
    slip = ExpandedTerm("carr", ("carr",), 2.0, {"car": 0.75})
    assert evidence(["car x car"], slip).frequency == pytest.approx([2 * saturated(1.5, 3)])


def test_no_number_of_similar_words_comes_before_the_word_itself() -> None:
    car = ExpandedTerm("car", ("car",), 2.0, synonyms={"van": 0.9})
    found = evidence(["van " * 40, "car " + "x " * 1000], car)
    assert found.frequency[0] + found.similarity[0] / 2 < found.frequency[1] + found.similarity[1] / 2


def test_another_writing_is_the_word_itself_and_a_phrase_may_have_one() -> None:
    shop = ExpandedTerm("hewlett-packard", ("hewlett", "packard"), 2.0, {"hewlettpackard": 1.0})
    found = evidence(["hewlett packard", "hewlettpackard", "hewlett x packard", "hewlettpackard x"], shop)
    assert found.presence.tolist() == [[1.0, 1.0, 0.0, 1.0]]
    assert found.answered_units.tolist() == [0, 0, 0]


def test_a_phrase_stands_as_it_is_and_on_one_page() -> None:
    number = ExpandedTerm("1,234", ("1", "234"), 1.0)
    found = evidence(["x 1 234", "234 1", "1", "234 1 1 234"], number)
    assert found.presence.tolist() == [[1.0, 0.0, 0.0, 1.0]]


def test_neighbours_in_the_query_count_where_they_are_neighbours() -> None:
    red, car = ExpandedTerm("red", ("red",), 3.0), ExpandedTerm("car", ("car",), 2.0)
    pages = ["red car", "car red", "red x x car", "red x x x car", "x red", "car", "red car red car"]
    assert evidence(pages, red, car).nearness.tolist() == [2.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0]


def test_a_page_scores_the_same_beside_any_other() -> None:
    units = [ExpandedTerm("red", ("red",), 3.0), ExpandedTerm("car", ("car",), 2.0, synonyms={"van": 0.6})]
    pages = ["a red van here", "", "car", "b c d e"]
    together = evidence(pages, *units)
    for at, page in enumerate(pages):
        alone = evidence([page], *units)
        assert alone.frequency[0] == together.frequency[at]
        assert alone.similarity[0] == together.similarity[at]
        assert alone.nearness[0] == together.nearness[at]


def test_the_passage_is_where_most_is_answered() -> None:
    units = [ExpandedTerm("red", ("red",), 3.0), ExpandedTerm("car", ("car",), 2.0)]
    idf = [unit.idf for unit in units]
    found = evidence(["x car x x x x red car x", "y y red", "z"], *units)
    assert [found.best_passage(page, 3, idf) for page in range(3)] == [6, 2, 0]


def test_there_may_be_no_pages() -> None:
    found = evidence([], ExpandedTerm("red", ("red",), 3.0))
    assert found.frequency.shape == found.similarity.shape == found.nearness.shape == (0,)
    assert np.array_equal(found.page_starts, [0])


def test_a_word_with_other_marks_counts_less_where_the_one_that_was_typed_is_there() -> None:
    stems = digests(["cafe"])
    plain, accented = (PageTerms(stems, np.array([mark], np.uint32)) for mark in (0, 77))
    asked = ExpandedTerm("café", ("cafe",), 1.0, marks=(77,))
    both = PackedPages([plain, accented]).features([asked])
    assert both.presence.tolist() == [[1.0, 1.0]]
    assert both.similarity.tolist() == [OTHER_FORM_FACTOR, 1.0]
    assert both.frequency[0] < both.frequency[1]
    alone = PackedPages([plain, plain]).features([asked])
    assert alone.similarity.tolist() == [1.0, 1.0]
