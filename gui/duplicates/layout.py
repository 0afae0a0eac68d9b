"""The places of groups and cards. Arithmetic only, fast for thousands of groups."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QPoint, QRect, QSize

from gui.widgets.appearance.style import GRID

CARD = QSize(26 * GRID, 28 * GRID)
GAP = GRID
HEADING = 6 * GRID
BETWEEN = 2 * GRID  # between two groups
MARGIN = 2 * GRID


class DuplicatesLayout:
    """The layout of groups with `counts` files in a list `width` pixels wide."""

    def __init__(self, counts: Sequence[int], width: int) -> None:
        self._counts = counts
        self.width = width
        self.columns = max((width - 2 * MARGIN + GAP) // (CARD.width() + GAP), 1)
        line, rest, columns = CARD.height() + GAP, HEADING - GAP + BETWEEN, self.columns
        heights = (-(-count // columns) * line + rest for count in counts)
        self._tops = [0, *accumulate(heights)]

    @property
    def height(self) -> int:
        """The height of all groups, in pixels."""
        return self._tops[-1]

    def groups_between(self, top: int, bottom: int) -> range:
        """The groups that intersect the range from `top` to `bottom`."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        last = bisect_right(self._tops, bottom) - 1
        return range(first, min(last + 1, len(self._counts)))

    def heading(self, group: int) -> QRect:
        """The place of a group's heading."""
        return QRect(MARGIN, self._tops[group], self.width - 2 * MARGIN, HEADING)

    def card(self, group: int, place: int) -> QRect:
        """The place of a card; `place` is its position in the group."""
        line, column = divmod(place, self.columns)
        left = MARGIN + column * (CARD.width() + GAP)
        return QRect(QPoint(left, self._tops[group] + HEADING + line * (CARD.height() + GAP)), CARD)

    def places_between(self, group: int, top: int, bottom: int) -> range:
        """The cards of a group that intersect the range; a group may have thousands."""
        line, first = CARD.height() + GAP, self._tops[group] + HEADING
        above, below = max((top - first) // line, 0), max((bottom - first) // line + 1, 0)
        count = self._counts[group]
        return range(min(above * self.columns, count), min(below * self.columns, count))

    def at(self, point: QPoint) -> tuple[int, int] | None:
        """The group and position of the card at a point; None if there is none."""
        for group in self.groups_between(point.y(), point.y()):
            line = (point.y() - self._tops[group] - HEADING) // (CARD.height() + GAP)
            column = (point.x() - MARGIN) // (CARD.width() + GAP)
            place = line * self.columns + column
            if 0 <= column < self.columns and 0 <= place < self._counts[group]:
                return (group, place) if self.card(group, place).contains(point) else None
        return None

    def stepped(self, group: int, place: int, lines: int) -> tuple[int, int]:
        """The card so many rows down, or up if negative, in the same column if there is one."""
        column = place % self.columns
        step = 1 if lines > 0 else -1
        for _number in range(abs(lines)):
            line = place // self.columns + step
            if line < 0:
                if group == 0:
                    break
                group -= 1
                line = (self._counts[group] - 1) // self.columns
            elif line > (self._counts[group] - 1) // self.columns:
                if group == len(self._counts) - 1:
                    break
                group, line = group + 1, 0
            place = min(line * self.columns + column, self._counts[group] - 1)
        return group, place
