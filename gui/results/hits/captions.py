"""A hit in words: the lines of its card, its tool tip, and what is read aloud of it."""

from __future__ import annotations

from enum import Enum

from engine.records import Hit, ItemKind, Verdict
from gui import strings
from gui.strings import results as words


class CardOrder(Enum):
    MATCH = "match"
    DATE = "date"  # what matches, the newest or the oldest first
    MONTHS = "months"  # nothing was asked: all there is, month by month


_VERDICTS = {Verdict.STRONG: words.STRONG, Verdict.WEAK: words.WEAK, Verdict.NONE: words.NONE}


def verdict_word(verdict: Verdict) -> str:
    """On cards a dot says it."""
    return _VERDICTS[verdict]


def describe(hit: Hit, order: CardOrder = CardOrder.MATCH) -> str:
    """The second line of a card: "Page 3 · 2 June 2024 · 1 copy"."""
    page = hit.page if hit.kind is ItemKind.PAGE else None
    return words.second_line(page, _date(hit, order), hit.copies, hit.available)


def _date(hit: Hit, order: CardOrder) -> str:
    """In the order of the match only what a camera wrote: the date of a file says little about it."""
    if order is CardOrder.MATCH:
        return words.whole_day(hit.taken or "")
    dated = hit.dated or hit.taken or ""
    return words.whole_day(dated) if order is CardOrder.DATE else words.day(dated)


def _sureness(hit: Hit, order: CardOrder) -> str:
    return "" if order is CardOrder.MONTHS else verdict_word(hit.verdict)


def first_line(hit: Hit, alone: bool) -> str:
    """The name of the file. Where no second line says which page it is (`alone`), that goes before it: cards
    of one document would look the same."""
    name = strings.file_name(hit.path)
    if alone and hit.kind is ItemKind.PAGE and hit.page is not None:
        return words.PAGE_AND_NAME.format(page=strings.number(hit.page), name=name)
    return name


def spoken(hit: Hit, order: CardOrder, alike: int) -> str:
    """All that a card says, in one sentence. `alike`: how many stand behind it, itself included."""
    parts = [strings.file_name(hit.path), _sureness(hit, order), describe(hit, order)]
    if alike > 1:
        of_document = hit.kind is ItemKind.PAGE
        parts.append(words.pages_of_document(alike, 1) if of_document else words.alike(alike))
    return ", ".join(part for part in parts if part)


def tool_tip(hit: Hit, order: CardOrder = CardOrder.MATCH) -> str:
    """The whole path, and what the card has no room for."""
    lines = [str(hit.path), _sureness(hit, order), describe(hit, order)]
    if hit.snippet:
        lines.append(f"“{hit.snippet}”")
    return strings.tip("\n".join(strings.plain(line) for line in lines if line))
