"""Texts on files: open, copy, export, move to the trash, exclude."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.records import Objection, ObjectionKind
from gui.strings import file_name, number, plain
from gui.translation import Findling

# menu
OPEN = Findling.tr("Open")
OPEN_WITH = Findling.tr("Open with…")
OPEN_WITH_TITLE = Findling.tr("Open with")
PREVIEW = Findling.tr("Preview", "to do so")
SHOW_IN_FOLDER = Findling.tr("Show in folder")
COPY_FILE = Findling.tr("Copy file")
COPY_PATH = Findling.tr("Copy path")
FIND_SIMILAR = Findling.tr("Find similar")
ADD_TO_SEARCH = Findling.tr("Add to the search")
TAKE_FROM_SEARCH = Findling.tr("Take away from the search")
EXPORT = Findling.tr("Export to a folder…")
EXCLUDE_FOLDER = Findling.tr("Leave this folder out")
MOVE_TO_BIN = Findling.tr("Move to the bin…")
ACTIONS = Findling.tr("What can be done with the selection")

# opening many, and opening with
OPEN_MANY_TITLE = Findling.tr("Open many at once")
OPEN_MANY_TEXT = Findling.tr("Each opens in its own window.")
OPEN_CONFIRM = Findling.tr("Open")
PROGRAMS = Findling.tr("Programs")
PROGRAMS_NONE = Findling.tr("No program that says it opens such a file was found. Choose one yourself.")
OTHER_PROGRAM = Findling.tr("Other program…")
PICK_PROGRAM = Findling.tr("Choose a program to open the file with")
PROGRAM_NOT_STARTED = Findling.tr("“{name}” could not be started.")

# export
PICK_EXPORT_FOLDER = Findling.tr("Choose a folder to copy the files to")
EXPORTING = Findling.tr("Copying to “{name}”")
EXPORT_PROGRESS = Findling.tr("Progress of copying")
EXPORT_CANCEL = Findling.tr("Cancel copying")
EXPORT_STOPPING = Findling.tr("Stopping…")
SHOW = Findling.tr("Show")
EXPORT_BUSY = Findling.tr("An export is running. The next one can start when it has ended.")
EXPORT_FULL = Findling.tr("There is no more room in “{name}”.")
EXPORT_TOO_LARGE = Findling.tr("“{name}” does not take a file this large.")
NAME_REFUSED = Findling.tr("“{name}” is left out: the folder does not take its name.")
NO_FILE_ANY_MORE = Findling.tr("“{name}” is no longer where it was.")

# bin
BIN_CONFIRM = Findling.tr("Move to the bin")
CANCEL = Findling.tr("Cancel")
BIN_DOCUMENTS = Findling.tr("The whole document is moved, with all its pages.")
BIN_COPIES = Findling.tr("Other copies with the same content stay where they are.")
BIN_NAME = Findling.tr("“{name}” has a name that the system's bin cannot take. It stays where it is.")
BIN_REFUSED = Findling.tr("The system has no bin for “{name}”, or does not let it go. It stays where it is.")
BIN_CHANGED = Findling.tr("“{name}” is not what it was when Findling read it. It stays where it is.")
BIN_UNREADABLE = Findling.tr("“{name}” cannot be read at the moment. It stays where it is.")
BIN_KEPT_GONE = Findling.tr(
    "“{name}” stays: “{kept}”, which was to be kept, is not there. Perhaps its drive is not connected."
)
BIN_KEPT_LINK = Findling.tr("“{name}” stays: “{kept}”, which was to be kept, is only a link to a file.")
BIN_KEPT_CHANGED = Findling.tr("“{name}” stays: “{kept}”, which was to be kept, is not what it was.")
BIN_SAME_FILE = Findling.tr("“{name}” stays: it and “{kept}”, which was to be kept, are one file.")
BIN_ALL_OF_GROUP = Findling.tr("Nothing of this group is kept.")
BIN_NOT_PUT_BACK_BY_US = Findling.tr(
    "This system does not say where they lie in the bin; it can bring them back itself."
)
NOT_IN_BIN = Findling.tr("“{name}” is no longer in the bin.")
PLACE_TAKEN = Findling.tr("“{name}” stays in the bin: something else is where it was.")

# undo
UNDO = Findling.tr("Undo")
NOTHING_TO_UNDO = Findling.tr("There is nothing to undo.")

_OBJECTIONS = {
    ObjectionKind.GONE: NO_FILE_ANY_MORE,
    ObjectionKind.CHANGED: BIN_CHANGED,
    ObjectionKind.UNREADABLE: BIN_UNREADABLE,
    ObjectionKind.KEPT_GONE: BIN_KEPT_GONE,
    ObjectionKind.KEPT_LINK: BIN_KEPT_LINK,
    ObjectionKind.KEPT_CHANGED: BIN_KEPT_CHANGED,
    ObjectionKind.SAME_FILE: BIN_SAME_FILE,
}

LISTED = 5  # file names in a question; the others are only counted


def open_many(count: int) -> str:
    """Ask whether to open so many files."""
    return Findling.tr("Open %Ln file(s) at once?", "", count)


def show_many(count: int) -> str:
    """Ask whether to show so many folders."""
    return Findling.tr("Show %Ln folder(s) at once?", "", count)


def open_with(paths: Sequence[Path]) -> str:
    """The title of the dialog that opens files with another program."""
    if len(paths) == 1:
        return Findling.tr("Open “{name}” with").format(name=file_name(paths[0]))
    return Findling.tr("Open %Ln file(s) with", "", len(paths))


def copy_files(count: int) -> str:
    """The label of the action that copies files."""
    return COPY_FILE if count == 1 else Findling.tr("Copy %Ln file(s)", "", count)


def copy_paths(count: int) -> str:
    """The label of the action that copies paths as text."""
    return COPY_PATH if count == 1 else Findling.tr("Copy %Ln path(s)", "", count)


def copied_files(count: int) -> str:
    """Says that files are on the clipboard."""
    return Findling.tr("%Ln file(s) copied, to be pasted where you want.", "", count)


def copied_paths(count: int) -> str:
    """Says that paths are on the clipboard."""
    return Findling.tr("%Ln path(s) copied as text.", "", count)


def listed(paths: Sequence[Path]) -> str:
    """List the first few names, one a line, and count the others.

    Files in several folders get their folder, since copies may share a name.
    """
    folders = {path.parent for path in paths}
    name = file_name if len(folders) == 1 else _file_in_folder
    lines = [name(path) for path in paths[:LISTED]]
    if len(paths) > LISTED:
        lines.append(Findling.tr("and %Ln more", "of files", len(paths) - LISTED))
    if len(folders) == 1:
        lines += ["", plain(str(paths[0].parent))]
    return "\n".join(lines)


def _file_in_folder(path: Path) -> str:
    text = Findling.tr("{name}, in {folder}", "of a file")
    return text.format(name=file_name(path), folder=plain(str(path.parent)))


def bin_question(paths: Sequence[Path]) -> str:
    """Ask whether to move the files to the trash."""
    if len(paths) == 1:
        return Findling.tr("Move “{name}” to the bin?").format(name=file_name(paths[0]))
    return Findling.tr("Move %Ln file(s) to the bin?", "", len(paths))


def bin_objection(path: Path, objection: Objection) -> str:
    """Say why a file should not go to the trash, naming the file that would be kept."""
    name = file_name(path)
    kept = file_name(objection.path) if objection.path.name != path.name else plain(str(objection.path))
    return _OBJECTIONS[objection.kind].format(name=name, kept=kept)


def binned(paths: Sequence[Path]) -> str:
    """Says that the files are in the trash."""
    if len(paths) == 1:
        return Findling.tr("“{name}” moved to the bin.").format(name=file_name(paths[0]))
    return Findling.tr("%Ln file(s) moved to the bin.", "", len(paths))


def put_back(paths: Sequence[Path]) -> str:
    """Says that the files are back in their folders."""
    if len(paths) == 1:
        return Findling.tr("“{name}” is back.").format(name=file_name(paths[0]))
    return Findling.tr("%Ln file(s) are back.", "", len(paths))


def exported(count: int, folder: Path) -> str:
    """Says how many files were copied to `folder`."""
    return Findling.tr("%Ln file(s) copied to “{name}”.", "", count).format(name=file_name(folder))


def export_stopped(count: int, folder: Path) -> str:
    """Says how many files had been copied when the export was stopped."""
    text = Findling.tr("Stopped: %Ln file(s) copied to “{name}”.", "", count)
    return text.format(name=file_name(folder))


def exported_so_far(done: int, count: int) -> str:
    """The progress of an export."""
    return Findling.tr("{done} of %Ln file(s) copied.", "", count).format(done=number(done))


def export_failed(folder: str, reason: str) -> str:
    """Says why nothing more can be written to the target folder."""
    return because(Findling.tr("Nothing more can be written to “{name}”").format(name=folder), reason)


def not_read(name: str, reason: str) -> str:
    """Says why a file cannot be copied."""
    return because(Findling.tr("“{name}” cannot be read").format(name=name), reason)


def not_put_back(name: str, reason: str) -> str:
    """Says why a file could not be restored from the trash."""
    return because(Findling.tr("“{name}” could not be put back").format(name=name), reason)


def because(sentence: str, reason: str) -> str:
    """Join a sentence without its full stop and a reason, which may be ""."""
    if not reason:
        return Findling.tr("{sentence}.").format(sentence=sentence)
    return Findling.tr("{sentence}: {reason}.").format(sentence=sentence, reason=plain(reason))


def left_out(problems: Sequence[str]) -> str:
    """Join the first three sentences on skipped files, and count the others."""
    shown = " ".join(problems[:3])
    more = len(problems) - 3
    if more <= 0:
        return shown
    return Findling.tr("{problems} %Ln more were left out.", "of files", more).format(problems=shown)


def exclude_folder(folder: Path) -> str:
    """The label of the action that excludes a folder."""
    return Findling.tr("Leave out the folder “{name}”").format(name=file_name(folder))


def remove_folder(folder: Path) -> str:
    """The label of the action that removes a folder from the library."""
    return Findling.tr("Remove “{name}” from Findling…").format(name=file_name(folder))


def excluded(folder: Path) -> str:
    """Says that a folder is excluded."""
    return Findling.tr("“{name}” is left out from now on.").format(name=file_name(folder))


def included(folder: Path) -> str:
    """Says that a folder is no longer excluded."""
    return Findling.tr("“{name}” is searched again.").format(name=file_name(folder))


def removed_folder(folder: Path) -> str:
    """Says that a folder is no longer in the library."""
    return Findling.tr("“{name}” is removed from Findling.").format(name=file_name(folder))
