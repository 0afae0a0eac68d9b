"""The lengths that the grid is made of, in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass

from gui.widgets.appearance.style import GRID

INSET = GRID // 2  # between the edge of a card and its picture
GAP = GRID  # between cards
MARGIN = 2 * GRID - INSET  # so that pictures begin where headings do
HEADING = 5 * GRID
NARROWEST, WIDEST = 0.4, 3.0  # width by height of a picture's place; what is beyond is shown whole, with room
# Of a picture's place, so that there is room for the words below: pixels, but at most a share of its height.
LEAST_WIDTH, LEAST_SHARE = 13 * GRID, 0.75
WORDY_WIDTH, WORDY_SHARE = 22 * GRID, 1.2  # where a page shows some of its own
DOCUMENT_HEIGHT = 16 * GRID  # of a document's card, at least
DOCUMENT_WIDTH, DOCUMENT_SHARE = 44 * GRID, 2.1  # at least: pixels, and in heights
SHORT_ROWS = 2  # of the kind that leads, at most, where another one answers too
OTHER_ROWS = 3  # of that one
MOST_STRETCH = 1.5  # of the wanted height; a row that would need more is left ragged


@dataclass(frozen=True, slots=True)
class GridMetrics:
    """All in logical pixels."""

    width: int  # of the viewport
    height: int  # that pictures shall have
    caption: int  # below every picture
    snippet: int  # further, in rows where a page shows words
    short_rows: int = SHORT_ROWS  # that a section shows which is to leave room for the next one

    @property
    def room(self) -> int:
        """For the cards of a row, each with the gap after it."""
        return max(self.width - 2 * MARGIN, WORDY_WIDTH) + GAP
