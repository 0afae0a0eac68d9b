"""The text of a search, and the keys that leave it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from gui.override import override
from gui.search.picture_query import has_files_or_image, is_plain_text

LONGEST_TEXT = 1000  # characters
SHORTEST_LINE = 20  # characters that are always visible


class SearchLine(QLineEdit):
    """A line of text; pasting files or a picture emits `files_pasted` instead."""

    files_pasted = Signal()
    left_downwards = Signal()
    history_requested = Signal()
    make_chip_requested = Signal()  # from the typed text
    chips_focused = Signal()
    remove_last_chip_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(False)  # a dropped file is a picture or a folder; its name is not the text
        self.setMaxLength(LONGEST_TEXT)
        self.setMinimumWidth(SHORTEST_LINE * self.fontMetrics().averageCharWidth())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._emit_key_signal(event):
            super().keyPressEvent(event)

    def _emit_key_signal(self, event: QKeyEvent) -> bool:
        """Handle a key that is not for the text. Returns whether it was one."""
        for applies, signal in (
            (event.key() == Qt.Key.Key_Down, self.left_downwards),
            (event.key() == Qt.Key.Key_Up, self.history_requested),
            (_is_enter(event) and _with_control(event), self.make_chip_requested),
            (event.key() == Qt.Key.Key_Backspace and not self.text(), self.remove_last_chip_requested),
            (event.key() == Qt.Key.Key_Left and self._at_start(event), self.chips_focused),
            (_pastes_other(event), self.files_pasted),
        ):
            if applies:
                signal.emit()
                return True
        return False

    def _at_start(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        return plain and self.cursorPosition() == 0 and not self.hasSelectedText()


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _with_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)


def _pastes_other(event: QKeyEvent) -> bool:
    if not event.matches(QKeySequence.StandardKey.Paste):
        return False
    data = QApplication.clipboard().mimeData()
    return has_files_or_image(data) and not is_plain_text(data)
