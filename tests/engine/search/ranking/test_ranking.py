"""Rankings of one space are fused by rank, those of both spaces taken turn by turn."""

from __future__ import annotations

import numpy as np

from engine.records import Verdict
from engine.search.ranking.ranking import (
    CONFIDENCE,
    EMPTY_RANKING,
    Ranking,
    fuse_rankings,
    interleave_by_confidence,
    put_kind_first,
)

STRONG, WEAK, NONE = Verdict.STRONG, Verdict.WEAK, Verdict.NONE


def ranking(*entries: tuple[int, Verdict], score: float = 1.0, snippet: str = "") -> Ranking:
    return Ranking(
        np.array([item for item, _ in entries], np.int64),
        np.full(len(entries), score),
        np.array([CONFIDENCE[verdict] for _, verdict in entries], np.int8),
        {item: lambda _text: snippet for item, _ in entries if snippet},
    )


def items(ranked: Ranking) -> list[int]:
    return [int(item) for item in ranked.items]


def entry(ranked: Ranking, place: int) -> tuple[int, float, Verdict, str]:
    one = ranked.take(slice(place, place + 1))
    item = int(one.items[0])
    return (
        item,
        float(one.scores[0]),
        one.best_verdict(),
        one.snippets[item]("") if item in one.snippets else "",
    )


def test_an_item_of_both_rankings_keeps_the_surest_verdict_and_the_snippet() -> None:
    joined = fuse_rankings(ranking((1, WEAK), score=9.0), ranking((1, STRONG), (2, WEAK), snippet="words"))
    assert entry(joined, 0) == (1, 9.0, STRONG, "words")
    assert entry(joined, 1) == (2, 1.0, WEAK, "words")


def test_rankings_are_fused_by_rank_and_one_alone_stays_as_it_is() -> None:
    assert items(fuse_rankings(ranking((7, NONE), (3, NONE), (5, NONE)), EMPTY_RANKING)) == [7, 3, 5]
    joined = fuse_rankings(ranking((9, WEAK), (8, WEAK), (7, WEAK)), ranking((6, WEAK), (8, WEAK)))
    assert items(joined) == [8, 9, 6, 7]
    assert items(fuse_rankings()) == items(fuse_rankings(EMPTY_RANKING, EMPTY_RANKING)) == []


def test_surer_matches_come_first_and_then_photographs_and_pages_in_turn() -> None:
    photos = ranking((1, STRONG), (2, WEAK), (3, WEAK))
    pages = ranking((4, WEAK), (5, WEAK), (6, NONE))
    assert items(interleave_by_confidence(photos, pages)) == [1, 4, 2, 5, 3, 6]


def test_to_stand_in_both_rankings_is_no_merit() -> None:
    photos = ranking((1, STRONG), (9, STRONG), (2, STRONG))
    pages = ranking((3, STRONG), (4, STRONG), (9, STRONG), snippet="words")
    joined = interleave_by_confidence(photos, pages)
    assert items(joined) == [1, 3, 9, 4, 2]
    assert entry(joined, 2)[3] == "words"


def test_what_is_far_off_may_come_behind_all_that_matches() -> None:
    pages = ranking((1, NONE), (2, WEAK), (3, NONE), (4, STRONG))
    photos = ranking((5, NONE), (6, WEAK), (7, NONE))
    assert items(interleave_by_confidence(photos, pages)) == [2, 4, 6, 5, 1, 7, 3]
    assert items(interleave_by_confidence(EMPTY_RANKING, pages)) == [2, 4, 1, 3]
    shown = interleave_by_confidence(ranking((9, NONE)), ranking((8, NONE), (9, WEAK)))
    assert items(shown) == [9, 8]


def test_the_kind_that_is_asked_for_has_the_first_places() -> None:
    photos = ranking(*((item, NONE) for item in range(1, 8)))
    pages = ranking((11, STRONG), (12, WEAK), (3, WEAK))
    assert items(put_kind_first(photos, pages)) == [1, 2, 3, 4, 5, 11, 12, 6, 7]
    assert items(put_kind_first(pages, photos)) == [11, 12, 3, 1, 2, 4, 5, 6, 7]
    assert items(put_kind_first(EMPTY_RANKING, pages)) == [11, 12, 3]


def test_behind_the_first_places_both_kinds_come_in_turn() -> None:
    photos = ranking(*((item, WEAK) for item in range(1, 9)))
    pages = ranking((11, STRONG), (12, WEAK), (13, NONE))
    assert items(put_kind_first(photos, pages)) == [1, 2, 3, 4, 5, 11, 12, 6, 7, 8, 13]


def test_what_follows_adds_only_what_is_not_there_yet() -> None:
    shown = ranking((4, STRONG), (2, WEAK), score=0.5)
    later = ranking((2, STRONG), (1, WEAK), (4, NONE), (3, NONE), snippet="words")
    whole = shown.followed_by(later)
    assert items(whole) == [4, 2, 1, 3]
    assert entry(whole, 1)[:3] == (2, 0.5, WEAK)
    assert entry(whole, 2) == (1, 1.0, WEAK, "words")
