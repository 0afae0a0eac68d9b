"""What a person does at a window: types, presses keys, clicks, drops."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def type_text(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    QTest.keyClick(widget, key, modifier)


def paste(widget: QWidget) -> None:
    press(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def double_click(widget: QWidget, place: QPoint) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, place)
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, NO_MODIFIER, place)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget: QWidget, data: QMimeData, to_add: bool = False) -> None:
    """`to_add`: where a picture joins what is asked."""
    across = 7 / 8 if to_add else 1 / 2
    where = QPointF(widget.width() * across, widget.height() / 2)
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(where.toPoint(), action, data, button, NO_MODIFIER)
    QApplication.sendEvent(widget, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(where, action, data, button, NO_MODIFIER))
