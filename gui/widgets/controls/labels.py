"""Labels for plain text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from gui import strings
from gui.override import override
from gui.widgets.appearance.style import GRID


def label(text: str, kind: str = "") -> QLabel:
    """Make a wrapping label that shows `text` as plain text. `kind` selects rules in the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setProperty("kind", kind)
    return made


class ElidedLabel(QLabel):
    """A single line, shortened with an ellipsis if needed; the tool tip shows the full text."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)

    def say(self, text: str) -> None:
        """Set the full text and the tool tip."""
        if text != self.text():
            self.setText(text)
            self.setToolTip(strings.tip(text) if text else "")

    @property
    def shown(self) -> str:
        """The text as it fits the current width."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(4 * GRID, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # always paints the whole label
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.shown)
        painter.end()
