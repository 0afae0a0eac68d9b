"""Waits for what the program says or shows. What does not come in time is an error with a name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance

PATIENCE_MILLISECONDS = 60_000
LOOK_MILLISECONDS = 10


class Unreached(RuntimeError):
    """A state that did not come."""


def until(condition: Callable[[], bool], what: str, patience: int = PATIENCE_MILLISECONDS) -> None:
    """Let the program run until `condition` holds. Raises Unreached."""
    if condition():
        return
    loop = QEventLoop()
    looking, giving_up = QTimer(loop), QTimer(loop)
    looking.timeout.connect(lambda: loop.quit() if condition() else None)
    giving_up.timeout.connect(lambda: loop.exit(1))
    looking.start(LOOK_MILLISECONDS)
    giving_up.start(patience)
    given_up = loop.exec()
    looking.stop()
    giving_up.stop()
    if given_up and not condition():
        raise Unreached(f"This did not come: {what}.")


def after(act: Callable[[], object], signal: SignalInstance, what: str) -> None:
    """Do `act`, and let the program run until it emits `signal`. Raises Unreached."""
    came: list[bool] = []

    def note(*_arguments: object) -> None:
        came.append(True)

    signal.connect(note)
    try:
        act()
        until(lambda: bool(came), what)
    finally:
        signal.disconnect(note)
