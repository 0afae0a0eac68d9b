"""A list view that knows where its cards are and which are selected; user requests are signals."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from engine.records import Hit
from gui import strings
from gui.override import override
from gui.results.cards.card_painter import CardPainter, eye_place
from gui.results.grid.card_grid import CardGrid
from gui.results.grid.headings import SectionHeadings
from gui.results.grid.painter import GridPainter
from gui.results.grid.selection import GridSelection
from gui.results.hits.results_model import HIT_ROLE, ResultsModel
from gui.results.layout.metrics import GAP
from gui.widgets.appearance.style import Style

AnyIndex = QModelIndex | QPersistentModelIndex


class CardView(QListView):
    """Cards in a viewport. It is a QListView for the sake of accessibility; none of its layout is used."""

    open_requested = Signal(object)  # Hit
    preview_requested = Signal(object)  # Hit
    menu_requested = Signal(object, QPoint)  # list[Hit], global position
    scope_requested = Signal(object)  # Scope
    selection_changed = Signal()
    cards_moved = Signal()
    zoom_requested = Signal(float, QPoint)  # steps, and the point of the viewport to keep in place
    alike_toggled = Signal(int)  # row: its group is to be shown, or folded again

    card_selection: GridSelection  # from when the view has its model

    def __init__(
        self, model: ResultsModel, cards: CardPainter, style: Style, parent: QWidget | None = None
    ) -> None:
        """Whoever derives from it sets the model, once ready to lay it out."""
        super().__init__(parent)
        self.results = model
        self.grid = CardGrid(model)
        self.headings = SectionHeadings(model, self.grid, style, self.viewport())
        self.headings.scope_requested.connect(self.scope_requested)
        self.scene = GridPainter(model, self.grid, cards, self.headings, self.verticalOffset)
        self._covered = 0  # logical pixels at the lower edge
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

    def eye_place(self, index: AnyIndex) -> QRect:
        """The icon of a card that opens the preview, in the viewport."""
        of_document = self.grid.shows_documents(self.results.section_of(index.row()))
        return eye_place(self.scene.box(index.row()), of_document)

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
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the cards that `rect`, in the viewport, touches."""
        area = rect.normalized().translated(0, self.verticalOffset())
        cards = self.grid.layout.cards_touching(area.left(), area.top(), area.right() + 1, area.bottom() + 1)
        self.selectionModel().select(self.card_selection.rows(map(self.grid.row_of, cards)), command)

    @override
    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        del selection  # to find the places of 100,000 cards takes longer than to paint the visible ones
        return QRegion(self.viewport().rect())
