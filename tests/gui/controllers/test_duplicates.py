"""The page of duplicates: groups side by side, ticks, a large look, and the way to the bin."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.progress import CancelToken, Progress
from gui.duplicates.card import tick_box
from gui.duplicates.page import DuplicatesPage
from gui.jobs import Lane
from gui.main_window import MainWindow
from gui.messages import Level, Message
from gui.sidebar.entries import EntryKind
from gui.strings import duplicates as words
from gui.strings import file_work as file_words
from gui.strings import sidebar as sidebar_words
from tests.gui.conftest import SECONDS, OpenWindow, open_library, paint, wait_until_idle
from tests.gui.files.conftest import answer
from tests.gui.input_events import NO_MODIFIER, click, double_click, press


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Three files of one content, two of another, and one alone."""
    folder = tmp_path / "mine"
    red = paint(folder / "red.png", "red", (64, 48))
    green = paint(folder / "green.png", "green", (50, 40))
    paint(folder / "blue.png", "blue", (30, 30))
    for copy in ("longer name of red.png", "a still longer name of red.png"):
        shutil.copy(red, folder / copy)
    shutil.copy(green, folder / "copy of green.png")
    return folder


@pytest.fixture
def doubled(empty: Path, mine: Path) -> Path:
    """A library that knows them."""
    with open_library(empty) as library:
        library.add_folder(mine)
        library.index(Progress(), CancelToken())
    return empty


def open_page(qtbot: QtBot, window: MainWindow) -> DuplicatesPage:
    """By its line in the sidebar, once the groups are known."""
    page = window.duplicates.page
    qtbot.waitUntil(lambda: len(page.model.arranged.groups) == 2, timeout=SECONDS)
    tree = window.sidebar.tree
    line = tree.line_of(sidebar_words.DUPLICATES)
    assert line is not None
    place = tree.visualItemRect(line).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, place)
    assert window.pages.currentWidget() is page
    return page


def shown(page: DuplicatesPage) -> list[list[str]]:
    """The names of the files, a list for each group."""
    return [[file.path.name for file in group.files] for group in page.model.arranged.groups]


def test_groups_stand_side_by_side_with_the_best_first(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path, mine: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    assert sorted(map(len, shown(page))) == [2, 3]
    assert {"red.png", "green.png"} == {names[0] for names in shown(page)}
    red, green = (mine / "red.png").stat().st_size, (mine / "green.png").stat().st_size
    assert page.title.text() == words.heading(2, 2 * red + green)
    assert window.sidebar.tree.marked == (EntryKind.DUPLICATES, None)
    head = window.sidebar.tree.head(EntryKind.DUPLICATES)
    assert head is not None
    assert head.count == "2"
    first, second = (page.view.visualRect(page.model.index(row)) for row in range(2))
    assert first.top() == second.top()
    assert first.right() < second.left()
    spoken = page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "best" in spoken
    assert "not ticked" in spoken


def test_the_others_of_a_group_are_moved_to_the_bin_after_a_question(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path, mine: Path
) -> None:
    window, go_on = open_window(doubled), threading.Event()
    page = open_page(qtbot, window)
    group = [names[0] for names in shown(page)].index("green.png")
    button = page.view.button_of(group)
    assert button is not None
    assert button.text() == "Move the other to the bin…"
    click(button)
    box = window.file_operations.trash_controller.dialog
    assert isinstance(box, QMessageBox)
    assert (mine / "copy of green.png").exists()
    window.session.jobs.run(Lane.LIBRARY, go_on.wait, lambda _went: None)  # nobody asks the library meanwhile
    answer(box, file_words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: len(shown(page)) == 1, timeout=SECONDS)
    head = window.sidebar.tree.head(EntryKind.DUPLICATES)
    assert head is not None
    assert head.count == "1"
    go_on.set()
    assert not (mine / "copy of green.png").exists()
    assert (mine / "green.png").exists()
    wait_until_idle(qtbot, window)


def test_what_is_ticked_is_what_the_button_offers(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path
) -> None:
    page = open_page(qtbot, open_window(doubled))
    view, model = page.view, page.model
    group = [len(names) for names in shown(page)].index(3)
    first = model.rows(group).start
    button = view.button_of(group)
    assert button is not None
    assert button.text() == "Move the 2 others to the bin…"
    box = tick_box(view.visualRect(model.index(first + 2)))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, box.center())
    assert button.text() == "Move the ticked one to the bin…"
    press(view, Qt.Key.Key_Left)
    press(view, Qt.Key.Key_X)
    assert not button.isEnabled()
    press(view, Qt.Key.Key_X)
    press(view, Qt.Key.Key_Left)
    press(view, Qt.Key.Key_X)
    assert view.currentIndex().row() == first
    press(view, Qt.Key.Key_Right)
    press(view, Qt.Key.Key_Right)
    press(view, Qt.Key.Key_X)
    assert button.text() == "Move all 3 to the bin…"
    spoken = model.index(first).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith(", best, ticked")


