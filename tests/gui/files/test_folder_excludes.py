"""A folder of results is left out at once, and both that and a removal can be undone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from gui import strings
from gui.main_window import MainWindow
from gui.sidebar.entries import SidebarSection
from gui.strings import file_work as words
from tests.gui.conftest import SECONDS, ask, names
from tests.gui.files.conftest import CONTROL, EVERYTHING, OwnWindow, answer, holds, said, select
from tests.gui.input_events import press


def choice(menu: QMenu, start: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(start))


def knows_what_is_left_out(window: MainWindow) -> bool:
    status = window.session.status
    return status is not None and any(folder.left_out for folder in status.folders)


def test_a_folder_is_left_out_and_brought_back(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    select(qtbot, window, "blue", "c.png", "d.png")
    menu = window.file_operations.actions.menu_for(window.results.view.selected_hits())
    choice(menu, "Leave out the folder “sea”").trigger()
    qtbot.waitUntil(lambda: not {"c.png", "d.png"} & set(names(window)), timeout=SECONDS)
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING - 2, timeout=SECONDS)
    assert said(window)[0] == "“sea” is left out from now on."
    assert (own_pictures / "sea" / "c.png").exists()
    # The end of a look that began before may be told only now: it is not the one to wait for.
    window.file_operations.folder_excludes.returned.connect(window.indexing.finished)
    press(window.results.view, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: {"c.png", "d.png"} <= set(names(window)), timeout=SECONDS)
    menu.deleteLater()


def test_what_was_left_out_is_seen_and_brought_back_by_the_folders_menu(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    library = window.session.library
    (own_pictures / "sea").rename(own_pictures / "sea & [old]*")
    library.exclude(own_pictures / "sea & [old]*")
    window.indexing.start()
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING - 2, timeout=SECONDS)
    (entry,) = window.sidebar.tree.entries(SidebarSection.FOLDERS)
    menu = window.sidebar.menu_for(entry)
    choice(menu, "Search “sea && [old]*” again").trigger()
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING, timeout=SECONDS)
    menu.deleteLater()


def test_what_the_folders_menu_brought_back_is_not_to_be_undone_any_more(
    qtbot: QtBot, own_window: OwnWindow
) -> None:
    window = own_window()
    select(qtbot, window, "blue", "c.png", "d.png")
    menu = window.file_operations.actions.menu_for(window.results.view.selected_hits())
    choice(menu, "Leave out the folder “sea”").trigger()
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING - 2, timeout=SECONDS)
    (entry,) = window.sidebar.tree.entries(SidebarSection.FOLDERS)
    qtbot.waitUntil(lambda: knows_what_is_left_out(window), timeout=SECONDS)
    folder_menu = window.sidebar.menu_for(entry)
    with qtbot.waitSignal(window.file_operations.folder_excludes.returned, timeout=SECONDS):
        choice(folder_menu, "Search “sea” again").trigger()
    assert "“sea” is left out from now on." not in said(window)
    press(window.results.view, Qt.Key.Key_Z, CONTROL)
    assert said(window)[0] == words.NOTHING_TO_UNDO
    for each in (menu, folder_menu):
        each.deleteLater()


def test_a_removed_folder_that_was_added_by_hand_is_not_to_be_undone_any_more(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    with qtbot.waitSignal(window.session.folder_removed, timeout=SECONDS):
        window.folders.remove(own_pictures)
    assert len(said(window)) == 1
    with qtbot.waitSignal(window.session.folder_added, timeout=SECONDS):
        window.session.add_folders([own_pictures])
    assert said(window) == []
    press(window, Qt.Key.Key_Z, CONTROL)
    assert said(window) == [words.NOTHING_TO_UNDO]


def test_a_folder_that_was_added_is_removed_and_added_again_as_it_was(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    window.session.library.exclude(own_pictures / "sea")
    select(qtbot, window, "red", "a.png", "b.png")
    menu = window.file_operations.actions.menu_for(window.results.view.selected_hits())
    choice(menu, "Remove “own” from Findling").trigger()
    assert isinstance(window.folders.dialog, QMessageBox)
    answer(window.folders.dialog, strings.REMOVE_CONFIRM)
    qtbot.waitUntil(lambda: holds(window) == 0, timeout=SECONDS)
    press(window, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING - 2, timeout=SECONDS)
    assert [folder.path for folder in window.session.library.folders()] == [own_pictures]
    menu.deleteLater()


def test_a_saved_search_that_was_removed_comes_back(qtbot: QtBot, own_window: OwnWindow) -> None:
    window = own_window()
    ask(qtbot, window, "red")
    assert window.search_runner.query is not None
    window.memory.save(window.search_runner.query, "Reds")
    qtbot.waitUntil(lambda: len(window.memory.saved()) == 1, timeout=SECONDS)
    saved = window.memory.saved()
    window.memory.forget(saved[0])
    assert window.memory.saved() == ()
    assert said(window)[0] == "The saved search “Reds” is removed."
    press(window.results.view, Qt.Key.Key_Z, CONTROL)
    assert window.memory.saved() == saved
