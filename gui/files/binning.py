"""Moves files to the system's bin, after a question, and brings them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.records import Hit, Kind
from gui import strings
from gui.files import bin as system_bin
from gui.files.bin import Binned, Outcome
from gui.files.undo import UndoHistory
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.session import Session
from gui.strings import file_work as words


class Binning(QObject):
    moved = Signal(object)  # frozenset[Path]: where the files were
    returned = Signal(object)  # frozenset[Path]

    def __init__(self, session: Session, undo: UndoHistory, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._undo = undo
        self._window = window
        self._problem: Message | None = None
        self.dialog: QMessageBox | None = None

    def ask_about(self, hits: Sequence[Hit]) -> None:
        """Pages stand for their whole document."""
        notes = []
        if any(hit.kind is Kind.PAGE for hit in hits):
            notes.append(words.BIN_DOCUMENTS)
        if any(hit.copies for hit in hits):
            notes.append(words.BIN_COPIES)
        self.ask([hit.path for hit in hits], notes)

    def ask(self, paths: Sequence[Path], notes: Sequence[str] = ()) -> None:
        """Move the files when the user says so. `notes`: sentences that belong to the question."""
        paths = tuple(dict.fromkeys(paths))
        if not paths:
            return
        details = [words.listed(paths)] if len(paths) > 1 else [strings.plain(str(paths[0].parent))]
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(words.BIN_CONFIRM)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(words.bin_question(paths))
        box.setInformativeText("\n\n".join([*details, *notes]))
        move = box.addButton(words.BIN_CONFIRM, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(words.CANCEL, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        move.clicked.connect(lambda: self.move(paths))
        box.open()
        self.dialog = box

    def move(self, paths: Sequence[Path]) -> None:
        self._session.jobs.run(Lane.FILES, lambda: system_bin.move_to_bin(paths), self._moved)

    def _moved(self, outcome: Outcome) -> None:
        self._say_problems(outcome)
        if outcome.files:
            text = words.binned([entry.path for entry in outcome.files])
            known = [entry for entry in outcome.files if entry.place is not None]
            if known:
                self._undo.done(text, self._putting_back(known))
            else:
                self._session.messages.post(Message(Level.INFO, text, words.BIN_NOT_PUT_BACK_BY_US))
            self.moved.emit(_paths(outcome))

    def _putting_back(self, entries: Sequence[Binned]) -> Callable[[], None]:
        return lambda: self._put_back(entries)

    def _put_back(self, entries: Sequence[Binned]) -> None:
        self._session.jobs.run(Lane.FILES, lambda: system_bin.put_back(entries), self._returned)

    def _returned(self, outcome: Outcome) -> None:
        self._say_problems(outcome)
        if outcome.files:
            self._session.messages.info(words.put_back([entry.path for entry in outcome.files]))
            self.returned.emit(_paths(outcome))

    def _say_problems(self, outcome: Outcome) -> None:
        if self._problem is not None:
            self._session.messages.withdraw(self._problem)  # of an earlier attempt
            self._problem = None
        if outcome.problems:
            self._problem = Message(Level.WARNING, words.left_out(outcome.problems), passing=True)
            self._session.messages.post(self._problem)


def _paths(outcome: Outcome) -> frozenset[Path]:
    return frozenset(entry.path for entry in outcome.files)
