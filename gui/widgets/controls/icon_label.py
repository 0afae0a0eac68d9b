"""A small line icon beside a text, in the colours of the current appearance."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from gui.widgets.appearance import resources
from gui.widgets.appearance.style import Style

SIZE = 20  # logical pixels


class IconLabel(QLabel):
    """An icon of 20 logical pixels. `colour` names a field of `Colours`."""

    def __init__(self, icon: str, colour: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._colour = colour
        self._look = style
        style.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(resources.pixmap(self._icon, SIZE, self._look.colour(self._colour), 2.0))
