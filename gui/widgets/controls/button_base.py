"""Base classes of all buttons: Enter presses the focused button, as Space does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from gui.override import override

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NO_MODIFIER = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class PushButton(QPushButton):
    """A QPushButton that Enter presses."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)


class ToolButton(QToolButton):
    """A QToolButton that Enter presses."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _pressed_by_enter(self, event):
            super().keyPressEvent(event)


def _pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Handle the key if it is Enter without modifiers. Returns whether it was handled."""
    if event.key() not in _ENTER or event.modifiers() not in _NO_MODIFIER:
        return False
    event.accept()  # otherwise the dialog would press its default button as well
    if not event.isAutoRepeat():  # holding the key down presses once
        button.click()
    return True
