"""Buttons that follow the style."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from gui.widgets.appearance.style import Style
from gui.widgets.controls.buttons import ICON, ChoiceButton, IconButton, LinkButton, TextButton
from tests.gui.input_events import press


def test_an_icon_is_faint_while_its_button_can_do_nothing(qapp: QApplication, qtbot: QtBot) -> None:
    style = Style(qapp)
    button = IconButton("left", "Back", style)
    qtbot.addWidget(button)
    assert drawn_in(button, QIcon.Mode.Normal) == style.colour("muted").rgb()
    assert drawn_in(button, QIcon.Mode.Disabled) == style.colour("border").rgb()
    style.deleteLater()


def drawn_in(button: IconButton, mode: QIcon.Mode) -> int:
    """The colour of what is opaque."""
    image = button.icon().pixmap(ICON, mode).toImage()
    colours = {
        image.pixelColor(x, y).rgb()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    (colour,) = colours
    return QColor(colour).rgb()


@pytest.mark.parametrize("kind", ["choice", "icon", "text", "link"])
def test_enter_presses_the_button_and_not_the_default_of_its_dialog(
    qapp: QApplication, qtbot: QtBot, kind: str
) -> None:
    style = Style(qapp)
    dialog = QDialog()
    qtbot.addWidget(dialog)
    buttons = {
        "choice": ChoiceButton("chip", style),
        "icon": IconButton("left", "Back", style),
        "text": TextButton("Back", style),
        "link": LinkButton("Back"),
    }
    pressed: list[str] = []
    for name, button in buttons.items():
        button.setParent(dialog)
        button.clicked.connect(lambda _checked=False, name=name: pressed.append(name))
    default = QPushButton("Yes", dialog)
    default.setDefault(True)
    default.clicked.connect(lambda: pressed.append("default"))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        press(buttons[kind], key)
    assert pressed == [kind, kind]
    style.deleteLater()


def test_enter_that_is_held_presses_once(qapp: QApplication, qtbot: QtBot) -> None:
    style = Style(qapp)
    button = TextButton("Back", style)
    qtbot.addWidget(button)
    pressed: list[str] = []
    button.clicked.connect(lambda: pressed.append("once"))
    for repeated in (False, True, True):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", repeated
        )
        QApplication.sendEvent(button, event)
    assert pressed == ["once"]
    style.deleteLater()
