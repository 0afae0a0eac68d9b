"""The search box: chips, the text line, and small buttons in one frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui import strings
from gui.override import override
from gui.search.bar.chips import ChipList
from gui.search.bar.search_line import SearchLine
from gui.search.picture_query import CHIP
from gui.strings import search as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton

MARGIN = GRID // 2
HEIGHT = 5 * GRID  # without rows of chips


class SearchBox(QFrame):
    """Shows chips before the text if they fit, and above it otherwise."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.setObjectName("SearchFrame")
        self.setMinimumHeight(HEIGHT)
        self.line = SearchLine()
        self.line.setPlaceholderText(strings.SEARCH_PLACEHOLDER)
        self.line.setAccessibleName(strings.SEARCH_BOX)
        self.line.installEventFilter(self)
        self.chip_list = ChipList(style, self)
        self.history_button = IconButton("search", words.HISTORY_HINT, style, self)
        self.chip_button = IconButton("plus", words.MAKE_CHIP, style, self)
        self.clear_button = IconButton("close", strings.SEARCH_CLEAR, style, self)
        self.save_button = IconButton("star", words.SAVE_HINT, style, self)
        self.pick_button = IconButton("picture", strings.SEARCH_BY_PICTURE, style, self)
        for button in (self.chip_button, self.clear_button):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # text and chips do not move when the button appears
            button.setSizePolicy(policy)
            button.hide()
        self._lay_out()

    def show_saved(self, saved: bool) -> None:
        """Show whether the current search is among the saved ones."""
        if saved:
            self.save_button.describe("star-full", words.SAVED_HINT)
        else:
            self.save_button.describe("star", words.SAVE_HINT)

    def place_chips(self, width: int) -> None:
        """Place the chips for a box that is `width` pixels wide."""
        taken = sum(button.sizeHint().width() + self._row.spacing() for button in self._buttons())
        room = width - 4 * MARGIN - taken - self.line.minimumWidth()
        wanted = self.chip_list.row_width()
        inline = wanted <= room
        if inline:
            self.chip_list.setFixedSize(QSize(wanted, CHIP.height() + 4))
            self._row.insertWidget(1, self.chip_list)
        else:
            inner = width - 4 * MARGIN
            self.chip_list.setFixedSize(QSize(inner, self.chip_list.rows_height(inner)))
            self._column.insertWidget(0, self.chip_list, 0, Qt.AlignmentFlag.AlignHCenter)
        margin = MARGIN if not inline and self.chip_list.chips() else 0
        self._column.setContentsMargins(0, margin, 0, margin)
        # Set explicitly, since a layout shrinks its widgets to their minimum when the window is full.
        above = self.chip_list.height() + 2 * margin if margin else 0
        self.setMinimumHeight(above + HEIGHT)

    def tab_stops(self) -> tuple[QWidget, ...]:
        """The widgets in tab order, from left to right."""
        history, *others = self._buttons()
        chips = [button for chip in self.chip_list.chips() for button in chip.buttons]
        return (history, *chips, self.line, *others)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.style().polish(self)
        return super().eventFilter(watched, event)

    def _buttons(self) -> tuple[IconButton, ...]:
        return (
            self.history_button,
            self.chip_button,
            self.clear_button,
            self.save_button,
            self.pick_button,
        )

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._row.setSpacing(GRID // 4)
        history, *others = self._buttons()
        self._row.addWidget(history)
        self._row.addWidget(self.line, 1)
        for button in others:
            self._row.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._row)
