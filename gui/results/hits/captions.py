"""Descriptions of a hit: the lines of its card, its tool tip, and its accessible text."""

from __future__ import annotations

from enum import Enum

from engine.records import Hit, ItemKind, Verdict
from gui import strings
from gui.strings import results as words


class CardOrder(Enum):
    """How the results are ordered, which decides what the cards show."""

    MATCH = "match"
    DATE = "date"  # matches by date
    MONTHS = "months"  # no query: all items by month


_VERDICTS = {Verdict.STRONG: words.STRONG, Verdict.WEAK: words.WEAK, Verdict.NONE: words.NONE}


def verdict_word(verdict: Verdict) -> str:
    """The verdict in words, for the tool tip; cards show a mark."""
    return _VERDICTS[verdict]


def describe(hit: Hit, order: CardOrder = CardOrder.MATCH) -> str:
    """The second line of a card: "Page 3 · 2 June 2024 · 1 copy"."""
    page = hit.page if hit.kind is ItemKind.PAGE else None
    return words.second_line(page, _date(hit, order), hit.copies, hit.available)


def _date(hit: Hit, order: CardOrder) -> str:
    """The date of the card. In the order of relevance only a camera's date: that of a file says little."""
    if order is CardOrder.MATCH:
        return words.whole_day(hit.taken or "")
    dated = hit.dated or hit.taken or ""
    return words.whole_day(dated) if order is CardOrder.DATE else words.day(dated)


def _sureness(hit: Hit, order: CardOrder) -> str:
    return "" if order is CardOrder.MONTHS else verdict_word(hit.verdict)


def first_line(hit: Hit, alone: bool) -> str:
    """The file name. `alone`: there is no second line, so the name follows the page number."""
    name = strings.file_name(hit.path)
    if alone and hit.kind is ItemKind.PAGE and hit.page is not None:
        return words.PAGE_AND_NAME.format(page=strings.number(hit.page), name=name)
    return name


def spoken(hit: Hit, order: CardOrder, alike: int) -> str:
    """The card's accessible text. `alike`: the number of hits in its stack, including itself."""
    parts = [strings.file_name(hit.path), _sureness(hit, order), describe(hit, order)]
    if alike > 1:
        of_document = hit.kind is ItemKind.PAGE
        parts.append(words.pages_of_document(alike, 1) if of_document else words.alike(alike))
    return ", ".join(part for part in parts if part)


def tool_tip(hit: Hit, order: CardOrder = CardOrder.MATCH) -> str:
    """The whole path, and what has no room on the card."""
    lines = [str(hit.path), _sureness(hit, order), describe(hit, order)]
    if hit.snippet:
        lines.append(f"“{hit.snippet}”")
    return strings.tip("\n".join(strings.plain(line) for line in lines if line))
