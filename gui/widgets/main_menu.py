"""The button at the end of the top bar, with what concerns the program as a whole."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui.strings import menu as words
from gui.strings.activity import TRACE
from gui.widgets.controls.buttons import (
    IconButton,
    forget_mouse,
)
from gui.widgets.style import Style


class MainMenuButton(IconButton):
    settings_wanted = Signal()
    models_wanted = Signal()
    shortcuts_wanted = Signal()
    trace_wanted = Signal()
    about_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("more", words.MORE, style, parent)
        self.setObjectName("MainMenuButton")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setAccessibleName(words.MORE)
        for text, wanted in (
            (words.SETTINGS, self.settings_wanted),
            (words.MODELS, self.models_wanted),
            (words.SHORTCUTS, self.shortcuts_wanted),
            (TRACE, self.trace_wanted),
            (words.ABOUT, self.about_wanted),
            (words.QUIT, self.quit_wanted),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, signal=wanted: signal.emit())
        for first in (words.SHORTCUTS, words.QUIT):
            menu.insertSeparator(next(action for action in menu.actions() if action.text() == first))
        menu.aboutToHide.connect(lambda: forget_mouse(self))
        self.setMenu(menu)
