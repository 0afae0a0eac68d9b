"""Leaves folders out of the library, and brings back those that were left out or removed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.records import FolderStatus, LibraryStatus
from gui.activity.indexing import Indexing
from gui.files.undo import UndoHistory
from gui.jobs import Lane
from gui.session import Session
from gui.strings import file_work as words


class LeavingOut(QObject):
    left_out = Signal(object)  # Path: nothing below it is to be found any more
    returned = Signal()

    def __init__(self, session: Session, indexing: Indexing, undo: UndoHistory, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._indexing = indexing
        self._undo = undo
        self._folders: dict[Path, FolderStatus] = {}  # as the last status has them
        session.status_changed.connect(self._compare)

    def is_whole_folder(self, folder: Path) -> bool:
        """Whether it is one of those that were added, which are removed and not left out."""
        return folder in self._folders

    def exclude(self, folder: Path) -> None:
        library = self._session.library
        self._session.jobs.run(
            Lane.LIBRARY, lambda: library.exclude(folder), lambda _none: self._excluded(folder)
        )

    def _excluded(self, folder: Path) -> None:
        self._undo.done(words.excluded(folder), lambda: self._include(folder))
        self.left_out.emit(folder)
        self._look_again()

    def _include(self, folder: Path) -> None:
        library = self._session.library
        self._session.jobs.run(
            Lane.LIBRARY, lambda: library.include(folder), lambda _none: self._back(folder)
        )

    def _compare(self, status: LibraryStatus) -> None:
        """A folder that was removed, wherever that was asked for, can be added again as it was."""
        folders = {folder.path: folder for folder in status.folders}
        before, self._folders = self._folders, folders
        for path, folder in before.items():
            if path not in folders:
                self._undo.done(words.removed_folder(path), partial(self._add, folder))
                if not any(path.is_relative_to(other) for other in folders):
                    self.left_out.emit(path)

    def _add(self, folder: FolderStatus) -> None:
        library = self._session.library
        self._session.jobs.run(
            Lane.LIBRARY,
            lambda: library.add_folder(folder.path, folder.excludes),
            lambda _none: self._back(folder.path),
        )

    def _back(self, folder: Path) -> None:
        self._session.messages.info(words.included(folder))
        self._look_again()
        self.returned.emit()

    def _look_again(self) -> None:
        self._session.refresh_status()
        self._indexing.start()
