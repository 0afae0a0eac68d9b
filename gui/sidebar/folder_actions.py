"""Adds and removes folders, and sees to it that the index follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui import strings
from gui.activity.indexing import Indexing, IndexState
from gui.session import Session


class FolderActions(QObject):
    def __init__(self, session: Session, indexing: Indexing, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._indexing = indexing
        self._window = window
        self._to_remove: list[Path] = []
        self._removing = 0
        self._goes_on = False  # whether there was a run, which was stopped for a removal
        self.dialog: QFileDialog | QMessageBox | None = None
        session.folder_added.connect(indexing.start)
        session.folder_known.connect(self._say_known)
        session.folder_removed.connect(self._removed)
        session.folder_kept.connect(self._removed)
        indexing.state_changed.connect(self._indexing_changed)

    def pick(self) -> None:
        """Let the user choose a folder to add."""
        dialog = QFileDialog(self._window, strings.PICK_FOLDER, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.add([Path(chosen)]))
        dialog.open()
        self.dialog = dialog

    def add(self, folders: Sequence[Path]) -> None:
        """Whole disks only when the user says so: it can hardly be what was meant."""
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
        box = self._question(strings.REMOVE_CONFIRM, lambda: self.remove(folder))
        box.setWindowTitle(strings.REMOVE_FOLDER_TITLE)
        box.setText(strings.REMOVE_TITLE)
        box.setInformativeText(strings.REMOVE_TEXT.format(name=strings.file_name(folder)))
        box.open()

    def _question(self, yes: str, act: Callable[[], None]) -> QMessageBox:
        """Without its words yet. Who only presses Enter does nothing."""
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
        """At once, or when the run has come to its end: it would hold the library for itself."""
        self._removing += 1
        if self._indexing.state is IndexState.IDLE:
            self._session.remove_folder(folder)
            return
        self._to_remove.append(folder)
        self._goes_on = self._goes_on or self._indexing.state is not IndexState.STOPPING
        self._indexing.stop()

    def _say_known(self, folder: Path) -> None:
        self._session.messages.info(strings.searched_already(folder))

    def _indexing_changed(self, state: IndexState) -> None:
        if state is IndexState.IDLE:
            waiting, self._to_remove = self._to_remove, []
            for folder in waiting:
                self._session.remove_folder(folder)

    def _removed(self) -> None:
        """A run that was stopped for this goes on with the other folders."""
        self._removing -= 1
        if self._goes_on and not self._removing:
            self._goes_on = False
            self._indexing.start()
