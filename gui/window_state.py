"""Stores the state of the window between starts, in a small file beside the library."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QToolButton

STATE_FILE = "window.ini"
_GEOMETRY, _SIDEBAR = "geometry", "sidebar"


class WindowState:
    """The stored state. If the file is missing, damaged or read-only, nothing is stored."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def restore(self, window: QMainWindow, sidebar_button: QToolButton) -> None:
        """Restore the geometry of the window, and whether the sidebar is shown."""
        settings = for_reading(self._path)
        geometry = settings.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        sidebar_button.setChecked(settings.value(_SIDEBAR) != "hidden")

    def save(self, window: QMainWindow, sidebar_button: QToolButton) -> None:
        """Store the geometry of the window, and whether the sidebar is shown."""
        settings = for_writing(self._path)
        settings.setValue(_GEOMETRY, window.saveGeometry())
        settings.setValue(_SIDEBAR, "shown" if sidebar_button.isChecked() else "hidden")
        settings.sync()


def for_reading(path: Path) -> QSettings:
    """Open a state file for reading."""
    return QSettings(str(path), QSettings.Format.IniFormat)


def for_writing(path: Path) -> QSettings:
    """Open a state file for writing, private to this user. Qt keeps the permissions of an existing file."""
    with contextlib.suppress(OSError):
        path.touch(0o600)
    return for_reading(path)
