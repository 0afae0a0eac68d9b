"""Puts files on the clipboard, and takes them off again before the program ends."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from gui.widgets.file_drag import COPIED_FILES, DraggedFiles


class FileClipboard(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.release)
        self._data: QMimeData | None = None

    def put(self, files: DraggedFiles) -> None:
        self._data = files.mime()
        QGuiApplication.clipboard().setMimeData(self._data)

    def release(self) -> None:
        """Leave the paths as plain text, if it is still our files that lie there.

        Qt destroys what the clipboard holds after Python is gone, and an object made in Python would then
        crash. Text is held by an object of Qt's own.
        """
        clipboard = QGuiApplication.clipboard()
        # Some systems hand back another object for ours, some do not say who owns the clipboard.
        ours = clipboard.ownsClipboard() or clipboard.mimeData() is self._data
        if self._data is not None and ours and clipboard.mimeData().hasFormat(COPIED_FILES):
            clipboard.setText(clipboard.text())
