"""Shows what a drop will do, over the whole window, while something is dragged over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import strings
from gui.override import override
from gui.widgets.appearance.style import GRID, RADIUS, Style

MARGIN = 2 * GRID
ADDING_SHARE = 0.35  # of the width, for the zone that adds a picture to the current search


class DropOverlay(QWidget):
    """One zone that starts a search; if there is a search already, a second zone that adds to it."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._covered = parent
        self._may_add = False
        self._adds = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, may_add: bool) -> None:
        """Show the overlay over its window. `may_add`: with the second zone."""
        self._may_add, self._adds = may_add, False
        self.setGeometry(self._covered.rect())
        self.raise_()
        self.show()

    def point_at(self, place: QPoint) -> None:
        """Highlight the zone at `place`, in the overlay's coordinates."""
        if self.adds(place) != self._adds:
            self._adds = not self._adds
            self.update()

    def adds(self, place: QPoint) -> bool:
        """Whether a drop at `place` adds to the current search."""
        return self._may_add and self.adding_zone().contains(place)

    def adding_zone(self) -> QRect:
        """The area of the second zone, at the end of a line in the reading direction."""
        inside = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        width = round(inside.width() * ADDING_SHARE)
        left = inside.left() if self.isRightToLeft() else inside.right() - width + 1
        return QRect(left, inside.top(), width, inside.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # always paints the whole overlay
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = self._style.colour("window")
        veil.setAlphaF(0.95)
        painter.fillRect(self.rect(), veil)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        whole = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if self._may_add:
            adding = self.adding_zone()
            self._draw_zone(painter, adding, strings.DROP_TO_ADD, self._adds)
            if adding.left() > whole.left():
                whole.setRight(adding.left() - MARGIN)
            else:
                whole.setLeft(adding.right() + MARGIN)
        self._draw_zone(painter, whole, strings.DROP_HERE, not self._adds)
        painter.end()

    def _draw_zone(self, painter: QPainter, zone: QRect, text: str, pointed_at: bool) -> None:
        """Draw a card behind the text, so that the window does not show through it."""
        painter.setPen(
            QPen(self._style.colour("accent" if pointed_at else "border"), 2, Qt.PenStyle.DashLine)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(zone), 2 * GRID, 2 * GRID)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = zone.adjusted(5 * GRID, 0, -5 * GRID, 0)
        words = painter.boundingRect(room, flags, text)
        painter.setPen(self._style.colour("border"))
        painter.setBrush(self._style.colour("surface"))
        painter.drawRoundedRect(
            QRectF(words).adjusted(-3 * GRID, -3 * GRID, 3 * GRID, 3 * GRID), RADIUS, RADIUS
        )
        painter.setPen(self._style.colour("text"))
        painter.drawText(room, flags, text)
