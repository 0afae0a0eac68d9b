"""One result large: opened by a key, stepped through, marked where it matched, and closed again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from engine.records import Filters, Orientation
from gui import strings
from gui.preview.preview import Preview
from gui.results.hits.sections import FAR_OFF
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, paint, wait_until_idle
from tests.gui.input_events import click, press
from tests.gui.preview.preview_helpers import (
    open_page,
    open_preview,
    preview_of,
    wait_for_document,
    wait_for_picture,
)


def seen(preview: Preview) -> QImage:
    return preview.canvas.grab().toImage()


def differing(one: QImage, other: QImage) -> QRect:
    """The smallest rectangle around all pixels that differ."""
    assert one.size() == other.size()
    rows, columns = np.nonzero(pixels(one) != pixels(other))
    if not len(rows):
        return QRect()
    return QRect(QPoint(columns.min(), rows.min()), QPoint(columns.max(), rows.max()))


def pixels(image: QImage) -> NDArray[np.uint32]:
    """(height, width)"""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), np.uint32).reshape(plain.height(), plain.width()).copy()


def test_space_opens_the_result_that_is_selected(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window, 1)
    hit = window.results.model.hits[1]
    assert window.pages.currentWidget() is preview
    assert preview.hit == hit
    assert preview.header.name.text() == hit.path.name
    assert preview.canvas.hasFocus()


def test_it_counts_as_the_line_over_the_results_does(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    model = window.results.model
    assert 1 < model.matching < len(model.hits)
    preview = open_preview(qtbot, window)
    assert preview.footer.result.text() == f"Match 1 of {model.matching}"
    for _step in range(model.matching - 1):
        press(preview.canvas, Qt.Key.Key_Right)
    assert preview.footer.result.text() == f"Match {model.matching} of {model.matching}"
    press(preview.canvas, Qt.Key.Key_Right)
    assert preview.footer.result.text() == f"Far off: result {model.matching + 1}"
    press(preview.canvas, Qt.Key.Key_Escape)
    click(window.search_bar.filter_button)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.search_bar.line.clear()
        window.search_bar.filters.changed.emit(Filters(orientation=Orientation.LANDSCAPE))
    preview = open_preview(qtbot, window)
    assert preview.footer.result.text() == f"Result 1 of {len(model.hits)}"
    wait_for_picture(qtbot, window)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_it_closes_and_the_results_are_as_they_were(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, key: Qt.Key
) -> None:
    window = open_window(indexed)
    window.resize(window.minimumSize())
    ask(qtbot, window, "red")
    bar = window.results.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=SECONDS)
    last = len(window.results.model.hits) - 1
    preview = open_preview(qtbot, window, last)
    scrolled = bar.value()
    press(preview.canvas, key)
    assert window.pages.currentWidget() is window.results
    assert window.results.view.hasFocus()
    assert window.results.view.currentIndex().row() == last
    assert bar.value() == scrolled > 0
    assert window.search_bar.line.text() == "red"
    assert preview.hit is None


def test_arrows_step_through_the_results_and_the_selection_follows(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    assert not preview.footer.previous_button.isEnabled()
    press(preview.canvas, Qt.Key.Key_Right)
    press(preview.canvas, Qt.Key.Key_Right)
    press(preview.canvas, Qt.Key.Key_Left)
    assert preview.hit == window.results.model.hits[1]
    assert preview.footer.result.text() == f"Match 2 of {window.results.model.matching}"
    press(preview.canvas, Qt.Key.Key_Escape)
    assert window.results.view.currentIndex().row() == 1


def test_looking_at_one_of_several_that_are_selected_keeps_them_so(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.preferences.change(fold_alike=False)
    ask(qtbot, window, "red")
    view = window.results.view
    press(window.search_bar.line, Qt.Key.Key_Down)
    for _step in range(2):
        press(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    selected = view.selected_hits()
    press(view, Qt.Key.Key_Space)
    wait_for_picture(qtbot, window)
    press(preview_of(window).canvas, Qt.Key.Key_Left)
    press(preview_of(window).canvas, Qt.Key.Key_Escape)
    assert view.selected_hits() == selected
    assert len(selected) == 3
    assert view.currentIndex().row() == 1
    view.toggle_section(FAR_OFF)
    press(view, Qt.Key.Key_End)
    press(view, Qt.Key.Key_Space)
    press(preview_of(window).canvas, Qt.Key.Key_Left)
    press(preview_of(window).canvas, Qt.Key.Key_Escape)
    assert [hit.item for hit in view.selected_hits()] == [window.results.model.hits[-2].item]


def test_a_word_is_marked_where_it_stands_on_the_page(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    preview = open_page(qtbot, window, 2)
    (word,) = preview.canvas.why.words
    marked = seen(preview)
    press(preview.canvas, Qt.Key.Key_W)
    plain = seen(preview)
    area = preview.canvas.area()
    left, top, right, bottom = word.box
    place = QRect(
        QPointF(area.left() + left * area.width(), area.top() + top * area.height()).toPoint(),
        QPointF(area.left() + right * area.width(), area.top() + bottom * area.height()).toPoint(),
    )
    changed = differing(marked, plain)
    assert changed.contains(place.adjusted(1, 1, -1, -1))
    assert place.adjusted(-5, -5, 5, 5).contains(changed)
    press(preview.canvas, Qt.Key.Key_W)
    assert seen(preview) == marked


def test_whether_it_says_why_is_remembered(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    preview = open_preview(qtbot, window)
    assert preview.shows_why
    press(preview.canvas, Qt.Key.Key_W)
    assert not preview.legend.isVisible()
    close(qtbot, window)
    assert not preview_of(open_window(indexed)).shows_why


def test_a_chip_shows_what_one_word_has_and_stays_picked(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    pages = ["Pears are blue, apples red", "Red is a colour", "Nothing here", "Nor here", "Nor there"]
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "fruit.pdf").write_bytes(pdf([Page([(72, 600, text)]) for text in pages]))
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([folder])
    wait_until_idle(qtbot, window)
    ask(qtbot, window, "red blue")
    preview = open_page(qtbot, window, 1)
    assert [chip.text() for chip in preview.legend.chips] == [strings.WHY_ALL_WORDS, "red", "blue"]
    assert {word.query_word for word in preview.canvas.why.words} == {"red", "blue"}
    click(preview.legend.chips[2])
    assert {word.query_word for word in preview.canvas.why.words} == {"blue"}
    wait_for_document(qtbot, window)
    press(preview.canvas, Qt.Key.Key_Down)
    press(preview.canvas, Qt.Key.Key_Up)
    wait_for_picture(qtbot, window)
    assert {word.query_word for word in preview.canvas.why.words} == {"blue"}
    click(preview.legend.chips[0])
    assert {word.query_word for word in preview.canvas.why.words} == {"red", "blue"}


def test_a_photograph_like_another_was_found_by_its_look(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    hit = next(hit for hit in window.results.model.hits if hit.page is None)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.search_by_hit(hit)
    preview = open_preview(qtbot, window)
    assert preview.legend.sentence.text() == strings.WHY_LOOK
    assert preview.legend.chips == []


def test_a_file_that_is_gone_is_said_to_be_and_the_next_is_shown(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    gone = paint(folder / "gone.png", "red")
    paint(folder / "here.png", "red", (64, 48))
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([folder])
    wait_until_idle(qtbot, window)
    ask(qtbot, window, "red")
    gone.unlink()
    preview = preview_of(window)
    window.preview_controller.show(next(hit for hit in window.results.model.hits if hit.path == gone))
    qtbot.waitUntil(lambda: preview.canvas.failed, timeout=SECONDS)
    assert preview.canvas.message.text().startswith(strings.PREVIEW_NOT_SHOWN[:-1])
    assert window.banners.banners() == []
    window.preview_controller.show(next(hit for hit in window.results.model.hits if hit.path != gone))
    wait_for_picture(qtbot, window)
    assert not preview.canvas.failed


def test_stepping_quickly_brings_only_the_picture_one_stops_at(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    came: list[int] = []
    window.preview_controller.loader.picture_ready.connect(came.append)
    for _step in range(5):
        press(preview.canvas, Qt.Key.Key_Right)
    wait_for_picture(qtbot, window)
    last = window.results.model.hits[5]
    assert came == [last.item]
    assert preview.hit == last
    assert preview.header.name.text() == last.path.name


def test_a_new_question_leads_back_to_the_results(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    ask(qtbot, window, "green")
    assert window.pages.currentWidget() is window.results
    assert preview.hit is None
    assert window.preview_controller.loader.pictures.held_bytes == 0


def test_the_neighbours_are_there_before_one_steps_to_them(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window, 2)
    pictures = window.preview_controller.loader.pictures
    hits = window.results.model.hits
    qtbot.waitUntil(
        lambda: all(pictures.picture(hits[row].item) is not None for row in (1, 3)), timeout=SECONDS
    )
    assert all(pictures.picture(hit.item) is None for hit in hits[4:])
    press(preview.canvas, Qt.Key.Key_Right)
    assert not pictures.waiting
    colour = seen(preview).pixelColor(preview.canvas.rect().center())
    assert (colour.red(), colour.green(), colour.blue()) == pytest.approx(COLOURS["red"], abs=6)


def test_s_asks_for_what_is_like_the_picture_and_the_menu_is_offered_for_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window, 1)
    hit = preview.hit
    assert hit is not None
    assert preview.selected_hits() == [hit]
    with qtbot.waitSignal(preview.menu_requested, timeout=SECONDS) as menu:
        click(preview.header.more_button)
    assert menu.args is not None
    assert menu.args[0] == [hit]
    for popup in QApplication.topLevelWidgets():
        if isinstance(popup, QMenu):
            popup.close()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(preview.canvas, Qt.Key.Key_S)
    assert window.search_runner.query is not None
    assert window.search_runner.query.like_items == (hit.item,)
    assert preview.selected_hits() == []


def test_every_button_can_be_reached_by_tab_and_has_a_name(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_page(qtbot, window, 1)
    wait_for_document(qtbot, window)
    press(preview.canvas, Qt.Key.Key_I)
    buttons = [button for button in preview.findChildren(QAbstractButton) if button.isVisible()]
    assert len(buttons) > 12
    for button in buttons:
        assert button.accessibleName() or button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)


def test_the_preview_has_room_in_a_small_window(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_page(qtbot, window, 1)
    wait_for_document(qtbot, window)
    press(preview.canvas, Qt.Key.Key_I)
    window.resize(window.minimumSize())
    QApplication.processEvents()
    assert window.size() == window.minimumSize()
    assert preview.canvas.width() > 200
    for part in (preview.header, preview.footer):
        shown = [child for child in part.children() if isinstance(child, QWidget) and child.isVisible()]
        assert all(part.rect().contains(child.geometry()) for child in shown)
        assert not any(
            one.geometry().intersects(other.geometry())
            for one in shown
            for other in shown
            if one is not other
        )
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)


def test_a_message_lies_above_what_is_clicked_below_the_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    wait_for_picture(qtbot, window)
    window.session.messages.info("Something was done.")
    qtbot.waitUntil(window.banners.isVisible, timeout=SECONDS)
    area = window.banners
    assert area.mapTo(window, area.rect().bottomLeft()).y() < preview.legend.mapTo(window, QPoint(0, 0)).y()
    press(preview.canvas, Qt.Key.Key_Escape)
    assert area.mapTo(window, area.rect().bottomLeft()).y() > preview.legend.mapTo(window, QPoint(0, 0)).y()
