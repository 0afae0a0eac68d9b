"""Tells why a file is not found, and applies the remedies that the user chooses."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.records import FileDiagnosis, FileSituation
from gui.activity.diagnosis_dialog import DiagnosisDialog, FileAnswer, Remedy
from gui.indexing import IndexingController, IndexState
from gui.jobs import Job, Lane
from gui.session import Session
from gui.strings import activity as words
from gui.widgets.appearance.style import Style

_STILL = (IndexState.IDLE, IndexState.PAUSED)  # no indexing goes on
MOST_FILES = 50  # files diagnosed at once

Traced = tuple[tuple[FileDiagnosis, Path], ...]  # with the folder that would need adding


class DiagnosisController(QObject):
    """Opens the diagnosis dialog and answers what the user drops into it."""

    show_requested = Signal(object, object)  # Path of a folder, tuple[int, ...] to select
    include_requested = Signal(object)  # Path of an excluded folder

    def __init__(self, session: Session, indexing: IndexingController, style: Style, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._indexing = indexing
        self._style = style
        self._window = window
        self._paths: tuple[Path, ...] = ()
        self._left_out = 0
        self._job: Job[Traced] | None = None
        self._repeat_pending = False  # the library changed during the diagnosis
        self.dialog: DiagnosisDialog | None = None
        session.opened.connect(self._ask_again)
        indexing.finished.connect(self._ask_again)
        session.changed.connect(self._on_status)

    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.dialog is None:
            self.dialog = DiagnosisDialog(self._style, self._window)
            self.dialog.asked.connect(self.ask)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def ask(self, paths: Sequence[Path]) -> None:
        """Diagnose these files, at most 50, and show the answers in the dialog."""
        self._paths, self._left_out = tuple(paths[:MOST_FILES]), max(len(paths) - MOST_FILES, 0)
        if self.dialog is not None:
            self.dialog.show_waiting()
            self._ask_again()

    def _ask_again(self) -> None:
        """Diagnose again, as after a run; before the library is open the request waits."""
        if self._paths and self._session.is_open and self.dialog is not None and self.dialog.isVisible():
            self._ask()

    def _on_status(self) -> None:
        """Diagnose again, also during a run, as text recognition may take hours."""
        if self._job is None:
            self._ask_again()
        else:
            self._repeat_pending = True

    def _ask(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._repeat_pending = False
        library, paths = self._session.library, self._paths
        self._job = self._session.jobs.run(
            Lane.TRACE,
            lambda: tuple((library.diagnose(path), _folder_of(path)) for path in paths),
            self._answer,
            self._failed,
        )

    def _answer(self, traced: Traced) -> None:
        self._job = None
        if self.dialog is not None:
            answers = [FileAnswer(trace, self._remedies(trace, folder)) for trace, folder in traced]
            self.dialog.show_answers(answers, self._left_out)
        if self._repeat_pending:
            self._ask_again()

    def _failed(self, error: Exception) -> None:
        """Report the error and stop following the library, where it would occur again and again."""
        self._job = None
        self._paths = ()
        if self.dialog is not None:
            self.dialog.show_answers([], 0)
        self._session.messages.report(error)

    def _remedies(self, trace: FileDiagnosis, folder: Path) -> tuple[Remedy, ...]:
        remedies = []
        if trace.situation is FileSituation.OUTSIDE:
            text = words.ADD_THIS_FOLDER if folder == trace.path else words.ADD_ITS_FOLDER
            remedies.append(Remedy(text, lambda: self._session.add_folders([folder])))
        if trace.left_out is not None:
            remedies.append(Remedy(words.INCLUDE_AGAIN, partial(self.include_requested.emit, trace.left_out)))
        if trace.situation in (FileSituation.SEARCHABLE, FileSituation.PARTLY, FileSituation.FOLDER):
            remedies.append(Remedy(words.SHOW_IN_RESULTS, lambda: self._show_found(folder, trace.items)))
        if trace.situation in (FileSituation.FAILED, FileSituation.PARTLY):
            remedies.append(Remedy(words.TRY_AGAIN, lambda: self._retry(trace.path)))
        if trace.situation is FileSituation.PENDING and self._indexing.state in _STILL:
            remedies.append(Remedy(words.CONTINUE_READING, self._continue_indexing))
        return tuple(remedies)

    def _show_found(self, folder: Path, items: tuple[int, ...]) -> None:
        """Show the file in the window, which the dialog must not hide."""
        if self.dialog is not None:
            self.dialog.close()
        self.show_requested.emit(folder, items)

    def _continue_indexing(self) -> None:
        if self._indexing.state is IndexState.PAUSED:
            self._indexing.resume()
        else:
            self._indexing.start()

    def _retry(self, path: Path) -> None:
        self._session.retry_failed([path], lambda _count: self._changed())

    def _changed(self) -> None:
        self._indexing.start()
        self._ask_again()


def _folder_of(path: Path) -> Path:
    """Reads the disk, so not for the main thread."""
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112  # Path.is_dir may raise
