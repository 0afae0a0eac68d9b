"""Leafing through a document: all of its pages, those that match, and a page by its number."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gui import strings
from gui.strings import preview as words
from tests.gui.conftest import SECONDS, OpenWindow, ask
from tests.gui.input_events import click, press, type_text
from tests.gui.preview.preview_helpers import open_page, preview_of, wait_for_document, wait_for_picture

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_up_and_down_go_through_all_pages_and_leaving_leads_back_to_the_hit(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    came_from = [hit for hit in window.results.model.hits if hit.page]
    assert [hit.page for hit in came_from] == [2]  # the other pages are not in the ranking
    preview = open_page(qtbot, window, 2)
    wait_for_document(qtbot, window)
    footer = preview.footer
    assert (footer.page_line.text(), footer.pages.text()) == ("2", "of 3 · 1 matching")
    ranked = footer.result.text()
    press(preview.canvas, Qt.Key.Key_Down)
    wait_for_picture(qtbot, window)
    assert preview.hit is not None
    assert preview.hit.page == 3
    assert preview.header.place.text().startswith("Page 3")
    assert footer.result.text() == words.NO_MATCH
    assert preview.legend.sentence.text() == words.NO_MATCH_WHY
    assert preview.canvas.why.words == ()
    assert not footer.below_button.isEnabled()
    press(preview.canvas, Qt.Key.Key_PageDown)
    assert preview.hit.page == 3
    press(preview.canvas, Qt.Key.Key_Up, SHIFT)
    assert preview.hit == came_from[0]
    assert footer.result.text() == ranked
    press(preview.canvas, Qt.Key.Key_PageUp)
    assert preview.hit.page == 1
    press(preview.canvas, Qt.Key.Key_Escape)
    assert window.results.view.hasFocus()
    assert window.results.view.current_hit() == came_from[0]


def test_left_goes_back_in_the_ranking_from_the_hit_that_one_came_from(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    preview = open_page(qtbot, window, 2)
    wait_for_document(qtbot, window)
    press(preview.canvas, Qt.Key.Key_Down)
    press(preview.canvas, Qt.Key.Key_Left)
    hits = window.results.model.hits
    row = next(row for row, hit in enumerate(hits) if hit.page == 2)
    assert preview.hit == hits[row - 1]
    wait_for_picture(qtbot, window)


def test_steps_are_kept_until_the_pages_are_known(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    """Who leafs at once need not wait."""
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = preview_of(window)
    window.preview_controller.show(next(hit for hit in window.results.model.hits if hit.page == 1))
    assert len(preview.navigator.document().pages) == 1
    press(preview.canvas, Qt.Key.Key_Down)
    press(preview.canvas, Qt.Key.Key_Down)
    press(preview.canvas, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: preview.hit is not None and preview.hit.page == 2, timeout=SECONDS)
    wait_for_picture(qtbot, window)


def test_a_page_is_reached_by_its_number(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_page(qtbot, window, 1)
    wait_for_document(qtbot, window)
    line = preview.footer.page_line
    press(preview.canvas, Qt.Key.Key_G, CONTROL)
    assert line.hasFocus()
    type_number(line, "3")
    assert preview.hit is not None
    assert preview.hit.page == 3
    assert preview.canvas.hasFocus()
    press(preview.canvas, Qt.Key.Key_G, CONTROL)
    line.setText("1,234")  # as some write large numbers
    press(line, Qt.Key.Key_Return)
    assert preview.hit.page == 3
    press(preview.canvas, Qt.Key.Key_G, CONTROL)
    type_number(line, "900")
    assert (preview.hit.page, line.text()) == (3, "3")  # there is no such page: the nearest
    press(preview.canvas, Qt.Key.Key_G, CONTROL)
    type_text(line, "1")
    press(line, Qt.Key.Key_Escape)
    assert window.preview_controller.is_open
    assert preview.hit.page == 3
    assert line.text() == "3"
    wait_for_picture(qtbot, window)


def type_number(line: QLineEdit, number: str) -> None:
    type_text(line, number)
    press(line, Qt.Key.Key_Return)


def test_a_photograph_has_no_pages(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_page(qtbot, window, 1)
    wait_for_document(qtbot, window)
    assert preview.footer.page_line.isVisible()
    press(preview.canvas, Qt.Key.Key_Left)
    hit = preview.hit
    assert hit is not None
    assert hit.page is None
    assert not preview.footer.page_line.isVisible()
    press(preview.canvas, Qt.Key.Key_Down)
    press(preview.canvas, Qt.Key.Key_G, CONTROL)
    assert preview.hit == hit
    assert preview.canvas.hasFocus()
    wait_for_picture(qtbot, window)


def test_the_buttons_step_as_the_keys_do(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "blue")
    preview = open_page(qtbot, window, 3)
    wait_for_document(qtbot, window)
    for button, page in (
        (preview.footer.above_button, 2),
        (preview.footer.above_button, 1),
        (preview.footer.below_button, 2),
        (preview.footer.match_below_button, 3),
    ):
        click(button)
        assert preview.hit is not None
        assert preview.hit.page == page
    assert not preview.footer.match_below_button.isEnabled()
    wait_for_picture(qtbot, window)


def test_a_hit_from_elsewhere_is_shown_alone_and_left_to_where_it_came_from(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    hit = next(hit for hit in window.results.model.hits if hit.page == 1)
    window.search_bar.start_over()
    assert window.pages.currentWidget() is window.ready
    window.preview_controller.show(hit)
    preview = preview_of(window)
    wait_for_picture(qtbot, window)
    wait_for_document(qtbot, window)
    assert preview.footer.pages.text() == "of 3"
    assert not preview.footer.next_button.isEnabled()
    assert preview.header.name.text() == strings.file_name(hit.path)
    press(preview.canvas, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.ready
