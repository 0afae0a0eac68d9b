"""The words of the question, and the keys that lead on from them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from gui.search.picture_query import holds_something, meant_as_words

LONGEST_TEXT = 1000  # characters
SHORTEST_LINE = 20  # characters that are always seen


class SearchLine(QLineEdit):
    """A line of text that lets pictures and files on the clipboard pass by to the window."""

    other_pasted = Signal()
    left_downwards = Signal()
    history_wanted = Signal()
    chip_wanted = Signal()  # of the words that are typed
    chips_entered = Signal()
    last_chip_unwanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(False)  # a dropped file is a picture or a folder, not its name as text
        self.setMaxLength(LONGEST_TEXT)
        self.setMinimumWidth(SHORTEST_LINE * self.fontMetrics().averageCharWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._led_on(event):
            super().keyPressEvent(event)

    def _led_on(self, event: QKeyEvent) -> bool:
        """Whether the key was for something else than the words."""
        for applies, signal in (
            (event.key() == Qt.Key.Key_Down, self.left_downwards),
            (event.key() == Qt.Key.Key_Up, self.history_wanted),
            (_is_enter(event) and _with_control(event), self.chip_wanted),
            (event.key() == Qt.Key.Key_Backspace and not self.text(), self.last_chip_unwanted),
            (event.key() == Qt.Key.Key_Left and self._at_start(event), self.chips_entered),
            (_pastes_other(event), self.other_pasted),
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
    return holds_something(data) and not meant_as_words(data)
