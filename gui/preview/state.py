"""Remembers between starts whether previews show why, in the window's own small file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from gui.window_state import STATE_FILE

_WHY = "why"


class PreviewState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def shows_why(self) -> bool:
        return bool(self._settings().value(_WHY) != "hidden")

    def remember(self, shows_why: bool) -> None:
        settings = self._settings()
        settings.setValue(_WHY, "shown" if shows_why else "hidden")
        settings.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._path), QSettings.Format.IniFormat)
