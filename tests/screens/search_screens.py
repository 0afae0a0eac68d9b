"""Questions and their answers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from engine.records import ItemKind, Scope
from gui.results.hits.sections import FAR_OFF
from gui.search.bar.filter_bar import MenuButton
from gui.strings import search as words
from gui.strings import sidebar as sidebar_words
from tests.gui.input_events import click, drop, files, press
from tests.screens.wait import Unreached, after, until
from tests.screens.window_driver import CONTROL, SHIFT, SIZE, Stage


def both_kinds(stage: Stage) -> None:
    stage.ask("a cup of coffee")
    kinds = {hit.kind for hit in stage.hits}
    if kinds != set(ItemKind):
        raise Unreached(f"Both kinds should answer: {kinds}.")
    stage.take("06-results")


def opened_and_selected(stage: Stage) -> None:
    stage.ask("a rocket")
    view, model = stage.window.results.view, stage.window.results.model
    view.toggle_section(FAR_OFF)
    row = stage.row(lambda hit: hit.group > 0, "a picture with others that look alike")
    leader = view.scene.shown_row(row)
    stage.click_card(leader)
    press(view, Qt.Key.Key_E)
    for _step in range(3):
        press(view, Qt.Key.Key_Right, SHIFT)
    if view.selected_count() < 4 or len(model.alike(row)) < 2:
        raise Unreached("Several cards should be selected, of a group that is open.")
    stage.take("07-alike-and-selected")


def by_date(stage: Stage) -> None:
    stage.rest()
    stage.answered(lambda: stage.choose_line(sidebar_words.EVERYTHING), "everything")
    stage.window.sidebar.tree.clearFocus()
    stage.take("08-everything-by-date")


def chips_and_filters(stage: Stage) -> None:
    stage.rest()
    window, bar = stage.window, stage.window.search_bar
    museum, kitchen = stage.home.pictures / "Space museum", stage.home.pictures / "Kitchen"
    stage.answered(lambda: drop(window, files(museum / "launch 2.jpg")), "a picture")
    _make_chip(stage, "night sky")
    _make_chip(stage, "-grass")
    stage.answered(lambda: drop(window, files(kitchen / "breakfast 2.jpg"), to_add=True), "two pictures")
    stage.answered(lambda: click(bar.chip_list.chips()[-1].sign_button), "a picture to keep away from")
    click(bar.filter_button)
    _choose(stage, bar.filters.folder_button, "Pictures")
    _choose(stage, bar.filters.shape_button, words.LANDSCAPE)
    _choose(stage, bar.filters.type_button, "JPEG")
    stage.take("09-chips-and-filters")
    window.resize(900, 620)
    stage.take("10-narrow")
    window.resize(*SIZE)
    click(bar.filter_button)


def filter_menu(stage: Stage) -> None:
    stage.rest()
    click(stage.window.search_bar.filter_button)
    filters = stage.window.search_bar.filters
    stage.camera.wait(stage.window)  # the buttons get their places
    button = filters.taken_button
    button.list.popup(button.mapToGlobal(QPoint(0, button.height())))
    until(button.list.isVisible, "the menu of a filter")
    stage.take("11-filter-menu")
    button.list.close()
    click(stage.window.search_bar.filter_button)


def nothing(stage: Stage) -> None:
    window, filters = stage.window, stage.window.search_bar.filters
    stage.rest()
    click(window.search_bar.filter_button)
    stage.answered(lambda: window.search_bar.set_text("an invoice"), "an invoice")
    _choose(stage, filters.type_button, "HEIC")
    until(lambda: window.pages.currentWidget() is window.nothing, "that nothing matches")
    stage.take("12-nothing-matches")
    click(window.search_bar.filter_button)
    stage.rest()


def remembered(stage: Stage) -> None:
    """Some questions, two of them saved; then the list of them under the box."""
    for text, name in (
        ("tomato soup", ""),
        ("a rocket taking off", "Launches"),
        ("galaxies", ""),
        ("two years of warranty", "Papers to keep"),
        ("a man behind a camera", ""),
    ):
        stage.ask(text)
        if name == "Papers to keep":
            stage.answered(lambda: click(stage.window.search_bar.scope_buttons[Scope.PAGES]), "pages alone")
        if name:
            _save(stage, name)
    for banner in stage.window.banners.banners():
        click(banner.close_button)
    stage.rest()
    stage.window.search_bar.line.setFocus()
    press(stage.window.search_bar.line, Qt.Key.Key_Down)
    until(stage.window.search_controller.history.isVisible, "the searches before")
    stage.take("13-history")
    press(stage.window.search_controller.history.rows, Qt.Key.Key_Escape)
    stage.answered(lambda: stage.choose_line("Papers to keep"), "a saved search")
    stage.take("14-sidebar-with-searches")


def _save(stage: Stage, name: str) -> None:
    stage.press(Qt.Key.Key_D, CONTROL)
    dialog = stage.window.search_controller.save_dialogs.dialog
    if not isinstance(dialog, QInputDialog):
        raise Unreached("A name should be asked for.")
    dialog.setTextValue(name)
    after(dialog.accept, stage.window.memory.changed, "a saved search")


def _make_chip(stage: Stage, text: str) -> None:
    line = stage.window.search_bar.line
    QTest.keyClicks(line, text)
    stage.answered(lambda: press(line, Qt.Key.Key_Return, CONTROL), text)


def _choose(stage: Stage, button: MenuButton, text: str) -> None:
    button.refill()
    action = next((action for action in button.list.actions() if action.text() == text), None)
    if action is None:
        raise Unreached(f"The menu has no line {text}.")
    stage.answered(action.trigger, text)
