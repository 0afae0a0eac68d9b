"""Which page is on the screen when more than one thing goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.indexing import IndexState
from tests.gui.conftest import SECONDS, OpenWindow, ask, paint
from tests.gui.input_events import NO_MODIFIER, drop, files, press
from tests.gui.preview.preview_helpers import open_preview

LEFT = Qt.MouseButton.LeftButton


def test_from_the_preview_to_the_duplicates_and_back_to_the_results(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    open_preview(qtbot, window)
    window.duplicates.show()
    press(window.duplicates.page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.results
    assert window.results.view.hasFocus()


def test_an_answer_that_is_looked_up_again_takes_nothing_from_under_ones_eyes(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(preview, Qt.Key.Key_F5)
    assert window.pages.currentWidget() is preview
    assert preview.hit is not None
    window.duplicates.show()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(window.duplicates.page, Qt.Key.Key_F5)
    assert window.duplicates.is_open


def test_what_is_found_at_last_is_behind_the_page_that_is_looked_at(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "mine" / "red.png", "red")
    (tmp_path / "mine" / "sea").mkdir()
    window = open_window(empty)
    window.session.add_folders([tmp_path / "mine"])
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.search_bar.show_folder(tmp_path / "mine" / "sea")
    assert window.pages.currentWidget() is window.nothing
    window.duplicates.show()
    paint(tmp_path / "mine" / "sea" / "blue.png", "blue")
    qtbot.waitUntil(lambda: len(window.results.model.hits) == 1, timeout=SECONDS)
    assert window.duplicates.is_open
    press(window.duplicates.page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.results


def test_down_in_the_box_leads_from_any_page_to_the_card_one_was_at(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view = window.results.view
    press(window.search_bar.line, Qt.Key.Key_Down)
    assert view.currentIndex().row() == 0
    press(view, Qt.Key.Key_Right)
    window.duplicates.show()
    press(window.search_bar.line, Qt.Key.Key_Down)
    assert window.pages.currentWidget() is window.results
    assert view.hasFocus()
    assert view.currentIndex().row() == 1


def test_down_in_the_box_shows_the_card_that_was_scrolled_away(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.resize(700, 420)
    ask(qtbot, window, "red")
    view = window.results.view
    press(window.search_bar.line, Qt.Key.Key_Down)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert not view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
    window.search_bar.focus()
    press(window.search_bar.line, Qt.Key.Key_Down)
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_a_card_that_is_dragged_out_is_no_question_to_its_own_window(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view, picture = window.results.view, window.results.model.hits[0].path

    class OwnDrag(QDragEnterEvent):
        def source(self) -> QObject:
            return view

    data = files(picture)
    event = OwnDrag(QPoint(300, 300), Qt.DropAction.CopyAction, data, LEFT, NO_MODIFIER)
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
    assert not window.drag_and_drop.overlay.isVisible()
    drop(window, data)
    qtbot.waitUntil(lambda: len(window.search_bar.pictures()) == 1, timeout=SECONDS)
