"""Opens the list of failed files and the diagnosis, and keeps the list up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.activity.activity_bar import ActivityBar, StatusLine
from gui.activity.failures_dialog import FailuresDialog
from gui.controllers.file_diagnosis import DiagnosisController
from gui.files.file_actions import FileActions
from gui.indexing import IndexingController
from gui.session import Session
from gui.widgets.appearance.style import Style


class ProblemsController(QObject):
    """Creates the dialogs on failed and missing files."""

    def __init__(
        self,
        session: Session,
        indexing: IndexingController,
        files: FileActions,
        style: Style,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._indexing = indexing
        self._files = files
        self._style = style
        self._window = window
        self.failures_dialog: FailuresDialog | None = None
        self.diagnosis = DiagnosisController(session, indexing, style, window)
        indexing.finished.connect(self._refresh)

    def connect_bar(self, bar: ActivityBar, line: StatusLine) -> None:
        """Connect the links of the activity bar and the status line."""
        bar.panel.failures_requested.connect(self.show_failures)
        bar.panel.diagnosis_requested.connect(self.diagnosis.show)
        line.failures_requested.connect(self.show_failures)
        line.details_requested.connect(bar.toggle_details)

    def show_failures(self) -> None:
        """Open the list of failed files, or bring it to the front."""
        if self.failures_dialog is None:
            dialog = FailuresDialog(self._style, self._window)
            dialog.open_requested.connect(self._files.open)
            dialog.show_requested.connect(self._files.show_in_folder)
            dialog.retry_requested.connect(self._retry)
            dialog.diagnosis_requested.connect(self.diagnosis.show)
            self.failures_dialog = dialog
        self.failures_dialog.show()
        self.failures_dialog.raise_()
        self._session.list_failures(self.failures_dialog.show_failures)

    def _retry(self, paths: Sequence[Path] | None) -> None:
        self._session.retry_failed(paths, lambda _count: self._indexing.start())

    def _refresh(self) -> None:
        if self.failures_dialog is not None and self.failures_dialog.isVisible():
            self._session.list_failures(self.failures_dialog.show_failures)
