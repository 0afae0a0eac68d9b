"""A region of the picture to search by, drawn with the mouse or moved with keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QLabel, QWidget

from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton

SMALLEST = 24  # logical pixels; anything smaller is an accidental drag
BY_KEY = 2 * GRID  # logical pixels per key press
SHADE = QColor(0, 0, 0, 120)  # over the rest of the picture, in light and dark
LINES = (QPen(QColor("black"), 2), QPen(QColor("white"), 2, Qt.PenStyle.DashLine))  # visible on any picture
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class RegionChoice(QObject):
    """The region and its controls, stored as fractions so that zooming keeps it in place."""

    wanted = Signal(object)  # (left, top, right, bottom) as fractions of the picture
    armed_changed = Signal(bool)  # whether the next drag draws a region
    changed = Signal()  # the canvas needs painting

    def __init__(self, canvas: QWidget, area: Callable[[], QRectF], style: Style) -> None:
        """`area`: returns the place of the whole picture in `canvas`."""
        super().__init__(canvas)
        self._canvas = canvas
        self._area = area
        self._armed = False
        self._from: QPointF | None = None  # the first corner while it is being drawn
        self._part = QRectF()  # as fractions; empty if there is none
        self.button = TextButton(words.SEARCH_PART, style, "search", "primary", canvas)
        self.button.setToolTip(words.SEARCH_PART_HINT)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.hide()
        self.button.clicked.connect(self.choose)
        self.hint = QLabel(words.REGION_HINT, canvas)
        self.hint.setObjectName("RegionHint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()

    @property
    def armed(self) -> bool:
        """Whether the next drag draws a region instead of moving the picture."""
        return self._armed

    @property
    def drawing(self) -> bool:
        """Whether a region is being drawn."""
        return self._from is not None

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """The region as left, top, right, bottom fractions; None if there is none or it is too small."""
        size = self.place().size()
        if self._part.isEmpty() or min(size.width(), size.height()) < SMALLEST:
            return None
        return (self._part.left(), self._part.top(), self._part.right(), self._part.bottom())

    @property
    def active(self) -> bool:
        """Whether there is a region, or one is about to be drawn."""
        return self._armed or self.drawing or not self._part.isEmpty()

    def place(self) -> QRectF:
        """The place of the region in the canvas."""
        area = self._area()
        corner = QPointF(
            area.left() + self._part.left() * area.width(), area.top() + self._part.top() * area.height()
        )
        return QRectF(corner, QSizeF(self._part.width() * area.width(), self._part.height() * area.height()))

    def arm(self, on: bool) -> None:
        """Start choosing a region, with one in the middle if there is none, or stop and drop it."""
        if on != self._armed:
            self._armed = on
            if not on:
                self._forget()
            elif self.box is None:
                self._stand()
            self.armed_changed.emit(on)
            self.changed.emit()

    def cancel(self) -> None:
        """Drop the region and stop choosing."""
        self._forget()
        self.arm(False)
        self.changed.emit()

    def choose(self) -> None:
        """Emit `wanted` with the region, if there is one, and stop choosing."""
        box = self.box
        if box is not None:
            self.cancel()
            self.wanted.emit(box)

    # mouse

    def press(self, place: QPointF) -> None:
        """Start drawing at a point of the canvas."""
        self._forget()
        self._from = self._spot(place)
        self.changed.emit()

    def drag(self, place: QPointF) -> None:
        """Move the opposite corner to a point of the canvas."""
        if self._from is not None:
            self._part = QRectF(self._from, self._spot(place)).normalized()
            self.changed.emit()

    def release(self, place: QPointF) -> None:
        """Finish drawing; a region that is too small is dropped."""
        self.drag(place)
        self._from = None
        if self.box is None:
            self._part = QRectF()
        self.changed.emit()

    # keys

    def means(self, event: QKeyEvent) -> bool:
        """Whether the key moves the region."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return self.active and not plain and event.key() in _ARROWS

    def press_key(self, event: QKeyEvent) -> None:
        """Move the region by an arrow key; with Shift only its right or lower edge."""
        area, by = self._area(), _ARROWS[Qt.Key(event.key())] * BY_KEY
        across, down = by.x() / area.width(), by.y() / area.height()
        if self.box is None:
            self._stand()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            least = QSizeF(SMALLEST / area.width(), SMALLEST / area.height())
            self._part.setWidth(_within(self._part.width() + across, least.width(), 1 - self._part.left()))
            self._part.setHeight(_within(self._part.height() + down, least.height(), 1 - self._part.top()))
        else:
            self._part.moveLeft(_within(self._part.left() + across, 0.0, 1 - self._part.width()))
            self._part.moveTop(_within(self._part.top() + down, 0.0, 1 - self._part.height()))
        self.changed.emit()

    def _stand(self) -> None:
        """Place a region of half the size in the middle of the visible part."""
        area = self._area()
        seen = area.intersected(QRectF(self._canvas.rect()))
        part = QRectF(QPointF(), seen.size() / 2)
        part.moveCenter(seen.center())
        self._part = QRectF(self._spot(part.topLeft()), self._spot(part.bottomRight()))

    # painting

    def arrange(self) -> None:
        """Move the button and the hint to the region."""
        self._place_button()
        self._place_hint()

    def _place_hint(self) -> None:
        """Place the hint at the top, or at the bottom if it would cover the region."""
        self.hint.setVisible(self.active and not self.drawing)
        room = self._canvas.rect().adjusted(GRID, GRID, -GRID, -GRID)
        # Its size hint is almost square; a single line covers less of the picture.
        width = min(self.hint.fontMetrics().horizontalAdvance(words.REGION_HINT) + 5 * GRID, room.width())
        self.hint.resize(width, self.hint.heightForWidth(width))
        self.hint.move(room.center().x() - width // 2, room.top())
        if self.place().intersects(QRectF(self.hint.geometry())):
            self.hint.move(self.hint.x(), room.bottom() - self.hint.height())

    def _place_button(self) -> None:
        """Place the button at the lower right corner of the region, within the visible part."""
        if self.box is None or self.drawing:
            self.button.hide()
            return
        self.button.adjustSize()
        seen = self._canvas.rect().adjusted(GRID, GRID, -GRID, -GRID)
        part, size = self.place().toRect(), self.button.size()
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
        """Shade the picture around the region and draw its border."""
        if self._part.isEmpty():
            return
        place = self.place()
        shade = QPainterPath()
        shade.addRect(self._area())
        shade.addRect(place)  # the odd-even rule makes it a hole
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
        """The nearest point of the picture, as fractions of it."""
        area = self._area()
        across = (place.x() - area.left()) / area.width()
        down = (place.y() - area.top()) / area.height()
        return QPointF(_within(across, 0.0, 1.0), _within(down, 0.0, 1.0))


def _within(value: float, least: float, most: float) -> float:
    return max(min(value, most), least)
