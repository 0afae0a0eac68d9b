"""Mouse handling of the grid: clicks, the rubber band, and dragging files out."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QDrag, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication

from gui.results.grid.card_view import CardView
from gui.results.grid.selection import AutoScroll, RubberBand

BAND_ALPHA = 40
DRAGGED_SIDE = 96  # pixels of the picture that follows the pointer


class MouseHandler(QObject):
    """Translates mouse events of the viewport. `hovered` is the row under the pointer, or None."""

    def __init__(self, view: CardView) -> None:
        super().__init__(view)
        self._view = view
        self._band = RubberBand(view.card_selection, view.grid, view.selectionModel(), self)
        self._auto_scroll = AutoScroll(self)
        self._auto_scroll.timeout.connect(self._scroll_on)
        self._pressed: QPoint | None = None  # the position of a press that may become a drag
        self._only_later: int | None = None  # the item to select alone on release, unless a drag begins
        self._on_eye = False
        self._at = QPoint(-1, -1)
        self.hovered: int | None = None  # row

    def paint_band(self, painter: QPainter, colour: QColor) -> None:
        """Draw the rubber band, if there is one."""
        if self._band.active:
            painter.setPen(QPen(colour, 1))
            colour.setAlpha(BAND_ALPHA)
            painter.setBrush(colour)
            painter.drawRect(self._band.place().translated(0, -self._view.verticalOffset()))

    def press(self, event: QMouseEvent) -> None:
        """Select, or start a drag or a rubber band."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view, place = self._view, event.position().toPoint()
        row = view.scene.row_at(place)
        self._pressed = self._only_later = None
        self._on_eye = False
        if row is None:
            self._band.begin(self._in_grid(place), event.modifiers())
            return
        if view.scene.badge_place(row).contains(place):
            view.alike_toggled.emit(row)
            return
        self._pressed = place
        self._on_eye = view.eye_place(view.results.index(row)).contains(place)
        view.setAutoScroll(False)  # do not scroll to a clicked card
        self._select(row, event.modifiers())
        view.setAutoScroll(True)

    def move(self, event: QMouseEvent) -> None:
        """Update the hover, the rubber band, or start dragging files."""
        place = event.position().toPoint()
        self._at = place
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._hover(self._view.scene.row_at(place))
        elif self._band.active:
            self._auto_scroll.follow(place.y(), self._view.viewport().height())
            self._draw_band()
        elif self._pressed is not None:
            way = (place - self._pressed).manhattanLength()
            if way >= QApplication.startDragDistance():
                self._drag()

    def release(self, event: QMouseEvent) -> None:
        """Finish a click or the rubber band."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view, place = self._view, event.position().toPoint()
        self.stop()
        row = view.scene.row_at(place)
        if self._pressed is None or row is None:
            return
        self._pressed = None
        if self._only_later is not None:
            view.card_selection.only(view.results.index_of(self._only_later).row())
            self._only_later = None
        if self._on_eye and view.eye_place(view.results.index(row)).contains(place):
            view.preview_requested.emit(view.results.hits[row])

    def double_click(self, event: QMouseEvent) -> None:
        """Open the file of the card; on a badge it counts as a click."""
        view, place = self._view, event.position().toPoint()
        row = view.scene.row_at(place)
        index = view.results.index(row) if row is not None else None
        if event.button() != Qt.MouseButton.LeftButton or row is None or index is None:
            return
        if view.scene.badge_place(row).contains(place):
            self.press(event)
        elif not view.eye_place(index).contains(place):
            view.open_requested.emit(view.results.hits[row])

    def ask_menu(self, event: QContextMenuEvent) -> None:
        """Request the menu for the card under the pointer, or for the current card by keyboard."""
        view = self._view
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = view.currentIndex() if by_keyboard else view.indexAt(event.pos())
        if not index.isValid():
            return
        if not view.selectionModel().isSelected(index):
            view.card_selection.only(index.row())
        place: QPoint = view.visualRect(index).center() if by_keyboard else event.pos()
        view.menu_requested.emit(view.selected_hits(), view.viewport().mapToGlobal(place))

    def forget(self) -> None:
        """Drop any unfinished press, since the cards have been replaced."""
        self.stop()
        self._pressed = self._only_later = self.hovered = None

    def left(self) -> None:
        """Clear the hover when the pointer leaves the viewport."""
        self._at = QPoint(-1, -1)
        self._hover(None)

    def cards_moved(self) -> None:
        """Update the hover, since other cards may be under the pointer."""
        if self._view.viewport().rect().contains(self._at) and not self._band.active:
            self._hover(self._view.scene.row_at(self._at))

    def stop(self) -> None:
        """End the rubber band and automatic scrolling."""
        self._auto_scroll.stop()
        if self._band.active:
            self._band.end()
            self._view.viewport().update()

    def _select(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        view = self._view
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            view.card_selection.extend_to(row, keep=control)
        elif control:
            view.card_selection.toggle(row)
        elif view.selectionModel().isSelected(view.results.index(row)):
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            view.selectionModel().setCurrentIndex(view.results.index(row), flag)
            self._only_later = view.results.hits[row].item
        else:
            view.card_selection.only(row)

    def _drag(self) -> None:
        view = self._view
        self._pressed = self._only_later = None
        indexes = [view.results.index(row) for row in view.card_selection.selected_rows()]
        if not indexes:
            return  # a Ctrl+click deselected the card
        drag = QDrag(view)
        drag.setMimeData(view.results.mimeData(indexes))
        picture = view.viewport().grab(view.visualRect(view.currentIndex()))
        view.viewport().update()  # what was painted for the drag picture is not on screen
        side = round(DRAGGED_SIDE * view.devicePixelRatioF())
        drag.setPixmap(
            picture.scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
        drag.exec(Qt.DropAction.CopyAction)

    def _hover(self, row: int | None) -> None:
        if row != self.hovered:
            for other in (self.hovered, row):
                if other is not None:
                    self._view.viewport().update(self._view.visualRect(self._view.results.index(other)))
            self.hovered = row

    def _scroll_on(self) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + self._auto_scroll.step)
        self._draw_band()

    def _draw_band(self) -> None:
        self._band.draw_to(self._in_grid(self._at))
        self._view.viewport().update()

    def _in_grid(self, place: QPoint) -> QPoint:
        return place + QPoint(0, self._view.verticalOffset())
