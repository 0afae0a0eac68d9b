"""The layout of a document's card: the page at the left, text beside it. Arithmetic only."""

from __future__ import annotations

from PySide6.QtCore import QRect

from gui.results.layout.grid_layout import CardBox
from gui.results.layout.metrics import INSET
from gui.widgets.appearance.style import GRID

PAGE_SHARE = 0.74  # width of the page, relative to its height
LEAST_PASSAGE = 4 * GRID  # pixels of height below which a passage is not shown


def frame(box: CardBox) -> QRect:
    """The frame around page and text."""
    return QRect(box.x + INSET, box.y + INSET, box.width - 2 * INSET, box.picture)


def page_place(box: CardBox) -> QRect:
    """The place of the page."""
    inside = frame(box).adjusted(GRID, GRID, -GRID, -GRID)
    return QRect(inside.left(), inside.top(), round(inside.height() * PAGE_SHARE), inside.height())


def words_place(box: CardBox) -> QRect:
    """The place of everything beside the page."""
    page = page_place(box)
    inside = frame(box).adjusted(0, GRID, -GRID, -GRID)
    return QRect(
        page.right() + 1 + 2 * GRID, page.top(), inside.right() - page.right() - 2 * GRID, page.height()
    )


def passage_place(box: CardBox, line: int, has_badge: bool, badge: int) -> QRect:
    """The place of the passage: below two lines of height `line`, and above the badge, if any."""
    words = words_place(box)
    return words.adjusted(0, 2 * line + GRID, 0, -(badge + GRID) if has_badge else 0)
