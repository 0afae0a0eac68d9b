"""The row at the top of the window: the search bar and a button at each side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui import strings
from gui.search.bar.search_bar import SearchBar
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton
from gui.widgets.focus_order import set_focus_order
from gui.widgets.main_menu import MainMenuButton


class TopBar(QWidget):
    """Lays out the sidebar button, the search bar and the other buttons."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.setObjectName("TopBar")
        self.sidebar_button = IconButton("sidebar", strings.SHOW_SIDEBAR, style)
        self.sidebar_button.setCheckable(True)
        self.sidebar_button.setChecked(True)
        self.back_button = IconButton("back", strings.QUESTION_BEFORE, style)
        self.back_button.setEnabled(False)
        self.search_bar = SearchBar(style)
        self.add_button = IconButton("folder-add", strings.ADD_FOLDER, style)
        self.main_menu = MainMenuButton(style)
        self.allow_changes(False)
        self._lay_out()

    def allow_changes(self, allowed: bool) -> None:
        """Enable what needs an open library; a search can be typed before."""
        for button in (self.sidebar_button, self.add_button):
            button.setEnabled(allowed)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        row.setSpacing(GRID)
        level = Qt.AlignmentFlag.AlignTop  # aligned with the first row of a search box with several rows
        for button in (self.sidebar_button, self.back_button, self.add_button, self.main_menu):
            button.setFixedSize(5 * GRID, 5 * GRID)
        row.addWidget(self.sidebar_button, 0, level)
        row.addWidget(self.back_button, 0, level)
        row.addWidget(self.search_bar, 1)
        row.addWidget(self.add_button, 0, level)
        row.addWidget(self.main_menu, 0, level)
        stops = self.search_bar.tab_stops()
        set_focus_order((self.sidebar_button, self.back_button, *stops, self.add_button, self.main_menu))
