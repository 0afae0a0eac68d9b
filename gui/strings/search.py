"""The texts of the search bar, its filters, the history and saved searches."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QLocale

from gui import strings
from gui.translation import Findling

# the box
HISTORY_HINT = Findling.tr("Recent and saved searches (Up)")
MAKE_CHIP = Findling.tr("Make these words a part of their own (Ctrl+Enter)")
SAVE_HINT = Findling.tr("Save this search (Ctrl+D)")
SAVED_HINT = Findling.tr("This search is saved. Rename or remove it (Ctrl+D)")
CHIPS = Findling.tr("Parts of the question")
PART_OF = Findling.tr("Part of {name}")
ONLY_AWAY = Findling.tr("So far there is only something to keep away from.")
ONLY_AWAY_REMEDY = Findling.tr("Say also what to look for, in words or with a picture.")

# filters
FILTERS = Findling.tr("Filters")
FILTERS_HINT = Findling.tr("Narrow by folder, date, type or shape, and sort")
CLEAR_FILTERS = Findling.tr("Clear filters")
KEEP_PLACE = Findling.tr("Keep", "this place for the next searches")
KEEP_PLACE_HINT = Findling.tr("Search here the next time, too. Else the next question is asked everywhere.")
EVERYTHING = Findling.tr("Everything, by date")
FOLDER = Findling.tr("Folder")
OTHER_FOLDER = Findling.tr("Choose a folder inside these…")
PICK_FOLDER = Findling.tr("Choose a folder to look in")
NO_FOLDERS = Findling.tr("No folders yet")
NOT_OF_LIBRARY = Findling.tr("“{name}” lies in no folder of the library, so nothing of it can be found.")
TAKEN = Findling.tr("Date")
ANY_TIME = Findling.tr("Any time")
THIS_YEAR = Findling.tr("This year")
LAST_YEAR = Findling.tr("Last year")
LAST_30_DAYS = Findling.tr("Last 30 days")
BETWEEN = Findling.tr("Between two days…")
FROM = Findling.tr("From", "a first day")
TO = Findling.tr("to", "a last day")
FROM_DAY = Findling.tr("First day")
TO_DAY = Findling.tr("Last day")
APPLY = Findling.tr("Apply")
DAY = Findling.tr("d MMM yyyy")  # in Qt's notation for dates
CLOSE_DATES = Findling.tr("Close without choosing dates")
FILE_TYPE = Findling.tr("Type")
ANY_TYPE = Findling.tr("Any type")
OTHER_TYPE = Findling.tr("Other", "types of files")
SHAPE = Findling.tr("Shape")
ANY_SHAPE = Findling.tr("Any shape")
LANDSCAPE = Findling.tr("Landscape")
PORTRAIT = Findling.tr("Portrait")
SQUARE = Findling.tr("Square")
SORT = Findling.tr("Sort")
BEST_FIRST = Findling.tr("Best match first")
NEWEST_FIRST = Findling.tr("Newest first")
OLDEST_FIRST = Findling.tr("Oldest first")

# history and saved searches
CLEAR_RECENT = Findling.tr("Clear recent searches")
RECENT_CLEARED = Findling.tr("The recent searches are forgotten.")
NO_SEARCHES = Findling.tr("No recent searches yet")
SAVE_TITLE = Findling.tr("Save this search")
RENAME_TITLE = Findling.tr("Rename this search")
NAME = Findling.tr("Name")
RENAME = Findling.tr("Rename…")
FORGET = Findling.tr("Remove from the saved searches")
SAVED_NOTE = Findling.tr("Saved as “{name}”.")
DAMAGED = Findling.tr("The list of your searches could not be read.")
DAMAGED_REMEDY = Findling.tr("It was set aside as {name}, and a new list was begun.")
NOT_KEPT = Findling.tr("Your searches could not be written down: {reason}.")
PICTURE = Findling.tr("a picture")
MISSING_PARTS = Findling.tr("Not all of this search could be asked: {names}.")
MISSING_REMEDY = Findling.tr(
    "It may have been moved, deleted, or left the library. The rest was searched for."
)
MISSING_ALL_REMEDY = Findling.tr(
    "It may have been moved, deleted, or left the library. Nothing else was asked."
)


def wanted(label: str) -> str:
    """Describe a part that the search looks for, for screen readers."""
    return Findling.tr("Wanted: {name}").format(name=strings.plain(label))


def unwanted(label: str) -> str:
    """Describe a part that the search keeps away from, for screen readers."""
    return Findling.tr("Kept away from: {name}").format(name=strings.plain(label))


def keep_away(label: str) -> str:
    """The action that negates a part of the search."""
    return Findling.tr("Wanted. Keep away from {name} instead").format(name=strings.plain(label))


def look_for(label: str) -> str:
    """The action that makes a negated part positive again."""
    return Findling.tr("Kept away from. Look for {name} instead").format(name=strings.plain(label))


def take_out(label: str) -> str:
    """The action that removes a part of the search."""
    return Findling.tr("Take out {name}").format(name=strings.plain(label))


def too_many_parts(limit: int) -> str:
    """Says that a search takes at most `limit` parts of text."""
    return Findling.tr("A search takes at most %Ln part(s) of words.", "", limit)


def filters(count: int) -> str:
    """The label of the filter button, with the number of filters that are set."""
    return Findling.tr("Filters (%Ln)", "", count) if count else FILTERS


def filters_set(count: int) -> str:
    """The filter button's name for screen readers."""
    return Findling.tr("Filters, %Ln set", "", count) if count else Findling.tr("Filters, none set")


def remove_filter(label: str) -> str:
    """The action that removes one filter."""
    return Findling.tr("Remove the filter {name}").format(name=strings.plain(label))


def in_folder(folder: Path) -> str:
    """The filter by folder."""
    return Findling.tr("In {folder}").format(folder=strings.file_name(folder))


def theme(name: str, number: int) -> str:
    """The filter by theme; a theme without a name is numbered."""
    if name:
        return Findling.tr("Theme: {name}").format(name=strings.plain(name))
    return Findling.tr("Theme {number}").format(number=strings.number(number))


def taken(first: str, last: str) -> str:
    """The filter by date. Both days are "YYYY-MM-DD" or ""; a whole year is shown as its number."""
    if first and last and first[:4] == last[:4] and (first[4:], last[4:]) == ("-01-01", "-12-31"):
        return Findling.tr("Taken in {year}").format(year=first[:4])
    if not last:
        return Findling.tr("Taken since {day}").format(day=day(first))
    if not first:
        return Findling.tr("Taken until {day}").format(day=day(last))
    if first == last:
        return Findling.tr("Taken {day}").format(day=day(first))
    return Findling.tr("Taken {first} to {last}").format(first=day(first), last=day(last))


def day(iso: str) -> str:
    """Format an ISO date with the name of the month. Raises ValueError."""
    value = date.fromisoformat(iso)
    return QLocale().toString(QDate(value.year, value.month, value.day), DAY)


def saved_note(name: str) -> str:
    """Says that the search is saved under `name`."""
    return SAVED_NOTE.format(name=strings.plain(name))


def leave_out(label: str) -> str:
    """A negated part in the description of a search."""
    return Findling.tr("not: {name}").format(name=label)


def missing_parts(names: list[str]) -> str:
    """Says which pictures of a saved search no longer exist."""
    return MISSING_PARTS.format(names=", ".join(f"“{strings.plain(name)}”" for name in names))


def forgotten(name: str) -> str:
    """Says that a saved search is removed."""
    return Findling.tr("The saved search “{name}” is removed.").format(name=strings.plain(name))
