"""Remembers the window between starts, in a small file beside the library."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QToolButton

STATE_FILE = "window.ini"
_GEOMETRY, _SIDEBAR = "geometry", "sidebar"


class WindowState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def restore(self, window: QMainWindow, sidebar_button: QToolButton) -> None:
        settings = self._settings()
        geometry = settings.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        sidebar_button.setChecked(settings.value(_SIDEBAR) != "hidden")

    def save(self, window: QMainWindow, sidebar_button: QToolButton) -> None:
        settings = self._settings()
        settings.setValue(_GEOMETRY, window.saveGeometry())
        settings.setValue(_SIDEBAR, "shown" if sidebar_button.isChecked() else "hidden")
        settings.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._path), QSettings.Format.IniFormat)
