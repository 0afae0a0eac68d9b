"""Adds and removes folders, and brings the index up to date afterwards."""

from __future__ import annotations

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
        self.dialog: QFileDialog | QMessageBox | None = None
        session.folder_added.connect(indexing.start)
        session.folder_removed.connect(self._removed)
        indexing.state_changed.connect(self._indexing_changed)

    def pick(self) -> None:
        """Let the user choose a folder to add."""
        dialog = QFileDialog(self._window, strings.PICK_FOLDER, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self._session.add_folders([Path(chosen)]))
        dialog.open()
        self.dialog = dialog

    def confirm_removal(self, folder: Path) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(strings.APPLICATION)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(strings.REMOVE_TITLE)
        box.setInformativeText(strings.REMOVE_TEXT.format(name=strings.file_name(folder)))
        remove = box.addButton(strings.REMOVE_CONFIRM, QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(strings.CANCEL, QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        remove.clicked.connect(lambda: self.remove(folder))
        box.open()
        self.dialog = box

    def remove(self, folder: Path) -> None:
        """At once, or when the running index job has come to its end."""
        if self._indexing.active:
            self._to_remove.append(folder)
            self._indexing.stop()
        else:
            self._session.remove_folder(folder)

    def _indexing_changed(self, state: IndexState) -> None:
        if state is IndexState.IDLE:
            waiting, self._to_remove = self._to_remove, []
            for folder in waiting:
                self._session.remove_folder(folder)

    def _removed(self) -> None:
        # The run that was stopped for the removal goes on with the other folders.
        self._indexing.start()
