"""Moves files to the trash after a confirmation, and restores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.progress import CancelToken
from engine.records import Hit, ItemKind, ShownFile
from gui import strings
from gui.files.transfer import trash as system_bin
from gui.files.transfer.trash import TrashedFile, TrashOutcome
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.session import Session
from gui.strings import file_work as words
from gui.undo_history import UndoHistory


class TrashController(QObject):
    """Asks, trashes in the background, and adds an undo entry."""

    moved = Signal(object)  # frozenset[Path]: the original paths
    returned = Signal(object)  # frozenset[Path]
    refused = Signal()  # some files stayed because they, or the files kept instead, have changed

    def __init__(self, session: Session, undo: UndoHistory, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._undo = undo
        self._window = window
        self._problem: Message | None = None
        self._cancel = CancelToken()
        self.dialog: QMessageBox | None = None

    def confirm_trash(self, hits: Sequence[Hit]) -> None:
        """Trash the files of these hits after a confirmation; a page stands for its whole document."""
        notes = []
        if any(hit.kind is ItemKind.PAGE for hit in hits):
            notes.append(words.BIN_DOCUMENTS)
        if any(hit.copies for hit in hits):
            notes.append(words.BIN_COPIES)
        self._ask([ShownFile(hit.item, hit.path) for hit in hits], notes, None)

    def confirm_trash_duplicates(self, going: Sequence[ShownFile], kept: Sequence[ShownFile]) -> None:
        """Trash files of a group after a confirmation, checking that the kept ones still exist.

        `going` and `kept` together are the group, the best first in each.
        """
        self._ask(going, () if kept else [words.BIN_ALL_OF_GROUP], kept)

    def _ask(
        self, files: Sequence[ShownFile], notes: Sequence[str], kept: Sequence[ShownFile] | None
    ) -> None:
        """Move the files after a confirmation. `notes`: sentences to add to the question."""
        shown = {file.path: file for file in reversed(files)}
        paths = tuple(dict.fromkeys(file.path for file in files))
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
        move.clicked.connect(lambda: self.move(paths, self._objections(shown, kept)))
        box.open()
        self.dialog = box

    def move(self, paths: Sequence[Path], objection: Callable[[Path], str] = system_bin.no_objection) -> None:
        """Trash files without a confirmation.

        `objection`: as for `move_to_trash`; called in another thread.
        """
        self._session.jobs.run(Lane.BIN, lambda: system_bin.move_to_trash(paths, objection), self._moved)

    def close(self) -> None:
        """Cancel at the end of the program: files that are still being checked stay."""
        self._cancel.cancel()

    def _objections(
        self, shown: Mapping[Path, ShownFile], kept: Sequence[ShownFile] | None
    ) -> Callable[[Path], str]:
        look = self._session.library.removal_check(self._cancel)

        def objection(path: Path) -> str:
            found = look.objection(shown[path], kept)
            return words.bin_objection(path, found) if found is not None else ""

        return objection

    def _moved(self, outcome: TrashOutcome) -> None:
        self._report_problems(outcome)
        if outcome.problems:
            self.refused.emit()
        if outcome.files:
            text = words.binned([entry.path for entry in outcome.files])
            known = [entry for entry in outcome.files if entry.place is not None]
            if known:
                self._undo.done(text, self._putting_back(known))
            else:
                self._session.messages.post(Message(Level.INFO, text, words.BIN_NOT_PUT_BACK_BY_US))
            self.moved.emit(_paths(outcome))

    def _putting_back(self, entries: Sequence[TrashedFile]) -> Callable[[], None]:
        return lambda: self._put_back(entries)

    def _put_back(self, entries: Sequence[TrashedFile]) -> None:
        self._session.jobs.run(Lane.BIN, lambda: system_bin.put_back(entries), self._returned)

    def _returned(self, outcome: TrashOutcome) -> None:
        self._report_problems(outcome)
        if outcome.files:
            self._session.messages.info(words.put_back([entry.path for entry in outcome.files]))
            self.returned.emit(_paths(outcome))

    def _report_problems(self, outcome: TrashOutcome) -> None:
        if self._problem is not None:
            self._session.messages.withdraw(self._problem)  # from an earlier attempt
            self._problem = None
        if outcome.problems:
            self._problem = Message(Level.WARNING, words.left_out(outcome.problems), passing=True)
            self._session.messages.post(self._problem)


def _paths(outcome: TrashOutcome) -> frozenset[Path]:
    return frozenset(entry.path for entry in outcome.files)
