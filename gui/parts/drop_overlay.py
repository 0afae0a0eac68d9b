"""Says what a drop will do, over the whole window, while something is dragged over it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import strings
from gui.parts.style import GRID, RADIUS, Style


class DropOverlay(QWidget):
    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._covered = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = self._style.colour("window")
        veil.setAlphaF(0.95)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(self._style.colour("accent"), 2, Qt.PenStyle.DashLine))
        margin = 2 * GRID
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(margin, margin, -margin, -margin), 2 * GRID, 2 * GRID
        )
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        self._draw_card(painter)
        painter.setPen(self._style.colour("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, strings.DROP_HERE)
        painter.end()

    def _draw_card(self, painter: QPainter) -> None:
        """Behind the words, so that nothing shows through between them."""
        words = painter.boundingRect(self.rect(), Qt.AlignmentFlag.AlignCenter, strings.DROP_HERE)
        painter.setPen(self._style.colour("border"))
        painter.setBrush(self._style.colour("surface"))
        painter.drawRoundedRect(
            QRectF(words).adjusted(-5 * GRID, -4 * GRID, 5 * GRID, 4 * GRID), RADIUS, RADIUS
        )
