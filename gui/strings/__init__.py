"""Every text that the window shows, in one package, marked for translation by `Findling.tr`.

Names and paths come from the user's disk and may contain anything: `plain` makes them safe to draw, and every
widget that shows one is set to plain text. Functions that take a count use the plural form of the user's
language.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from PySide6.QtCore import QLocale

from gui.translation import Findling

APPLICATION = "Findling"
OPEN_ALREADY = Findling.tr("Findling is open already. Its window has been asked to come to the front.")

# search bar
SEARCH_PLACEHOLDER = Findling.tr("Describe what you are looking for, or drop a picture here")
SEARCH_BOX = Findling.tr("Search")
SEARCH_CLEAR = Findling.tr("Clear the search (Esc)")
SEARCH_BY_PICTURE = Findling.tr("Search by a picture…")
PICK_PICTURE = Findling.tr("Choose a picture to search by")
PICTURE_FILES = Findling.tr("Pictures ({endings});;All files (*)").format(
    endings="*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif"
)
SCOPE = Findling.tr("Where to search")
SCOPE_ALL = Findling.tr("All")
SCOPE_PHOTOS = Findling.tr("Photographs")
SCOPE_PAGES = Findling.tr("Documents")
PASTED_PICTURE = Findling.tr("Pasted picture")
PICTURE_NOT_ENCODED = Findling.tr("The pasted picture could not be read.")
NOT_A_FILE = Findling.tr("“{name}” is no file that can be read, so it cannot be searched by.")

# folders
ADD_FOLDER = Findling.tr("Add folder…")
PICK_FOLDER = Findling.tr("Choose a folder to search in")
QUESTION_BEFORE = Findling.tr("Previous search (Alt+Left)")
SHOW_SIDEBAR = Findling.tr("Show or hide the folders")
REMOVE_FOLDER = Findling.tr("Remove from Findling…")
SHOW_IN_FOLDER = Findling.tr("Show in folder")
REMOVE_FOLDER_TITLE = Findling.tr("Remove a folder")
REMOVE_TITLE = Findling.tr("Remove this folder from Findling?")
REMOVE_TEXT = Findling.tr(
    "“{name}” will no longer be searched, and what Findling learned from it is forgotten.\n\n"
    "The files themselves are not touched."
)
REMOVE_CONFIRM = Findling.tr("Remove")
CANCEL = Findling.tr("Cancel")
WHOLE_DISK_TITLE = Findling.tr("Search the whole disk?")
WHOLE_DISK_TEXT = Findling.tr(
    "This takes very long, and includes the pictures and pages of the system and of every program. "
    "A folder of your own is mostly what you want."
)
WHOLE_DISK_CONFIRM = Findling.tr("Search the whole disk")
FOLDER_UNAVAILABLE = Findling.tr("not connected")

# empty states
WELCOME_TITLE = Findling.tr("Find pictures and pages by what they show")
WELCOME_TEXT = Findling.tr(
    "Add a folder, and Findling looks once at every picture and every page in it.\n"
    "Everything stays on this computer. Nothing is uploaded."
)
WELCOME_HINT = Findling.tr("… or drop a folder here")
OPENING_TITLE = Findling.tr("Opening your library…")
PROBLEM_TITLE = Findling.tr("The library could not be opened")
RETRY = Findling.tr("Try again")
FIRST_INDEX_TITLE = Findling.tr("Looking at your files for the first time")
FIRST_INDEX_TEXT = Findling.tr(
    "You can already search. What has been read so far is found; the rest follows by itself."
)
READY_TEXT = Findling.tr("Describe what you are looking for, or paste a picture.")
READY_TRY = Findling.tr("This is what your library has answers to:")
#: Examples of questions. The models understand English best, so they may stay as they are.
READY_QUESTIONS = (  # offered in this order, if the library has results for them
    Findling.tr("a dog"),
    Findling.tr("an invoice"),
    Findling.tr("people at a table"),
    Findling.tr("a chart with bars"),
    Findling.tr("children playing outside"),
    Findling.tr("a cup of coffee"),
    Findling.tr("a cat"),
    Findling.tr("snow on a mountain"),
    Findling.tr("a warranty"),
    Findling.tr("a beach and the sea"),
    Findling.tr("a street with cars"),
    Findling.tr("a ball game"),
    Findling.tr("a boat on the water"),
    Findling.tr("a recipe"),
    Findling.tr("somebody on a bicycle"),
    Findling.tr("a rocket taking off"),
    Findling.tr("a crowd of people"),
    Findling.tr("a house with a garden"),
)
NOTHING_INDEXED_TITLE = Findling.tr("Nothing to search in yet")
NOTHING_INDEXED_TEXT = Findling.tr(
    "No photograph and no document that Findling reads was found in your folders."
)
UNANSWERED_TITLE = Findling.tr("This could not be searched for")
NOTHING_FOUND_TITLE = Findling.tr("No results")

# results
SEARCHING = Findling.tr("Searching…")
NOTHING_MATCHES_WELL = Findling.tr("No good match. The nearest:")
REFRESH_RESULTS = Findling.tr("Files were added meanwhile. Refresh")
REFRESH_MOVED = Findling.tr("Files were moved or deleted meanwhile. Refresh")
RESULTS = Findling.tr("Results")
DRIVE_NOT_CONNECTED = Findling.tr("drive not connected")
OPEN = Findling.tr("Open")
FILE_GONE = Findling.tr("“{name}” is no longer where it was.")
FILE_GONE_REMEDY = Findling.tr("It may have been moved or deleted, or its drive is not connected.")
FILE_NOT_OPENED = Findling.tr("No program on this computer opens “{name}”.")

# preview
PREVIEW = Findling.tr("Preview")
CLOSE_PREVIEW = Findling.tr("Back to the results (Esc)")
OPEN_HINT = Findling.tr("Open (Enter)")
SHOW_WHY = Findling.tr("Show why")
SHOW_WHY_HINT = Findling.tr("Mark on the page what made it match (W)")
ZOOM_IN = Findling.tr("Zoom in (+)")
ZOOM_OUT = Findling.tr("Zoom out (-)")
PREVIOUS_RESULT = Findling.tr("Previous result (Left)")
NEXT_RESULT = Findling.tr("Next result (Right)")
PREVIEW_NOT_SHOWN = Findling.tr("The picture cannot be shown.")
WHY_WAITING = Findling.tr("Looking for what made it match…")
WHY_MATCHES = Findling.tr("Matches:")
WHY_LOOK = Findling.tr("Found by its look as a whole.")
WHY_WHOLE = Findling.tr("Found as a whole: no single place on it stands out.")
WHY_MEANING = Findling.tr("Found by its meaning: none of the words stands here.")
WHY_PLACES = Findling.tr("The marked places fit best.")
WHY_UNKNOWN = Findling.tr("What made it match cannot be shown.")
WHY_ALL_WORDS = Findling.tr("All words")

# activity
PAUSE = Findling.tr("Pause")
RESUME = Findling.tr("Resume")
STOP = Findling.tr("Stop")
CONTINUE = Findling.tr("Continue")
PAUSED = Findling.tr("Paused")
STOPPING = Findling.tr("Stopping after the current files…")
WAITING = Findling.tr("Starting…")
INDEX_PROGRESS = Findling.tr("Progress of reading the files")
CLOSING = Findling.tr("Findling closes as soon as the current files are finished. Nothing is lost.")
PHASES = {
    "waiting": WAITING,
    "scanning": Findling.tr("Looking for files"),
    "indexing": Findling.tr("Reading pictures and pages"),
    "reading text": Findling.tr("Everything can be found. Reading the text on pictures and scans"),
    "taking in meaning": Findling.tr("Everything can be found. Taking in what texts mean"),
    "looking at pages": Findling.tr("Everything can be found. Looking at pages with the page model"),
}

# failures
FAILURES_TITLE = Findling.tr("Files that could not be read")
FAILURES_TEXT = Findling.tr("These files are not found by a search. All others are.")
FAILURES_FILTER = Findling.tr("Filter by name or reason")
FAILURES_NONE = Findling.tr("Every file could be read.")
FAILURES_NO_MATCH = Findling.tr("No file here matches “{text}”.")
FAILURES_LOADING = Findling.tr("Loading the list…")
FAILURES_RETRY_HINT = Findling.tr("Reads all of these files again")
COLUMN_NAME = Findling.tr("File")
COLUMN_FOLDER = Findling.tr("Folder")
COLUMN_REASON = Findling.tr("Reason")
CLOSE = Findling.tr("Close")

# model
MODEL_LINE = Findling.tr("Answers come from the model “{title}”.")
MODEL_BETTER = Findling.tr("A better one is available.")

# drops
DROP_HERE = Findling.tr("Drop folders to search in them,\nor a picture to search by it")
DROP_TO_ADD = Findling.tr("Drop a picture here\nto add it to the search")

# problems in the program itself
BUG_TITLE = Findling.tr("Something went wrong in Findling")
BUG_TEXT = Findling.tr(
    "Findling goes on, and your files and library are not harmed. The details help to mend it."
)
COPY_DETAILS = Findling.tr("Copy details")
DISMISS = Findling.tr("Dismiss")


def number(value: int) -> str:
    """Format a count in the user's locale."""
    return QLocale().toString(value)


