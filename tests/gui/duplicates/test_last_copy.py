"""What changed since the groups were made: the last copy of a picture never goes to the bin by our doing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.progress import CancelToken, Progress
from gui.duplicates.page import DuplicatesPage
from gui.main_window import MainWindow
from gui.strings import file_work as words
from tests.gui.conftest import SECONDS, OpenWindow, open_library, paint, wait_until_idle
from tests.gui.files.conftest import answer, said
from tests.gui.input_events import click

COLOURS = {"red": (64, 48), "green": (50, 40), "blue": (40, 30)}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Three pictures, each twice."""
    folder = tmp_path / "mine"
    for colour, size in COLOURS.items():
        shutil.copy(paint(folder / f"{colour}.png", colour, size), folder / f"copy of {colour}.png")
    return folder


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow, empty: Path, mine: Path) -> MainWindow:
    """On a library that knows them, and does not notice any more what becomes of them."""
    with open_library(empty) as library:
        library.add_folder(mine)
        library.index(Progress(), CancelToken())
    window = open_window(empty)
    qtbot.waitUntil(lambda: len(groups(window)) == 3, timeout=SECONDS)
    with qtbot.waitSignal(window.indexing.stopped, timeout=SECONDS):
        window.indexing.hold()
    window.duplicates.show()
    return window


def groups(window: MainWindow) -> list[list[str]]:
    return [
        [file.path.name for file in group.files] for group in window.duplicates.page.model.arranged.groups
    ]


def move_others(window: MainWindow, best: str) -> None:
    page: DuplicatesPage = window.duplicates.page
    number = [names[0] for names in groups(window)].index(best)
    button = page.view.button_of(number)
    assert button is not None
    click(button)
    answer(window.file_operations.trash_controller.dialog, words.BIN_CONFIRM)


def test_where_the_kept_one_was_deleted_elsewhere_the_last_copy_stays(
    qtbot: QtBot, window: MainWindow, mine: Path
) -> None:
    (mine / "red.png").unlink()
    move_others(window, "red.png")
    sentence = words.BIN_KEPT_GONE.format(name="copy of red.png", kept="red.png")
    qtbot.waitUntil(lambda: sentence in said(window), timeout=SECONDS)
    assert (mine / "copy of red.png").exists()
    qtbot.waitUntil(lambda: len(groups(window)) == 2, timeout=SECONDS)  # the library has looked again
    wait_until_idle(qtbot, window)


def test_one_group_after_the_other_each_is_looked_at(qtbot: QtBot, window: MainWindow, mine: Path) -> None:
    (mine / "red.png").unlink()
    (mine / "red.png").symlink_to(mine / "copy of red.png")
    paint(mine / "green.png", "black", COLOURS["green"])
    for best in ("red.png", "green.png", "blue.png"):
        move_others(window, best)
    qtbot.waitUntil(lambda: not (mine / "copy of blue.png").exists(), timeout=SECONDS)
    qtbot.waitUntil(lambda: "“copy of blue.png” moved to the bin." in said(window), timeout=SECONDS)
    assert (mine / "blue.png").exists()
    assert (mine / "copy of red.png").exists()
    assert (mine / "copy of green.png").exists()
    wait_until_idle(qtbot, window)


def test_a_whole_group_goes_when_each_was_ticked_by_hand_and_it_is_said(
    qtbot: QtBot, window: MainWindow, mine: Path
) -> None:
    model = window.duplicates.page.model
    first = model.rows([names[0] for names in groups(window)].index("red.png")).start
    model.tick(first, True)
    assert [model.ticked(row) for row in (first, first + 1)] == [True, False]
    model.tick(first + 1, True)
    move_others(window, "red.png")
    qtbot.waitUntil(lambda: not (mine / "red.png").exists(), timeout=SECONDS)
    qtbot.waitUntil(lambda: not (mine / "copy of red.png").exists(), timeout=SECONDS)
    wait_until_idle(qtbot, window)


def test_a_result_that_became_another_file_stays(qtbot: QtBot, window: MainWindow) -> None:
    hit = window.session.library.hits([window.duplicates.page.model.arranged.files[0].item])[0]
    paint(hit.path, "white", (90, 70))
    window.file_operations.trash_controller.confirm_trash([hit])
    answer(window.file_operations.trash_controller.dialog, words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: words.BIN_CHANGED.format(name=hit.path.name) in said(window), timeout=SECONDS)
    assert hit.path.exists()
    wait_until_idle(qtbot, window)
