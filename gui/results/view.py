"""The grid of results: scrolls, opens, and offers what can be done with one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QMenu, QWidget

from engine.records import Hit
from gui import strings
from gui.parts.style import Style
from gui.results.cards import CardDelegate, eye_place
from gui.results.model import HIT_ROLE, ResultsModel
from gui.results.thumbnails import ThumbnailStore

ROWS_A_NOTCH = 0.5  # of a card, for one notch of the wheel


class ResultsView(QListView):
    open_wanted = Signal(object)  # Hit
    preview_wanted = Signal(object)  # Hit
    show_wanted = Signal(object)  # Hit
    copy_wanted = Signal(object)  # Hit
    similar_wanted = Signal(object)  # Hit

    def __init__(
        self, model: ResultsModel, thumbnails: ThumbnailStore, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._results = model
        self._thumbnails = thumbnails
        self._cards = CardDelegate(thumbnails, style, self)
        self.setObjectName("ResultsView")
        self.setAccessibleName(strings.RESULTS)
        self.setModel(model)
        self.setItemDelegate(self._cards)
        # List mode laid out in rows: the same grid as icon mode, without its tree of item positions.
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # Always there, so that the grid keeps its width; drawn only while there is something to scroll.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.doubleClicked.connect(self._open)
        model.modelReset.connect(self._cards.forget_faces)
        model.modelReset.connect(self._make_room)
        model.rowsInserted.connect(self._make_room)
        thumbnails.arrived.connect(self._repaint_item)
        style.changed.connect(self.viewport().update)

    def current_hit(self) -> Hit | None:
        hit: Hit | None = self.currentIndex().data(HIT_ROLE)
        return hit

    def menu_for(self, hit: Hit) -> QMenu:
        menu = QMenu(self)
        for text, signal in (
            (strings.OPEN, self.open_wanted),
            (strings.PREVIEW, self.preview_wanted),
            (strings.SHOW_IN_FOLDER, self.show_wanted),
            (strings.COPY_PATH, self.copy_wanted),
            (strings.FIND_SIMILAR, self.similar_wanted),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, wanted=signal: wanted.emit(hit))
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_cells()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._open(index)
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            self.preview_wanted.emit(index.data(HIT_ROLE))
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and index.isValid() and self.eye_place(index).contains(place):
            self.preview_wanted.emit(index.data(HIT_ROLE))

    def eye_place(self, index: QModelIndex) -> QRect:
        """Where, in the viewport, a click on a card asks for its preview."""
        return eye_place(self.visualRect(index))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the mouse at the card under it, by the keyboard at the current one."""
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        place: QPoint = self.visualRect(index).center() if by_keyboard else event.pos()
        menu = self.menu_for(index.data(HIT_ROLE))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(place))

    def _make_room(self) -> None:
        """Cards have room for words of a page only where a result has some."""
        self._cards.snippets = any(hit.snippet for hit in self._results.hits)
        self._fit_cells()

    def _fit_cells(self) -> None:
        """As many cards in a row as fit, sharing the whole width."""
        self._thumbnails.set_ratio(self.devicePixelRatioF())
        smallest = self._cards.minimum_size(self.fontMetrics())
        width = self.viewport().width() - 1  # at the exact width the last card would wrap
        columns = max(width // smallest.width(), 1)
        cell = QSize(max(width // columns, smallest.width()), smallest.height())
        if cell != self.gridSize():
            self.setGridSize(cell)
        self.verticalScrollBar().setSingleStep(round(cell.height() * ROWS_A_NOTCH / 3))

    def _open(self, index: QModelIndex) -> None:
        self.open_wanted.emit(index.data(HIT_ROLE))

    def _repaint_item(self, item: int) -> None:
        index = self._results.index_of(item)
        if index.isValid():
            self.update(index)
