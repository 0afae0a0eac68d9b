"""Remembers between starts how wide the sidebar is and what is folded, in the window's own small file."""

from __future__ import annotations

from pathlib import Path

from gui.window_state import STATE_FILE, for_reading, for_writing

_WIDTH, _FOLDED = "sidebar_width", "sidebar_folded"


class SidebarState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def width(self, default: int) -> int:
        width = str(for_reading(self._path).value(_WIDTH, ""))
        return int(width) if width.isdecimal() else default

    def folded(self) -> list[str]:
        return [name for name in str(for_reading(self._path).value(_FOLDED, "")).split(" ") if name]

    def remember(self, width: int, folded: list[str]) -> None:
        settings = for_writing(self._path)
        settings.setValue(_WIDTH, width)
        settings.setValue(_FOLDED, " ".join(folded))
        settings.sync()
