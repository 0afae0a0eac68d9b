"""A window on pictures of the test's own, which it may move about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.conftest import SECONDS, OpenWindow, ask, names, paint, wait_until_idle
from tests.gui.input_events import click, press

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

EVERYTHING = 4

OwnWindow = Callable[[], MainWindow]


@pytest.fixture
def own_pictures(tmp_path: Path) -> Path:
    """Two red pictures, and two blue ones in a folder below."""
    folder = tmp_path / "own"
    for name, colour in (("a", "red"), ("b", "red"), ("sea/c", "blue"), ("sea/d", "blue")):
        paint(folder / f"{name}.png", colour, (60 + ord(name[-1]), 40))
    return folder


@pytest.fixture
def own_window(qtbot: QtBot, open_window: OpenWindow, empty: Path, own_pictures: Path) -> OwnWindow:
    def open_one() -> MainWindow:
        window = open_window(empty)
        window.preferences.change(fold_alike=False)  # pictures of one colour look alike
        window.session.add_folders([own_pictures])
        there = len(list(own_pictures.rglob("*.png")))
        qtbot.waitUntil(lambda: holds(window) == there, timeout=SECONDS)
        wait_until_idle(qtbot, window)
        return window

    return open_one


def holds(window: MainWindow) -> int:
    status = window.session.status
    return status.items if status is not None else 0


def select(qtbot: QtBot, window: MainWindow, text: str, *files: str) -> None:
    """Ask, and select the cards of those files, which come first, with the keys."""
    ask(qtbot, window, text)
    assert set(names(window)[: len(files)]) == set(files)
    press(window.search_bar.line, Qt.Key.Key_Down)
    press(window.results.view, Qt.Key.Key_Home)
    for _file in files[1:]:
        press(window.results.view, Qt.Key.Key_Right, SHIFT)
    assert {hit.path.name for hit in window.results.view.selected_hits()} == set(files)


def answer(box: QMessageBox | None, text: str) -> None:
    """Click the button with that text."""
    assert box is not None
    click(next(button for button in box.findChildren(QPushButton) if button.text() == text))
    window = box.parentWidget()
    assert window is not None
    window.activateWindow()  # as a window manager does


def said(window: MainWindow) -> list[str]:
    return [banner.message.text for banner in window.banners.banners()]
