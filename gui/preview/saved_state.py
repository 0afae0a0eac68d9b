"""Remembers between starts what previews show beside the picture, in the window's own small file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gui.window_state import STATE_FILE, for_reading, for_writing

WHY, FACTS = "why", "facts"
_SHOWN, _HIDDEN = "shown", "hidden"


class PreviewState:
    """A file that is missing, damaged or read-only only means that nothing is remembered."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def shows(self, part: str, otherwise: bool) -> bool:
        """`otherwise`: when nothing is remembered."""
        return bool(for_reading(self._path).value(part, _SHOWN if otherwise else _HIDDEN) == _SHOWN)

    def remember(self, parts: Mapping[str, bool]) -> None:
        """Which of them are shown."""
        settings = for_writing(self._path)
        for part, shown in parts.items():
            settings.setValue(part, _SHOWN if shown else _HIDDEN)
        settings.sync()
