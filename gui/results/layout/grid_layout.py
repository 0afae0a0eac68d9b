"""The positions of cards in sections of rows, and the card at a position. Arithmetic only."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from gui.results.layout.metrics import (
    DOCUMENT_HEIGHT,
    DOCUMENT_SHARE,
    DOCUMENT_WIDTH,
    GAP,
    INSET,
    MARGIN,
    NARROWEST,
    WIDEST,
    GridMetrics,
)


class CardBox(NamedTuple):
    """The place of a card, in pixels. `picture` is the height of the picture in it."""

    x: int
    y: int
    width: int
    height: int
    picture: int

    @property
    def middle(self) -> int:
        """The horizontal centre."""
        return self.x + self.width // 2


class SectionRows:
    """The rows of one section, whose top is at 0. Appending cards does not touch earlier rows.

    `most`: the number of rows to show; cards beyond are not counted. None shows all.
    """

    def __init__(self) -> None:
        self.most: int | None = None
        self._shapes = array("d")
        self._wordy = array("b")
        self._widths = array("d", [0.0])  # summed relative widths before each card
        self._firsts: list[int] = []  # first card of each row
        self._tops: list[int] = [0]  # top of each row, and bottom of the last
        self._heights: list[float] = []  # height of the pictures in each row
        self._measures = GridMetrics(0, 1, 0, 0)

    @property
    def count(self) -> int:
        """The number of cards in the rows that are shown."""
        return self._firsts[self.row_count] if self.is_cut else len(self._shapes)

    @property
    def height(self) -> int:
        """The height of the rows that are shown, in pixels."""
        return self._tops[self.row_count]

    @property
    def is_cut(self) -> bool:
        """Whether some rows are not shown."""
        return self.row_count < len(self._firsts)

    def clear(self) -> None:
        """Remove all cards."""
        self._shapes, self._wordy = array("d"), array("b")

    def add(self, shapes: Iterable[float], wordy: Iterable[bool]) -> None:
        """Append cards; call `lay_out` afterwards.

        `shapes`: width divided by height of the pictures. `wordy`: whether a snippet is shown below.
        """
        self._shapes.extend(shapes)
        self._wordy.extend(wordy)

    def lay_out(self, measures: GridMetrics, first_new: int = 0) -> None:
        """Make rows of the cards from `first_new` on, and again of the row before, which may have room."""
        row = max(bisect_left(self._firsts, first_new) - 1, 0) if measures == self._measures else 0
        first = self._firsts[row] if row < len(self._firsts) else 0
        self._measures = measures
        del self._firsts[row:], self._heights[row:], self._tops[row + 1 :], self._widths[first + 1 :]
        if len(self._shapes):
            self._add_rows(first, measures)

    def box(self, card: int) -> CardBox:
        """The place of a card."""
        return self._box(self.row_of(card), card)

    @property
    def row_count(self) -> int:
        """The number of rows that are shown."""
        return len(self._firsts) if self.most is None else min(self.most, len(self._firsts))

    def row_of(self, card: int) -> int:
        """The row of a card."""
        return bisect_right(self._firsts, card) - 1

    def cards_of(self, row: int) -> range:
        """The cards of a row."""
        end = self._firsts[row + 1] if row + 1 < len(self._firsts) else len(self._shapes)
        return range(self._firsts[row], end)

    def rows_between(self, top: int, bottom: int) -> range:
        """The rows that intersect the range from `top` to `bottom`."""
        return range(
            max(bisect_right(self._tops, top) - 1, 0), min(bisect_left(self._tops, bottom), self.row_count)
        )

    def boxes(self, rows: range) -> Iterator[tuple[int, CardBox]]:
        """The cards of these rows with their places."""
        for row in rows:
            for card in self.cards_of(row):
                yield card, self._box(row, card)

    def _box(self, row: int, card: int) -> CardBox:
        first, height = self._firsts[row], self._heights[row]
        edge, apart = 2 * INSET + GAP, self._widths
        left = (apart[card] - apart[first]) * height + (card - first) * edge
        right = (apart[card + 1] - apart[first]) * height + (card + 1 - first) * edge - GAP
        x, y = round(left), self._tops[row]
        return CardBox(MARGIN + x, y, round(right) - x, self._tops[row + 1] - y - GAP, int(height))

    def _add_rows(self, first: int, measures: GridMetrics) -> None:
        # Imported here so that the window starts without numpy; the engine loads it before there are cards.
        from gui.results.layout.justified_rows import pack

        packed = pack(self._shapes[first:], self._wordy[first:], measures)
        before, above = self._widths[first], self._tops[-1]
        self._widths.extend((before + packed.widths).tolist())
        self._firsts += (packed.firsts + first).tolist()
        self._heights += packed.heights.tolist()
        self._tops += (above + packed.ends).tolist()


class DocumentRows(SectionRows):
    """Cards of documents, in columns of equal width."""

    def _add_rows(self, first: int, measures: GridMetrics) -> None:
        height = max(measures.height, DOCUMENT_HEIGHT)
        columns = max(measures.room // max(DOCUMENT_WIDTH, round(height * DOCUMENT_SHARE)), 1)
        width = (measures.room / columns - 2 * INSET - GAP) / height
        firsts = range(first, len(self._shapes), columns)
        before, above, row = self._widths[first], self._tops[-1], height + 2 * INSET + GAP
        self._widths.extend(before + width * number for number in range(1, len(self._shapes) - first + 1))
        self._firsts += firsts
        self._heights += [float(height)] * len(firsts)
        self._tops += [above + row * number for number in range(1, len(firsts) + 1)]


def shape(width: int, height: int) -> float:
    """Width divided by height of a picture's place, limited so that every card has a usable size."""
    return min(max(width / height, NARROWEST), WIDEST) if width > 0 and height > 0 else 1.0


