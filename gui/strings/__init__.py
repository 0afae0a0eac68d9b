"""Every sentence that the window shows, in one place, ready to be translated.

Names and paths come from the user's disk and may hold anything: `plain` makes them safe to draw, and every
widget that shows one is told that it is plain text.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from PySide6.QtCore import QLocale

APPLICATION = "Findling"

# search bar
SEARCH_PLACEHOLDER = "Describe what you are looking for, or drop a picture here"
SEARCH_BOX = "Search"
SEARCH_CLEAR = "Clear the search (Esc)"
SEARCH_BY_PICTURE = "Search by a picture…"
PICK_PICTURE = "Choose a picture to search by"
PICTURE_FILES = (
    "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif);;All files (*)"
)
SCOPE = "Where to search"
SCOPE_ALL = "All"
SCOPE_PHOTOS = "Photographs"
SCOPE_PAGES = "Pages"
PASTED_PICTURE = "Pasted picture"
PICTURE_NOT_ENCODED = "The pasted picture could not be read."
NOT_A_FILE = "“{name}” is no file that can be read, so it cannot be searched by."

# folders
FOLDERS = "Folders"
ADD_FOLDER = "Add folder…"
PICK_FOLDER = "Choose a folder to search in"
SHOW_SIDEBAR = "Show or hide the folders"
REMOVE_FOLDER = "Remove from Findling…"
SHOW_IN_FOLDER = "Show in folder"
REMOVE_TITLE = "Remove this folder from Findling?"
REMOVE_TEXT = (
    "“{name}” will no longer be searched, and what Findling learned from it is forgotten.\n\n"
    "The files themselves are not touched."
)
REMOVE_CONFIRM = "Remove"
CANCEL = "Cancel"
FOLDER_UNAVAILABLE = "not connected"

# empty states
WELCOME_TITLE = "Find pictures and pages by what they show"
WELCOME_TEXT = (
    "Add a folder of photographs or documents. Findling looks at every picture and every page once; "
    "then you can describe what you are looking for, or search by a picture.\n\n"
    "Everything stays on this computer. Nothing is uploaded."
)
WELCOME_HINT = "… or drop a folder here"
OPENING_TITLE = "Opening your library…"
PROBLEM_TITLE = "The library could not be opened"
RETRY = "Try again"
FIRST_INDEX_TITLE = "Looking at your files for the first time"
FIRST_INDEX_TEXT = "You can already search. What has been read so far is found; the rest follows by itself."
READY_TEXT = "Describe what you are looking for, paste a picture, or try one of these:"
READY_EXAMPLES = ("a dog on a beach", "people at a table", "a chart with bars", "an invoice")
NOTHING_INDEXED_TITLE = "Nothing to search in yet"
NOTHING_INDEXED_TEXT = "No photograph and no document that Findling reads was found in your folders."
UNANSWERED_TITLE = "This could not be searched for"
NOTHING_FOUND_TITLE = "Nothing found"
NOTHING_FOUND_TEXT = "Try other words, fewer words, or search everywhere."

# results
SEARCHING = "Searching…"
NOTHING_MATCHES_WELL = "Nothing matches well. These are the nearest."
REFRESH_RESULTS = "Files were added meanwhile. Refresh"
VERDICT_STRONG = "strong"
VERDICT_WEAK = "weak"
VERDICT_NONE = "far off"
RESULTS = "Results"
DRIVE_NOT_CONNECTED = "drive not connected"
OPEN = "Open"
COPY_PATH = "Copy path"
FIND_SIMILAR = "Find similar"
FILE_GONE = "“{name}” is no longer where it was."
FILE_GONE_REMEDY = "It may have been moved or deleted, or its drive is not connected."
FILE_NOT_OPENED = "No program on this computer opens “{name}”."

# preview
PREVIEW = "Preview"
PREVIEW_HINT = "Preview (Space)"
CLOSE_PREVIEW = "Back to the results (Esc)"
OPEN_HINT = "Open (Enter)"
SHOW_WHY = "Show why"
SHOW_WHY_HINT = "Mark on the page what made it match (W)"
ZOOM_IN = "Zoom in (+)"
ZOOM_OUT = "Zoom out (-)"
ZOOM_FIT = "Fit into the window (0)"
PREVIOUS_RESULT = "Previous result (Left)"
NEXT_RESULT = "Next result (Right)"
PREVIOUS_MATCH = "Previous match in this document (Up)"
NEXT_MATCH = "Next match in this document (Down)"
PREVIEW_NOT_SHOWN = "The picture cannot be shown."
WHY_WAITING = "Looking for what made it match…"
WHY_MATCHES = "Matches:"
WHY_LOOK = "Found by its look as a whole."
WHY_WHOLE = "Found as a whole: no single place on it stands out."
WHY_PLACES = "The marked places fit best."
WHY_UNKNOWN = "What made it match cannot be shown."
WHY_ALL_WORDS = "All words"

# activity
PAUSE = "Pause"
RESUME = "Resume"
STOP = "Stop"
CONTINUE = "Continue"
PAUSED = "Paused"
STOPPING = "Stopping after the current files…"
WAITING = "Starting…"
INDEX_PROGRESS = "Progress of reading the files"
CLOSING = "Findling closes as soon as the current files are finished. Nothing is lost."
PHASES = {
    "waiting": WAITING,
    "scanning": "Looking for files",
    "indexing": "Reading pictures and pages",
    "reading text": "Everything can be found. Reading the text on pictures and scans",
    "looking at pages": "Everything can be found. Looking at pages with the page model",
}
UNITS = {
    "files": ("file", "files"),
    "items": ("picture or page", "pictures and pages"),
    "pages": ("page", "pages"),
    "bytes": ("byte", "bytes"),
}

# failures
FAILURES_TITLE = "Files that could not be read"
FAILURES_TEXT = "These files are not found by a search. All others are."
FAILURES_FILTER = "Filter by name or reason"
FAILURES_NONE = "Every file could be read."
FAILURES_NO_MATCH = "No file here matches “{text}”."
FAILURES_LOADING = "Loading the list…"
FAILURES_RETRY = "Try again"
FAILURES_RETRY_HINT = "Reads all of these files again"
COLUMN_NAME = "File"
COLUMN_FOLDER = "Folder"
COLUMN_REASON = "Reason"
CLOSE = "Close"

# model
MODEL_LINE = "Answers come from the model “{title}”."
MODEL_BETTER = "A better one is available."

# drops
DROP_HERE = "Drop folders to search in them,\nor a picture to search by it"

# problems in the program itself
BUG_TITLE = "Something went wrong in Findling"
BUG_TEXT = "Findling goes on, and your files and library are not harmed. The details help to mend it."
COPY_DETAILS = "Copy details"
DISMISS = "Dismiss"


def number(value: int) -> str:
    """A count as the user's country writes it."""
    return QLocale().toString(value)


