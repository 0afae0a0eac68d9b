"""The order in which Tab leads through what stands side by side."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def set_focus_order(widgets: Iterable[QWidget]) -> None:
    """From each to the next. Without this Tab follows the order in which they were made."""
    for first, second in pairwise(widgets):
        QWidget.setTabOrder(first, second)
