"""How likely a photograph is right, by figures relative to its library."""

from __future__ import annotations

import numpy as np

from engine.search.confidence.probability import (
    LIKELY,
    POSSIBLE,
    STRONG,
    ScoreFeatures,
    TextFeatures,
    confidence_levels,
    match_probabilities,
)

SENTENCE = TextFeatures(word_count=5, unfamiliarity=0.2)


def scores(margin: float, spreads: float, behind: float = 0.0) -> ScoreFeatures:
    return ScoreFeatures(np.array([margin]), np.array([spreads]), np.array([behind]))


def chance(text: TextFeatures, figures: ScoreFeatures) -> float:
    return float(match_probabilities(text, figures)[0])


def test_what_stands_out_of_the_library_is_likelier() -> None:
    usual = chance(SENTENCE, scores(0.0, 3.0))
    assert chance(SENTENCE, scores(1.0, 3.0)) > usual
    assert chance(SENTENCE, scores(0.0, 4.0)) > usual
    assert chance(SENTENCE, scores(0.0, 3.0, behind=1.0)) < usual


def test_more_words_and_stranger_ones_are_harder_to_match() -> None:
    usual = chance(SENTENCE, scores(0.0, 3.0))
    assert chance(TextFeatures(10, 0.2), scores(0.0, 3.0)) < usual
    assert chance(TextFeatures(5, 0.6), scores(0.0, 3.0)) < usual


def test_what_lies_beyond_what_was_learnt_counts_no_more() -> None:
    assert chance(SENTENCE, scores(90.0, 3.0)) == chance(SENTENCE, scores(4.0, 3.0))
    assert chance(SENTENCE, scores(-90.0, 3.0)) == chance(SENTENCE, scores(-8.0, 3.0))


def test_a_text_without_a_telling_word_has_a_chance_too() -> None:
    assert 0 < chance(TextFeatures(0, 1.0), scores(-1.0, 2.0)) < 1


def test_chances_become_verdicts() -> None:
    found = confidence_levels(np.array([STRONG, LIKELY, LIKELY - 0.01, POSSIBLE]))
    assert found.tolist() == [2, 1, 0, 0]
    assert confidence_levels(np.empty(0)).tolist() == []


def test_where_nothing_is_likely_what_is_possible_matches_less_certainly() -> None:
    assert confidence_levels(np.array([LIKELY - 0.01, POSSIBLE, POSSIBLE - 0.01])).tolist() == [1, 1, 0]
    assert confidence_levels(np.array([POSSIBLE - 0.01, 0.0])).tolist() == [0, 0]
