"""The texts of the preview: the picture, its details, and its actions."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from gui.strings import number, plain
from gui.translation import Findling

# header and footer
SIMILAR = Findling.tr("Find similar (S)")
FACTS = Findling.tr("Facts about the file (I)")
REGION = Findling.tr("Search by a part of the picture (R)")
MORE = Findling.tr("More that can be done")
PREVIOUS_PAGE = Findling.tr("Previous page (Up)")
NEXT_PAGE = Findling.tr("Next page (Down)")
PREVIOUS_MATCH = Findling.tr("Previous page that matches (Shift+Up)")
NEXT_MATCH = Findling.tr("Next page that matches (Shift+Down)")
PAGE = Findling.tr("Page")
PAGE_NUMBER = Findling.tr("Number of the page (Ctrl+G)")
NO_MATCH = Findling.tr("Does not match")
NO_MATCH_WHY = Findling.tr("This page does not match what was asked.")
ZOOM_TOGGLE = Findling.tr("Size of the picture: all of it (0), or each of its pixels (1)")

# a part of the picture
REGION_HINT = Findling.tr(
    "Drag over a part of the picture, or move the frame with the arrow keys. "
    "Shift and an arrow key change its size. Enter searches, Esc lets go."
)
SEARCH_PART = Findling.tr("Search this part")
SEARCH_PART_HINT = Findling.tr("Find what looks like this part (Enter)")

# facts
FACTS_TITLE = Findling.tr("Facts")
FACTS_FAILED = Findling.tr("What is known of this file cannot be shown.")
TITLE = Findling.tr("Title")
PATH = Findling.tr("File")
SIZE = Findling.tr("Size")
PAGES = Findling.tr("Pages")
TAKEN = Findling.tr("Taken")
MODIFIED = Findling.tr("Changed")
#: Of the picture. It has to differ from the word for "Size", which is that of the file.
DIMENSIONS = Findling.tr("Dimensions")
CAMERA = Findling.tr("Camera")
LENS = Findling.tr("Lens")
EXPOSURE = Findling.tr("Exposure")
PLACE = Findling.tr("Place")
COPY = Findling.tr("Copy")
COPY_PLACE = Findling.tr("Copy the place")
COPIES = Findling.tr("Other copies of this file")
SHOW_COPY = Findling.tr("Show in folder")

TIMES = "\N{MULTIPLICATION SIGN}"
_DATABASE_FORM = "yyyy-MM-dd HH:mm:ss"
_POINTS_TO_MILLIMETRES = 25.4 / 72


def zoom(scale: float) -> str:
    """The zoom relative to the actual size: "45 %"."""
    return Findling.tr("{percent} %").format(percent=number(max(round(scale * 100), 1)))


def zoom_described(scale: float) -> str:
    """The zoom button's name for screen readers. `scale`: 1.0 is actual size."""
    return Findling.tr("{what}. Now {percent}").format(what=ZOOM_TOGGLE, percent=zoom(scale))


def match_of(place: int, count: int, more: bool) -> str:
    """The position among the matches, as counted in the heading. `more`: not all of them are known."""
    if more:
        text = Findling.tr("Match {place} of more than {count}")
    else:
        text = Findling.tr("Match {place} of {count}")
    return text.format(place=number(place), count=number(count))


def far_off(place: int) -> str:
    """Says how far down the results this picture is."""
    return Findling.tr("Far off: result {place}").format(place=number(place))


def pages_of(pages: int, matching: int) -> str:
    """Follows the number of a page: "of 120 · 4 matches"."""
    if not matching:
        return Findling.tr("of {count}", "after the number of a page").format(count=number(pages))
    text = Findling.tr("of {count} · %Ln match(es)", "pages that match", matching)
    return text.format(count=number(pages))


def page_of(page: int, pages: int) -> str:
    """The position in a document: "Page 3 of 120"."""
    return Findling.tr("Page {number} of {count}").format(number=number(page), count=number(pages))


def moment(text: str) -> str:
    """Format a time of the catalogue in the user's locale; an invalid one is shown as it is."""
    when = QDateTime.fromString(text, _DATABASE_FORM)
    if not when.isValid():
        return plain(text)
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)


def pixels(width: int, height: int) -> str:
    """The width, height and megapixels of a photograph."""
    millions = width * height / 1e6
    if millions < 0.1:
        return Findling.tr("{sides} pixels").format(sides=_by(width, height))
    rounded = QLocale().toString(millions, "f", 0 if millions >= 10 else 1)
    return Findling.tr("{sides} · {number} megapixels").format(sides=_by(width, height), number=rounded)


def paper(width: int, height: int) -> str:
    """The size of a page in millimetres, from its sides in points."""
    across, down = (round(side * _POINTS_TO_MILLIMETRES) for side in (width, height))
    return Findling.tr("{sides} mm").format(sides=_by(across, down))


def _by(width: int, height: int) -> str:
    return f"{width} {TIMES} {height}"


def place(latitude: float, longitude: float) -> str:
    """Format coordinates in degrees for reading: "52.51630° N, 13.37770° E"."""
    north = Findling.tr("N", "north") if latitude >= 0 else Findling.tr("S", "south")
    east = Findling.tr("E", "east") if longitude >= 0 else Findling.tr("W", "west")
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def place_to_copy(latitude: float, longitude: float) -> str:
    """Format coordinates in degrees as map programs accept them: "52.516300, 13.377700"."""
    return f"{latitude:.6f}, {longitude:.6f}"


def more_copies(count: int) -> str:
    """Counts the copies that are not listed."""
    return Findling.tr("and %Ln other(s)", "", count)


def show_copy(name: str) -> str:
    """The action that shows a copy in its folder."""
    return Findling.tr("Show {name} in its folder").format(name=name)
