"""Rankings of one space are fused by rank, those of both spaces taken turn by turn."""

from __future__ import annotations

from engine.records import Verdict
from engine.search.ranked import SURENESS, Ranked, fused, together

STRONG, WEAK, NONE = Verdict.STRONG, Verdict.WEAK, Verdict.NONE


def ranking(*entries: tuple[int, Verdict], score: float = 1.0, snippet: str = "") -> list[Ranked]:
    return [Ranked(item, score, verdict, snippet) for item, verdict in entries]


def items(entries: list[Ranked]) -> list[int]:
    return [entry.item for entry in entries]


def test_an_item_of_both_rankings_keeps_the_surest_verdict_and_the_snippet() -> None:
    (first, *_) = fused(ranking((1, WEAK), score=9.0), ranking((1, STRONG), (2, WEAK), snippet="words"))
    assert first == Ranked(1, 9.0, STRONG, "words")


def test_surer_matches_come_first_and_then_photographs_and_pages_in_turn() -> None:
    photos = ranking((1, STRONG), (2, WEAK), (3, WEAK))
    pages = ranking((4, WEAK), (5, WEAK), (6, NONE))
    assert items(together(photos, pages, SURENESS.__getitem__)) == [1, 4, 2, 5, 3, 6]


def test_to_stand_in_both_rankings_is_no_merit() -> None:
    photos = ranking((1, STRONG), (9, STRONG), (2, STRONG))
    pages = ranking((3, STRONG), (4, STRONG), (9, STRONG), snippet="words")
    joined = together(photos, pages, SURENESS.__getitem__)
    assert items(joined) == [1, 3, 9, 4, 2]
    assert joined[2].snippet == "words"


def test_pages_may_count_for_more_than_any_photograph() -> None:
    photos = ranking((1, STRONG), (2, STRONG), score=0.2)
    pages = ranking((2, WEAK), (3, NONE), score=20.0)
    joined = together(photos, pages, lambda verdict: 0 if verdict is NONE else 3)
    assert items(joined) == [2, 1, 3]
    assert (joined[0].score, joined[0].verdict) == (20.0, STRONG)


def test_each_ranking_keeps_its_own_order() -> None:
    pages = ranking((1, WEAK), (2, NONE), (3, STRONG), (4, WEAK))
    assert items(together([], pages, SURENESS.__getitem__)) == [1, 2, 3, 4]
    assert items(together(ranking((5, WEAK)), pages, SURENESS.__getitem__)) == [1, 2, 3, 5, 4]


def test_pages_may_come_first_where_both_are_as_sure() -> None:
    joined = together(ranking((1, STRONG)), ranking((2, STRONG)), SURENESS.__getitem__, pages_first=True)
    assert items(joined) == [2, 1]
