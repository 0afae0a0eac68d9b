"""Words and meaning in one ranking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.records import Verdict
from engine.search.ranking.ranking import CONFIDENCE, EMPTY_RANKING, Ranking
from engine.search.text.passage_search import LEAST, LIKELY, WEIGHT, PassageMatches, merge_with_passages

STRONG, WEAK, NONE = (CONFIDENCE[verdict] for verdict in (Verdict.STRONG, Verdict.WEAK, Verdict.NONE))


def words(*entries: tuple[int, float, int]) -> Ranking:
    """Item, score, sureness; best first."""
    items, scores, confidence = zip(*entries, strict=True)
    return Ranking(
        np.array(items, np.int64),
        np.array(scores, np.float64),
        np.array(confidence, np.int8),
        {item: lambda text: text for item in items},
    )


def near(cosines: dict[int, float]) -> PassageMatches:
    ascending = sorted(cosines)
    return PassageMatches(
        np.array(ascending, np.int64), np.array([cosines[item] for item in ascending], np.float64)
    )


def found(ranking: Ranking) -> Sequence[int]:
    items: list[int] = ranking.items.tolist()
    return items


def test_without_passages_the_words_order_stays() -> None:
    ranking = words((3, 2.0, STRONG), (1, 1.0, WEAK))
    assert merge_with_passages(ranking, PassageMatches(), 100, 0.0) is ranking


def test_meaning_tells_pages_apart_that_say_the_same_words() -> None:
    ranking = merge_with_passages(words((3, 1.0, WEAK), (1, 1.0, WEAK)), near({1: 0.6, 3: 0.2}), 100, 0.0)
    assert found(ranking) == [1, 3]
    assert ranking.scores == pytest.approx([1.0 + WEIGHT * 0.6, 1.0 + WEIGHT * 0.2])


def test_a_page_is_found_by_meaning_alone_and_not_sure_by_that() -> None:
    ranking = merge_with_passages(
        EMPTY_RANKING, near({1: LEAST - 0.01, 2: LIKELY + 0.01, 3: LEAST + 0.01}), 100, 0.0
    )
    assert found(ranking) == [2, 3]
    assert ranking.confidence.tolist() == [WEAK, NONE]
    assert found(merge_with_passages(EMPTY_RANKING, near({1: 0.6, 2: 0.7}), 1, 0.0)) == [2]


def test_the_only_page_that_says_a_rare_word_stays_first() -> None:
    """Say, the number of an invoice: every other page is one that does not say it."""
    meant = near({1: 0.2, **dict.fromkeys(range(2, 40), 0.6)})
    ranking = merge_with_passages(words((1, 2.0, STRONG)), meant, 100, 0.0)
    assert found(ranking)[0] == 1
    assert ranking.confidence[0] == STRONG


def test_beyond_the_pages_that_words_gave_others_say_some_of_them_too() -> None:
    said = words((1, 1.4, WEAK), (2, 1.3, WEAK))
    meant = near({1: 0.3, 2: 0.3, 3: 0.6})
    assert found(merge_with_passages(said, meant, 100, 1.3)) == [3, 1, 2]
    assert found(merge_with_passages(said, meant, 100, 0.0)) == [1, 2, 3]


def test_a_page_without_passages_is_neither_better_nor_worse_for_that() -> None:
    said = words((1, 1.2, WEAK), (2, 1.1, WEAK), (3, 1.0, WEAK))
    assert found(merge_with_passages(said, near({1: 0.3, 3: 0.3}), 100, 0.0)) == [1, 2, 3]


def test_what_was_found_by_words_keeps_its_snippet_and_its_sureness() -> None:
    ranking = merge_with_passages(words((1, 3.0, STRONG), (2, 0.1, NONE)), near({1: 0.1, 2: 0.55}), 100, 0.0)
    assert dict(zip(found(ranking), ranking.confidence.tolist(), strict=True)) == {1: STRONG, 2: WEAK}
    assert set(ranking.snippets) == {1, 2}
