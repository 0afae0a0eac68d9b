"""How large the picture is: by keys, wheel and clicks, and how sharp."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.preview.picture.canvas import PAN
from gui.preview.picture.downscaled import DownscaledPicture
from gui.preview.picture.viewport import Viewport
from gui.strings import preview as words
from tests.gui.conftest import SECONDS, OpenWindow, ask
from tests.gui.input_events import NO_MODIFIER, click, double_click, press
from tests.gui.preview.preview_helpers import open_page, open_preview

NO_BUTTON = Qt.MouseButton.NoButton
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def turn_wheel(widget: QWidget, place: QPointF, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    """One notch away from the person."""
    phase, there = Qt.ScrollPhase.NoScrollPhase, widget.mapToGlobal(place)
    turn = QWheelEvent(place, there, QPoint(), QPoint(0, 120), NO_BUTTON, modifier, phase, False)
    QApplication.sendEvent(widget, turn)


def test_zooming_in_asks_for_more_pixels_and_dragging_moves_the_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    preview = open_page(qtbot, window, 2)
    canvas, loader = preview.canvas, window.preview_controller.loader
    assert preview.hit is not None
    item = preview.hit.item
    small = loader.pictures.picture(item)
    assert small is not None
    for _step in range(6):
        press(canvas, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    large = loader.pictures.picture(item)
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
    turn_wheel(canvas, place, CONTROL)
    assert canvas.zoom > zoom
    assert (spot().x(), spot().y()) == pytest.approx((before.x(), before.y()), abs=0.002)
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)


def test_the_size_is_told_in_the_pixels_of_the_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas, hit = preview.canvas, preview.hit
    assert hit is not None
    shown = preview.footer.zoom_button.text
    fitting = round(100 * canvas.area().width() / hit.width)
    assert shown() == words.zoom(fitting / 100)
    press(canvas, Qt.Key.Key_1)
    assert shown() == "100 %"
    assert canvas.area().size().toSize() * canvas.devicePixelRatio() == QSize(hit.width, hit.height)
    window.resize(window.width() + 80, window.height() + 40)
    assert shown() == "100 %"
    click(preview.footer.zoom_button)
    assert canvas.zoom == 1.0
    double_click(canvas, canvas.rect().center())
    assert shown() == "100 %"
    double_click(canvas, canvas.rect().center())
    assert canvas.zoom == 1.0
    turn_wheel(canvas, QPointF(canvas.rect().center()))
    assert canvas.zoom > 1.0


def test_arrows_with_control_move_what_is_zoomed_in_and_do_not_step(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    preview = open_preview(qtbot, window)
    canvas, hit = preview.canvas, preview.hit
    for _step in range(6):
        press(canvas, Qt.Key.Key_Plus)
    before = canvas.area().topLeft()
    press(canvas, Qt.Key.Key_Right, CONTROL)
    press(canvas, Qt.Key.Key_Down, CONTROL)
    moved = canvas.area().topLeft() - before
    assert (moved.x(), moved.y()) == pytest.approx((-PAN, -PAN))
    assert preview.hit == hit


def test_a_picture_never_leaves_a_gap_and_keeps_its_scale_when_the_room_changes() -> None:
    view = Viewport(margin=16)
    view.resize(QSizeF(832, 632))
    view.begin(QSizeF(4000, 3000), QSizeF(4000, 3000))
    assert view.area() == QRectF(16, 16, 800, 600)
    assert view.scale == pytest.approx(0.2)
    view.own_size()
    view.move(QPointF(99_999, -99_999))
    assert (view.area().left(), view.area().bottom()) == pytest.approx((0, 632))
    view.resize(QSizeF(400, 300))
    assert view.scale == pytest.approx(1.0)
    assert view.area().contains(QRectF(0, 0, 400, 300))
    view.zoom_to(1e9)
    assert view.scale == pytest.approx(4.0)
    view.fit()
    assert not view.beyond


def test_a_large_picture_that_is_drawn_small_is_not_ragged() -> None:
    """Fine lines, as letters are: black and white in turn are grey from afar, wherever they fall."""
    lines = QImage(2400, 2400, QImage.Format.Format_RGB32)
    lines.fill("white")
    for x in range(0, 2400, 2):
        for y in range(40):
            lines.setPixelColor(x, y, QColor("black"))
    reduced = DownscaledPicture()
    small = reduced.fitting(lines, QSize(500, 500))
    assert small.size() == QSize(600, 600)
    shades = {small.pixelColor(x, 5).red() for x in range(10, 590)}
    assert max(shades) - min(shades) < 20
    assert 100 < min(shades) < 155
    assert reduced.fitting(lines, QSize(2000, 2000)).cacheKey() == lines.cacheKey()
    assert reduced.fitting(lines, QSize(1, 1)).width() >= 1
