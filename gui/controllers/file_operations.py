"""Joins operations on files to the results, the preview and the index."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from engine.records import FileDiagnosis, FileSituation, Hit
from gui.controllers.preview import PreviewController
from gui.controllers.selection_actions import FileActionSet, SelectionActions
from gui.files.file_actions import FileActions
from gui.files.folder_excludes import FolderExcludes
from gui.files.open_with import OpenWithController
from gui.files.transfer.export import ExportController
from gui.files.transfer.trash_controller import TrashController
from gui.indexing import IndexingController
from gui.jobs import Lane
from gui.results.page import ResultsPage
from gui.search.drop_handler import DropHandler
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.undo_history import UndoHistory
from gui.widgets import shortcut_table
from gui.widgets.appearance.style import Style

_FOUND = (FileSituation.SEARCHABLE, FileSituation.PARTLY)


class FileOperations(QObject):
    """Creates the operations on files and removes from the results what they take away."""

    items_removed = Signal(object)  # frozenset[int] of items that are no longer found

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
        self._search_runner = search_runner
        self._results: ResultsPage | None = None
        self._stale: int | None = None  # number of phases when files came back that the results lack
        self._awaited: Path | None = None  # a restored file that is not indexed yet
        self._trace_running = False  # whether `_awaited` is being diagnosed
        self.undo = UndoHistory(session.messages, self)
        self.export_controller = ExportController(session, files.open, style, window)
        self.trash_controller = TrashController(session, self.undo, window)
        self.folder_excludes = FolderExcludes(session, indexing, self.undo, self)
        self.open_with = OpenWithController(session, window)
        self.actions = SelectionActions(
            session,
            FileActionSet(
                files,
                drop_handler,
                self.open_with,
                self.export_controller,
                self.trash_controller,
                self.folder_excludes,
            ),
            window,
        )
        self.trash_controller.moved.connect(self._on_files_trashed)
        self.trash_controller.returned.connect(self._on_files_restored)
        self.trash_controller.refused.connect(self._rescan)
        self.folder_excludes.left_out.connect(lambda folder: self._remove_items(partial(_below, folder)))
        self.folder_excludes.returned.connect(self._repeat_until_indexed)
        indexing.finished.connect(self._on_index_finished)
        session.changed.connect(self._trace_awaited)
        search_runner.started.connect(self._on_search_started)
        for keys in shortcut_table.sequences("undo"):
            QShortcut(keys, window, self.undo.undo)

    def connect_results(self, results: ResultsPage, preview_controller: PreviewController) -> None:
        """Apply the operations to what is selected in the results or open in the preview."""
        self._results = results
        self.items_removed.connect(results.model.remove)
        self.actions.attach(results.view, results.view.selected_hits)
        results.view.menu_requested.connect(self.actions.show_menu)
        preview = preview_controller.preview
        self.actions.attach(preview, preview.selected_hits)
        preview.menu_requested.connect(lambda hits, place: self.actions.show_menu(hits, place, preview=False))
        self.actions.preview_requested.connect(preview_controller.show)

    def close(self) -> None:
        """Stop at the end of the program; an export finishes its current file."""
        self.export_controller.stop()
        self.trash_controller.close()

    def _on_files_trashed(self, paths: frozenset[Path]) -> None:
        self._remove_items(paths.__contains__)
        self._rescan()

    def _on_files_restored(self, paths: frozenset[Path]) -> None:
        self._awaited = next(iter(paths), None)
        self._repeat_until_indexed()
        self._rescan()

    def _rescan(self) -> None:
        self._session.library.on_files_changed()
        self._indexing.start()

    def _remove_items(self, gone: Callable[[Path], bool]) -> None:
        """Remove results at once, before the index is updated. Done in the background: they may be many."""
        if self._results is not None:
            hits = tuple(self._results.model.hits)
            self._session.jobs.run(Lane.FILES, lambda: _items(hits, gone), self.items_removed.emit)

    def _repeat_until_indexed(self) -> None:
        """Repeat the search now, and again when restored files are indexed."""
        self._stale = self._indexing.snapshot().phases
        self._search_runner.repeat()

    def _on_index_finished(self) -> None:
        if self._stale is None:
            return
        self._search_runner.repeat()
        if self._indexing.snapshot().phases != self._stale:  # otherwise it may be the end of an earlier scan
            self._stale = self._awaited = None

    def _trace_awaited(self) -> None:
        """Check whether the restored file is indexed, long before a run with text recognition ends."""
        awaited = self._awaited
        if awaited is not None and not self._trace_running:
            self._trace_running = True
            library = self._session.library
            self._session.jobs.run(
                Lane.LIBRARY,
                lambda: library.diagnose(awaited),
                lambda trace: self._on_traced(awaited, trace),
                self._on_trace_failed,
            )

    def _on_traced(self, path: Path, trace: FileDiagnosis) -> None:
        self._trace_running = False
        known = path == self._awaited and trace.situation in _FOUND
        if known and not self._search_runner.running:
            self._awaited = None
            self._search_runner.repeat()

    def _on_trace_failed(self, error: Exception) -> None:
        self._trace_running, self._awaited = False, None
        self._session.messages.report(error)

    def _on_search_started(self) -> None:
        if not self._search_runner.repeating:
            self._awaited = None  # another search; the staleness check covers it


def _items(hits: Collection[Hit], gone: Callable[[Path], bool]) -> frozenset[int]:
    return frozenset(hit.item for hit in hits if gone(hit.path))


def _below(folder: Path, path: Path) -> bool:
    return path.is_relative_to(folder)
