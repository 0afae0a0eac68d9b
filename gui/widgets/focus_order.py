"""The order in which Tab moves the focus."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def set_focus_order(widgets: Iterable[QWidget]) -> None:
    """Make Tab go through `widgets` in this order; Qt's default is the order of creation."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)
