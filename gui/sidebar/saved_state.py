"""Stores the width and the folded sections of the sidebar, in the window's own state file."""

from __future__ import annotations

from pathlib import Path

from gui.window_state import STATE_FILE, for_reading, for_writing

_WIDTH, _FOLDED = "sidebar_width", "sidebar_folded"


class SidebarState:
    """The stored layout. If the file is missing, damaged or read-only, nothing is stored."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def width(self, default: int) -> int:
        """The stored width in pixels, or `default`."""
        width = str(for_reading(self._path).value(_WIDTH, ""))
        return int(width) if width.isdecimal() else default

    def folded(self) -> list[str]:
        """The names of the folded sections."""
        return [name for name in str(for_reading(self._path).value(_FOLDED, "")).split(" ") if name]

    def remember(self, width: int, folded: list[str]) -> None:
        """Store the width in pixels and the names of the folded sections."""
        settings = for_writing(self._path)
        settings.setValue(_WIDTH, width)
        settings.setValue(_FOLDED, " ".join(folded))
        settings.sync()
