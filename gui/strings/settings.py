"""The texts of the settings, the models and the first start."""

from __future__ import annotations

from engine.records import ModelStatus
from gui import strings
from gui.translation import Findling

# settings
TITLE = Findling.tr("Settings")
APPEARANCE = Findling.tr("Appearance")
APPEARANCES = {
    "system": Findling.tr("Like the system"),
    "light": Findling.tr("Light"),
    "dark": Findling.tr("Dark"),
}
DAMAGED = Findling.tr("Your settings could not be read, so the usual ones hold.")
DAMAGED_REMEDY = Findling.tr("With the next change of a setting the damaged file is set aside, not lost.")
FILES = Findling.tr("Your files")
WATCH = Findling.tr("Notice changes by itself")
WATCH_TEXT = Findling.tr(
    "New, changed and deleted files in your folders are noticed at once. Off: only when Findling starts."
)
READ_TEXT = Findling.tr("Read the text on pictures and scans")
READ_TEXT_TEXT = Findling.tr(
    "Finds receipts, screenshots and scanned pages by their words. "
    "It goes on in the background, for hours in a large library."
)
RESULTS = Findling.tr("Results")
FOLD = Findling.tr("Put pictures that look the same behind one")
FOLD_TEXT = Findling.tr("Bursts and near copies take one place among the results. A click opens them.")
PRIVACY = Findling.tr("Privacy")
HISTORY = Findling.tr("Remember what was searched for")
HISTORY_TEXT = Findling.tr(
    "Recent searches are offered again. They stay on this computer, as everything does. Switching it off "
    "forgets them."
)
MODELS_ROW = Findling.tr("Models")
MODELS_ROW_TEXT = Findling.tr("Pictures: {pictures}. Pages: {pages}.")
CHOOSE_MODELS = Findling.tr("Choose models…")
LIBRARY = Findling.tr("Library")
SHOW_LIBRARY = Findling.tr("Show its folder")

# models
MODELS_TITLE = Findling.tr("Models")
MODELS_TEXT = Findling.tr(
    "A model looks at your pictures and pages, and understands what you ask. Models run on this computer: "
    "only their download uses the network. After a change the earlier model goes on answering until "
    "everything has been looked at again."
)
KINDS = {
    "pictures": (
        Findling.tr("For pictures"),
        Findling.tr("Finds photographs and whole pages by what they show."),
    ),
    "pages": (
        Findling.tr("For pages"),
        Findling.tr("Finds places on pages: words, tables, figures, layout."),
    ),
}
ANSWERS = Findling.tr("Answers now")
PREPARING = Findling.tr("Being prepared: {percent}. Until then {other} answers.")
PREPARING_AGAIN = Findling.tr(
    "A newer version is being prepared: {percent}. The earlier one answers until then."
)
INSTALLED = Findling.tr("Installed")
TO_DOWNLOAD = Findling.tr("Not downloaded yet")
MISSING = Findling.tr("Chosen, but it is not on this computer any more. {other} answers.")
BUILT_IN = Findling.tr("part of Findling, no download")
WAITING = Findling.tr("Waiting for the other download…")
CONNECTING = Findling.tr("Connecting…")
DOWNLOADING = Findling.tr("Downloading")
STOPPED = Findling.tr("Stopped. What has arrived is kept.")
STOPPED_AT_ONCE = Findling.tr("Stopped.")
CHECKING = Findling.tr("Checking what has arrived…")
USE = Findling.tr("Use it")
DOWNLOAD = Findling.tr("Download and use")
CONTINUE = Findling.tr("Continue the download")
CANCEL_DOWNLOAD = Findling.tr("Cancel")
ADD_MODEL = Findling.tr("Add a model from a folder…")
ADD_INSTEAD = Findling.tr("use “{button}” below")
PICK_MODEL = Findling.tr("Choose a folder with a model")
ADDING = Findling.tr("Adding “{name}”: it is copied and tried out…")
ADDED = Findling.tr("“{name}” was added.")
PROGRESS = Findling.tr("Progress of the download of {title}")
EARLIER = Findling.tr("the model before it")
STATUS_PREPARING = Findling.tr("“{other}” is being prepared: {percent}.")
STATUS_HINT = Findling.tr("Choose the models that look at your pictures and pages")

# first start
WELCOME_POINTS = (
    ("search", Findling.tr("Describe what you are looking for, in your own words.")),
    ("picture", Findling.tr("Or show a picture, to find what looks like it.")),
    ("page", Findling.tr("Photographs, scans and PDF pages, also by the words on them.")),
)
SAMPLES = Findling.tr("Try it with sample pictures")
SAMPLES_HINT = Findling.tr(
    "A handful of free photographs and documents. Their folder can be removed like any other."
)
SAMPLES_COMING = Findling.tr("Writing the sample pictures…")

# empty states
DROP_FILTERS = Findling.tr("Clear filters")
FOLDER_FIRST = Findling.tr("There is nothing to search in yet. Add a folder, and your question is answered.")
NOTHING_IN_FILTERS = Findling.tr("No results with these filters.")
NOTHING_DATED = Findling.tr(
    "Days are those on which photographs were taken. A file that does not say so has none, "
    "though its own date stands below it."
)
NOTHING_YET_TITLE = Findling.tr("Nothing found yet")
NOTHING_WHILE_READING = Findling.tr(
    "Findling has not read all of your files yet. What it finds meanwhile appears here by itself."
)
NOTHING_TO_TRY = Findling.tr(
    "Try other or fewer words, or describe what is to be seen rather than what it is called. "
    "A picture works, too: drop one here."
)
WHY_NOT_FOUND = Findling.tr("Why isn't a file here?")
CHOOSE_MODEL = Findling.tr("Choose a model…")
SHOW_FOLDER = Findling.tr("Show where it is")


def answering(active: ModelStatus, pending: ModelStatus | None) -> str:
    """Says which model answers and, if another is being prepared, how far that one is."""
    sentence = strings.MODEL_LINE.format(title=strings.plain(active.title))
    if pending is None:
        return sentence
    other, share = strings.plain(pending.title), percent(pending.prepared)
    return f"{sentence} {STATUS_PREPARING.format(other=other, percent=share)}"


def percent(share: float) -> str:
    """Format a share of 0 to 1; at most 99 %, since unfinished work must not look finished."""
    return Findling.tr("{percent} %").format(percent=strings.number(min(int(share * 100), 99)))


def arrived(done: int, found: int, rate: float, remaining: float | None) -> str:
    """The progress of a download: "312.0 MB of 1.5 GB · 8.1 MB a second · about 3 minutes left"."""
    so_far = Findling.tr("{done} of {all}").format(done=strings.size(done), all=strings.size(found))
    parts = [so_far] if found else []
    if rate >= 1:
        parts += [
            Findling.tr("{size} a second").format(size=strings.size(round(rate))),
            strings.remaining(remaining),
        ]
    return " · ".join(part for part in parts if part)