def test_a_picture_is_looked_at_large_and_esc_leads_back(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    press(page.view, Qt.Key.Key_Home)
    press(page.view, Qt.Key.Key_Space)
    look = page.look
    assert look.isVisible()
    qtbot.waitUntil(lambda: not look.picture.empty, timeout=SECONDS)
    assert words.BEST in look.title.text()
    assert not look.tick.isChecked()
    press(look.picture, Qt.Key.Key_Right)
    assert look.place.text().startswith("2 of")
    assert look.tick.isChecked()
    press(look.picture, Qt.Key.Key_X)
    assert not page.model.ticked(1)
    press(look.picture, Qt.Key.Key_Escape)
    assert page.view.isVisible()
    assert page.view.currentIndex().row() == 1
    press(page.view, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.ready


def test_a_double_click_shows_the_picture_large(qtbot: QtBot, open_window: OpenWindow, doubled: Path) -> None:
    page = open_page(qtbot, open_window(doubled))
    card = page.view.visualRect(page.model.index(3))
    double_click(page.view.viewport(), card.center())
    assert page.look.isVisible()
    assert page.look.row == 3
    click(page.look.back_button)
    assert page.view.isVisible()


def test_what_is_found_meanwhile_leaves_the_large_picture_and_the_focus_alone(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path, mine: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    last = page.model.arranged.files[-1]
    double_click(page.view.viewport(), page.view.visualRect(page.model.index(4)).center())
    shutil.copy(mine / "blue.png", mine / "another blue.png")
    shutil.copy(mine / "blue.png", mine / "one more blue.png")
    qtbot.waitUntil(lambda: len(shown(page)) == 3, timeout=SECONDS)
    assert page.look.isVisible()
    assert page.model.arranged.files[page.look.row] == last
    window.search_bar.set_text("red")
    window.search_bar.focus()
    (mine / "another blue.png").unlink()
    (mine / "one more blue.png").unlink()
    qtbot.waitUntil(lambda: len(shown(page)) == 2, timeout=SECONDS)
    assert window.search_bar.line.hasFocus()
    wait_until_idle(qtbot, window)


def test_what_comes_back_from_the_bin_by_itself_is_shown_again(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path, mine: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    before = shown(page)
    press(page.view, Qt.Key.Key_Home)
    press(page.view, Qt.Key.Key_Delete)
    answer(window.file_operations.trash_controller.dialog, file_words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: len(shown(page)) == 1, timeout=SECONDS)
    qtbot.waitUntil(lambda: len(window.duplicates.cluster_watcher.groups) == 1, timeout=SECONDS)
    for name in before[0]:
        if not (mine / name).exists():
            paint(mine / name, "red", (64, 48))
    qtbot.waitUntil(lambda: sorted(map(sorted, shown(page))) == sorted(map(sorted, before)), timeout=SECONDS)
    wait_until_idle(qtbot, window)


def test_a_long_list_stays_where_it_was_scrolled_to(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    window.resize(900, 480)
    press(page.view, Qt.Key.Key_Home)
    bar = page.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=SECONDS)
    bar.setValue(bar.maximum())
    page.show_groups(page.model.arranged)
    assert bar.value() == bar.maximum()


def test_the_last_files_can_be_scrolled_out_from_under_a_message(
    qtbot: QtBot, open_window: OpenWindow, doubled: Path
) -> None:
    window = open_window(doubled)
    page = open_page(qtbot, window)
    window.resize(900, 480)
    message = Message(Level.WARNING, "Something else is to be said.")
    window.session.messages.post(message)
    (banner,) = window.banners.banners()
    press(page.view, Qt.Key.Key_End)
    last = page.view.visualRect(page.model.index(page.model.rowCount() - 1))
    assert page.view.viewport().mapTo(window, last.bottomLeft()).y() < banner.mapTo(window, QPoint()).y()
    window.session.messages.withdraw(message)
    assert page.view.visualRect(page.model.index(page.model.rowCount() - 1)) == last


def test_without_duplicates_the_page_says_what_it_would_show(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "mine" / "red.png", "red")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "mine"])
    qtbot.waitUntil(window.sidebar.isVisible, timeout=SECONDS)
    wait_until_idle(qtbot, window)
    window.duplicates.show()
    page = window.duplicates.page
    assert page.nothing.isVisible()
    assert page.nothing.text.text() == words.NONE_TEXT
    click(page.back_button)
    assert window.pages.currentWidget() is window.ready
