"""The menu button at the end of the top bar, for what concerns the whole program."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from gui.strings import menu as words
from gui.strings.activity import TRACE
from gui.widgets.appearance.style import Style
from gui.widgets.controls.buttons import IconButton, forget_mouse


class MainMenuButton(IconButton):
    """Opens the main menu; each entry emits its own signal."""

    settings_requested = Signal()
    models_requested = Signal()
    shortcuts_requested = Signal()
    diagnosis_requested = Signal()
    about_requested = Signal()
    quit_requested = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__("more", words.MORE, style, parent)
        self.setObjectName("MainMenuButton")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setAccessibleName(words.MORE)
        for text, wanted in (
            (words.SETTINGS, self.settings_requested),
            (words.MODELS, self.models_requested),
            (words.SHORTCUTS, self.shortcuts_requested),
            (TRACE, self.diagnosis_requested),
            (words.ABOUT, self.about_requested),
            (words.QUIT, self.quit_requested),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, signal=wanted: signal.emit())
        for first in (words.SHORTCUTS, words.QUIT):
            menu.insertSeparator(next(action for action in menu.actions() if action.text() == first))
        menu.aboutToHide.connect(lambda: forget_mouse(self))
        self.setMenu(menu)
