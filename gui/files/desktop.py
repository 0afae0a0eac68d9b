"""Opens files with other programs, and shows them in the file manager."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QProcess, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from gui import strings

_FILE_MANAGER = "org.freedesktop.FileManager1"
_FILE_MANAGER_MILLISECONDS = 5000  # to answer; long enough for one that has to start


def file_url(path: Path) -> QUrl:
    """The URL of a file, also for names that are not valid UTF-8, which QUrl.fromLocalFile garbles."""
    return QUrl.fromEncoded(QByteArray(path.as_uri().encode("ascii")))


def open_path(path: Path) -> bool:
    """Open a file with its default program. Returns whether that was started."""
    return QDesktopServices.openUrl(file_url(path))


def reveal(paths: Sequence[Path]) -> bool:
    """Open the file manager with the files selected. Returns False if the system cannot do that.

    Waits for the file manager's answer, so not for the main thread.
    """
    if sys.platform == "win32":
        return bool(QProcess.startDetached("explorer", ["/select,", str(paths[0])])[0])
    if sys.platform == "darwin":
        return bool(QProcess.startDetached("open", ["-R", *(str(path) for path in paths)])[0])
    return _ask_file_manager([path.as_uri() for path in paths])


def _ask_file_manager(addresses: Sequence[str]) -> bool:
    """Call the freedesktop File Manager D-Bus interface."""
    # Imported here to keep it out of the start of the window.
    from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    message = QDBusMessage.createMethodCall(
        _FILE_MANAGER, f"/{_FILE_MANAGER.replace('.', '/')}", _FILE_MANAGER, "ShowItems"
    )
    message.setArguments([list(addresses), ""])
    answer = bus.call(message, QDBus.CallMode.Block, _FILE_MANAGER_MILLISECONDS)
    return answer.type() is QDBusMessage.MessageType.ReplyMessage


def copy_paths(paths: Sequence[Path]) -> None:
    """Put paths on the clipboard, one a line, as plain text.

    Qt destroys the contents of the clipboard after Python has ended; an object made in Python would then
    crash.
    """
    QGuiApplication.clipboard().setText("\n".join(strings.as_text(path) for path in paths))


def copy_path(path: Path) -> None:
    """Put a path on the clipboard as text."""
    copy_paths([path])
