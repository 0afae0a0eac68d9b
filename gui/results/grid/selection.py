"""Selection of cards by mouse and keyboard, as in file managers."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QPoint, QRect, Qt, QTimer

from engine.records import Verdict
from gui.results.grid.card_grid import CardGrid
from gui.results.hits.results_model import ResultsModel

Flag = QItemSelectionModel.SelectionFlag
AUTO_SCROLL_MILLISECONDS = 30
SCROLL_SHARE = 0.25  # of the distance from the pointer to the viewport, per step


class GridSelection(QObject):
    """Selects rows. A stack stands for the hit on top, not for those behind it."""

    def __init__(
        self, model: ResultsModel, grid: CardGrid, selection: QItemSelectionModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = grid
        self._selection = selection
        self._anchor = 0  # the item from which Shift extends the selection
        self._goal: int | None = None  # the horizontal position that Up and Down keep, in pixels

    # one card

    def go(self, row: int, modifiers: Qt.KeyboardModifier, middle: int | None = None) -> None:
        """Move to a card by keyboard and select according to `modifiers`.

        `middle`: the horizontal position to keep while moving up and down, in pixels.
        """
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.extend_to(row, keep=False)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._selection.setCurrentIndex(self._model.index(row), Flag.NoUpdate)
        else:
            self.only(row)
        self._goal = middle

    def only(self, row: int) -> None:
        """Select only this row, which becomes the current one."""
        self._anchor = self._model.hits[row].item
        self._selection.setCurrentIndex(self._model.index(row), Flag.ClearAndSelect)
        self._goal = None

    def toggle(self, row: int) -> None:
        """Select or deselect this row, which becomes the current one."""
        self._anchor = self._model.hits[row].item
        self._selection.setCurrentIndex(self._model.index(row), Flag.Toggle)
        self._goal = None

    def extend_to(self, row: int, keep: bool) -> None:
        """Select from the anchor, or the current row, to `row`. `keep`: in addition to what is selected."""
        anchor = self._model.index_of(self._anchor)
        anchor = anchor if anchor.isValid() else self._selection.currentIndex()
        first = self._grid.card_of(anchor.row() if anchor.isValid() else row)
        last = self._grid.card_of(row)
        chosen = self.rows(self._grid.rows_of(min(first, last), max(first, last)))
        self._selection.select(chosen, Flag.Select if keep else Flag.ClearAndSelect)
        self._selection.setCurrentIndex(self._model.index(row), Flag.NoUpdate)
        self._goal = None

    def everything(self) -> None:
        """Select all cards; of ranked results only those that match, so that actions spare the others."""
        count = self._grid.layout.count
        if not count:
            return
        rows: Iterable[int] = self._grid.rows_of(0, count - 1)
        hits = self._model.hits
        if self._model.ranked and self._model.verdict is not Verdict.NONE:
            rows = (row for row in rows if hits[row].verdict is not Verdict.NONE)
        self._selection.select(self.rows(rows), Flag.ClearAndSelect)

    def goal(self, middle: int) -> int:
        """The horizontal position to keep, `middle` at the start of a vertical movement."""
        return self._goal if self._goal is not None else middle

    # several

    def rows(self, rows: Iterable[int]) -> QItemSelection:
        """A selection of these rows in as few ranges as possible."""
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
        """The selected rows in ascending order."""
        return sorted(row for top, bottom in self._ranges() for row in range(top, bottom + 1))

    def count(self) -> int:
        """The number of selected rows, without listing them."""
        return sum(bottom + 1 - top for top, bottom in self._ranges())

    def _ranges(self) -> list[tuple[int, int]]:
        """The first and last row of each selected range, without an object for each row."""
        chosen = self._selection.selection()
        return [(chosen.at(at).top(), chosen.at(at).bottom()) for at in range(chosen.size())]

    def _add(self, chosen: QItemSelection, first: int, last: int) -> None:
        if first >= 0:
            chosen.select(self._model.index(first), self._model.index(last))


class RubberBand(QObject):
    """A rectangle drawn from an empty place, which selects the cards that it touches."""

    def __init__(
        self, card_selection: GridSelection, grid: CardGrid, selection: QItemSelectionModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._selecting = card_selection
        self._grid = grid
        self._selection = selection
        self._origin: QPoint | None = None  # in coordinates of the grid, like `_end`
        self._end = QPoint()
        self._before = QItemSelection()
        self._mode = Flag.Select

    @property
    def active(self) -> bool:
        """Whether a rectangle is being drawn."""
        return self._origin is not None

    def place(self) -> QRect:
        """The rectangle, in coordinates of the grid."""
        return QRect(self._origin, self._end).normalized() if self._origin is not None else QRect()

    def begin(self, place: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """Start at `place`.

        Ctrl toggles the cards it touches, Shift adds them; otherwise they replace the selection.
        """
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if not (control or shift):
            self._selection.clearSelection()
        self._before = QItemSelection(self._selection.selection())
        self._mode = Flag.Toggle if control else Flag.Select
        self._origin, self._end = place, place

    def draw_to(self, place: QPoint) -> None:
        """Move the opposite corner to `place` and update the selection."""
        self._end = place
        band = self.place()
        touched = self._grid.layout.cards_touching(
            band.left(), band.top(), band.right() + 1, band.bottom() + 1
        )
        chosen = QItemSelection(self._before)
        chosen.merge(self._selecting.rows(map(self._grid.row_of, touched)), self._mode)
        self._selection.select(chosen, Flag.ClearAndSelect)

    def end(self) -> None:
        """Finish; the selection stays."""
        self._origin = None


class AutoScroll(QTimer):
    """A timer that runs while the pointer is above or below the viewport during a drag."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setInterval(AUTO_SCROLL_MILLISECONDS)
        self.step = 0

    def follow(self, y: int, height: int) -> None:
        """Set `step`, the pixels to scroll per tick, for a pointer at `y` in a viewport of this height."""
        outside = min(y, 0) or max(y - height, 0)
        self.step = round(outside * SCROLL_SHARE) or (outside > 0) - (outside < 0)
        if self.step and not self.isActive():
            self.start()
        elif not self.step:
            self.stop()
