"""What the desktop does with a file. The user's files are opened by their own programs, never by us."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QProcess, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from gui import strings

_FILE_MANAGER = "org.freedesktop.FileManager1"
_FILE_MANAGER_MILLISECONDS = 5000  # to answer; one that is still starting takes a while


def file_url(path: Path) -> QUrl:
    """Also for names that are no valid UTF-8, which QUrl.fromLocalFile would garble."""
    return QUrl.fromEncoded(QByteArray(path.as_uri().encode("ascii")))


def open_path(path: Path) -> bool:
    return QDesktopServices.openUrl(file_url(path))


def reveal(paths: Sequence[Path]) -> bool:
    """Open the file manager with the files selected; False where the system cannot do that.

    Waits for the file manager's answer: not for the main thread.
    """
    if sys.platform == "win32":
        return bool(QProcess.startDetached("explorer", ["/select,", str(paths[0])])[0])
    if sys.platform == "darwin":
        return bool(QProcess.startDetached("open", ["-R", *(str(path) for path in paths)])[0])
    return _ask_file_manager([path.as_uri() for path in paths])


def _ask_file_manager(addresses: Sequence[str]) -> bool:
    """By the freedesktop File Manager D-Bus interface."""
    # Imported here: only this needs it, and the window need not wait for it.
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
    """Put paths on the clipboard, a line each.

    As plain text: Qt destroys what the clipboard holds after Python is gone, and an object of ours would then
    crash.
    """
    QGuiApplication.clipboard().setText("\n".join(strings.as_text(path) for path in paths))


def copy_path(path: Path) -> None:
    copy_paths([path])
