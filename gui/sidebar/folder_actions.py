"""Adds and removes folders after asking the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui import strings
from gui.indexing import IndexingController
from gui.session import Session


class FolderActions(QObject):
    """Dialogs for adding and removing folders of the library."""

    chosen = Signal()  # the user picked a folder in the dialog

    def __init__(self, session: Session, indexing: IndexingController, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.dialog: QFileDialog | QMessageBox | None = None
        session.folder_added.connect(indexing.start)
        session.folder_already_known.connect(self._say_known)

    def pick(self) -> None:
        """Let the user choose a folder to add."""
        dialog = QFileDialog(self._window, strings.PICK_FOLDER, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()
        self.dialog = dialog

    def _take(self, chosen: str) -> None:
        """Add the folder and move the focus: on the button, typing would open the dialog again."""
        self.add([Path(chosen)])
        self.chosen.emit()

    def add(self, folders: Sequence[Path]) -> None:
        """Add folders; whole disks only after a confirmation, since they are hardly ever intended."""
        disks = [folder for folder in folders if folder == folder.parent]
        if others := [folder for folder in folders if folder not in disks]:
            self._session.add_folders(others)
        if disks:
            box = self._question(strings.WHOLE_DISK_CONFIRM, lambda: self._session.add_folders(disks))
            box.setWindowTitle(strings.WHOLE_DISK_CONFIRM)
            box.setText(strings.WHOLE_DISK_TITLE)
            box.setInformativeText(strings.WHOLE_DISK_TEXT)
            box.open()

    def confirm_removal(self, folder: Path) -> None:
        """Remove a folder from the library after a confirmation."""
        box = self._question(strings.REMOVE_CONFIRM, lambda: self.remove(folder))
        box.setWindowTitle(strings.REMOVE_FOLDER_TITLE)
        box.setText(strings.REMOVE_TITLE)
        box.setInformativeText(strings.REMOVE_TEXT.format(name=strings.file_name(folder)))
        box.open()

    def _question(self, yes: str, act: Callable[[], None]) -> QMessageBox:
        """Make a question whose default button does nothing. The caller sets its texts."""
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.addButton(yes, QMessageBox.ButtonRole.AcceptRole).clicked.connect(act)
        cancel = box.addButton(strings.CANCEL, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        self.dialog = box
        return box

    def remove(self, folder: Path) -> None:
        """Remove a folder from the library at once; a running index run skips it."""
        self._session.remove_folder(folder)

    def _say_known(self, folder: Path) -> None:
        self._session.messages.info(strings.searched_already(folder))
