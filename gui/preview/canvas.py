"""The picture of a preview: fits, zooms, is dragged about, and carries the marks that say why it matched."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.records import Why
from gui.parts.style import GRID, Style
from gui.preview import marks

MARGIN = 2 * GRID
STEP = 1.25  # of one zoom step, and of one notch of the wheel
MOST_ZOOM = 8.0  # times the size that fits
NOTCH = 120  # eighths of a degree
MIDDLE = QPointF(0.5, 0.5)
FADED = 0.35  # opacity of a small picture that stands in for one that cannot be had


class PreviewCanvas(QWidget):
    zoomed = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._image = QImage()
        self._shape = QSizeF(1, 1)
        self._zoom = 1.0
        self._centre = QPointF(MIDDLE)  # of what is seen, in fractions of the picture
        self._grip: QPointF | None = None
        self._touched = False  # by the mouse, since this picture began
        self._why = Why()
        self._heat = QImage()
        self._focus_by_tab = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.message = QLabel()
        self.message.setObjectName("PreviewMessage")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFixedWidth(48 * GRID)
        self.message.hide()
        column = QVBoxLayout(self)
        column.addWidget(self.message, 0, Qt.AlignmentFlag.AlignCenter)
        style.changed.connect(self.update)

    @property
    def zoom(self) -> float:
        """Times the size that fits."""
        return self._zoom

    @property
    def why(self) -> Why:
        """What is marked now."""
        return self._why

    # what is shown

    def begin(self, shape: QSize, stand_in: QImage) -> None:
        """Another picture, of this shape; `stand_in` is shown until it comes."""
        self._shape = QSizeF(shape.expandedTo(QSize(1, 1)))
        self._image = stand_in
        self._touched = False
        self.setAccessibleDescription("")
        self.message.hide()
        self._mark(Why())
        self.fit()

    def show_image(self, image: QImage) -> None:
        self._image = image
        if not image.isNull():
            self._shape = QSizeF(image.size())
        self.message.hide()
        self.update()

    def show_stand_in(self, image: QImage) -> None:
        """A small picture, until the large one comes."""
        self._image = image
        self.update()

    @property
    def failed(self) -> bool:
        """Whether a sentence stands where the picture should."""
        return self.message.isVisibleTo(self)

    def explain(self, sentence: str) -> None:
        """There is no picture, for this reason."""
        self.message.setText(sentence)
        self.message.show()
        self.setAccessibleDescription(sentence)
        self.update()

    def mark(self, why: Why) -> None:
        """Show these reasons over the picture instead of any others."""
        if why != self._why:
            self._mark(why)

    def forget(self) -> None:
        self.begin(QSize(1, 1), QImage())

    def wanted_side(self) -> int:
        """Device pixels that the picture's longer side takes now."""
        size = self.area().size() * self.devicePixelRatioF()
        return round(max(size.width(), size.height()))

    # where it is shown

    def area(self) -> QRectF:
        """Where the whole picture lies in the widget; beyond its edges when zoomed in."""
        size = self._fitting() * self._zoom
        room = QSizeF(self.size())
        left = self._along(room.width(), size.width(), self._centre.x())
        top = self._along(room.height(), size.height(), self._centre.y())
        return QRectF(QPointF(left, top), size)

    def fit(self) -> None:
        self._set_zoom(1.0, None)

    def zoom_in(self) -> None:
        self._set_zoom(self._zoom * STEP, None)

    def zoom_out(self) -> None:
        self._set_zoom(self._zoom / STEP, None)

    @staticmethod
    def _along(room: float, length: float, centre: float) -> float:
        """Where the picture begins in one direction: in the middle, or never leaving a gap."""
        if length <= room:
            return (room - length) / 2
        return min(max(room / 2 - centre * length, room - length), 0.0)

    def _fitting(self) -> QSizeF:
        room = QSizeF(self.width() - 2 * MARGIN, self.height() - 2 * MARGIN).expandedTo(QSizeF(1, 1))
        fitted = self._shape.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return fitted.expandedTo(QSizeF(1, 1))

    def _set_zoom(self, zoom: float, anchor: QPointF | None) -> None:
        """`anchor`: the place in the widget that stays over the same spot of the picture."""
        zoom = min(max(zoom, 1.0), MOST_ZOOM)
        place = anchor or QPointF(self.rect().center())
        before = self.area()
        spot = QPointF(
            (place.x() - before.left()) / before.width(), (place.y() - before.top()) / before.height()
        )
        self._zoom = zoom
        size = self._fitting() * zoom
        away = QPointF(self.rect().center()) - place
        self._look_at(QPointF(spot.x() + away.x() / size.width(), spot.y() + away.y() / size.height()))
        self.zoomed.emit()

    def _look_at(self, centre: QPointF) -> None:
        size = self._fitting() * self._zoom
        self._centre = QPointF(
            self._kept_in(centre.x(), self.width() / size.width()),
            self._kept_in(centre.y(), self.height() / size.height()),
        )
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._zoom > 1.0 else Qt.CursorShape.ArrowCursor)
        self.update()

    @staticmethod
    def _kept_in(centre: float, seen: float) -> float:
        """`seen`: how much of the picture fits into the widget, in one direction."""
        return 0.5 if seen >= 1 else min(max(centre, seen / 2), 1 - seen / 2)

    # marks

    def _mark(self, why: Why) -> None:
        self._why = why
        self._heat = QImage()
        if why.heat_maps:
            self._heat = marks.heat_image(why.heat_maps[0], self._shape.toSize())
        self.update()

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), self._style.colour("mat"))
        area = self.area()
        if not self._image.isNull():
            painter.setOpacity(FADED if self.failed else 1.0)
            painter.drawImage(area, self._image)
            painter.setOpacity(1.0)
            painter.setPen(QPen(self._style.colour("border"), 1))
            painter.drawRect(area)
        elif not self.failed:
            painter.fillRect(area, self._style.colour("surface"))
        if not self.failed:
            self._paint_marks(painter, area)
        if self._focus_by_tab:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._style.colour("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        if not self._heat.isNull():
            painter.drawImage(area, self._heat)
        if self._why.words:
            marks.paint_words(painter, area, self._why.words, self.font())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by the keyboard sees where the focus is; who opens the preview sees the picture alone."""
        self._focus_by_tab = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_by_tab = False
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_at(self._centre)
        self.zoomed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl it zooms; without, it moves what is zoomed in."""
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._set_zoom(self._zoom * STEP ** (delta.y() / NOTCH), event.position())
        else:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else delta / 2
            self._move(QPointF(moved))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._touched = True
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            if self._zoom > 1.0:
                self._grip = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._move(event.position() - self._grip)
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._grip = None
        self._look_at(self._centre)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """In to the spot, or back to all of it."""
        if self._touched:  # else the first of the two clicks was the one that opened the preview
            self._set_zoom(1.0 if self._zoom > 1.0 else STEP**4, event.position())

    def _move(self, by: QPointF) -> None:
        size = self.area().size()
        self._look_at(self._centre - QPointF(by.x() / size.width(), by.y() / size.height()))
