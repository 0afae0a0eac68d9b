"""Starts the window: the application, its exception hooks, and the window's parts."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from gui import translation
from gui.gc_control import GarbageControl
from gui.messages import Messages
from gui.session import Session, open_library
from gui.single_instance import SingleInstance
from gui.widgets.appearance import resources

if TYPE_CHECKING:
    from engine.library import Library
    from gui.main_window import MainWindow

# How often Python switches threads. With its default of five milliseconds, painting a
# screen of cards takes several times as long while two threads work.
SWITCH_SECONDS = 0.0005


def build_window(location: Path, opener: Callable[[Path], Library] = open_library) -> MainWindow:
    """Make the window, which opens its library in the background once shown. Needs a QApplication."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("There is no QApplication")
    # Imported here, since most texts are translated on import: the language must be installed.
    from gui.main_window import MainWindow
    from gui.widgets.appearance.style import Style

    messages = Messages()
    style = Style(application)
    window = MainWindow(Session(location, messages, opener), style)
    messages.setParent(window)
    style.put_on()
    return window


def run(location: Path) -> int:
    """Show the window on the library at `location` until it is closed. Returns the exit status.

    If a window is open on that library already, that one comes to the front and this returns.
    """
    gc.disable()  # everything created during start stays, so there is nothing to collect
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Findling")
    application.setDesktopFileName("findling")
    application.setWindowIcon(resources.application_icon())
    translation.install(application, QLocale())
    only = SingleInstance(location)
    if not only.claim():
        from gui import strings  # imported after the language is installed

        print(strings.OPEN_ALREADY)
        return 0
    sys.setswitchinterval(SWITCH_SECONDS)
    window = build_window(location)
    _install_hooks(window.session.messages)
    interrupt = Interrupt(window)
    housekeeping = collect_garbage_when_idle(window)
    only.answer_by(lambda: bring_to_front(window))
    window.show()
    gc.freeze()  # otherwise a collection would examine all of it before the first paint
    gc.enable()
    try:
        return application.exec()
    finally:
        only.release()
        housekeeping.end()
        interrupt.release()
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


def bring_to_front(window: MainWindow) -> bool:
    """Raise and activate the window. Returns False if it is closing."""
    if window.closing:
        return False
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
    return True


def collect_garbage_when_idle(window: MainWindow) -> GarbageControl:
    """Make a garbage control that starts when the engine is loaded."""

    def trace() -> object:
        results = window.results
        return (
            window.search_bar.line.text(),
            len(results.model.hits),
            results.view.verticalScrollBar().value(),
            window.preview_controller.is_open,
        )

    housekeeping = GarbageControl(trace, window)
    window.session.opened.connect(housekeeping.begin)
    return housekeeping


def _install_hooks(messages: Messages) -> None:
    """Log and show exceptions in slots and threads; the program continues."""
    sys.excepthook = messages.unexpected
    threading.excepthook = lambda fault: messages.unexpected(
        fault.exc_type, fault.exc_value or fault.exc_type(), fault.exc_traceback
    )


class Interrupt(QObject):
    """Makes Ctrl+C in the terminal close the window, so that running work ends in good order.

    Python handles signals between its own instructions, of which an idle event loop runs none. The signal
    therefore also writes a byte to a socket, which wakes the loop.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._old_descriptor = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._old_handler = signal.signal(signal.SIGINT, self._close_window)

    def release(self) -> None:
        """Restore the previous signal handling."""
        signal.signal(signal.SIGINT, self._old_handler)
        signal.set_wakeup_fd(self._old_descriptor)
        self._notifier.setEnabled(False)
        for end in (self._reading, self._writing):
            end.close()

    def _close_window(self, _number: int, _frame: FrameType | None) -> None:
        QTimer.singleShot(0, self._window, self._window.close)  # not in the middle of the running code

    def _drain(self) -> None:
        self._reading.recv(64)
