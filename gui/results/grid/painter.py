"""Paints the grid at a scroll position and finds cards in the viewport."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QPoint, QRect
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from gui.results.cards.card_cache import Card
from gui.results.cards.card_painter import CardPainter, CardState
from gui.results.grid.card_grid import CardGrid
from gui.results.grid.headings import SectionHeadings
from gui.results.hits.results_model import ResultsModel
from gui.results.layout.grid_layout import CardBox
from gui.results.layout.metrics import INSET


class GridPainter:
    """Maps between cards and places in the viewport, and paints them."""

    def __init__(
        self,
        model: ResultsModel,
        grid: CardGrid,
        cards: CardPainter,
        headings: SectionHeadings,
        offset: Callable[[], int],
    ) -> None:
        """`offset`: returns how far the grid is scrolled, in pixels."""
        self._model = model
        self._grid = grid
        self._cards = cards
        self._headings = headings
        self._offset = offset

    def card_at(self, place: QPoint) -> int | None:
        """The card at `place`; None if there is none or a heading covers it."""
        if self._headings.is_at(place, self._offset()):
            return None
        return self._grid.layout.card_at(place.x(), place.y() + self._offset())

    def row_at(self, place: QPoint) -> int | None:
        """The row of the card at `place`; None if there is none."""
        card = self.card_at(place)
        return self._grid.row_of(card) if card is not None else None

    def shown_row(self, row: int) -> int:
        """The row whose card represents `row`: its own, or that of its stack."""
        return self._grid.row_of(self._grid.card_of(row))

    def box(self, row: int) -> CardBox:
        """The place in the viewport of the card that represents `row`."""
        box = self._grid.layout.box(self._grid.card_of(row))
        return box._replace(y=box.y - self._offset())

    def badge_place(self, row: int) -> QRect:
        """The badge that opens or closes the stack of `row`; empty if there is none."""
        card = self._card(self.shown_row(row))
        return self._cards.badge_place(self.box(row), card) if card.alike else QRect()

    def scroll(self, viewport: QWidget, by: int) -> QRegion:
        """Move what is painted by `by` pixels down after the offset changed.

        Returns the region to paint, besides what scrolled into view.
        """
        self._cards.scroll(by)
        ratio = viewport.devicePixelRatioF()
        # Edges between two device pixels look different at another position.
        if abs(by) >= viewport.height() or not ratio.is_integer():
            return QRegion(viewport.rect())
        viewport.scroll(0, by, viewport.rect())  # without moving the links, which follow their headings
        offset = self._offset()
        return self._headings.region(offset) | self._headings.region(offset + by).translated(0, by)

    def paint(
        self,
        painter: QPainter,
        region: QRegion,
        selection: QItemSelectionModel,
        current: int,
        hovered: int | None,
    ) -> int:
        """Paint the cards in `region`. Returns how many there are.

        `current`: a row, -1 for none. `hovered`: a row, or None. Qt is called as little as possible for each
        card, since another thread may take the interpreter lock at each call.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._cards.begin_frame(region)
        area = region.boundingRect()
        offset = self._offset()
        current_card = self._grid.card_of(current) if current >= 0 else None
        any_selected = selection.hasSelection()
        painted = 0
        for card, grid_box in self._grid.layout.boxes_between(
            area.top() + offset, area.bottom() + 1 + offset
        ):
            box = grid_box._replace(y=grid_box.y - offset)
            if not region.intersects(QRect(box.x - INSET, box.y, box.width + 2 * INSET, box.height)):
                continue  # the region may be two strips, at the top and the bottom
            row = self._grid.row_of(card)
            selected = any_selected and selection.isSelected(self._model.index(row))
            self._cards.paint(
                painter, box, self._card(row, box), CardState(selected, card == current_card, row == hovered)
            )
            painted += 1
        self._headings.paint(painter, offset)
        return painted

    def _card(self, row: int, box: CardBox | None = None) -> Card:
        """Collect what is painted. `box`: the place of the card; None if its passage is not needed."""
        hit = self._model.hits[row]
        alike = self._grid.folded(row)
        shown = self._grid.shown_of(row) if alike else 1
        told = len(alike) if alike and alike[0] == row else 0
        document = self._grid.shows_documents(self._model.section_of(row))
        passage = self._cards.passage(hit, box, told) if document and box is not None else None
        return Card(hit, self._model.order, told, shown, document, passage)
