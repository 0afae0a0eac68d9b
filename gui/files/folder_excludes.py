"""Excludes folders from the library, and brings back excluded or removed ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.records import FolderStatus
from gui.indexing import IndexingController
from gui.jobs import Lane
from gui.session import Session
from gui.strings import file_work as words
from gui.undo_history import UndoHistory


class FolderExcludes(QObject):
    """Changes which folders are searched, with undo."""

    left_out = Signal(object)  # Path of an excluded folder
    returned = Signal()

    def __init__(
        self, session: Session, indexing: IndexingController, undo: UndoHistory, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._indexing = indexing
        self._undo = undo
        self._steps: dict[
            Path, Callable[[], object]
        ] = {}  # for each folder, drops its entry in the undo history
        session.folder_removed.connect(self._removed)
        session.folder_added.connect(self._forget)

    def is_whole_folder(self, folder: Path) -> bool:
        """Whether this is a folder of the library, which is removed rather than excluded."""
        return any(each.path == folder for each in self._added())

    def _added(self) -> tuple[FolderStatus, ...]:
        status = self._session.status
        return status.folders if status is not None else ()

    def exclude(self, folder: Path) -> None:
        """Exclude a folder below one of the library, in the background."""
        library = self._session.library
        self._session.jobs.run(
            Lane.FOLDERS, lambda: library.exclude(folder), lambda _none: self._excluded(folder)
        )

    def _excluded(self, folder: Path) -> None:
        self._done(folder, words.excluded(folder), lambda: self.include(folder))
        self.left_out.emit(folder)
        self._rescan()

    def include(self, folder: Path) -> None:
        """Stop excluding a folder, in the background."""
        library = self._session.library
        self._session.jobs.run(
            Lane.FOLDERS, lambda: library.include(folder), lambda _none: self._back(folder)
        )

    def _removed(self, folder: FolderStatus) -> None:
        self._done(folder.path, words.removed_folder(folder.path), partial(self._add, folder))
        others = [each.path for each in self._added() if each.path != folder.path]
        if not any(folder.path.is_relative_to(other) for other in others):
            self.left_out.emit(folder.path)

    def _add(self, folder: FolderStatus) -> None:
        library = self._session.library
        self._session.jobs.run(
            Lane.FOLDERS,
            lambda: library.add_folder(folder.path, folder.excludes),
            lambda _none: self._back(folder.path),
        )

    def _back(self, folder: Path) -> None:
        self._forget(folder)
        self._session.messages.info(words.included(folder))
        self._rescan()
        self.returned.emit()

    def _done(self, folder: Path, text: str, take_back: Callable[[], None]) -> None:
        self._forget(folder)
        self._steps[folder] = self._undo.done(text, take_back)

    def _forget(self, folder: Path) -> None:
        """Drop the undo entry of a folder, which was brought back in one way or another."""
        if folder in self._steps:
            self._steps.pop(folder)()

    def _rescan(self) -> None:
        self._indexing.start()
