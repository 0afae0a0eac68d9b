"""What is ticked to go to the bin before anybody has looked at it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from engine.records import DuplicateFile, DuplicateGroup
from gui.duplicates.model import DuplicatesModel, arranged


def group(kind: Literal["copies", "alike", "burst"], first: int) -> DuplicateGroup:
    files = [DuplicateFile(n, Path(f"/pictures/{n}.jpg"), 100, 40, 30, None) for n in range(first, first + 3)]
    return DuplicateGroup(kind, tuple(files))


@pytest.fixture
def model() -> DuplicatesModel:
    model = DuplicatesModel()
    model.show(arranged([group("copies", 1), group("alike", 11), group("burst", 21)]))
    return model


def test_only_copies_are_ticked_and_the_best_of_them_stays(model: DuplicatesModel) -> None:
    assert [model.ticked(row) for row in range(9)] == [False, True, True] + 6 * [False]
    assert [model.any_ticked(number) for number in range(3)] == [True, False, False]


def test_where_nothing_is_ticked_the_button_says_what_comes_first(model: DuplicatesModel) -> None:
    assert [model.button_text(number) for number in range(3)] == [
        "Move the 2 others to the bin…",
        "Tick what is to go to the bin",
        "Tick what is to go to the bin",
    ]
    model.tick(4, True)
    assert model.button_text(1) == "Move the ticked one to the bin…"


def test_a_group_is_never_ticked_whole_unless_each_was_ticked_by_hand(model: DuplicatesModel) -> None:
    model.tick(0, True)
    assert [model.ticked(row) for row in range(3)] == [True, False, True]
    going, kept = model.split_by_tick(0)
    assert ([file.item for file in going], [file.item for file in kept]) == ([1, 3], [2])
    model.tick(1, True)
    assert [model.ticked(row) for row in range(3)] == [True, True, False]
    model.tick(2, True)
    assert model.split_by_tick(0)[1] == []


def test_another_file_of_the_same_name_is_not_ticked_for_what_was_there_before(
    model: DuplicatesModel,
) -> None:
    model.tick(3, True)
    files = [DuplicateFile(90 + n, Path(f"/pictures/{n}.jpg"), 100, 40, 30, None) for n in range(11, 14)]
    model.show(arranged([DuplicateGroup("alike", tuple(files))]))
    assert [model.ticked(row) for row in range(3)] == [False, False, False]
