"""Stacks widgets without gaps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget


def stack(whole: QWidget, rows: Sequence[QWidget], tall: QWidget) -> None:
    """Lay `rows` out in `whole` from top to bottom without gaps; `tall` takes the remaining height."""
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for row in rows:
        column.addWidget(row, int(row is tall))
