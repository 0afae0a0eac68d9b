"""The keyboard reaches everything, in the order of the eye, and one always sees where one is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.records import Scope
from engine.settings import Appearance
from gui import strings
from gui.files.open_with import ProgramDialog
from gui.files.programs import Program
from gui.search.bar.search_line import SearchLine
from tests.gui.conftest import SECONDS, OpenWindow, ask, paint
from tests.gui.input_events import click, drop, files, press, type_text

MOST_STOPS = 80
RING = 6  # logical pixels around a widget that may show its focus
LEAST_CHANGED = 100  # pixels, at a contrast of 3 to 1 between there and not there (WCAG 2.2, 1.4.11)
CONTRAST = 3.0

both = pytest.mark.parametrize("theme", ["light", "dark"])

Stop = tuple[QWidget, QImage]


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def walk(window: QWidget, start: QWidget) -> list[Stop]:
    """Tab from `start` until it comes round, with what the window looks like at each stop."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    stops: list[Stop] = []
    for _ in range(MOST_STOPS):
        stops.append((focused(), window.grab().toImage()))
        press(focused(), Qt.Key.Key_Tab)
        if focused() is start:
            return stops
    raise AssertionError(f"Tab does not come round: {[described(widget) for widget, _ in stops]}")


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName() or widget.property('text')}"


def luminance(image: QImage) -> NDArray[np.float64]:
    """Of each pixel, relative (WCAG 2.2); shape: height, width."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    channels = lines[:, : image.width(), 2::-1] / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def around(window: QWidget, widget: QWidget) -> QRect:
    parent = widget.parentWidget()
    shown = parent if isinstance(widget, SearchLine) and parent is not None else widget
    place = QRect(shown.mapTo(window, QPoint(0, 0)), shown.size())
    return place.adjusted(-RING, -RING, RING, RING)


def unseen(window: QWidget, stops: list[Stop]) -> list[str]:
    """The stops whose looks hardly differ from when the focus is somewhere away from them."""
    found = []
    for widget, there in stops:
        place = around(window, widget)
        elsewhere = next(image for other, image in stops if not around(window, other).intersects(place))
        here, away = luminance(there.copy(place)), luminance(elsewhere.copy(place))
        contrast = (np.maximum(here, away) + 0.05) / (np.minimum(here, away) + 0.05)
        if np.count_nonzero(contrast >= CONTRAST) < LEAST_CHANGED:
            found.append(described(widget))
    return found


@both
def test_one_sees_where_one_is_among_results(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path, theme: Appearance
) -> None:
    window = open_window(indexed)
    window.preferences.change(appearance=theme)
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(paint(tmp_path / "mine.png", "red")), to_add=True)
    click(window.search_bar.filter_button)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.search_bar.scope_buttons[Scope.PHOTOS])
    assert unseen(window, walk(window, window.search_bar.line)) == []


@both
def test_one_sees_where_one_is_without_a_question(
    open_window: OpenWindow, indexed: Path, theme: Appearance
) -> None:
    window = open_window(indexed)
    window.preferences.change(appearance=theme)
    assert unseen(window, walk(window, window.search_bar.line)) == []


@both
def test_one_sees_where_one_is_before_there_are_folders(
    open_window: OpenWindow, empty: Path, theme: Appearance
) -> None:
    window = open_window(empty)
    window.preferences.change(appearance=theme)
    assert unseen(window, walk(window, window.search_bar.line)) == []


@both
def test_one_sees_where_one_is_in_a_preview(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, theme: Appearance
) -> None:
    window = open_window(indexed)
    window.preferences.change(appearance=theme)
    ask(qtbot, window, "red")
    press(window.search_bar.line, Qt.Key.Key_Down)
    press(window.results.view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.preview_controller.loader.waiting, timeout=SECONDS)
    press(focused(), Qt.Key.Key_Tab)  # the picture shows the focus only to who comes by Tab
    assert unseen(window, walk(window, focused())) == []


@both
def test_one_sees_where_one_is_in_dialogs(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, theme: Appearance
) -> None:
    window = open_window(indexed)
    window.preferences.change(appearance=theme)
    window.settings_controller.show_settings()
    dialog = window.settings_controller.settings_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or window), timeout=SECONDS)
    press(focused(), Qt.Key.Key_Tab)
    assert unseen(dialog, walk(dialog, focused())) == []
    dialog.close()
    programs = ProgramDialog([Path("/a.png")], [Program("A", ("a",)), Program("B", ("b",))], window)
    programs.show()
    programs.activateWindow()
    qtbot.waitUntil(lambda: programs.isAncestorOf(QApplication.focusWidget() or window), timeout=SECONDS)
    press(focused(), Qt.Key.Key_Tab)
    assert unseen(programs, walk(programs, focused())) == []
    programs.close()


def test_in_a_narrow_window_the_second_row_is_gone_through_from_left_to_right(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: bar.filter_button.y() > bar.frame.y(), timeout=SECONDS)
    stops = [widget for widget, _ in walk(window, bar.line)]
    row = [*bar.scope_buttons.values(), bar.filter_button]
    reached = [widget for widget in stops if widget in row]
    places = [widget.mapTo(window, QPoint(0, 0)).x() for widget in reached]
    assert places == sorted(places)
    assert len(places) == 2  # the group of three is one stop


def test_tab_goes_from_left_to_right_through_the_top(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    window.resize(1400, 800)  # else the chips have a row of their own
    bar = window.search_bar
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(paint(tmp_path / "mine.png", "red")), to_add=True)
    type_text(bar.line, " green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(bar.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stops = [widget for widget, _ in walk(window, window.sidebar_button)]
    places = [window.top.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0))).x() for widget in stops]
    top = [place for widget, place in zip(stops, places, strict=True) if window.top.isAncestorOf(widget)]
    assert stops[: len(top)] == [widget for widget in stops if window.top.isAncestorOf(widget)]
    assert top == sorted(top)
    assert len(bar.chip_list.chips()) == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_button_that_has_the_focus(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, key: Qt.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strings, "READY_QUESTIONS", ("red",))
    window = open_window(indexed)
    bar = window.search_bar
    press(bar.filter_button, key)
    assert bar.filters.is_open
    qtbot.waitUntil(lambda: bool(window.ready.example_buttons), timeout=SECONDS)
    (example,) = window.ready.example_buttons
    press(example, key)
    assert bar.line.text() == example.text()
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(bar.scope_buttons[Scope.PAGES], key)
    menu = bar.filters.type_button.list
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu, menu.close))  # it holds the test up
    with qtbot.waitSignal(menu.aboutToShow, timeout=SECONDS):
        press(bar.filters.type_button, key)
