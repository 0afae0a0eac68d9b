"""Buttons that follow the style."""

from __future__ import annotations

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.parts.buttons import ICON, IconButton
from gui.parts.style import Style


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
