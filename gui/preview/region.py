"""A part of the picture, drawn with the mouse, that is to be searched by."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from gui.parts.buttons import TextButton
from gui.parts.style import GRID, Style
from gui.strings import preview as words

SMALLEST = 24  # logical pixels of the shown picture: less is a click that slipped
SHADE = QColor(0, 0, 0, 120)  # over what is left out; it lies on the user's pictures, in light and dark
LINES = (QPen(QColor("black"), 2), QPen(QColor("white"), 2, Qt.PenStyle.DashLine))  # seen on any picture


class RegionChoice(QObject):
    """Keeps the part in fractions of the picture, so that it stays in its place when one zooms."""

    wanted = Signal(object)  # (left, top, right, bottom) in fractions of the picture
    armed_changed = Signal(bool)  # whether the next drag draws
    changed = Signal()  # it looks different now

    def __init__(self, canvas: QWidget, area: Callable[[], QRectF], style: Style) -> None:
        """`area`: where the whole picture lies in `canvas` now."""
        super().__init__(canvas)
        self._canvas = canvas
        self._area = area
        self._armed = False
        self._from: QPointF | None = None  # while it is being drawn
        self._part = QRectF()  # in fractions; empty when there is none
        self.button = TextButton(words.SEARCH_PART, style, "search", "primary", canvas)
        self.button.setToolTip(words.SEARCH_PART_HINT)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.hide()
        self.button.clicked.connect(self.choose)

    @property
    def armed(self) -> bool:
        return self._armed

    @property
    def drawing(self) -> bool:
        return self._from is not None

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """What is drawn; None when nothing is, or it is too small to be meant."""
        size = self._placed().size()
        if self._part.isEmpty() or min(size.width(), size.height()) < SMALLEST:
            return None
        return (self._part.left(), self._part.top(), self._part.right(), self._part.bottom())

    @property
    def active(self) -> bool:
        return self._armed or self.drawing or not self._part.isEmpty()

    def arm(self, on: bool) -> None:
        if on != self._armed:
            self._armed = on
            if not on:
                self._forget()
            self.armed_changed.emit(on)
            self.changed.emit()

    def cancel(self) -> None:
        self._forget()
        self.arm(False)
        self.changed.emit()

    def choose(self) -> None:
        box = self.box
        if box is not None:
            self.cancel()
            self.wanted.emit(box)

    # drawing it

    def press(self, place: QPointF) -> None:
        self._forget()
        self._from = self._spot(place)
        self.changed.emit()

    def drag(self, place: QPointF) -> None:
        if self._from is not None:
            self._part = QRectF(self._from, self._spot(place)).normalized()
            self.changed.emit()

    def release(self, place: QPointF) -> None:
        self.drag(place)
        self._from = None
        if self.box is None:
            self._part = QRectF()
        self.place_button()
        self.changed.emit()

    def place_button(self) -> None:
        """At the lower right corner of the part, within what is seen."""
        if self.box is None or self.drawing:
            self.button.hide()
            return
        self.button.adjustSize()
        seen = self._canvas.rect().adjusted(GRID, GRID, -GRID, -GRID)
        part, size = self._placed().toRect(), self.button.size()
        top = part.bottom() + GRID
        if top + size.height() > seen.bottom():
            top = part.bottom() - GRID - size.height()
        left = part.right() - size.width()
        self.button.move(
            max(min(left, seen.right() - size.width()), seen.left()),
            max(min(top, seen.bottom() - size.height()), seen.top()),
        )
        self.button.show()
        self.button.raise_()

    def paint(self, painter: QPainter) -> None:
        if self._part.isEmpty():
            return
        place = self._placed()
        shade = QPainterPath()
        shade.addRect(self._area())
        shade.addRect(place)  # odd and even: a hole in it
        painter.fillPath(shade, SHADE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in LINES:
            painter.setPen(pen)
            painter.drawRect(place)

    def _forget(self) -> None:
        self._from = None
        self._part = QRectF()
        self.button.hide()

    def _spot(self, place: QPointF) -> QPointF:
        """In fractions of the picture, on it."""
        area = self._area()
        across = (place.x() - area.left()) / area.width()
        down = (place.y() - area.top()) / area.height()
        return QPointF(min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0))

    def _placed(self) -> QRectF:
        area = self._area()
        corner = QPointF(
            area.left() + self._part.left() * area.width(), area.top() + self._part.top() * area.height()
        )
        return QRectF(corner, QSizeF(self._part.width() * area.width(), self._part.height() * area.height()))
