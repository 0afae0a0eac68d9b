"""Keeps what one looks at in its place while the grid around it changes, and finds it again afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint

from gui.results.hits.sections import Group

if TYPE_CHECKING:
    from gui.results.grid.view import ResultsView


@dataclass(frozen=True, slots=True)
class ScrollAnchor:
    """A point of a card, and where in the viewport it is."""

    item: int
    share: float  # of the card's height
    y: int


@dataclass(frozen=True, slots=True)
class ViewMemory:
    """Where one was: by items, since rows may change."""

    anchors: tuple[ScrollAnchor, ...]  # of the cards in view, the first one first; none at the very top
    offset: int  # how far the grid was scrolled, for when none of them is left
    hits: int  # how many were known
    selected: tuple[int, ...]
    current: int | None
    row: int  # of that one
    opened: Mapping[Group, int]  # as the grid's
    unfolded: frozenset[str]


class ScrollAnchors:
    def __init__(self, view: ResultsView) -> None:
        self._view = view
        self._anchor: ScrollAnchor | None = None  # what stays while the width changes again and again
        self._moving = False
        self._pending_memory: ViewMemory | None = None  # its place is still to come with more of the answer
        self._kept: ViewMemory | None = None

    def at_point(self, place: QPoint) -> ScrollAnchor | None:
        """What lies there; the card next to it where nothing does."""
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
        view = self._view
        box = view.grid.layout.box(view.grid.card_of(row))
        return ScrollAnchor(view.results.hits[row].item, 0.0, box.y - view.verticalOffset())

    def first(self) -> ScrollAnchor | None:
        """The first card in view; None at the very top, which stays the top."""
        view = self._view
        offset = view.verticalOffset()
        if self._anchor is None and offset:
            self._anchor = next(self._in_view(), None)
        return self._anchor

    def current_or_first(self) -> ScrollAnchor | None:
        view = self._view
        index = view.currentIndex()
        if index.isValid() and view.viewport().rect().intersects(view.visualRect(index)):
            return self.at_row(view.grid.row_of(view.grid.card_of(index.row())))
        return self.first()

    def go_to(self, anchor: ScrollAnchor) -> None:
        view = self._view
        index = view.results.index_of(anchor.item)
        if index.isValid():
            box = view.grid.layout.box(view.grid.card_of(index.row()))
            self._scroll_to(round(box.y + anchor.share * box.height - anchor.y))

    def scrolled(self) -> None:
        """The person has scrolled, unless it was us."""
        if not self._moving:
            self._anchor = self._pending_memory = None

    # over a change of all rows

    def remember(self) -> ViewMemory:
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
        """What was looked at may be in what has come now; else it is asked for, as far as it was known."""
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
        self._kept = self.remember()

    def restore_position(self) -> None:
        """Where the current card is gone, the one in its place is where one goes on."""
        memory, self._kept = self._kept, None
        if memory is None:
            return
        self.recall(memory)
        count = len(self._view.results.hits)
        if memory.row >= 0 and count and not self._view.currentIndex().isValid():
            self._make_current(self._view.results.index(min(memory.row, count - 1)))

    def _make_current(self, index: QModelIndex) -> None:
        """Without a move towards it."""
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
