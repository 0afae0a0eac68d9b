"""The texts of the duplicates page."""

from __future__ import annotations

from pathlib import Path

from gui import strings
from gui.translation import Findling

TITLE = Findling.tr("Duplicates")
LIST = Findling.tr("Groups of files that are the same or look the same")
NONE_TITLE = Findling.tr("No duplicates found")
NONE_TEXT = Findling.tr(
    "Here stand files with the same content, pictures that look the same, and bursts, side by side, the best "
    "first. They are looked for by themselves, once everything in your folders has been read."
)
BUSY_TEXT = Findling.tr(
    "Files with the same content, pictures that look the same, and bursts will stand here side by side. "
    "Findling is still reading your folders and looks for them next."
)
HINT = Findling.tr(
    "Ticked files are moved to the bin. X ticks, Space shows a picture large, Delete asks about the group."
)
KINDS = {
    "copies": Findling.tr("Same content"),
    "alike": Findling.tr("Look the same"),
    "burst": Findling.tr("Burst"),
}
ALL_KINDS = Findling.tr("All", "kinds of duplicates")
BEST = Findling.tr("best")
TICKED = Findling.tr("ticked")
NOT_TICKED = Findling.tr("not ticked")
SHOWN = Findling.tr("Which groups are shown")
BACK = Findling.tr("Back (Esc)")
BACK_TO_LIST = Findling.tr("Back to the groups (Esc)")
PREVIOUS = Findling.tr("Previous of the group (Left)")
NEXT = Findling.tr("Next of the group (Right)")
TICK = Findling.tr("Move this one to the bin with the others (X)")
LOADING = Findling.tr("Loading the picture…")
NOT_SHOWN = Findling.tr("The picture cannot be shown.")
PICTURE = Findling.tr("The picture, large")


def heading(groups: int, freed: int) -> str:
    """The line over all groups: "42 groups · up to 1.2 GB could be freed". `freed`: bytes."""
    text = Findling.tr("%Ln group(s) · up to {size} could be freed", "", groups)
    return text.format(size=strings.size(freed))


def kind_counted(kind: str, count: int) -> str:
    """A kind of duplicates with the number of groups, for the filter."""
    return f"{KINDS[kind]} ({strings.number(count)})"


def group_title(kind: str, files: int, freed: int) -> str:
    """The title of a group, with its files and how many bytes deleting duplicates could free."""
    text = Findling.tr("{kind} · %Ln file(s) · up to {size} could be freed", "", files)
    return text.format(kind=KINDS[kind], size=strings.size(freed))


def facts(value: int, width: int, height: int) -> str:
    """The size and dimensions in pixels of a copy, such as "1.5 MB · 4000 x 3000"."""
    return f"{strings.size(value)} · {width} \N{MULTIPLICATION SIGN} {height}"


def bin_others(count: int, others: bool, everything: bool) -> str:
    """The label of a group's button. `others`: exactly the files other than the best are ticked."""
    if not count:
        return Findling.tr("Tick what is to go to the bin")
    if everything:
        return Findling.tr("Move all %Ln to the bin…", "", count)
    if others:
        return Findling.tr("Move the %Ln other(s) to the bin…", "", count)
    return Findling.tr("Move the %Ln ticked to the bin…", "", count)


def bin_spoken(text: str, group: int, best: Path) -> str:
    """The button's name for screen readers, with the number of the group and its best file."""
    spoken = Findling.tr("{text} Group {number}, {name}")
    return spoken.format(text=text, number=strings.number(group), name=strings.file_name(best))


def spoken(path: Path, kind: str, place: int, count: int, facts: str, best: bool, ticked: bool) -> str:
    """Describe one copy to screen readers."""
    parts = [
        strings.file_name(path),
        place_in_group(place, count),
        KINDS[kind],
        facts,
    ]
    if best:
        parts.append(BEST)
    parts.append(TICKED if ticked else NOT_TICKED)
    return ", ".join(parts)


def place_in_group(place: int, count: int) -> str:
    """The position in a group: "2 of 5"."""
    return Findling.tr("{place} of {count}").format(place=strings.number(place), count=strings.number(count))
