"""What the desktop does with a file. The user's files are opened by their own programs, never by us."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QProcess, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from gui import strings


def file_url(path: Path) -> QUrl:
    """Also for names that are no valid UTF-8, which QUrl.fromLocalFile would garble."""
    return QUrl.fromEncoded(QByteArray(path.as_uri().encode("ascii")))


def open_path(path: Path) -> bool:
    return QDesktopServices.openUrl(file_url(path))


def show_in_folder(path: Path) -> bool:
    """Open the file manager at a file, with the file selected where the system can do that."""
    if sys.platform == "win32":
        return bool(QProcess.startDetached("explorer", ["/select,", str(path)])[0])
    if sys.platform == "darwin":
        return bool(QProcess.startDetached("open", ["-R", str(path)])[0])
    return open_path(path.parent)


def copy_path(path: Path) -> None:
    """Put a path on the clipboard.

    As plain text: Qt destroys what the clipboard holds after Python is gone, and an object of ours would then
    crash.
    """
    QGuiApplication.clipboard().setText(strings.plain(str(path)))
