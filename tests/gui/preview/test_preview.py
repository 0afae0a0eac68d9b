"""One result large: opened by a key, stepped through, marked where it matched, and closed again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import strings
from gui.main_window import MainWindow
from gui.preview.preview import Preview
from tests.engine.ingest.files import Page, pdf
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, paint, wait_until_idle
from tests.gui.hands import NO_MODIFIER, click, press

NO_BUTTON = Qt.MouseButton.NoButton
LEFT = Qt.MouseButton.LeftButton


def preview_of(window: MainWindow) -> Preview:
    return window.previewing.preview


def open_preview(qtbot: QtBot, window: MainWindow, row: int = 0) -> Preview:
    """By Space on a card; the picture is there in the end."""
    view = window.results.view
    view.setFocus()
    view.setCurrentIndex(window.results.model.index(row))
    press(view, Qt.Key.Key_Space)
    wait_for_picture(qtbot, window)
    return preview_of(window)


def wait_for_picture(qtbot: QtBot, window: MainWindow) -> None:
    """The large one of what is looked at now, and its reasons where they are shown."""
    loader, hit = window.previewing.loader, preview_of(window).hit
    assert hit is not None
    qtbot.waitUntil(lambda: loader.picture(hit.item) is not None and not loader.waiting, timeout=SECONDS)


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


def ask_for_all_pages(qtbot: QtBot, window: MainWindow) -> None:
    ask(qtbot, window, "page")
    assert [hit.page for hit in window.results.model.hits if hit.page] != []


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
    count = len(window.results.model.hits)
    assert preview.footer.result.text() == f"Result 2 of {count}"
    press(preview.canvas, Qt.Key.Key_Escape)
    assert window.results.view.currentIndex().row() == 1


def test_up_and_down_step_through_the_matches_of_one_document(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask_for_all_pages(qtbot, window)
    first = next(row for row, hit in enumerate(window.results.model.hits) if hit.page == 1)
    preview = open_preview(qtbot, window, first)
    assert preview.footer.match.text() == "Match 1 of 3 in this document"
    assert not preview.footer.above_button.isEnabled()
    for key, page in (
        (Qt.Key.Key_Down, 2),
        (Qt.Key.Key_PageDown, 3),
        (Qt.Key.Key_Down, 3),
        (Qt.Key.Key_Up, 2),
    ):
        press(preview.canvas, key)
        assert preview.hit is not None
        assert preview.hit.page == page
    assert preview.header.place.text().startswith("Page 2")


def test_a_word_is_marked_where_it_stands_on_the_page(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    row = next(row for row, hit in enumerate(window.results.model.hits) if hit.page == 2)
    preview = open_preview(qtbot, window, row)
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
    row = next(row for row, hit in enumerate(window.results.model.hits) if hit.page == 1)
    preview = open_preview(qtbot, window, row)
    assert [chip.text() for chip in preview.legend.chips] == [strings.WHY_ALL_WORDS, "red", "blue"]
    assert {word.query_word for word in preview.canvas.why.words} == {"red", "blue"}
    click(preview.legend.chips[2])
    assert {word.query_word for word in preview.canvas.why.words} == {"blue"}
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
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        window.intake.take_hit(hit)
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
    window.previewing.show(next(hit for hit in window.results.model.hits if hit.path == gone))
    qtbot.waitUntil(lambda: preview.canvas.failed, timeout=SECONDS)
    assert preview.canvas.message.text().startswith(strings.PREVIEW_NOT_SHOWN[:-1])
    assert window.banners.banners() == []
    window.previewing.show(next(hit for hit in window.results.model.hits if hit.path != gone))
    wait_for_picture(qtbot, window)
    assert not preview.canvas.failed


def test_stepping_quickly_brings_only_the_picture_one_stops_at(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    came: list[int] = []
    window.previewing.loader.picture_came.connect(came.append)
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
    assert window.previewing.loader.held_bytes == 0


def test_the_eye_of_a_card_and_its_menu_open_the_preview(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view, index = window.results.view, window.results.model.index(1)
    place = view.eye_place(index).center()
    QTest.mouseClick(view.viewport(), LEFT, NO_MODIFIER, view.visualRect(index).center())
    assert not window.previewing.is_open
    QTest.mouseClick(view.viewport(), LEFT, NO_MODIFIER, place)
    assert window.previewing.is_open
    assert preview_of(window).hit == window.results.model.hits[1]
    press(preview_of(window).canvas, Qt.Key.Key_Escape)
    menu = view.menu_for(window.results.model.hits[2])
    next(action for action in menu.actions() if action.text() == strings.PREVIEW).trigger()
    assert preview_of(window).hit == window.results.model.hits[2]
    wait_for_picture(qtbot, window)


def test_zooming_in_asks_for_more_pixels_and_dragging_moves_the_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    row = next(row for row, hit in enumerate(window.results.model.hits) if hit.page == 2)
    preview = open_preview(qtbot, window, row)
    canvas, loader = preview.canvas, window.previewing.loader
    assert preview.hit is not None
    item = preview.hit.item
    small = loader.picture(item)
    assert small is not None
    for _step in range(6):
        press(canvas, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    large = loader.picture(item)
    assert large is not None
    assert large.height() > small.height()
    before = canvas.area()
    middle = canvas.rect().center()
    QTest.mousePress(canvas, LEFT, NO_MODIFIER, middle)
    QTest.mouseMove(canvas, middle + QPoint(30, 40))
    QTest.mouseRelease(canvas, LEFT, NO_MODIFIER, middle + QPoint(30, 40))
    moved = canvas.area().topLeft() - before.topLeft()
    assert (round(moved.x()), round(moved.y())) == (30, 40)
    press(canvas, Qt.Key.Key_0)
    assert canvas.zoom == 1.0
    assert canvas.rect().contains(canvas.area().toRect())


def test_the_wheel_zooms_into_what_is_under_the_mouse(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    canvas = open_preview(qtbot, window).canvas
    for _step in range(8):
        press(canvas, Qt.Key.Key_Plus)
    place = QPointF(canvas.rect().center()) + QPointF(60, -30)

    def spot() -> QPointF:
        area = canvas.area()
        away = place - area.topLeft()
        return QPointF(away.x() / area.width(), away.y() / area.height())

    before, zoom = spot(), canvas.zoom
    turn = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        NO_BUTTON,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, turn)
    assert canvas.zoom > zoom
    assert (spot().x(), spot().y()) == pytest.approx((before.x(), before.y()), abs=0.002)
    qtbot.waitUntil(lambda: not window.previewing.loader.waiting, timeout=SECONDS)
