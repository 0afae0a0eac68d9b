"""Opens files and shows where they are, and says so when they are gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui import strings
from gui.files import desktop
from gui.jobs import Lane
from gui.session import Session


class FileActions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, path: Path) -> None:
        self._when_there(path, desktop.open_path)

    def show_in_folder(self, path: Path) -> None:
        self._when_there(path, desktop.show_in_folder)

    def copy_path(self, path: Path) -> None:
        desktop.copy_path(path)

    def _when_there(self, path: Path, act: Callable[[Path], bool]) -> None:
        """Look first, off the main thread: a drive that is gone can take seconds to say so."""

        def looked(there: bool) -> None:
            name = strings.file_name(path)
            if not there:
                self._session.messages.warning(strings.FILE_GONE.format(name=name), strings.FILE_GONE_REMEDY)
            elif not act(path):
                self._session.messages.warning(strings.FILE_NOT_OPENED.format(name=name))

        self._session.jobs.run(Lane.FILES, path.exists, looked)
