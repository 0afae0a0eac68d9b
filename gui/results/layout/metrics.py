"""The lengths of the grid, in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass

from gui.widgets.appearance.style import GRID

INSET = GRID // 2  # from the edge of a card to its picture
GAP = GRID  # between cards
MARGIN = 2 * GRID - INSET  # aligns pictures with headings
HEADING = 5 * GRID
NARROWEST, WIDEST = 0.4, 3.0  # width divided by height; other pictures are shown whole, with margins
# Minimum width for the text below a picture, in pixels, but at most this share of the picture's height.
LEAST_WIDTH, LEAST_SHARE = 13 * GRID, 0.75
WORDY_WIDTH, WORDY_SHARE = 22 * GRID, 1.2  # for a page with a snippet
DOCUMENT_HEIGHT = 16 * GRID  # minimum height of a document's card
DOCUMENT_WIDTH, DOCUMENT_SHARE = 44 * GRID, 2.1  # minimum width, in pixels and relative to the height
SHORT_ROWS = 2  # rows of the leading kind if there is another one
OTHER_ROWS = 3  # rows of the other kind
MOST_STRETCH = 1.5  # relative to the target height; a row that would need more does not fill the width


@dataclass(frozen=True, slots=True)
class GridMetrics:
    """The lengths for a viewport, in logical pixels."""

    width: int  # of the viewport
    height: int  # the target height of pictures
    caption: int  # below every picture
    snippet: int  # additional height of rows with a snippet
    short_rows: int = SHORT_ROWS  # rows of a section that leaves room for the next one

    @property
    def room(self) -> int:
        """The width for the cards of a row, each with the gap after it."""
        return max(self.width - 2 * MARGIN, WORDY_WIDTH) + GAP
