"""Joins what can be done with files to the results, the preview and the index."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from engine.records import FileSituation, FileTrace, Hit
from gui.controllers.preview import PreviewController
from gui.controllers.selection_actions import (
    FileActionSet,
    SelectionActions,
)
from gui.files.file_actions import FileActions
from gui.files.folder_excludes import FolderExcludes
from gui.files.moving.export import ExportController
from gui.files.moving.trash_controller import TrashController
from gui.files.open_with import OpenWithController
from gui.indexing import IndexingController
from gui.jobs import Lane
from gui.results.page import ResultsPage
from gui.search.drop_handler import DropHandler
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.shortcuts import table
from gui.undo import UndoHistory
from gui.widgets.style import Style

_FOUND = (FileSituation.SEARCHABLE, FileSituation.PARTLY)


class FileOperations(QObject):
    items_gone = Signal(object)  # frozenset[int]: not to be found any more

    def __init__(
        self,
        session: Session,
        files: FileActions,
        drop_handler: DropHandler,
        indexing: IndexingController,
        search_runner: SearchRunner,
        style: Style,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._indexing = indexing
        self._searching = search_runner
        self._results: ResultsPage | None = None
        self._stale: int | None = None  # the phase in which something came back that the answer misses
        self._awaited: Path | None = None  # one of the files that came back, while it is not known
        self._looks = False  # for that one
        self.undo = UndoHistory(session.messages, self)
        self.export_controller = ExportController(session, files.open, style, window)
        self.trash_controller = TrashController(session, self.undo, window)
        self.folder_excludes = FolderExcludes(session, indexing, self.undo, self)
        self.opening_with = OpenWithController(session, window)
        self.actions = SelectionActions(
            session,
            FileActionSet(
                files,
                drop_handler,
                self.opening_with,
                self.export_controller,
                self.trash_controller,
                self.folder_excludes,
            ),
            window,
        )
        self.trash_controller.moved.connect(self._files_gone)
        self.trash_controller.returned.connect(self._files_came)
        self.trash_controller.refused.connect(self._look_again)
        self.folder_excludes.left_out.connect(lambda folder: self._forget(partial(_below, folder)))
        self.folder_excludes.returned.connect(self._repeat_later)
        indexing.finished.connect(self._index_came_to_rest)
        session.status_changed.connect(self._look_for_awaited)
        search_runner.started.connect(self._asked)
        for keys in table.sequences("undo"):
            QShortcut(keys, window, self.undo.undo)

    def connect_results(self, results: ResultsPage, preview_controller: PreviewController) -> None:
        """What is selected in the results, or looked at in the preview, is what something is done with."""
        self._results = results
        self.items_gone.connect(results.model.remove)
        self.actions.attach(results.view, results.view.selected_hits)
        results.view.menu_wanted.connect(self.actions.show_menu)
        preview = preview_controller.preview
        self.actions.attach(preview, preview.selected_hits)
        preview.menu_wanted.connect(lambda hits, place: self.actions.show_menu(hits, place, preview=False))
        self.actions.preview_wanted.connect(preview_controller.show)

    def close(self) -> None:
        """The window closes: an export ends with the file that it is at."""
        self.export_controller.stop()
        self.trash_controller.close()

    def _files_gone(self, paths: frozenset[Path]) -> None:
        self._forget(paths.__contains__)
        self._look_again()

    def _files_came(self, paths: frozenset[Path]) -> None:
        self._awaited = next(iter(paths), None)
        self._repeat_later()
        self._look_again()

    def _look_again(self) -> None:
        self._session.library.files_changed()
        self._indexing.start()

    def _forget(self, gone: Callable[[Path], bool]) -> None:
        """Take the cards away at once; the index follows. They may be many: not for the main thread."""
        if self._results is not None:
            hits = tuple(self._results.model.hits)
            self._session.jobs.run(Lane.FILES, lambda: _items(hits, gone), self.items_gone.emit)

    def _repeat_later(self) -> None:
        """Ask now, where it has not been missed, and again once the index knows what came back."""
        self._stale = self._indexing.snapshot().phases
        self._searching.repeat()

    def _index_came_to_rest(self) -> None:
        if self._stale is None:
            return
        self._searching.repeat()
        if self._indexing.snapshot().phases != self._stale:  # else it may be the end of an earlier look
            self._stale = self._awaited = None

    def _look_for_awaited(self) -> None:
        """A file that came back is known long before a run comes to rest that goes on to read text."""
        awaited = self._awaited
        if awaited is not None and not self._looks:
            self._looks = True
            library = self._session.library
            self._session.jobs.run(
                Lane.LIBRARY,
                lambda: library.trace(awaited),
                lambda trace: self._traced(awaited, trace),
                self._not_traced,
            )

    def _traced(self, path: Path, trace: FileTrace) -> None:
        self._looks = False
        known = path == self._awaited and trace.whereabouts in _FOUND
        if known and not self._searching.running:
            self._awaited = None
            self._searching.repeat()

    def _not_traced(self, error: Exception) -> None:
        self._looks, self._awaited = False, None
        self._session.messages.report(error)

    def _asked(self) -> None:
        if not self._searching.repeating:
            self._awaited = None  # an answer to something else; that it is older than the library is told


def _items(hits: Collection[Hit], gone: Callable[[Path], bool]) -> frozenset[int]:
    return frozenset(hit.item for hit in hits if gone(hit.path))


def _below(folder: Path, path: Path) -> bool:
    return path.is_relative_to(folder)
