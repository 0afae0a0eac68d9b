"""The grid in its window, over a real library."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from pytestqt.qtbot import QtBot

from engine.records import ItemKind, Scope
from gui.main_window import MainWindow
from gui.results.hits.sections import FAR_OFF
from gui.widgets.appearance.style import GRID
from tests.gui.conftest import SECONDS, OpenWindow, ask, close
from tests.gui.input_events import click, press


def test_a_link_in_a_heading_leaves_only_its_kind(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view = window.results.view
    assert {hit.kind for hit in window.results.model.hits} == set(ItemKind)
    page = next(hit for hit in window.results.model.hits if hit.kind is ItemKind.PAGE)
    view.scrollTo(window.results.model.index_of(page.item))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(view.headings.links[ItemKind.PAGE.value])
    assert {hit.kind for hit in window.results.model.hits} == {ItemKind.PAGE}
    assert window.search_bar.scope_buttons[Scope.PAGES].isChecked()
    assert not any(link.isVisible() for link in view.headings.links.values())


def test_the_size_of_the_pictures_is_kept_between_starts(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    for _step in range(3):
        press(window.results.view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    height = window.results.view.card_height
    assert height > 250
    window.preferences.change(fold_alike=False)
    assert not window.results.view.grid.folding
    close(qtbot, window)
    again = open_window(indexed)
    assert again.results.view.card_height == height
    assert not again.results.view.grid.folding


def test_escape_steps_out_of_the_grid_before_it_takes_back_the_question(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    press(window.search_bar.line, Qt.Key.Key_Down)
    view = window.results.view
    press(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.selected_count() > 1
    press(view, Qt.Key.Key_Escape)
    assert view.selected_count() == 1
    assert window.search_bar.line.text() == "red"
    press(view, Qt.Key.Key_Escape)
    assert view.selected_count() == 0
    assert window.search_bar.line.hasFocus()
    assert window.search_bar.line.text() == "red"
    press(window.search_bar.line, Qt.Key.Key_Escape)
    assert window.search_bar.line.text() == ""


def test_asking_the_same_again_keeps_the_selection(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view = window.results.view
    view.setFocus()
    view.setCurrentIndex(window.results.model.index(2))
    chosen = [hit.item for hit in view.selected_hits()]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(view, Qt.Key.Key_F5)
    assert [hit.item for hit in view.selected_hits()] == chosen != []


def test_who_goes_back_finds_the_place_and_the_selection(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.resize(700, 460)
    view, bar = window.results.view, window.results.view.verticalScrollBar()
    ask(qtbot, window, "red")
    view.toggle_section(FAR_OFF)
    press(window.search_bar.line, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_End)
    press(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    chosen, place = [hit.item for hit in view.selected_hits()], bar.value()
    assert len(chosen) == 2
    assert place > 0
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)  # similar ones
    assert (bar.value(), view.selected_count()) == (0, 0)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.search_bar.line.text() == "red"
    assert [hit.item for hit in view.selected_hits()] == chosen
    assert bar.value() == place
    ask(qtbot, window, "blue")
    ask(qtbot, window, "red")  # asked anew: from its top
    assert (bar.value(), view.selected_count()) == (0, 0)


def test_what_lies_under_a_message_can_be_scrolled_into_view(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.preferences.change(card_height=320)
    ask(qtbot, window, "red")
    view = window.results.view
    view.toggle_section(FAR_OFF)
    view.setFocus()
    window.session.messages.warning("lies over the lower edge")
    press(view, Qt.Key.Key_End)
    assert last_card(window).bottom() < top_of_messages(window)
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert last_card(window).bottom() < top_of_messages(window)
    before = last_card(window)
    click(window.banners.banners()[0].close_button)
    assert last_card(window) == before  # nothing moves under the mouse
    ask(qtbot, window, "blue")
    view.toggle_section(FAR_OFF)
    bar.setValue(bar.maximum())
    assert view.mapToGlobal(view.rect().bottomLeft()).y() - last_card(window).bottom() < 4 * GRID


def last_card(window: MainWindow) -> QRect:
    view = window.results.view
    place = view.visualRect(view.results.index(len(view.results.hits) - 1))
    return QRect(view.viewport().mapToGlobal(place.topLeft()), place.size())


def top_of_messages(window: MainWindow) -> int:
    return window.banners.mapToGlobal(QPoint()).y()
