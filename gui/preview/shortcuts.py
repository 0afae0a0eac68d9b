"""The shortcuts of the preview, active while the focus is anywhere in it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut

from gui.widgets import shortcut_table

if TYPE_CHECKING:
    from gui.preview.preview import Preview

Act = Callable[[], object]


def connect_keys(preview: Preview) -> None:
    """Connect each shortcut's keys to its actions; several actions alternate: back, on, back, on."""
    for name, acts in _acts(preview).items():
        for sequence, act in zip(shortcut_table.sequences(name), cycle(acts), strict=False):
            shortcut = QShortcut(sequence, preview, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def _acts(preview: Preview) -> dict[str, tuple[Act, ...]]:
    navigator, canvas, header = preview.navigator, preview.canvas, preview.header
    return {
        "preview step": (navigator.previous, navigator.next),
        "preview pages": (lambda: navigator.step_page(-1), lambda: navigator.step_page(1)),
        "preview matches": (lambda: navigator.step_match(-1), lambda: navigator.step_match(1)),
        "preview page": (preview.footer.edit_page,),
        "preview why": (header.why_button.toggle,),
        "preview facts": (header.facts_button.toggle,),
        "preview similar": (preview.find_similar,),
        "preview region": (header.region_button.toggle,),
        "preview in": (canvas.zoom_in,),
        "preview out": (canvas.zoom_out,),
        "preview fit": (canvas.fit,),
        "preview pixels": (canvas.own_size,),
        "preview pan": (
            lambda: canvas.pan(-1, 0),
            lambda: canvas.pan(1, 0),
            lambda: canvas.pan(0, -1),
            lambda: canvas.pan(0, 1),
        ),
    }
