"""Stores which parts of the preview are shown, in the window's own state file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gui.window_state import STATE_FILE, for_reading, for_writing

WHY, FACTS = "why", "facts"
_SHOWN, _HIDDEN = "shown", "hidden"


class PreviewState:
    """The stored choices. If the file is missing, damaged or read-only, nothing is stored."""

    def __init__(self, location: Path) -> None:
        self._path = location / STATE_FILE

    def shows(self, part: str, otherwise: bool) -> bool:
        """Whether `part` is shown; `otherwise` if nothing is stored."""
        return bool(for_reading(self._path).value(part, _SHOWN if otherwise else _HIDDEN) == _SHOWN)

    def remember(self, parts: Mapping[str, bool]) -> None:
        """Store which parts are shown."""
        settings = for_writing(self._path)
        for part, shown in parts.items():
            settings.setValue(part, _SHOWN if shown else _HIDDEN)
        settings.sync()
