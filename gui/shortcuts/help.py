"""Opens the list of shortcuts and the About dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from gui.shortcuts.dialog import ShortcutsDialog
from gui.widgets import shortcut_table
from gui.widgets.about import AboutDialog
from gui.widgets.appearance.style import Style
from gui.widgets.main_menu import MainMenuButton


class HelpController(QObject):
    """Opens the help dialogs when the menu asks for them."""

    def __init__(self, menu: MainMenuButton, style: Style, window: QWidget) -> None:
        super().__init__(window)
        self._style = style
        self._window = window
        self.shortcuts_dialog: ShortcutsDialog | None = None
        self.about_dialog: AboutDialog | None = None
        menu.shortcuts_requested.connect(self.show_shortcuts)
        menu.about_requested.connect(self.show_about)
        for keys in shortcut_table.sequences("shortcuts"):
            QShortcut(keys, window, self.show_shortcuts)

    def show_shortcuts(self) -> None:
        """Open the list of shortcuts, or bring it to the front, with the filter focused."""
        if self.shortcuts_dialog is None:
            self.shortcuts_dialog = ShortcutsDialog(self._style, self._window)
        self.shortcuts_dialog.show()
        self.shortcuts_dialog.raise_()
        self.shortcuts_dialog.activateWindow()
        self.shortcuts_dialog.box.setFocus()

    def show_about(self) -> None:
        """Open the About dialog."""
        self.about_dialog = AboutDialog(self._style, self._window)
        self.about_dialog.open()
