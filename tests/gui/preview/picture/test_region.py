"""A part of the picture as the question."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.preview.picture.canvas import PreviewCanvas
from tests.gui.conftest import SECONDS, OpenWindow, ask
from tests.gui.input_events import NO_MODIFIER, click, press
from tests.gui.preview.preview_helpers import open_page, open_preview

Box = tuple[float, float, float, float]
LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def drag(
    canvas: PreviewCanvas, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    QTest.mousePress(canvas, LEFT, modifier, start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, modifier, end)


def drag_over(canvas: PreviewCanvas, box: Box, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    """From the upper right corner of a part of the picture to its lower left one."""
    left, top, right, bottom = box
    drag(canvas, place_of(canvas, right, top), place_of(canvas, left, bottom), modifier)


def place_of(canvas: PreviewCanvas, across: float, down: float) -> QPoint:
    area = canvas.area()
    return QPointF(area.left() + across * area.width(), area.top() + down * area.height()).toPoint()


def test_a_part_that_is_drawn_becomes_the_question(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    """A page with a green band on top: what looks like the band is green."""
    window = open_window(indexed)
    ask(qtbot, window, "page")
    preview = open_page(qtbot, window, 2)
    canvas, hit = preview.canvas, preview.hit
    press(canvas, Qt.Key.Key_R)
    assert preview.header.region_button.isChecked()
    drag_over(canvas, (0.1, 0.01, 0.9, 0.1))
    assert canvas.region.button.isVisible()
    assert canvas.rect().contains(canvas.region.button.geometry())
    with (
        qtbot.waitSignal(window.search_runner.found, timeout=SECONDS),
        qtbot.waitSignal(preview.region_requested, timeout=SECONDS) as wanted,
    ):
        click(canvas.region.button)
    assert wanted.args is not None
    assert wanted.args[0] == hit
    assert wanted.args[1] == pytest.approx((0.1, 0.01, 0.9, 0.1), abs=0.01)
    best = [found.path.name for found in window.results.model.hits[:4] if found.page is None]
    assert best
    assert all(name.startswith("green") for name in best)


def test_zoom_and_pan_leave_the_part_where_it_is_on_the_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    canvas = open_preview(qtbot, window).canvas
    for _step in range(5):
        press(canvas, Qt.Key.Key_Plus)
    press(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    drag_over(canvas, (0.45, 0.4, 0.6, 0.55), SHIFT)
    wanted = pytest.approx((0.45, 0.4, 0.6, 0.55), abs=0.01)
    assert canvas.region.box == wanted
    press(canvas, Qt.Key.Key_0)
    assert canvas.region.box == wanted
    drag_over(canvas, (-0.5, 0.5, 0.5, 1.5), SHIFT)  # beyond the edges there is nothing
    assert canvas.region.box == pytest.approx((0.0, 0.5, 0.5, 1.0), abs=0.01)


def test_a_click_is_no_part_and_steps_and_clicks_beside_it_end_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas, middle = preview.canvas, preview.canvas.rect().center()
    drag(canvas, middle, middle + QPoint(23, 60), SHIFT)
    assert canvas.region.box is None
    assert not canvas.region.button.isVisible()
    drag(canvas, middle, middle + QPoint(60, 60), SHIFT)
    assert canvas.region.box is not None
    QTest.mouseClick(canvas, LEFT, NO_MODIFIER, middle - QPoint(50, 50))
    assert canvas.region.box is None
    press(canvas, Qt.Key.Key_R)
    click(preview.footer.next_button)
    assert not preview.header.region_button.isChecked()
    drag(canvas, middle, middle + QPoint(60, 60))
    assert canvas.region.box is None
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)


def test_escape_ends_the_part_first_and_enter_asks_for_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas = preview.canvas
    drag_over(canvas, (0.2, 0.2, 0.8, 0.8), SHIFT)
    press(canvas, Qt.Key.Key_Escape)
    assert window.preview_controller.is_open
    assert canvas.region.box is None
    press(canvas, Qt.Key.Key_Escape)
    assert not window.preview_controller.is_open
    preview = open_preview(qtbot, window)
    drag_over(canvas, (0.2, 0.2, 0.8, 0.8), SHIFT)
    opened: list[object] = []
    preview.open_requested.connect(opened.append)
    with qtbot.waitSignals([preview.region_requested, window.search_runner.found], timeout=SECONDS):
        press(canvas, Qt.Key.Key_Return)
    assert opened == []


def test_a_part_is_chosen_with_keys_alone(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    """From the middle of a page to the green band on top of it, as wide as the page."""
    window = open_window(indexed)
    ask(qtbot, window, "page")
    preview = open_page(qtbot, window, 2)
    canvas, hit = preview.canvas, preview.hit
    assert not canvas.region.hint.isVisible()
    press(canvas, Qt.Key.Key_R)
    assert canvas.region.box == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.01)
    assert canvas.region.hint.isVisible()
    assert canvas.accessibleDescription() == canvas.region.hint.text()
    for _step in range(60):
        press(canvas, Qt.Key.Key_Up)
        press(canvas, Qt.Key.Key_Left)
    assert canvas.region.box == pytest.approx((0.0, 0.0, 0.5, 0.5), abs=0.01)
    for _step in range(60):
        press(canvas, Qt.Key.Key_Up, SHIFT)
        press(canvas, Qt.Key.Key_Right, SHIFT)
    box = canvas.region.box
    assert box is not None  # however often one presses, what is left is large enough to be meant
    assert box[:3] == pytest.approx((0.0, 0.0, 1.0), abs=0.01)
    assert box[3] < 0.1
    assert preview.hit == hit
    with (
        qtbot.waitSignal(window.search_runner.found, timeout=SECONDS),
        qtbot.waitSignal(preview.region_requested, timeout=SECONDS) as wanted,
    ):
        press(canvas, Qt.Key.Key_Return)
    assert wanted.args == [hit, box]
    best = [found.path.name for found in window.results.model.hits[:4] if found.page is None]
    assert best
    assert all(name.startswith("green") for name in best)


def test_arrows_step_again_once_the_part_is_let_go(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas, hits = preview.canvas, window.results.model.hits
    described = canvas.accessibleDescription()
    press(canvas, Qt.Key.Key_R)
    press(canvas, Qt.Key.Key_Right)
    assert preview.hit == hits[0]
    press(canvas, Qt.Key.Key_Escape)
    assert window.preview_controller.is_open
    assert canvas.region.box is None
    assert not canvas.region.hint.isVisible()
    assert canvas.accessibleDescription() == described
    press(canvas, Qt.Key.Key_Right)
    assert preview.hit == hits[1]
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)


def test_the_part_stands_in_what_is_seen_and_takes_the_view_along(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas = preview.canvas
    for _step in range(8):
        press(canvas, Qt.Key.Key_Plus)
    for _step in range(60):
        press(canvas, Qt.Key.Key_Left, CONTROL)
        press(canvas, Qt.Key.Key_Up, CONTROL)
    click(preview.header.region_button)
    assert canvas.hasFocus()
    assert canvas.rect().contains(canvas.region.place().toRect())
    for _step in range(400):
        press(canvas, Qt.Key.Key_Right)
    box = canvas.region.box
    assert box is not None
    assert box[2] == pytest.approx(1.0)
    assert canvas.rect().contains(canvas.region.place().toRect().adjusted(1, 1, -1, -1))


def test_keys_go_on_from_what_the_mouse_drew(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    canvas = open_preview(qtbot, window).canvas
    press(canvas, Qt.Key.Key_R)
    drag_over(canvas, (0.3, 0.3, 0.6, 0.6))
    press(canvas, Qt.Key.Key_Left)
    box = canvas.region.box
    assert box is not None
    assert box[0] < 0.3
    assert box[1] == pytest.approx(0.3, abs=0.01)
    middle = canvas.rect().center()
    QTest.mouseClick(canvas, LEFT, NO_MODIFIER, middle)  # it slipped: nothing is drawn
    assert canvas.region.box is None
    press(canvas, Qt.Key.Key_Left)
    assert canvas.region.box == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.01)
