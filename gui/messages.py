"""The only way in which messages reach the user. Messages that precede the window wait for it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.errors import Cancelled, UserError

logger = logging.getLogger(__name__)


class Level(StrEnum):
    """How serious a message is; decides its icon and colour."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user, a remedy, and at most one action."""

    level: Level
    text: str
    remedy: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = None
    passing: bool = False  # concerns the last attempt only: it disappears with the next search


@dataclass(frozen=True, slots=True)
class Bug:
    """An error of the program itself."""

    summary: str
    details: str


class MessageScreen(Protocol):
    """What shows messages; called in the main thread."""

    def show_message(self, message: Message) -> None:
        """Show the message until it expires or is closed."""

    def withdraw(self, message: Message) -> None:
        """Remove this very message object, if it is shown."""

    def show_bug(self, bug: Bug) -> None:
        """Show a bug with its details."""


class Messages(QObject):
    """Passes messages to the window. Every method but `attach` and `detach` may be called from any thread."""

    bug_reported = Signal()
    _posted = Signal(object)
    _withdrawn = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen: MessageScreen | None = None
        self._waiting: list[Message | Bug] = []
        self._posted.connect(self._receive)
        self._withdrawn.connect(self._take_back)

    def attach(self, screen: MessageScreen) -> None:
        """Show messages on `screen`, including those that wait."""
        self._screen = screen
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._receive(message)

    def detach(self) -> None:
        """Stop showing messages; the screen is going away."""
        self._screen = None

    def info(self, text: str) -> None:
        """Tell the user something that needs no action."""
        self._posted.emit(Message(Level.INFO, text))

    def warning(self, text: str, remedy: str = "") -> None:
        """Warn the user. `remedy`: what can be done."""
        self._posted.emit(Message(Level.WARNING, text, remedy))

    def post(self, message: Message) -> None:
        """Show a message."""
        self._posted.emit(message)

    def withdraw(self, message: Message) -> None:
        """Remove a message that is no longer true."""
        self._withdrawn.emit(message)

    def report(self, error: BaseException) -> None:
        """Show an exception: a UserError as a message, anything else as a bug. Cancellations are ignored."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            self._posted.emit(Message(Level.ERROR, error.message, error.remedy))
            return
        details = "".join(traceback.format_exception(error))
        self._posted.emit(Bug(f"{type(error).__name__}: {error}", details))
        self.bug_reported.emit()

    def unexpected(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception hook: log the exception and show it as a bug."""
        logger.error("Unexpected error", exc_info=(kind, error, trace))
        self.report(error.with_traceback(trace))

    def _receive(self, message: Message | Bug) -> None:
        if self._screen is None:
            self._waiting.append(message)
        elif isinstance(message, Bug):
            self._screen.show_bug(message)
        else:
            self._screen.show_message(message)

    def _take_back(self, message: Message) -> None:
        if self._screen is not None:
            self._screen.withdraw(message)
        else:
            self._waiting = [waiting for waiting in self._waiting if waiting is not message]
