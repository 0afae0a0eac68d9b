"""A drop-down list that matches the buttons beside it; the system's keeps its own frame and arrow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QWidget

from gui.override import override
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, RADIUS, Style

_ARROW = 14
_HEIGHT = 4 * GRID


class ComboBox(QComboBox):
    """A drop-down list as wide as its longest entry."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = style
        style.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        texts = (self.itemText(row) for row in range(self.count()))
        longest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        return QSize(longest + _ARROW + 5 * GRID, _HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_ARROW + 8 * GRID, _HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colour, focused = self._look.colour, self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = 2.0 if focused else 1.0
        painter.setPen(QPen(colour("accent" if focused else "border"), line))
        painter.setBrush(colour("hover" if self.underMouse() else "surface"))
        inside = QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2)
        painter.drawRoundedRect(inside, RADIUS, RADIUS)
        painter.setPen(colour("text" if self.isEnabled() else "muted"))
        words = self.rect().adjusted(GRID + 4, 0, -_ARROW - 2 * GRID, 0)
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        arrow = resources.pixmap("down", _ARROW, colour("muted"), self.devicePixelRatioF())
        painter.drawPixmap(self.width() - _ARROW - GRID - 2, (self.height() - _ARROW) // 2, arrow)
