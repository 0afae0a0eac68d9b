"""Selecting cards by mouse and keyboard, as every file manager does it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPoint, QRect, Qt, QTimer

from engine.records import Verdict
from gui.results.grid.card_grid import CardGrid
from gui.results.hits.results_model import ResultsModel

Flag = QItemSelectionModel.SelectionFlag
AUTO_SCROLL_MILLISECONDS = 30
SCROLL_SHARE = 0.25  # of the way that the pointer is outside, for each step


class GridSelection(QObject):
    """Works on rows. A folded card stands for the hit that it shows, and for no other."""

    def __init__(
        self, model: ResultsModel, grid: CardGrid, selection: QItemSelectionModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = grid
        self._selection = selection
        self._anchor = 0  # the item from which Shift selects on
        self._goal: int | None = None  # where Up and Down want to stay, from the left

    # one card

    def go(self, row: int, modifiers: Qt.KeyboardModifier, middle: int | None = None) -> None:
        """To a card by the keyboard. `middle`: where it wants to stay while it goes up and down."""
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.extend_to(row, keep=False)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._selection.setCurrentIndex(self._model.index(row), Flag.NoUpdate)
        else:
            self.only(row)
        self._goal = middle

    def only(self, row: int) -> None:
        self._anchor = self._model.hits[row].item
        self._selection.setCurrentIndex(self._model.index(row), Flag.ClearAndSelect)
        self._goal = None

    def toggle(self, row: int) -> None:
        self._anchor = self._model.hits[row].item
        self._selection.setCurrentIndex(self._model.index(row), Flag.Toggle)
        self._goal = None

    def extend_to(self, row: int, keep: bool) -> None:
        """All cards from the anchor on, or the current one. `keep`: what was selected before as well."""
        anchor = self._model.index_of(self._anchor)
        anchor = anchor if anchor.isValid() else self._selection.currentIndex()
        first = self._grid.card_of(anchor.row() if anchor.isValid() else row)
        last = self._grid.card_of(row)
        chosen = self.rows(self._grid.rows_of(min(first, last), max(first, last)))
        self._selection.select(chosen, Flag.Select if keep else Flag.ClearAndSelect)
        self._selection.setCurrentIndex(self._model.index(row), Flag.NoUpdate)
        self._goal = None

    def everything(self) -> None:
        """Of an answer only what matches: what is done with it shall not happen to what is far off."""
        count = self._grid.layout.count
        if not count:
            return
        rows: Iterable[int] = self._grid.rows_of(0, count - 1)
        hits = self._model.hits
        if self._model.ranked and self._model.verdict is not Verdict.NONE:
            rows = (row for row in rows if hits[row].verdict is not Verdict.NONE)
        self._selection.select(self.rows(rows), Flag.ClearAndSelect)

    def goal(self, middle: int) -> int:
        return self._goal if self._goal is not None else middle

    # several

    def rows(self, rows: Iterable[int]) -> QItemSelection:
        """As few ranges as they make."""
        chosen = QItemSelection()
        first = last = -1
        for row in rows:
            if first < 0 or row != last + 1:
                self._add(chosen, first, last)
                first = row
            last = row
        self._add(chosen, first, last)
        return chosen

    def selected_rows(self) -> list[int]:
        """In order."""
        return sorted(row for top, bottom in self._ranges() for row in range(top, bottom + 1))

    def count(self) -> int:
        return sum(bottom + 1 - top for top, bottom in self._ranges())

    def _ranges(self) -> list[tuple[int, int]]:
        """The first and last row of each range, without an object for every row in it."""
        chosen = self._selection.selection()
        return [(chosen.at(at).top(), chosen.at(at).bottom()) for at in range(chosen.size())]

    def _add(self, chosen: QItemSelection, first: int, last: int) -> None:
        if first >= 0:
            chosen.select(self._model.index(first), self._model.index(last))


class RubberBand(QObject):
    """A rectangle drawn over the cards from an empty place; what it touches is selected."""

    def __init__(
        self, card_selection: GridSelection, grid: CardGrid, selection: QItemSelectionModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._selecting = card_selection
        self._grid = grid
        self._selection = selection
        self._origin: QPoint | None = None  # both in the grid, not in the viewport
        self._end = QPoint()
        self._before = QItemSelection()
        self._mode = Flag.Select

    @property
    def active(self) -> bool:
        return self._origin is not None

    def place(self) -> QRect:
        """In the grid."""
        return QRect(self._origin, self._end).normalized() if self._origin is not None else QRect()

    def begin(self, place: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """Ctrl turns round what it touches, Shift adds it; alone it selects nothing else."""
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if not (control or shift):
            self._selection.clearSelection()
        self._before = QItemSelection(self._selection.selection())
        self._mode = Flag.Toggle if control else Flag.Select
        self._origin, self._end = place, place

    def draw_to(self, place: QPoint) -> None:
        self._end = place
        band = self.place()
        touched = self._grid.layout.cards_touching(
            band.left(), band.top(), band.right() + 1, band.bottom() + 1
        )
        chosen = QItemSelection(self._before)
        chosen.merge(self._selecting.rows(map(self._grid.row_of, touched)), self._mode)
        self._selection.select(chosen, Flag.ClearAndSelect)

    def end(self) -> None:
        self._origin = None


class AutoScroll(QTimer):
    """Ticks while the pointer is above or below the viewport during a drag."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setInterval(AUTO_SCROLL_MILLISECONDS)
        self.step = 0

    def follow(self, y: int, height: int) -> None:
        outside = min(y, 0) or max(y - height, 0)
        self.step = round(outside * SCROLL_SHARE) or (outside > 0) - (outside < 0)
        if self.step and not self.isActive():
            self.start()
        elif not self.step:
            self.stop()
