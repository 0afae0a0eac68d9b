"""Where one was in answers that were left."""

from __future__ import annotations

from engine.records import Query
from gui.results.grid.scroll_anchor import ViewMemory
from gui.results.view_history import MOST, MOST_SELECTED, ViewHistory, without_range

ONE, OTHER = without_range(Query("one")), without_range(Query("other"))


def memory(selected: int = 1) -> ViewMemory:
    return ViewMemory((), 7, 200, tuple(range(selected)), None, -1, {}, frozenset())


def test_only_who_comes_back_finds_the_place_and_only_once() -> None:
    returning = ViewHistory()
    returning.leave(ONE, memory())
    assert returning.come(ONE) is None
    returning.expect_return(Query("one", limit=200))
    assert returning.come(ONE) == memory()
    assert returning.come(ONE) is None
    returning.expect_return(ONE)
    assert returning.come(OTHER) is None  # another question came in between
    assert returning.come(ONE) is None


def test_few_answers_are_remembered_and_of_very_many_selected_only_the_place() -> None:
    returning = ViewHistory()
    for number in range(MOST + 1):
        returning.leave(without_range(Query(str(number))), memory(MOST_SELECTED + 1))
    returning.expect_return(Query("0"))
    assert returning.come(without_range(Query("0"))) is None
    returning.expect_return(Query("1"))
    assert returning.come(without_range(Query("1"))) == memory(0)
