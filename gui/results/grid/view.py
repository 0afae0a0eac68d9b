"""The grid of results: an item view that lays out, paints and scrolls cards, and emits user requests."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimerEvent,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from engine.settings import Settings
from gui.override import override
from gui.results.cards.card_painter import CardPainter
from gui.results.cards.passages import PassageImages
from gui.results.cards.thumbnails import STORED, ThumbnailStore
from gui.results.grid.card_view import AnyIndex, CardView
from gui.results.grid.key_handler import KeyHandler
from gui.results.grid.mouse_handler import MouseHandler
from gui.results.grid.scroll_anchor import ScrollAnchor, ScrollAnchors, ViewMemory
from gui.results.grid.selection import GridSelection
from gui.results.hits.results_model import ResultsModel
from gui.results.layout.metrics import GAP, HEADING, INSET, SHORT_ROWS, GridMetrics
from gui.widgets.appearance.style import Style

USUAL_HEIGHT = Settings().card_height
SMALL_PICTURES = QSize(STORED.width(), 128)  # the decoding size for small cards
STRETCHED = 1.25  # about how much a row may be enlarged to fill the width
NOTCH = 120  # eighths of a degree
NOTCH_SHARE = 0.5  # of a row, scrolled by one notch of the wheel
NOTCH_STEPS = 3  # steps that Qt divides a notch into
SCREENS_AHEAD = 2  # request more results when fewer screens remain


class ResultsView(CardView):
    """The grid of one answer, kept in its place while the cards around it change."""

    def __init__(
        self,
        model: ResultsModel,
        thumbnails: ThumbnailStore,
        passages: PassageImages,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        cards = CardPainter(thumbnails, passages, style)
        super().__init__(model, cards, style, parent)
        self._thumbnails = thumbnails
        self._style = style
        self._card_height = USUAL_HEIGHT
        self._beyond = 0  # logical pixels visible beyond the end of the grid
        self._passages = passages
        self._cards = cards
        self._scroll_anchors = ScrollAnchors(self)
        self.headings.fold_requested.connect(self.toggle_section)
        self.alike_toggled.connect(self.toggle_alike)
        self.setModel(model)
        self.card_selection = GridSelection(model, self.grid, self.selectionModel(), self)
        self._mouse_handler = MouseHandler(self)
        self._key_handler = KeyHandler(self)
        self.cards_moved.connect(self._mouse_handler.cards_moved)
        model.modelReset.connect(self._mouse_handler.forget)
        model.about_to_remove_hits.connect(self._scroll_anchors.save_position)
        model.hits_removed.connect(self._scroll_anchors.restore_position)
        thumbnails.arrived.connect(self._on_picture_ready)
        passages.arrived.connect(self._paint_again)
        thumbnails.dropped.connect(self._paint_again)  # which requests it again if it is visible
        style.changed.connect(self._update_colours)

    # interface

    def toggle_alike(self, row: int) -> None:
        """Show more of the row's stack, or stack them again."""
        together = self.grid.folded(row)
        if not together:
            return
        leader = self.scene.shown_row(together[0])
        anchor = self._scroll_anchors.at_row(leader)
        self.grid.open_further(row)
        current = self.currentIndex().row()
        if current in together and self.grid.is_hidden(current):
            self.card_selection.only(leader)
        self._apply_layout(anchor)

    def toggle_section(self, key: str) -> None:
        """Show all of a section, or shorten it again."""
        anchor = self._scroll_anchors.first()
        self.grid.unfold(key)
        current = self.currentIndex().row()
        if current >= 0 and self.grid.is_hidden(current):
            self.card_selection.only(self.scene.shown_row(current))
        self._apply_layout(anchor)

    def set_folding(self, folding: bool) -> None:
        """Stack similar photographs, or show each."""
        if folding != self.grid.folding:
            anchor = self._scroll_anchors.first()
            self.grid.folding = folding
            self.grid.fold()
            self._apply_layout(anchor)

    @property
    def card_height(self) -> int:
        """The height of pictures that rows aim at, in pixels."""
        return self._card_height

    def set_card_height(self, height: int, at: QPoint | None = None) -> None:
        """Set the height of pictures in pixels.

        The card at the point `at` of the viewport stays in place; for None, the current card if it is
        visible.
        """
        if height != self._card_height:
            anchor = (
                self._scroll_anchors.at_point(at)
                if at is not None
                else self._scroll_anchors.current_or_first()
            )
            self._card_height = height
            small = height * STRETCHED <= SMALL_PICTURES.height()
            self._thumbnails.set_box(SMALL_PICTURES if small else STORED)
            self.grid.fit(self._measures())
            self._apply_layout(anchor)

    def set_covered_height(self, covered: int) -> None:
        """Let the grid scroll further by `covered` pixels, which something covers at the lower edge."""
        if covered != self._covered:
            # A view at the very end stays there when the cover goes.
            offset = self.verticalOffset()
            beyond = offset + self.viewport().height() - self.grid.layout.height if offset else 0
            self._covered, self._beyond = covered, max(beyond, 0)
            self._apply_layout(None)

    def remember(self) -> ViewMemory:
        """Record the scroll position, the selection and the open stacks."""
        return self._scroll_anchors.remember()

    def recall(self, memory: ViewMemory) -> None:
        """Restore what `remember` recorded, as far as its items are there."""
        self._scroll_anchors.recall(memory)

    @property
    def is_painted(self) -> bool:
        """Whether no painting is outstanding, apart from pictures that are loading."""
        return self._cards.behind.isEmpty()

    @property
    def waits_for_words(self) -> bool:
        """Whether passages for visible cards are loading."""
        return self._passages.waiting

    # layout

    def _measures(self) -> GridMetrics:
        ratio = self.devicePixelRatioF()
        self._thumbnails.set_ratio(ratio)
        self._passages.set_ratio(ratio)
        self._cards.set_font(self.font(), ratio)
        self._cards.set_viewport_size(self.viewport().size())
        height = self._card_height
        caption, snippet = self._cards.caption(height), self._cards.snippet(height)
        row = height + caption + 2 * INSET + GAP
        # The rest is for the heading of the next kind and the top of its first row.
        rows = (self.viewport().height() - 2 * HEADING - row // 2) // row
        short = min(max(rows, 1), SHORT_ROWS)
        return GridMetrics(self.viewport().width(), height, caption, snippet, short)

    @override
    def reset(self) -> None:
        """Lay out new results."""
        super().reset()
        self._cards.drop_without_picture()
        self._scroll_anchors.scrolled()  # the anchor belongs to the previous results
        self._beyond = 0
        self.grid.opened.clear()
        self.grid.unfolded.clear()
        self.grid.begin(self._measures())
        self._apply_layout(None)
        self.verticalScrollBar().setValue(0)
        self.selection_changed.emit()

    @override
    def rowsInserted(self, parent: AnyIndex, start: int, end: int) -> None:
        anchor = self._scroll_anchors.first() if end + 1 < len(self.results.hits) else None
        self.grid.grow()
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self._apply_layout(anchor)
        self._scroll_anchors.retry_recall()

    @override
    def updateGeometries(self) -> None:
        measures = self._measures()
        if measures == self.grid.measures:
            self._apply_layout(None)
        else:
            anchor = self._scroll_anchors.first()
            self.grid.fit(measures)
            self._apply_layout(anchor)
        QAbstractItemView.updateGeometries(self)

    @override
    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)

    @override
    def timerEvent(self, event: QTimerEvent) -> None:
        QAbstractItemView.timerEvent(self, event)

    def _apply_layout(self, anchor: ScrollAnchor | None) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        most = max(self.grid.layout.height + max(self._covered, self._beyond) - height, 0)
        bar.setPageStep(height)
        bar.setSingleStep(round(self._card_height * NOTCH_SHARE / NOTCH_STEPS))
        bar.setRange(0, most)
        bar.setEnabled(most > 0)
        if anchor is not None:
            self._scroll_anchors.go_to(anchor)
        self._on_cards_moved(QRegion(self.viewport().rect()))

    def _on_cards_moved(self, anew: QRegion) -> None:
        """Update what depends on card positions, and paint the region `anew`."""
        self.headings.put_links(self.verticalOffset())
        self.viewport().update(anew)
        self.cards_moved.emit()
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        bar = self.verticalScrollBar()
        near_end = bar.maximum() - bar.value() < SCREENS_AHEAD * self.viewport().height()
        if self.isVisible() and near_end and self.grid.wants_more:
            self.results.fetchMore(QModelIndex())

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        del modifiers  # they affect the selection, not the movement
        return self._key_handler.target(action)

    # painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._style.colour("window"))
        current = self.currentIndex().row() if self.hasFocus() else -1
        painted = self.scene.paint(
            painter, event.region(), self.selectionModel(), current, self._mouse_handler.hovered
        )
        if event.region() == QRegion(self.viewport().rect()):  # otherwise more cards are visible
            self._thumbnails.expect(painted)
        self._mouse_handler.paint_band(painter, self._style.colour("accent"))
        painter.end()
        self.viewport().update(self._cards.rest(self.viewport().rect()))

    def _on_picture_ready(self, item: int) -> None:
        self._cards.picture_ready(item)
        self._paint_again(item)

    def _paint_again(self, item: int) -> None:
        index = self.results.index_of(item)
        if index.isValid() and not self.grid.is_hidden(index.row()):
            self.viewport().update(self.visualRect(index))

    def _update_colours(self) -> None:
        self._cards.update_colours()
        self.viewport().update()

    # events

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        del dx  # the grid does not scroll sideways
        self._scroll_anchors.scrolled()
        self._on_cards_moved(self.scene.scroll(self.viewport(), dy))

    @override
    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        self._show_current()
        super().currentChanged(current, previous)
        self.viewport().update()

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._show_current()
        super().showEvent(event)
        self._on_cards_moved(QRegion(self.viewport().rect()))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._mouse_handler.stop()
        super().hideEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse_handler.left()
        return super().viewportEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse_handler.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse_handler.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse_handler.release(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._mouse_handler.double_click(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._mouse_handler.ask_menu(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / NOTCH
            self.zoom_requested.emit(notches, event.position().toPoint())
            event.accept()
        else:
            QAbstractItemView.wheelEvent(self, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._key_handler.press(event)

    def _show_current(self) -> None:
        """Open the stack that has the current hit, as after stepping through the preview."""
        row = self.currentIndex().row()
        if self.isVisible() and 0 <= row < len(self.results.hits) and self.grid.is_hidden(row):
            anchor = self._scroll_anchors.at_row(self.scene.shown_row(row))
            self.grid.reveal(row)
            self._apply_layout(anchor)
