"""Rows of the window that touch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget


def stack(whole: QWidget, rows: Sequence[QWidget], tall: QWidget) -> None:
    """One below the other without a gap; `tall` is the one that takes what room there is."""
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for row in rows:
        column.addWidget(row, int(row is tall))
