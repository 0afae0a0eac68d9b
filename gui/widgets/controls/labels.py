"""Words that only say something."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from gui import strings
from gui.override import override
from gui.widgets.appearance.style import GRID


def label(text: str, kind: str = "") -> QLabel:
    """A paragraph, drawn as it is written. `kind` is one of the style sheet's."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setProperty("kind", kind)
    return made


class ElidedLabel(QLabel):
    """One line that ends in dots where there is no room for all of it; the tool tip says the rest."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)

    def say(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setToolTip(strings.tip(text) if text else "")

    @property
    def shown(self) -> str:
        """What of it is seen."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(4 * GRID, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.shown)
        painter.end()
