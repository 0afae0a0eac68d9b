"""Asks before many windows open at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.strings import file_work as words

MANY = 10  # opening more than this needs a confirmation


def open_many(count: int, question: str, act: Callable[[], None], window: QWidget) -> QMessageBox | None:
    """Call `act`, after a confirmation if `count` is large. Returns the dialog that asks, or None."""
    if count <= MANY:
        act()
        return None
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(words.OPEN_MANY_TITLE)
    box.setText(question)
    box.setInformativeText(words.OPEN_MANY_TEXT)
    yes = box.addButton(words.OPEN_CONFIRM, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(words.CANCEL, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    yes.clicked.connect(act)
    box.open()
    return box
