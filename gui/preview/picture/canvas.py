"""The picture of the preview: it can be zoomed and dragged, and shows the marks of the explanation."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.records import Explanation
from gui.override import override
from gui.preview.picture import overlay
from gui.preview.picture.downscaled import DownscaledPicture
from gui.preview.picture.region import RegionChoice
from gui.preview.picture.viewport import STEP, Viewport
from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style

MARGIN = 2 * GRID
NOTCH = 120  # eighths of a degree
PAN = 12 * GRID  # pixels per step with the keyboard
FADED = 0.35  # opacity of a thumbnail in place of a picture that cannot be loaded
WHOLE_PIXELS = 3.0  # from this magnification on, pixels are drawn as squares


class PreviewCanvas(QWidget):
    """Draws the picture, its marks and the region, and handles mouse and wheel."""

    zoomed = Signal()  # the zoom has changed
    menu_requested = Signal(QPoint)  # global position

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._image = QImage()
        self._view = Viewport(MARGIN)
        self._grip: QPointF | None = None
        self._touched = False  # whether the mouse was pressed on this picture
        self._described = ""
        self._why = Explanation()
        self._reduced = DownscaledPicture()
        self._heat = QImage()
        self._focus_by_tab = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.region = RegionChoice(self, self.area, style)
        self.region.changed.connect(self._show_change)
        self.message = QLabel()
        self.message.setObjectName("PreviewMessage")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMaximumWidth(48 * GRID)
        self.message.hide()
        column = QVBoxLayout(self)
        column.addWidget(self.message, 0, Qt.AlignmentFlag.AlignCenter)
        style.changed.connect(self.update)

    @property
    def zoom(self) -> float:
        """The size relative to the fitting size."""
        return self._view.zoom

    @property
    def scale(self) -> float:
        """The size relative to the actual size."""
        return self._view.scale

    @property
    def why(self) -> Explanation:
        """The explanation whose marks are shown."""
        return self._why

    # content

    def begin(self, shape: QSize, own: QSizeF, stand_in: QImage) -> None:
        """Start another picture, fitted to the window.

        `shape`: its proportions. `own`: its actual size in logical pixels. `stand_in`: shown until
        `show_image`.
        """
        self._view.begin(QSizeF(shape), own)
        self._image = stand_in
        self._touched = False
        self._grip = None
        self.region.cancel()
        self.describe("")
        self.message.hide()
        self._mark(Explanation())
        self._zoom_changed()

    def show_image(self, image: QImage) -> None:
        """Show the loaded picture; the zoom stays."""
        self._image = image
        if not image.isNull():
            self._view.take_shape(QSizeF(image.size()))
        self.message.hide()
        self.update()

    def show_stand_in(self, image: QImage) -> None:
        """Show a thumbnail until the picture is loaded."""
        self._image = image
        self.update()

    @property
    def failed(self) -> bool:
        """Whether a message is shown instead of the picture."""
        return self.message.isVisibleTo(self)

    def explain(self, sentence: str) -> None:
        """Show `sentence` as the reason why there is no picture."""
        self.region.cancel()
        self.message.setText(sentence)
        self.message.show()
        self.describe(sentence)
        self.update()

    def describe(self, text: str) -> None:
        """Set the accessible description; while a region is being drawn, its instructions precede it."""
        self._described = text
        self._show_change()

    def mark(self, why: Explanation) -> None:
        """Show the marks of `why` instead of any others."""
        if why != self._why:
            self._mark(why)

    def forget(self) -> None:
        """Drop the picture."""
        self.begin(QSize(1, 1), QSizeF(1, 1), QImage())

    def wanted_side(self) -> int:
        """The longer side of the picture at the current zoom, in device pixels."""
        return self._device_side(self._view.area().size())

    def fitting_side(self) -> int:
        """The longer side of a fitting picture, in device pixels."""
        return self._device_side(QSizeF(self.size()))

    # zoom and position

    def area(self) -> QRectF:
        """The place of the whole picture in the widget, beyond its edges when zoomed in."""
        return self._view.area()

    def fit(self) -> None:
        """Zoom to the fitting size."""
        self._view.fit()
        self._zoom_changed()

    def own_size(self) -> None:
        """Zoom to the actual size."""
        self._view.own_size()
        self._zoom_changed()

    def toggle_own_size(self) -> None:
        """Zoom to the actual size, or back to the fitting size."""
        self._toggle_own_size(None)

    def zoom_in(self) -> None:
        """Zoom in one step at the centre."""
        self._zoom_by(STEP, None)

    def zoom_out(self) -> None:
        """Zoom out one step at the centre."""
        self._zoom_by(1 / STEP, None)

    def pan(self, across: int, down: int) -> None:
        """Scroll to the right and down by so many steps; negative for left and up."""
        self._move(QPointF(-across * PAN, -down * PAN))

    def _device_side(self, size: QSizeF) -> int:
        return round(max(size.width(), size.height()) * self.devicePixelRatioF())

    def _zoom_by(self, factor: float, anchor: QPointF | None) -> None:
        self._view.zoom_to(self._view.zoom * factor, anchor)
        self._zoom_changed()

    def _toggle_own_size(self, anchor: QPointF | None) -> None:
        self._view.toggle_own_size(anchor)
        self._zoom_changed()

    def _zoom_changed(self) -> None:
        self._show_change()
        self.zoomed.emit()

    def _move(self, by: QPointF) -> None:
        self._view.move(by)
        self._show_change()

    def _show_change(self) -> None:
        self.region.arrange()
        self.setAccessibleDescription(words.REGION_HINT if self.region.active else self._described)
        self._update_cursor()
        self.update()

    def _update_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.region.armed or self.region.drawing:
            shape = Qt.CursorShape.CrossCursor
        elif self._grip is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._view.beyond:
            shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)

    # marks

    def _mark(self, why: Explanation) -> None:
        self._why = why
        self._heat = QImage()
        if why.heat_maps:
            self._heat = overlay.heat_image(why.heat_maps[0], self._view.area().size().toSize())
        self.update()

    # painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # always paints the whole canvas
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._style.colour("mat"))
        area = self.area()
        if not self._image.isNull():
            self._paint_picture(painter, area)
        elif not self.failed:
            painter.fillRect(area, self._style.colour("surface"))
        if not self.failed:
            self._paint_marks(painter, area)
            self.region.paint(painter)
        if self._focus_by_tab:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._style.colour("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        magnified = area.width() * self.devicePixelRatioF() > WHOLE_PIXELS * self._image.width()
        squares = magnified and self.scale > WHOLE_PIXELS and not self._view.fits
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
        painter.setOpacity(FADED if self.failed else 1.0)
        device = QSizeF(area.size() * self.devicePixelRatioF()).toSize()
        painter.drawImage(area, self._image if magnified else self._reduced.fitting(self._image, device))
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(self._style.colour("border"), 1))
        painter.drawRect(area)

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        if not self._heat.isNull():
            painter.drawImage(area, self._heat)
        if self._why.words:
            overlay.paint_words(painter, area, self._why.words, self.font())

    # events

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus only if it came by the keyboard, not when the preview opens."""
        self._focus_by_tab = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus_by_tab = False
        super().focusOutEvent(event)
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._view.resize(QSizeF(event.size()))
        self._zoom_changed()

    @override
    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom_by(1 + event.value(), event.position())
            return True
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.region.means(event)
        ):
            event.accept()  # otherwise the arrows would step to the next result
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.region.means(event):
            self.region.press_key(event)
            self._view.bring_in(self.region.place())
            self._show_change()
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; a touchpad scrolls the zoomed picture unless Ctrl is pressed."""
        fingers = event.pixelDelta()
        zooms = fingers.isNull() or event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if zooms:
            self._zoom_by(STEP ** (event.angleDelta().y() / NOTCH), event.position())
        else:
            self._move(QPointF(fingers))
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._touched = True
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        by_key = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if (self.region.armed or by_key) and not self.failed:
            self.region.press(event.position())
            return
        if self.region.active:
            self.region.cancel()
        if self._view.beyond:
            self._grip = event.position()
            self._update_cursor()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.region.drawing:
            self.region.drag(event.position())
        elif self._grip is not None:
            by = event.position() - self._grip
            self._grip = event.position()
            self._move(by)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.region.drawing:
            self.region.release(event.position())
        self._grip = None
        self._update_cursor()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom to the actual size at the pointer, or back to the fitting size."""
        if self._touched and not self.region.armed:
            # otherwise the first click was the one that opened the preview
            self._toggle_own_size(event.position())

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.mapToGlobal(self.rect().center()) if by_keyboard else event.globalPos()
        self.menu_requested.emit(place)
