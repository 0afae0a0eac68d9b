"""Keeps the visible cards in place while the grid changes, and restores the view later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint

from gui.results.grid.card_view import CardView
from gui.results.hits.sections import Group


@dataclass(frozen=True, slots=True)
class ScrollAnchor:
    """A point of a card and its position in the viewport."""

    item: int
    share: float  # from the top, of the height of the card
    y: int


@dataclass(frozen=True, slots=True)
class ViewMemory:
    """The scroll position, selection and open stacks of a view, by item since rows may change."""

    anchors: tuple[ScrollAnchor, ...]  # of the visible cards from the first on; empty at the top of the grid
    offset: int  # scroll offset in pixels, in case all these cards are gone
    hits: int  # number of hits at that time
    selected: tuple[int, ...]
    current: int | None
    row: int  # the row of the current item, -1 for none
    opened: Mapping[Group, int]  # as in CardGrid
    unfolded: frozenset[str]


class ScrollAnchors:
    """Finds anchors in a view and scrolls back to them."""

    def __init__(self, view: CardView) -> None:
        self._view = view
        self._anchor: ScrollAnchor | None = None  # the first visible card, kept during repeated resizing
        self._moving = False
        self._pending_memory: ViewMemory | None = None  # waits for more results that have its cards
        self._kept: ViewMemory | None = None

    def at_point(self, place: QPoint) -> ScrollAnchor | None:
        """An anchor at a point of the viewport, or at the nearest card; None if there are no cards."""
        view = self._view
        if not view.grid.layout.count:
            return None
        card = view.scene.card_at(place)
        if card is None:
            card = view.grid.layout.card_near(place.y() + view.verticalOffset(), place.x())
        box = view.grid.layout.box(card)
        share = (place.y() + view.verticalOffset() - box.y) / box.height
        return ScrollAnchor(self._item(card), share, place.y())

    def at_row(self, row: int) -> ScrollAnchor:
        """An anchor at the top of the card that represents `row`."""
        view = self._view
        box = view.grid.layout.box(view.grid.card_of(row))
        return ScrollAnchor(view.results.hits[row].item, 0.0, box.y - view.verticalOffset())

    def first(self) -> ScrollAnchor | None:
        """An anchor at the first visible card; None at the top of the grid, which stays there."""
        view = self._view
        offset = view.verticalOffset()
        if self._anchor is None and offset:
            self._anchor = next(self._in_view(), None)
        return self._anchor

    def current_or_first(self) -> ScrollAnchor | None:
        """An anchor at the current card if it is visible, else at the first visible one."""
        view = self._view
        index = view.currentIndex()
        if index.isValid() and view.viewport().rect().intersects(view.visualRect(index)):
            return self.at_row(view.grid.row_of(view.grid.card_of(index.row())))
        return self.first()

    def go_to(self, anchor: ScrollAnchor) -> None:
        """Scroll so that the anchor is where it was; nothing if its item is gone."""
        view = self._view
        index = view.results.index_of(anchor.item)
        if index.isValid():
            box = view.grid.layout.box(view.grid.card_of(index.row()))
            self._scroll_to(round(box.y + anchor.share * box.height - anchor.y))

    def scrolled(self) -> None:
        """Drop the anchors, since the user has scrolled; ignored while this object scrolls."""
        if not self._moving:
            self._anchor = self._pending_memory = None

    # when all rows change

    def remember(self) -> ViewMemory:
        """Record the scroll position, the selection and the open stacks."""
        view = self._view
        current = view.current_hit()
        offset = view.verticalOffset()
        return ViewMemory(
            tuple(self._in_view()) if offset else (),
            offset,
            len(view.results.hits),
            tuple(hit.item for hit in view.selected_hits()),
            current.item if current is not None else None,
            view.currentIndex().row(),
            dict(view.grid.opened),
            frozenset(view.grid.unfolded),
        )

    def recall(self, memory: ViewMemory) -> None:
        """Restore what `remember` recorded, as far as its items are there."""
        view, model = self._view, self._view.results
        view.grid.opened |= memory.opened
        view.grid.unfolded |= memory.unfolded
        view.grid.fold()
        view.updateGeometries()
        flag = QItemSelectionModel.SelectionFlag
        if memory.current is not None and (current := model.index_of(memory.current)).isValid():
            self._make_current(current)
        rows = sorted(index.row() for item in memory.selected if (index := model.index_of(item)).isValid())
        view.selectionModel().select(view.card_selection.rows(rows), flag.ClearAndSelect)
        self._pending_memory = memory
        self.retry_recall()

    def retry_recall(self) -> None:
        """Try again with further results, and request more of them if the cards are not there yet."""
        memory, results = self._pending_memory, self._view.results
        if memory is None:
            return
        known = (anchor for anchor in memory.anchors if results.index_of(anchor.item).isValid())
        anchor = next(known, None)
        if anchor is None and memory.anchors and len(results.hits) < memory.hits and not results.complete:
            results.fetchMore(QModelIndex())
            return
        self._pending_memory = None
        if anchor is not None:
            self.go_to(anchor)
        elif memory.anchors:
            self._scroll_to(memory.offset)

    def save_position(self) -> None:
        """Record the position before hits are removed."""
        self._kept = self.remember()

    def restore_position(self) -> None:
        """Restore the position; if the current card was removed, the one in its place is current."""
        memory, self._kept = self._kept, None
        if memory is None:
            return
        self.recall(memory)
        count = len(self._view.results.hits)
        if memory.row >= 0 and count and not self._view.currentIndex().isValid():
            self._make_current(self._view.results.index(min(memory.row, count - 1)))

    def _make_current(self, index: QModelIndex) -> None:
        """Make a card current without scrolling to it."""
        view = self._view
        view.setAutoScroll(False)
        view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        view.setAutoScroll(True)

    def _in_view(self) -> Iterator[ScrollAnchor]:
        view = self._view
        offset = view.verticalOffset()
        below = offset + view.grid.layout.heading
        for card, box in view.grid.layout.boxes_between(below, below + view.viewport().height()):
            yield ScrollAnchor(self._item(card), 0.0, box.y - offset)

    def _scroll_to(self, offset: int) -> None:
        self._moving = True
        self._view.verticalScrollBar().setValue(offset)
        self._moving = False

    def _item(self, card: int) -> int:
        return self._view.results.hits[self._view.grid.row_of(card)].item
