"""Whatever changes the library, the session tells it, without being asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import FolderStatus, LibraryChanges, LibraryStatus
from gui.messages import Messages
from gui.session import Session
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, open_library, paint

FOLDER = FolderStatus(Path("/pictures"), (), available=True, files=3, items=3, failed=0)
STATUS = LibraryStatus((FOLDER,), 3, 0, 3, 3, 0, 0, 0, 0, 0, "model", "words", 0)


class Listener:
    """A session, and all that it has told."""

    def __init__(self, qtbot: QtBot, location: Path) -> None:
        self._qtbot = qtbot
        self.session = Session(location, Messages(), open_library)
        self.told: list[LibraryChanges] = []
        self.session.changed.connect(self.told.append)
        with qtbot.waitSignal(self.session.changed, timeout=SECONDS):
            self.session.open()

    def wait_for(self, files: int) -> LibraryChanges:
        """What was told when there were so many files."""
        self._qtbot.waitUntil(lambda: self.told[-1].status.files == files, timeout=SECONDS)
        return self.told[-1]


def test_what_a_run_and_a_removal_change_is_told(qtbot: QtBot, empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "three"
    for name in ("a.png", "b.png", "c.png"):
        paint(folder / name, "red" if name == "a.png" else "blue", (40 + len(name), 40 + ord(name[0])))
    listener = Listener(qtbot, empty)
    assert listener.told[0].before is None
    library = listener.session.library
    library.add_folder(folder)
    qtbot.waitUntil(lambda: len(listener.told[-1].status.folders) == 1, timeout=SECONDS)
    assert any(changes.folders and changes.before is not None for changes in listener.told)
    library.index(Progress(), CancelToken())
    qtbot.waitUntil(lambda: listener.told[-1].status.items == 3, timeout=SECONDS)
    assert not listener.told[-1].removes_files
    listener.session.remove_folder(folder)
    assert listener.wait_for(files=0).status.folders == ()
    assert any(changes.removes_files for changes in listener.told)
    assert listener.session.close(SECONDS)


class Busy(Library):
    """Somebody writes to it during every look."""

    def status(self) -> LibraryStatus:
        status = super().status()
        self._catalogue.set_meta("looks", self._catalogue.meta("looks") + "x")
        return status


def test_a_library_that_is_written_all_the_time_is_told_all_the_same(qtbot: QtBot, empty: Path) -> None:
    registry = ColourRegistry(empty.parent / "models")
    session = Session(empty, Messages(), lambda location: Busy(location, registry, None, read_text=False))
    told: list[LibraryChanges] = []
    session.changed.connect(told.append)
    session.open()
    qtbot.waitUntil(lambda: len(told) >= 2, timeout=SECONDS)
    assert len(session.library._catalogue.meta("looks")) <= len(told) + 1  # no look is for nothing
    assert session.close(SECONDS)


def test_what_another_program_indexes_is_told_while_somebody_polls(
    qtbot: QtBot, empty: Path, pictures: Path
) -> None:
    listener = Listener(qtbot, empty)
    listener.session.poll(True)
    with open_library(empty) as other:
        other.add_folder(pictures)
        qtbot.waitUntil(lambda: len(listener.told[-1].status.folders) == 1, timeout=SECONDS)
    assert listener.session.close(SECONDS)


def test_changes_say_what_came_back_and_what_went() -> None:
    away = replace(STATUS, folders=(replace(FOLDER, available=False, unplugged=(Path("/pictures/usb"),)),))
    assert LibraryChanges(STATUS, away).reconnected == {Path("/pictures"), Path("/pictures/usb")}
    assert LibraryChanges(away, STATUS).reconnected == frozenset()
    assert LibraryChanges(STATUS).reconnected == frozenset()
    assert LibraryChanges(replace(STATUS, files=2), STATUS).removes_files
    assert not LibraryChanges(STATUS, STATUS).removes_files
    assert not LibraryChanges(replace(STATUS, items=9), STATUS).folders
    excluded = replace(FOLDER, excludes=("/pictures/private",))
    assert LibraryChanges(replace(STATUS, folders=(excluded,)), STATUS).folders