def files(value: int) -> str:
    """A count of files: "3 files"."""
    return Findling.tr("%Ln file(s)", "", value)


def items(value: int) -> str:
    """A count of items: "3 pictures or pages"."""
    return Findling.tr("%Ln picture(s) or page(s)", "", value)


def pages(value: int) -> str:
    """A count of pages: "3 pages"."""
    return Findling.tr("%Ln page(s)", "", value)


def plain(text: str) -> str:
    """Replace characters that cannot be drawn, or would break or reorder the line, by U+FFFD."""
    return _UNDRAWABLE.sub("\ufffd", text)


# Control characters, line and paragraph separators, bidirectional overrides, and lone surrogates, which
# stand for the bytes of a file name that are not valid UTF-8.
_UNDRAWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def as_text(path: Path) -> str:
    """A path for other programs, without line breaks: a terminal would run what follows one."""
    return _UNWRITABLE.sub("\ufffd", str(path))


# Control characters, and lone surrogates, which stand for bytes that are not valid UTF-8.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def size(value: int) -> str:
    """Format a number of bytes in the user's locale, such as "1.5 GB"."""
    return QLocale().formattedDataSize(value, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def tip(text: str) -> str:
    """A tool tip that shows `text` literally; Qt would interpret a file name that looks like a tag."""
    lines = [html.escape(plain(line)) for line in text.splitlines()]
    return f"<qt>{'<br>'.join(lines)}</qt>" if lines else ""


def file_name(path: Path) -> str:
    """The last part of `path`, safe to draw; the whole path if it has no name."""
    return plain(path.name or str(path))


def page(value: int) -> str:
    """The number of a page: "Page 3"."""
    return Findling.tr("Page {number}").format(number=number(value))


def not_read(value: int) -> str:
    """A count of failed files, as a sentence of its own: "3 files could not be read"."""
    return Findling.tr("%Ln file(s) could not be read", "", value)


def failed(value: int) -> str:
    """A count of failed files after other counts: "3 could not be read"."""
    return Findling.tr("%Ln could not be read", "of files", value)


def too_many_pictures(limit: int) -> str:
    """Says that a search takes at most `limit` pictures."""
    return Findling.tr("A search takes at most %Ln picture(s). The others were left out.", "", limit)


def item_label(path: Path, number_of_page: int | None) -> str:
    """Name a file, or one page of it: "report.pdf, page 3"."""
    name = file_name(path)
    if number_of_page is None:
        return name
    return Findling.tr("{name}, page {number}").format(name=name, number=number(number_of_page))


def page_in_folder(number_of_page: int | None, folder: Path) -> str:
    """The line under a file's name: "Page 3 · /home/ada/Reports"."""
    parts = [page(number_of_page)] if number_of_page is not None else []
    return " · ".join([*parts, plain(str(folder))])


def result_of(place: int, count: int, more: bool) -> str:
    """The position in the results: "Result 3 of 128". `more`: the results are incomplete."""
    if more:
        text = Findling.tr("Result {place} of more than {count}")
    else:
        text = Findling.tr("Result {place} of {count}")
    return text.format(place=number(place), count=number(count))


def searched_already(folder: Path) -> str:
    """Says that a dropped folder is in the library already."""
    return Findling.tr("“{name}” is searched already.").format(name=file_name(folder))


def show_word(word: str) -> str:
    """The action that shows only the matches of one word of the query."""
    return Findling.tr("Show only “{word}”").format(word=plain(word))


def photographs(value: int) -> str:
    """A count of photographs: "3 photographs"."""
    return Findling.tr("%Ln photograph(s)", "", value)


def holdings(photo_count: int, page_count: int) -> str:
    """Count what the library has: "1,204 photographs · 316 pages"."""
    return " · ".join(_holdings(photo_count, page_count))


def _holdings(photo_count: int, page_count: int) -> list[str]:
    photos = [photographs(photo_count)] if photo_count or not page_count else []
    return [*photos, pages(page_count)] if page_count else photos


def ready_title(photo_count: int, page_count: int) -> str:
    """The title of the start page: "Search 1,204 photographs and 316 pages"."""
    held = _holdings(photo_count, page_count)
    if len(held) == 1:
        return Findling.tr("Search {holdings}").format(holdings=held[0])
    return Findling.tr("Search {photographs} and {pages}").format(photographs=held[0], pages=held[1])


def unread(value: int) -> str:
    """A count of failed files in a short form: "3 not read"."""
    return Findling.tr("%Ln not read", "of files", value)


def pending(value: int) -> str:
    """A count of files that are still to be indexed."""
    return Findling.tr("%Ln file(s) not read yet", "", value)


def phase(name: str) -> str:
    """The name of a phase of indexing for the user; an unknown one is shown capitalised."""
    return PHASES.get(name, name[:1].upper() + name[1:])


def done_of(done: int, found: int, unit: str) -> str:
    """Progress with its unit: "12 of 300 files". `found` is 0 while the total is unknown; "" at the start."""
    if not found:
        return _in_unit(done, unit) if done else ""
    return Findling.tr("{done} of {all}").format(done=number(done), all=_in_unit(found, unit))


def _in_unit(value: int, unit: str) -> str:
    known = {"files": files, "items": items, "pages": pages}
    return known[unit](value) if unit in known else f"{number(value)} {unit}"


def rate(value: float) -> str:
    """Format a rate per second; below one a second, per minute. "" below one a minute."""
    if value >= 1:
        return Findling.tr("%Ln a second", "", round(value))
    if value * 60 >= 1:
        return Findling.tr("%Ln a minute", "", round(value * 60))
    return ""


def remaining(seconds: float | None) -> str:
    """A rough duration: "about 3 minutes left". "" for None, when there is no estimate."""
    if seconds is None:
        return ""
    if seconds < 10:
        return Findling.tr("a few seconds left")
    if seconds < 60:
        return Findling.tr("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return Findling.tr("about %Ln minute(s) left", "", minutes)
    hours = round(seconds / 3600)
    if hours < 36:
        return Findling.tr("about %Ln hour(s) left", "", hours)
    return Findling.tr("about %Ln day(s) left", "", round(seconds / 86400))
