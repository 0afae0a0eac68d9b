"""The last line of a preview: where it stands among the results, and in its document."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui import strings
from gui.parts.buttons import IconButton
from gui.parts.style import GRID, Style
from gui.preview.walk import InDocument


class PreviewFooter(QWidget):
    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("PreviewFooter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.previous_button = IconButton("left", strings.PREVIOUS_RESULT, style)
        self.next_button = IconButton("right", strings.NEXT_RESULT, style)
        self.above_button = IconButton("up", strings.PREVIOUS_MATCH, style)
        self.below_button = IconButton("down", strings.NEXT_MATCH, style)
        self.result = QLabel()
        self.match = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID // 2)
        for widget in (self.previous_button, self.next_button, self.result):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.match, self.above_button, self.below_button):
            row.addWidget(widget)
        for label in (self.result, self.match):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("kind", "muted")

    def describe(self, row: int, count: int, more: bool, document: InDocument) -> None:
        """`more`: the ranking goes on below the `count` results that are known."""
        self.result.setText(strings.result_of(row + 1, count, more))
        self.previous_button.setEnabled(row > 0)
        self.next_button.setEnabled(row + 1 < count or more)
        several = len(document.rows) > 1
        self.match.setText(strings.match_of(document.place + 1, len(document.rows)) if several else "")
        for button, by in ((self.above_button, -1), (self.below_button, 1)):
            button.setVisible(several)
            button.setEnabled(document.step(by) is not None)
