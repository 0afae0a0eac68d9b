"""The grid of results: an item view that lays out, paints and scrolls cards, and emits user requests."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimerEvent,
    Signal,
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
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from engine.records import Hit
from engine.settings import Settings
from gui import strings
from gui.override import override
from gui.results.cards.card_painter import CardPainter, eye_place
from gui.results.cards.passages import PassageImages
from gui.results.cards.thumbnails import STORED, ThumbnailStore
from gui.results.grid.card_grid import CardGrid
from gui.results.grid.headings import SectionHeadings
from gui.results.grid.key_handler import KeyHandler
from gui.results.grid.mouse_handler import MouseHandler
from gui.results.grid.painter import GridPainter
from gui.results.grid.scroll_anchor import ScrollAnchor, ScrollAnchors, ViewMemory
from gui.results.grid.selection import GridSelection
from gui.results.hits.results_model import HIT_ROLE, ResultsModel
from gui.results.layout.metrics import GAP, HEADING, INSET, SHORT_ROWS, GridMetrics
from gui.widgets.appearance.style import Style

USUAL_HEIGHT = Settings().card_height
SMALL_PICTURES = QSize(STORED.width(), 128)  # the decoding size for small cards
STRETCHED = 1.25  # about how much a row may be enlarged to fill the width
NOTCH = 120  # eighths of a degree
NOTCH_SHARE = 0.5  # of a row, scrolled by one notch of the wheel
NOTCH_STEPS = 3  # steps that Qt divides a notch into
SCREENS_AHEAD = 2  # request more results when fewer screens remain

AnyIndex = QModelIndex | QPersistentModelIndex


class ResultsView(QListView):
    """The grid. It is a QListView for the sake of accessibility; none of its layout is used."""

    open_requested = Signal(object)  # Hit
    preview_requested = Signal(object)  # Hit
    menu_requested = Signal(object, QPoint)  # list[Hit], global position
    scope_requested = Signal(object)  # Scope
    selection_changed = Signal()
    cards_moved = Signal()
    zoom_requested = Signal(float, QPoint)  # steps, and the point of the viewport to keep in place

    def __init__(
        self,
        model: ResultsModel,
        thumbnails: ThumbnailStore,
        passages: PassageImages,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.results = model
        self.grid = CardGrid(model)
        self._thumbnails = thumbnails
        self._style = style
        self._card_height = USUAL_HEIGHT
        self._covered = 0  # logical pixels at the lower edge
        self._beyond = 0  # logical pixels visible beyond the end of the grid
        self._passages = passages
        self._cards = CardPainter(thumbnails, passages, style)
        self._scroll_anchors = ScrollAnchors(self)
        self._headings = SectionHeadings(model, self.grid, style, self.viewport())
        self.scene = GridPainter(model, self.grid, self._cards, self._headings, self.verticalOffset)
        self._headings.scope_requested.connect(self.scope_requested)
        self._headings.fold_requested.connect(self.toggle_section)
        self.setObjectName("ResultsView")
        self.setAccessibleName(strings.RESULTS)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always present so that the grid keeps its width; drawn only if there is something to scroll.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        # Otherwise everything below it would be painted in each frame.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
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

    def current_hit(self) -> Hit | None:
        """The hit of the current card; None if there is none."""
        hit: Hit | None = self.currentIndex().data(HIT_ROLE)
        return hit

    def selected_hits(self) -> list[Hit]:
        """The selected hits in display order."""
        return [self.results.hits[row] for row in self.card_selection.selected_rows()]

    def selected_count(self) -> int:
        """The number of selected hits."""
        return self.card_selection.count()

    def go_to(self, index: QModelIndex) -> None:
        """Make a card current and scroll to it; it is selected alone, unless it is selected already."""
        if self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        elif index.isValid():
            self.card_selection.only(index.row())
        self.scrollTo(index)  # it may already be current, but out of view

    @property
    def headings(self) -> SectionHeadings:
        """The headings of the sections."""
        return self._headings

    def eye_place(self, index: AnyIndex) -> QRect:
        """The icon of a card that opens the preview, in the viewport."""
        of_document = self.grid.shows_documents(self.results.section_of(index.row()))
        return eye_place(self.scene.box(index.row()), of_document)

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
        self._headings.put_links(self.verticalOffset())
        self.viewport().update(anew)
        self.cards_moved.emit()
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        bar = self.verticalScrollBar()
        near_end = bar.maximum() - bar.value() < SCREENS_AHEAD * self.viewport().height()
        if self.isVisible() and near_end and self.grid.wants_more:
            self.results.fetchMore(QModelIndex())

    # geometry

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.scene.row_at(point)
        return self.results.index(row) if row is not None else QModelIndex()

    @override
    def visualRect(self, index: AnyIndex) -> QRect:
        """The place of the card that represents `index`."""
        if not index.isValid() or index.row() >= len(self.results.hits):
            return QRect()
        box = self.scene.box(index.row())
        return QRect(box.x, box.y, box.width, box.height)

    @override
    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        box = self.scene.box(index.row())
        heading, height = self.grid.layout.heading, self.viewport().height()
        height -= min(self._covered, height // 2)
        above, below = box.y - heading - GAP, box.y + box.height + GAP - height
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            by = box.y + (box.height - height) // 2
        elif above < 0 or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            by = above
        else:
            by = max(min(below, above), 0)  # for a card higher than the viewport, its top
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + by)

    @override
    def horizontalOffset(self) -> int:
        return 0

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: AnyIndex) -> bool:
        return self.grid.is_hidden(index.row())

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        del modifiers  # they affect the selection, not the movement
        return self._key_handler.target(action)

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the cards that `rect`, in the viewport, touches."""
        area = rect.normalized().translated(0, self.verticalOffset())
        cards = self.grid.layout.cards_touching(area.left(), area.top(), area.right() + 1, area.bottom() + 1)
        self.selectionModel().select(self.card_selection.rows(map(self.grid.row_of, cards)), command)

    @override
    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        del selection  # painting what is visible is faster than locating 100,000 cards
        return QRegion(self.viewport().rect())

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
