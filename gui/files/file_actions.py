"""Opens files and shows them in their folders, or reports that they are missing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gui import strings
from gui.files import desktop
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.session import Session
from gui.strings import file_work as words


@dataclass(frozen=True, slots=True)
class _FileCheck:
    there: list[Path]
    gone: list[Path]
    shown: bool = False


class FileActions:
    """Checks in the background whether a file exists: on a disconnected drive that can take seconds."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._problems: list[Message] = []  # the messages of the last attempt

    def open(self, *paths: Path) -> None:
        """Open files with their default programs."""
        self._session.jobs.run(Lane.FILES, lambda: _look(paths), self._open)

    def show_in_folder(self, *paths: Path) -> None:
        """Show files in the file manager."""
        self._session.jobs.run(Lane.FILES, lambda: _show(paths), self._shown)

    def copy_path(self, path: Path) -> None:
        """Put a path on the clipboard as text."""
        desktop.copy_path(path)

    def _open(self, looked: _FileCheck) -> None:
        self._withdraw_problems()
        self._report_gone(looked)
        for path in looked.there:
            if not desktop.open_path(path):
                self._report_not_opened(path)

    def _shown(self, looked: _FileCheck) -> None:
        self._withdraw_problems()
        self._report_gone(looked)
        if looked.there and not looked.shown and not desktop.open_path(looked.there[0].parent):
            self._report_not_opened(looked.there[0].parent)

    def _report_gone(self, looked: _FileCheck) -> None:
        if looked.gone:
            gone = [strings.FILE_GONE.format(name=strings.file_name(path)) for path in looked.gone]
            self._report(words.left_out(gone), strings.FILE_GONE_REMEDY)

    def _report_not_opened(self, path: Path) -> None:
        self._report(strings.FILE_NOT_OPENED.format(name=strings.file_name(path)))

    def _report(self, text: str, remedy: str = "") -> None:
        """Show a warning that disappears with the next search or attempt."""
        problem = Message(Level.WARNING, text, remedy, passing=True)
        self._problems.append(problem)
        self._session.messages.post(problem)

    def _withdraw_problems(self) -> None:
        for problem in self._problems:
            self._session.messages.withdraw(problem)
        self._problems.clear()


def _look(paths: Sequence[Path]) -> _FileCheck:
    there: list[Path] = []
    gone: list[Path] = []
    for path in paths:
        (there if os.path.exists(path) else gone).append(path)  # noqa: PTH110  # Path.exists may raise
    return _FileCheck(there, gone)


def _show(paths: Sequence[Path]) -> _FileCheck:
    looked = _look(paths)
    return _FileCheck(looked.there, looked.gone, shown=bool(looked.there) and desktop.reveal(looked.there))