def counted(value: int, one: str, many: str) -> str:
    return f"{number(value)} {one if value == 1 else many}"


def files(value: int) -> str:
    return counted(value, "file", "files")


def plain(text: str) -> str:
    """`text` without what cannot be drawn, or would break or reorder the line it is drawn in."""
    return _UNDRAWABLE.sub("\ufffd", text)


# Control characters, line and paragraph separators, bidirectional overrides, and the lone surrogates that
# stand for bytes of a file name that are no UTF-8.
_UNDRAWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def tip(text: str) -> str:
    """A tool tip that draws `text` as it is: Qt would take a file named like a tag for a tag."""
    lines = [html.escape(plain(line)) for line in text.splitlines()]
    return f"<qt>{'<br>'.join(lines)}</qt>" if lines else ""


def remove_picture(label: str) -> str:
    return f"Take out {label}"


def file_name(path: Path) -> str:
    return plain(path.name or str(path))


def page(value: int) -> str:
    return f"Page {number(value)}"


def not_read(value: int) -> str:
    return f"{files(value)} could not be read"


def failed(value: int) -> str:
    return f"{number(value)} could not be read"


def too_many_pictures(limit: int) -> str:
    return f"A search takes at most {number(limit)} pictures. The others were left out."


def item_label(path: Path, number_of_page: int | None) -> str:
    """A file, or one page of it: "report.pdf, page 3"."""
    name = file_name(path)
    return name if number_of_page is None else f"{name}, page {number(number_of_page)}"


def page_in_folder(number_of_page: int | None, folder: Path) -> str:
    """Under the name of a file: "Page 3 · /home/ada/Reports"."""
    parts = [page(number_of_page)] if number_of_page is not None else []
    return " · ".join([*parts, plain(str(folder))])


def result_of(place: int, count: int, more: bool) -> str:
    if more:
        return f"Result {number(place)} of more than {number(count)}"
    return f"Result {number(place)} of {number(count)}"


def match_of(place: int, count: int) -> str:
    return f"Match {number(place)} of {number(count)} in this document"


def show_word(word: str) -> str:
    return f"Show only “{plain(word)}”"


def remove_folder(path: Path) -> str:
    return f"Remove {file_name(path)} from Findling"


def holdings(photos: int, pages: int) -> str:
    """What the library holds: "1,204 photographs · 316 pages"."""
    parts = []
    if photos or not pages:
        parts.append(counted(photos, "photograph", "photographs"))
    if pages:
        parts.append(counted(pages, "page", "pages"))
    return " · ".join(parts)


def ready_title(photos: int, pages: int) -> str:
    return f"Search {holdings(photos, pages).replace(' · ', ' and ')}"


def folder_counts(items: int, failed: int, available: bool) -> str:
    parts = [counted(items, "picture or page", "pictures and pages")]
    if failed:
        parts.append(f"{number(failed)} not read")
    if not available:
        parts.append(FOLDER_UNAVAILABLE)
    return " · ".join(parts)


def matches(count: int, verdict: str, more: bool) -> str:
    """The line over the results: "128 matches · strong"."""
    if more:
        return f"The best {number(count)} matches · {verdict}"
    return f"{counted(count, 'match', 'matches')} · {verdict}"


def copies(count: int) -> str:
    return counted(count, "other copy of the same content", "other copies of the same content")


def pending(value: int) -> str:
    return f"{files(value)} not read yet"


def phase(name: str) -> str:
    return PHASES.get(name, name[:1].upper() + name[1:])


def done_of(done: int, found: int, unit: str) -> str:
    one, many = UNITS.get(unit, (unit, unit))
    if not found:
        return counted(done, one, many) if done else ""
    return f"{number(done)} of {counted(found, one, many)}"


def rate(value: float) -> str:
    """Work a second; below one a second, a minute."""
    if value >= 1:
        return f"{number(round(value))} a second"
    if value * 60 >= 1:
        return f"{number(round(value * 60))} a minute"
    return ""


def remaining(seconds: float | None) -> str:
    """A duration as a person would say it. It is an estimate, so it is never exact."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {counted(minutes, 'minute', 'minutes')} left"
    hours = round(seconds / 3600)
    if hours < 36:
        return f"about {counted(hours, 'hour', 'hours')} left"
    return f"about {counted(round(seconds / 86400), 'day', 'days')} left"
