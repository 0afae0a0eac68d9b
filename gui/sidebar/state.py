"""Remembers between starts how wide the sidebar is and what is folded, in the window's own small file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from gui.window_state import STATE_FILE

_WIDTH, _FOLDED = "sidebar_width", "sidebar_folded"


class SidebarState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def width(self, default: int) -> int:
        width = str(self._settings().value(_WIDTH, ""))
        return int(width) if width.isdecimal() else default

    def folded(self) -> list[str]:
        return [name for name in str(self._settings().value(_FOLDED, "")).split(" ") if name]

    def remember(self, width: int, folded: list[str]) -> None:
        settings = self._settings()
        settings.setValue(_WIDTH, width)
        settings.setValue(_FOLDED, " ".join(folded))
        settings.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._path), QSettings.Format.IniFormat)
