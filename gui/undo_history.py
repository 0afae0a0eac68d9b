"""What was done last and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gui.messages import Level, Message, Messages
from gui.strings import file_work as words

MOST_STEPS = 50


class UndoHistory(QObject):
    """Steps are taken back newest first by Ctrl+Z, or each by its own banner; each at most once."""

    def __init__(self, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._steps: list[_UndoStep] = []

    def done(self, text: str, take_back: Callable[[], None], remedy: str = "") -> Callable[[], object]:
        """Say what was done, and how it is taken back. `take_back` itself says what came of it.

        Returns what forgets the step, where it is taken back in another way.
        """
        message = Message(Level.INFO, text, remedy, words.UNDO, lambda: self._take_back(step))
        step = _UndoStep(take_back, message)
        self._steps.append(step)
        del self._steps[:-MOST_STEPS]
        self._messages.post(message)
        return lambda: self._forget(step)

    def undo(self) -> None:
        """Take back the newest step."""
        if self._steps:
            self._take_back(self._steps[-1])
        else:
            self._messages.info(words.NOTHING_TO_UNDO)

    def _take_back(self, step: _UndoStep) -> None:
        if self._forget(step):  # else it was taken back already, and its banner was still there
            step.take_back()

    def _forget(self, step: _UndoStep) -> bool:
        """Whether it was still to be taken back."""
        known = step in self._steps
        if known:
            self._steps.remove(step)
            self._messages.withdraw(step.message)
        return known


class _UndoStep:
    """Compared by identity: two steps may do the same."""

    def __init__(self, take_back: Callable[[], None], message: Message) -> None:
        self.take_back = take_back
        self.message = message
