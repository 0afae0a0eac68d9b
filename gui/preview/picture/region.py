"""A part of the picture, drawn with the mouse or moved with keys, that is to be searched by."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QLabel, QWidget

from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton

SMALLEST = 24  # logical pixels of the shown picture: less is a click that slipped
BY_KEY = 2 * GRID  # logical pixels that one press moves an edge
SHADE = QColor(0, 0, 0, 120)  # over what is left out; it lies on the user's pictures, in light and dark
LINES = (QPen(QColor("black"), 2), QPen(QColor("white"), 2, Qt.PenStyle.DashLine))  # seen on any picture
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


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
        self.hint = QLabel(words.REGION_HINT, canvas)
        self.hint.setObjectName("RegionHint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()

    @property
    def armed(self) -> bool:
        return self._armed

    @property
    def drawing(self) -> bool:
        return self._from is not None

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """What is drawn; None when nothing is, or it is too small to be meant."""
        size = self.place().size()
        if self._part.isEmpty() or min(size.width(), size.height()) < SMALLEST:
            return None
        return (self._part.left(), self._part.top(), self._part.right(), self._part.bottom())

    @property
    def active(self) -> bool:
        return self._armed or self.drawing or not self._part.isEmpty()

    def place(self) -> QRectF:
        """Where the part lies in the canvas."""
        area = self._area()
        corner = QPointF(
            area.left() + self._part.left() * area.width(), area.top() + self._part.top() * area.height()
        )
        return QRectF(corner, QSizeF(self._part.width() * area.width(), self._part.height() * area.height()))

    def arm(self, on: bool) -> None:
        if on != self._armed:
            self._armed = on
            if not on:
                self._forget()
            elif self.box is None:
                self._stand()
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
        self.changed.emit()

    # moving it with keys

    def means(self, event: QKeyEvent) -> bool:
        """Whether this key is for the part now, and for nothing else."""
        plain = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        return self.active and not plain and event.key() in _ARROWS

    def press_key(self, event: QKeyEvent) -> None:
        """An arrow moves the part; with Shift it moves the right or the lower edge alone."""
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
        """In the middle of what is seen of the picture, half as wide and high."""
        area = self._area()
        seen = area.intersected(QRectF(self._canvas.rect()))
        part = QRectF(QPointF(), seen.size() / 2)
        part.moveCenter(seen.center())
        self._part = QRectF(self._spot(part.topLeft()), self._spot(part.bottomRight()))

    # how it looks

    def arrange(self) -> None:
        """The button and the sentence, where the part is now."""
        self._place_button()
        self._place_hint()

    def _place_hint(self) -> None:
        """On top of what is seen, or below where it would hide the part."""
        self.hint.setVisible(self.active and not self.drawing)
        room = self._canvas.rect().adjusted(GRID, GRID, -GRID, -GRID)
        # Its own hint is a square: in one line it hides the least of the picture.
        width = min(self.hint.fontMetrics().horizontalAdvance(words.REGION_HINT) + 5 * GRID, room.width())
        self.hint.resize(width, self.hint.heightForWidth(width))
        self.hint.move(room.center().x() - width // 2, room.top())
        if self.place().intersects(QRectF(self.hint.geometry())):
            self.hint.move(self.hint.x(), room.bottom() - self.hint.height())

    def _place_button(self) -> None:
        """At the lower right corner of the part, within what is seen."""
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
        if self._part.isEmpty():
            return
        place = self.place()
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
        return QPointF(_within(across, 0.0, 1.0), _within(down, 0.0, 1.0))


def _within(value: float, least: float, most: float) -> float:
    return max(min(value, most), least)
