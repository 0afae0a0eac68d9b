"""Puts files on the clipboard, and removes them before the program ends."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from gui.widgets.file_drag import COPIED_FILES, DraggedFiles


class FileClipboard(QObject):
    """Owns the data that the program put on the clipboard."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.release)
        self._data: QMimeData | None = None

    def put(self, files: DraggedFiles) -> None:
        """Put files on the clipboard, for file managers and as text."""
        self._data = files.mime()
        QGuiApplication.clipboard().setMimeData(self._data)

    def release(self) -> None:
        """Replace our files on the clipboard, if they are still there, by their paths as text.

        Qt destroys the contents of the clipboard after Python has ended; an object made in Python would then
        crash. Text is held by an object of Qt itself.
        """
        clipboard = QGuiApplication.clipboard()
        # Some systems return a copy of our object, others do not report the owner of the clipboard.
        ours = clipboard.ownsClipboard() or clipboard.mimeData() is self._data
        if self._data is not None and ours and clipboard.mimeData().hasFormat(COPIED_FILES):
            clipboard.setText(clipboard.text())
