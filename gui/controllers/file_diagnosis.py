"""Answers the question why a file is not found, and does what is chosen about it."""

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

_STILL = (IndexState.IDLE, IndexState.PAUSED)  # nothing is read
MOST_FILES = 50  # files that are asked about at once

Traced = tuple[tuple[FileDiagnosis, Path], ...]  # with the folder that would have to be added


class DiagnosisController(QObject):
    show_requested = Signal(object, object)  # Path: a folder, tuple[int, ...]: what of it, or nothing
    include_requested = Signal(object)  # Path: a folder that was left out

    def __init__(self, session: Session, indexing: IndexingController, style: Style, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._indexing = indexing
        self._style = style
        self._window = window
        self._paths: tuple[Path, ...] = ()
        self._left_out = 0
        self._job: Job[Traced] | None = None
        self._repeat_pending = False  # something changed while it was looked
        self.dialog: DiagnosisDialog | None = None
        session.opened.connect(self._ask_again)
        indexing.finished.connect(self._ask_again)
        session.changed.connect(self._on_status)

    def show(self) -> None:
        if self.dialog is None:
            self.dialog = DiagnosisDialog(self._style, self._window)
            self.dialog.asked.connect(self.ask)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def ask(self, paths: Sequence[Path]) -> None:
        self._paths, self._left_out = tuple(paths[:MOST_FILES]), max(len(paths) - MOST_FILES, 0)
        if self.dialog is not None:
            self.dialog.show_waiting()
            self._ask_again()

    def _ask_again(self) -> None:
        """The answer may be another after a run; before the library is open the question waits for it."""
        if self._paths and self._session.is_open and self.dialog is not None and self.dialog.isVisible():
            self._ask()

    def _on_status(self) -> None:
        """In the middle of a run, too: to read text may take hours. A look under way is not begun anew."""
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
        """What follows the library by itself would fail again and again: only a question asks anew."""
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
        """In the window, which the answers do not hide."""
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
    """Looks at the disk: not for the main thread."""
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112  # Path.is_dir may raise
