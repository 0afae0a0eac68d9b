"""What was done last and can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui.messages import Level, Message, Messages
from gui.strings import file_work as words

MOST_STEPS = 50


class UndoHistory(QObject):
    """Steps are undone newest first by Ctrl+Z, or each by its own banner, once."""

    def __init__(self, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._steps: list[_UndoStep] = []

    def done(self, text: str, take_back: Callable[[], None], remedy: str = "") -> Callable[[], object]:
        """Show what was done, with an undo action, and remember how to undo it.

        `take_back` undoes it and reports the outcome itself. Returns a function that drops the step, for when
        it is undone in another way.
        """
        message = Message(Level.INFO, text, remedy, words.UNDO, lambda: self._take_back(step))
        step = _UndoStep(take_back, message)
        self._steps.append(step)
        del self._steps[:-MOST_STEPS]
        self._messages.post(message)
        return lambda: self._forget(step)

    def undo(self) -> None:
        """Undo the newest step."""
        if self._steps:
            self._take_back(self._steps[-1])
        else:
            self._messages.info(words.NOTHING_TO_UNDO)

    def _take_back(self, step: _UndoStep) -> None:
        if self._forget(step):  # otherwise it was undone already, and its banner was still visible
            step.take_back()

    def _forget(self, step: _UndoStep) -> bool:
        """Drop the step. Returns False if it was dropped before."""
        known = step in self._steps
        if known:
            self._steps.remove(step)
            self._messages.withdraw(step.message)
        return known


class _UndoStep:
    """Compared by identity, since two steps may do the same."""

    def __init__(self, take_back: Callable[[], None], message: Message) -> None:
        self.take_back = take_back
        self.message = message
