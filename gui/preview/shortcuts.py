"""The shortcuts of the preview, active while the focus is anywhere in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from gui.preview.model.navigator import Navigator
from gui.preview.panels.footer import PreviewFooter
from gui.preview.panels.header import PreviewHeader
from gui.preview.picture.canvas import PreviewCanvas
from gui.widgets import shortcut_table

Act = Callable[[], object]


def connect_keys(widget: QWidget, acts_by_name: Mapping[str, tuple[Act, ...]]) -> None:
    """Connect the keys of each shortcut to its actions; several actions alternate: back, on, back, on.

    The keys count while `widget` or anything in it has the focus.
    """
    for name, acts in acts_by_name.items():
        for sequence, act in zip(shortcut_table.sequences(name), cycle(acts), strict=False):
            shortcut = QShortcut(sequence, widget, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def preview_acts(
    navigator: Navigator,
    canvas: PreviewCanvas,
    header: PreviewHeader,
    footer: PreviewFooter,
    find_similar: Act,
) -> Mapping[str, tuple[Act, ...]]:
    """The actions of the preview by the names of their shortcuts."""
    return {
        "preview step": (navigator.previous, navigator.next),
        "preview pages": (lambda: navigator.step_page(-1), lambda: navigator.step_page(1)),
        "preview matches": (lambda: navigator.step_match(-1), lambda: navigator.step_match(1)),
        "preview page": (footer.edit_page,),
        "preview why": (header.why_button.toggle,),
        "preview facts": (header.facts_button.toggle,),
        "preview similar": (find_similar,),
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
