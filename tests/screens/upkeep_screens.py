"""Keeping a library in order: duplicates, what could not be read, folders that are left out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.messages import Level
from gui.strings import file_work
from gui.strings import sidebar as sidebar_words
from tests.gui.input_events import click, drop, files, press
from tests.screens.wait import Unreached, until
from tests.screens.window_driver import Stage, ask_for_menu


def duplicates(stage: Stage) -> None:
    stage.rest()
    page = stage.window.duplicates.page
    stage.choose_line(sidebar_words.DUPLICATES)
    until(lambda: page.isVisible() and bool(page.model.arranged.groups), "the page of duplicates")
    stage.take("21-duplicates")
    names = [file.path.name for file in page.model.arranged.files]
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(names.index("launch 1.jpg")))
    press(page.view, Qt.Key.Key_Space)
    until(lambda: page.look.isVisible() and not page.look.loading, "a duplicate, large")
    stage.take("22-duplicate-large")
    press(page.look.picture, Qt.Key.Key_Escape)
    press(page.view, Qt.Key.Key_Escape)


def left_out(stage: Stage) -> None:
    """With the way back."""
    window = stage.window
    stage.rest()
    stage.answered(lambda: window.search_bar.show_folder(stage.home.screenshots), "a folder")
    row = stage.row(lambda hit: hit.path.parent == stage.home.screenshots, "a screenshot")
    leader = window.results.view.scene.shown_row(row)
    stage.click_card(leader)
    menu = window.file_operations.actions.menu_for([stage.hits[row]])
    _action(menu, file_work.exclude_folder(stage.home.screenshots)).trigger()
    menu.deleteLater()
    until(lambda: bool(window.banners.banners()), "a word about the folder")
    stage.take("23-left-out-with-undo")
    for banner in window.banners.banners():
        click(banner.close_button)
    stage.at_rest()


def confirmations(stage: Stage) -> None:
    window = stage.window
    stage.answered(lambda: stage.choose_line("Papers to keep"), "a saved search")
    stage.click_card(0)
    press(window.results.view, Qt.Key.Key_Delete)
    until(lambda: window.file_operations.trash_controller.dialog is not None, "the question before the bin")
    box = window.file_operations.trash_controller.dialog
    assert box is not None
    until(box.isVisible, "the question before the bin")
    stage.take("24-bin-question")
    box.reject()


def failures(stage: Stage) -> None:
    stage.rest()
    click(stage.window.status_line.failures_link)
    dialog = stage.window.problems.failures_dialog
    assert dialog is not None
    until(lambda: dialog.table.model().rowCount() > 0, "files that could not be read")
    dialog.table.selectRow(0)
    stage.take("25-failures")
    dialog.close()


def missed(stage: Stage) -> None:
    """Why files are not found, or are."""
    diagnosis = stage.window.problems.diagnosis
    diagnosis.show()
    dialog = diagnosis.dialog
    assert dialog is not None
    stage.take("26-why-not-here")
    drop(dialog, files(*stage.home.missed))
    until(lambda: len(dialog.rows()) == len(stage.home.missed), "answers about files")
    stage.take("27-why-not-here-answers")
    dialog.close()


def problem_banner(stage: Stage) -> None:
    """A folder that is not there, and a file that is no picture."""
    window = stage.window
    drop(window, files(stage.home.documents / "letter to the landlord.docx"))
    until(
        lambda: any(banner.message.level is not Level.INFO for banner in window.banners.banners()),
        "a warning",
    )
    stage.take("28-warning")
    for banner in window.banners.banners():
        click(banner.close_button)


def sidebar_menu(stage: Stage) -> None:
    tree = stage.window.sidebar.tree
    line = tree.line_of("Pictures")
    if line is None:
        raise Unreached("The sidebar has no folder.")
    tree.scrollToItem(line)
    menu = ask_for_menu(tree.viewport(), tree.visualItemRect(line).center())
    stage.take("29-folder-menu")
    menu.close()


def _action(menu: QMenu, text: str) -> QAction:
    found = next((action for action in menu.actions() if action.text() == text), None)
    if found is None:
        raise Unreached(f"The menu has no line {text}: {[action.text() for action in menu.actions()]}.")
    return found
