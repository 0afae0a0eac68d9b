"""The only way a message reaches the user. Messages that come before there is a window wait for it."""

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
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence, what can be done about it, and at most one thing to click."""

    level: Level
    text: str
    remedy: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = None
    passing: bool = False  # of what was just tried: it goes when something else is asked


@dataclass(frozen=True, slots=True)
class Bug:
    """A fault of the program itself."""

    summary: str
    details: str


class MessageScreen(Protocol):
    """What shows messages."""

    def show_message(self, message: Message) -> None: ...

    def withdraw(self, message: Message) -> None: ...

    def show_bug(self, bug: Bug) -> None: ...


class Messages(QObject):
    """May be called from any thread."""

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
        self._screen = screen
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._receive(message)

    def detach(self) -> None:
        self._screen = None

    def info(self, text: str) -> None:
        self._posted.emit(Message(Level.INFO, text))

    def warning(self, text: str, remedy: str = "") -> None:
        self._posted.emit(Message(Level.WARNING, text, remedy))

    def post(self, message: Message) -> None:
        self._posted.emit(message)

    def withdraw(self, message: Message) -> None:
        """It is not true any more."""
        self._withdrawn.emit(message)

    def report(self, error: BaseException) -> None:
        """Show an exception as what it is: the user's to mend, a wish to stop, or a fault of the program."""
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
        """An exception hook: log, show, go on."""
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
