"""Remembers between starts what previews show beside the picture, in the window's own small file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSettings

from gui.window_state import STATE_FILE

WHY, FACTS = "why", "facts"
_SHOWN, _HIDDEN = "shown", "hidden"


class PreviewState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def shows(self, part: str, otherwise: bool) -> bool:
        """`otherwise`: when nothing is remembered."""
        return bool(self._settings().value(part, _SHOWN if otherwise else _HIDDEN) == _SHOWN)

    def remember(self, parts: Mapping[str, bool]) -> None:
        """Which of them are shown."""
        settings = self._settings()
        for part, shown in parts.items():
            settings.setValue(part, _SHOWN if shown else _HIDDEN)
        settings.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._path), QSettings.Format.IniFormat)
