"""The texts of the activity bar, the list of failed files, and the diagnosis of a file."""

from __future__ import annotations

from pathlib import Path

from engine.errors import ProblemKind
from engine.records import FileSituation
from gui import strings
from gui.translation import Findling

# the bar and its details
HELD = Findling.tr("Stopped. Nothing new is noticed until you continue.")
SHOW_DETAILS = Findling.tr("Show what is being done")
HIDE_DETAILS = Findling.tr("Hide what is being done")
NOT_WATCHING = Findling.tr("Not watching")
WATCHING_HINT = Findling.tr("How the library stands, and what is being done")
WORDS_OF_PHASES = {
    "watching": Findling.tr("Everything is up to date"),
    "in use": Findling.tr("Another Findling is changing this library. This one goes on when it has finished"),
    "finding themes and duplicates": Findling.tr("Everything can be found. Finding themes and duplicates"),
}
STEPS = {
    "scanning": Findling.tr("Looking for files"),
    "indexing": Findling.tr("Reading pictures and pages"),
    "finding themes and duplicates": Findling.tr("Finding themes and duplicates"),
    "reading text": Findling.tr("Reading the text on pictures and scans"),
    "taking in meaning": Findling.tr("Taking in what texts mean"),
    "looking at pages": Findling.tr("Looking at pages with the page model"),
}
#: These say how each step stands, after its name.
DONE = Findling.tr("done")
NOW = Findling.tr("now")
TO_COME = Findling.tr("to come")
UNFINISHED = Findling.tr("not finished")
SWITCHED_OFF = Findling.tr("switched off in the settings")
FOUND = Findling.tr("Found")
SEARCHABLE = Findling.tr("Searchable")
NOT_YET = Findling.tr("Not read yet")
FAILED = Findling.tr("Could not be read")
UNREAD = Findling.tr("Text still to be read")
NONE = Findling.tr("none")
STOP_WATCHING = Findling.tr("Stop watching")
SHOW_FAILURES = Findling.tr("Show the list")

# files that failed
ALL_REASONS = Findling.tr("All reasons")
RETRY_ONE = Findling.tr("Try again")
RETRY_ALL = Findling.tr("Try all again")
RETRY_ONE_HINT = Findling.tr("Reads the selected files again")
KINDS = {
    ProblemKind.UNREADABLE: Findling.tr("Could not be opened"),
    ProblemKind.VANISHED: Findling.tr("Vanished while it was read"),
    ProblemKind.EMPTY: Findling.tr("Empty"),
    ProblemKind.UNRECOGNISED: Findling.tr("Not what the name says"),
    ProblemKind.DAMAGED: Findling.tr("Damaged"),
    ProblemKind.TOO_LARGE: Findling.tr("Too large"),
    ProblemKind.ENCRYPTED: Findling.tr("Asks for a password"),
    ProblemKind.NO_PAGES: Findling.tr("Without pages"),
    ProblemKind.TIMEOUT: Findling.tr("Took too long"),
    ProblemKind.MEMORY: Findling.tr("Took too much memory"),
    ProblemKind.CRASHED: Findling.tr("Made the reader crash"),
}

# where a file is
TRACE = Findling.tr("Why isn't a file here?")
TRACE_TITLE = Findling.tr("Why isn't a file here?")
TRACE_TEXT = Findling.tr(
    "Drop files here that you miss, or choose them, and Findling says how it stands with each."
)
TRACE_DROP = Findling.tr("Drop files here")
TRACE_PICK = Findling.tr("Choose files…")
TRACE_PICK_TITLE = Findling.tr("Choose the files that you miss")
TRACE_WAITING = Findling.tr("Looking…")
TRACE_ANSWERS = Findling.tr("Answers")
ADD_ITS_FOLDER = Findling.tr("Add its folder")
ADD_THIS_FOLDER = Findling.tr("Add this folder")
INCLUDE_AGAIN = Findling.tr("Search its folder again")
TRY_AGAIN = Findling.tr("Try again")
SHOW_IN_RESULTS = Findling.tr("Show in Findling")
CONTINUE_READING = Findling.tr("Continue reading")
#: These follow the name of a file and a colon.
WHEREABOUTS = {
    FileSituation.SEARCHABLE: Findling.tr("it is found"),
    FileSituation.PARTLY: Findling.tr("found in part"),
    FileSituation.PENDING: Findling.tr("not read yet"),
    FileSituation.FAILED: Findling.tr("could not be read"),
    FileSituation.EXCLUDED: Findling.tr("left out"),
    FileSituation.OUTSIDE: Findling.tr("in none of your folders"),
    FileSituation.OTHER_TYPE: Findling.tr("of a kind that is not read"),
    FileSituation.PASSED_OVER: Findling.tr("passed over"),
    FileSituation.GONE: Findling.tr("not on the disk"),
    FileSituation.FOLDER: Findling.tr("a folder"),
}


def phase(name: str) -> str:
    """The name of a phase in the activity bar."""
    return WORDS_OF_PHASES.get(name) or strings.phase(name)


def found_files(count: int, copies: int) -> str:
    """A count of files, and how many of them are copies; each set of copies is found once."""
    files = strings.files(count)
    return f"{files} · " + Findling.tr("%Ln copies of others", "", copies) if copies else files


def files_or_none(count: int) -> str:
    """A count of files, or "none"."""
    return strings.files(count) if count else NONE


def items_or_none(count: int) -> str:
    """A count of items, or "none"."""
    return strings.items(count) if count else NONE


def watching(folders: int) -> str:
    """Says how many folders are watched for changes."""
    return Findling.tr("Watching %Ln folder(s)", "", folders)


def kind(value: str) -> str:
    """The short form of a `ProblemKind`; an unknown one is shown as it is."""
    return KINDS[ProblemKind(value)] if value in set(ProblemKind) else strings.plain(value)


def kind_counted(value: str, count: int) -> str:
    """A kind of problem with the number of files that have it, for the filter."""
    return f"{kind(value)} ({strings.number(count)})"


def answer(path: Path, whereabouts: FileSituation) -> str:
    """The heading of a diagnosis: "beach.jpg: in none of your folders"."""
    text = Findling.tr("{name}: {answer}")
    return text.format(name=strings.file_name(path), answer=WHEREABOUTS[whereabouts])


def more_not_asked(count: int) -> str:
    """Says that `count` dropped files were not diagnosed."""
    return Findling.tr("%Ln file(s) more were left out. Ask again with fewer.", "", count)