class GridLayout:
    """Sections below one another, with headings if there are several. Cards are numbered through all."""

    def __init__(self) -> None:
        self.sections: list[SectionRows] = []
        self._heading = 0
        self._starts: list[int] = [0]  # first card of each section, and the number of all cards
        self._tops: list[int] = [0]  # top of each section with its heading, and bottom of the last

    @property
    def count(self) -> int:
        """The number of cards."""
        return self._starts[-1]

    @property
    def height(self) -> int:
        """The height of the grid, in pixels."""
        return self._tops[-1] + GAP

    @property
    def heading(self) -> int:
        """The height of a heading, in pixels; 0 if there are none."""
        return self._heading

    def arrange(self, heading: int) -> None:
        """Place the sections below one another, after they were laid out."""
        self._heading = heading
        self._starts = list(accumulate((section.count for section in self.sections), initial=0))
        self._tops = list(accumulate((section.height + heading for section in self.sections), initial=0))

    def start(self, section: int) -> int:
        """The first card of a section."""
        return self._starts[section]

    def span(self, section: int) -> tuple[int, int]:
        """The top and bottom of a section, in pixels."""
        return self._tops[section], self._tops[section + 1]

    def section_of(self, card: int) -> int:
        """The section of a card."""
        return bisect_right(self._starts, card) - 1

    def sections_between(self, top: int, bottom: int) -> range:
        """The sections that intersect the range from `top` to `bottom`."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        return range(first, min(bisect_left(self._tops, bottom), len(self.sections)))

    def box(self, card: int) -> CardBox:
        """The place of a card in the grid."""
        number = self.section_of(card)
        return self._lowered(number, self.sections[number].box(card - self._starts[number]))

    def boxes_between(self, top: int, bottom: int) -> Iterator[tuple[int, CardBox]]:
        """The cards of the rows that intersect the range, in order, with their places."""
        for number in self.sections_between(top, bottom):
            rows = self.sections[number]
            above = self._tops[number] + self._heading
            for card, box in rows.boxes(rows.rows_between(top - above, bottom - above)):
                yield card + self._starts[number], self._lowered(number, box)

    def card_at(self, x: int, y: int) -> int | None:
        """The card at a point of the grid; None if there is none."""
        for card, box in self.boxes_between(y, y + 1):
            if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
                return card
        return None

    def cards_touching(self, left: int, top: int, right: int, bottom: int) -> Iterator[int]:
        """The cards that intersect a rectangle of the grid."""
        for card, box in self.boxes_between(top, bottom):
            if box.x < right and left < box.x + box.width and box.y < bottom and top < box.y + box.height:
                yield card

    def beside(self, card: int, rows: int, middle: int) -> int:
        """The card nearest to `middle` in the row above (-1) or below (1); `card` if there is no row."""
        number = self.section_of(card)
        row = self.sections[number].row_of(card - self._starts[number]) + rows
        if not 0 <= row < self.sections[number].row_count:
            number += rows
            while 0 <= number < len(self.sections) and not self.sections[number].row_count:
                number += rows
            if not 0 <= number < len(self.sections):
                return card
            row = 0 if rows > 0 else self.sections[number].row_count - 1
        return self.nearest(number, row, middle)

    def nearest(self, number: int, row: int, middle: int) -> int:
        """The card of a row whose centre is nearest to the horizontal position `middle`."""
        section = self.sections[number]
        cards: Sequence[int] = section.cards_of(row)
        return self._starts[number] + min(cards, key=lambda card: abs(section.box(card).middle - middle))

    def card_near(self, y: int, middle: int) -> int:
        """The card nearest to `middle` in the row at height `y`, or in the nearest row."""
        inside = min(max(y, 0), self._tops[-1] - 1)
        number = max(min(bisect_right(self._tops, inside) - 1, len(self.sections) - 1), 0)
        while number and not self.sections[number].row_count:
            number -= 1
        section = self.sections[number]
        below = inside - self._tops[number] - self._heading
        rows = section.rows_between(max(below, 0), max(below, 0) + 1)
        row = rows[0] if rows else section.row_count - 1
        return self.nearest(number, row, middle)

    def _lowered(self, number: int, box: CardBox) -> CardBox:
        return box._replace(y=box.y + self._tops[number] + self._heading)
