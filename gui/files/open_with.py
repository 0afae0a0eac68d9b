"""Opens files with a program that the user chooses."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import strings
from gui.files.confirm_many import open_many
from gui.files.programs import Program, programs_for
from gui.jobs import Lane
from gui.messages import Level, Message
from gui.session import Session
from gui.strings import file_work as words
from gui.widgets.appearance.style import GRID

PROGRAM_ROLE = int(Qt.ItemDataRole.UserRole)


class ProgramDialog(QDialog):
    """Lists the programs that can open the files, with a button for another one."""

    chosen = Signal(object)  # Program
    other_program_requested = Signal()

    def __init__(self, paths: Sequence[Path], programs: Sequence[Program], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words.OPEN_WITH_TITLE)
        title = QLabel(words.open_with(paths))
        title.setProperty("kind", "heading")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self.list = QListWidget()
        self.list.setObjectName("ProgramList")
        self.list.setAccessibleName(words.PROGRAMS)
        for program in programs:
            item = QListWidgetItem(strings.plain(program.name))
            item.setData(PROGRAM_ROLE, program)
            self.list.addItem(item)
        self.list.itemActivated.connect(self._choose)
        self.list.setVisible(bool(programs))
        note = QLabel(words.PROGRAMS_NONE)
        note.setProperty("kind", "muted")
        note.setWordWrap(True)
        note.setVisible(not programs)
        buttons = self._buttons(bool(programs))
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + 4)
        for widget in (title, note, self.list, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(50 * GRID)
        self.list.setCurrentRow(0)

    def _buttons(self, any_known: bool) -> QDialogButtonBox:
        box = QDialogButtonBox()
        self.open_button: QPushButton = box.addButton(
            words.OPEN_CONFIRM, QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.other_button: QPushButton = box.addButton(
            words.OTHER_PROGRAM, QDialogButtonBox.ButtonRole.ActionRole
        )
        box.addButton(words.CANCEL, QDialogButtonBox.ButtonRole.RejectRole)
        self.open_button.setDefault(True)
        self.open_button.setEnabled(any_known)
        self.open_button.clicked.connect(self._choose)
        self.other_button.clicked.connect(self._other)
        box.rejected.connect(self.reject)
        return box

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(PROGRAM_ROLE))
            self.accept()

    def _other(self) -> None:
        self.other_program_requested.emit()
        self.accept()


class OpenWithController(QObject):
    """Asks for a program and starts it."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.dialog: QDialog | None = None

    def ask(self, paths: Sequence[Path]) -> None:
        """Let the user choose a program for `paths`; the type of the first file decides what is offered."""
        if sys.platform == "win32":
            # Windows has its own dialog.
            self._start([["rundll32", "shell32.dll,OpenAs_RunDLL", str(path)] for path in paths])
        elif sys.platform == "darwin":
            self._pick(paths)
        else:
            self._session.jobs.run(
                Lane.FILES, lambda: programs_for(paths[0]), lambda found: self._offer(paths, found)
            )

    def _offer(self, paths: Sequence[Path], programs: Sequence[Program]) -> None:
        dialog = ProgramDialog(paths, programs, self._window)
        dialog.chosen.connect(lambda program: self._start(program.commands(paths)))
        dialog.other_program_requested.connect(lambda: self._pick(paths))
        self._show(dialog)

    def _pick(self, paths: Sequence[Path]) -> None:
        """Let the user pick an executable."""
        mac = sys.platform == "darwin"
        dialog = QFileDialog(self._window, words.PICK_PROGRAM, "/Applications" if mac else "/usr/bin")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        start = ["open", "-a"] if mac else []
        dialog.fileSelected.connect(
            lambda name: self._start([[*start, name, *(str(path) for path in paths)]])
        )
        self._show(dialog)

    def _show(self, dialog: QDialog) -> None:
        dialog.open()
        self.dialog = dialog

    def _start(self, commands: Sequence[Sequence[str]]) -> None:
        """Run the commands: one for all files, or one for each if the program takes a single file."""
        count = len(commands)
        self.dialog = open_many(count, words.open_many(count), lambda: self._launch(commands), self._window)

    def _launch(self, commands: Sequence[Sequence[str]]) -> None:
        """Start each command without a shell, so that file names cannot be interpreted."""
        for program, *arguments in commands:
            if not QProcess.startDetached(program, arguments)[0]:
                name = strings.file_name(Path(program))
                text = words.PROGRAM_NOT_STARTED.format(name=name)
                self._session.messages.post(Message(Level.WARNING, text, passing=True))
