"""A hit in words: the lines of its card, its tool tip, and what is read aloud of it."""

from __future__ import annotations

from engine.records import Hit, Kind, Verdict
from gui import strings
from gui.strings import results as words

_VERDICTS = {
    Verdict.STRONG: strings.VERDICT_STRONG,
    Verdict.WEAK: strings.VERDICT_WEAK,
    Verdict.NONE: strings.VERDICT_NONE,
}


def verdict_word(verdict: Verdict) -> str:
    return _VERDICTS[verdict]


def how_sure(best: Verdict, strong: int, matching: int) -> str:
    """Of several hits in one heading: "strong" or "weak" where that holds for each, else "5 strong"."""
    return words.strong(strong) if 0 < strong < matching else verdict_word(best)


def describe(hit: Hit, ranked: bool = True) -> str:
    """The second line of a card: "Page 3 · strong · 1 copy". Where nothing was asked, the day instead."""
    page = hit.page if hit.kind is Kind.PAGE else None
    certainty = _VERDICTS[hit.verdict] if ranked else ""
    date = "" if ranked else words.day(hit.dated or hit.taken or "")
    return words.second_line(page, certainty, date, hit.copies, hit.available)


def first_line(hit: Hit, alone: bool) -> str:
    """The name of the file. Where no second line says which page it is (`alone`), that goes before it: cards
    of one document would look the same."""
    name = strings.file_name(hit.path)
    if alone and hit.kind is Kind.PAGE and hit.page is not None:
        return words.PAGE_AND_NAME.format(page=strings.number(hit.page), name=name)
    return name


def spoken(hit: Hit, ranked: bool, alike: int) -> str:
    """All that a card says, in one sentence. `alike`: how many look like this one, itself included."""
    parts = [strings.file_name(hit.path), describe(hit, ranked)]
    if alike > 1:
        parts.append(words.alike(alike))
    return ", ".join(part for part in parts if part)


def tool_tip(hit: Hit, ranked: bool = True) -> str:
    """The whole path, and what the card has no room for."""
    lines = [str(hit.path), describe(hit, ranked)]
    if hit.snippet:
        lines.append(f"“{hit.snippet}”")
    return strings.tip("\n".join(strings.plain(line) for line in lines if line))
