"""Long work on a terminal: shows its progress and turns signals into an orderly stop."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from engine.cli.output import progress_line
from engine.errors import Cancelled
from engine.progress import CancelToken, Progress

TERMINAL_INTERVAL_SECONDS = 0.2
FILE_INTERVAL_SECONDS = 10.0
CLEAR_LINE = "\r\x1b[K"


class Interrupted(BaseException):
    """A signal asked for a stop. Not an Exception, so that nothing treats it as a failure."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


@contextmanager
def show_progress(progress: Progress, stream: TextIO, quiet: bool) -> Iterator[None]:
    """Show `progress` on `stream`: one line rewritten on a terminal, else a line every ten seconds."""
    if quiet:
        yield
        return
    ended = threading.Event()
    watcher = threading.Thread(target=_show, args=(progress, stream, ended), name="progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _show(progress: Progress, stream: TextIO, ended: threading.Event) -> None:
    try:
        if stream.isatty():
            _rewrite_line(progress, stream, ended)
        else:
            _add_lines(progress, stream, ended)
    except OSError:
        return  # the reader has gone; the work continues


def _rewrite_line(progress: Progress, stream: TextIO, ended: threading.Event) -> None:
    while not ended.wait(TERMINAL_INTERVAL_SECONDS):
        width = shutil.get_terminal_size().columns - 1
        stream.write(CLEAR_LINE + progress_line(progress.snapshot())[:width])
        stream.flush()
    stream.write(CLEAR_LINE)
    stream.flush()


def _add_lines(progress: Progress, stream: TextIO, ended: threading.Event) -> None:
    shown: tuple[str, int, int, int] | None = None
    while not ended.wait(FILE_INTERVAL_SECONDS):
        now = progress.snapshot()
        counts = (now.phase, now.found, now.done, now.failed)
        if counts != shown:  # a watch may be idle for days
            stream.write(f"{progress_line(now)}\n")
            stream.flush()
        shown = counts


@contextmanager
def stop_on_signals(cancel: CancelToken) -> Iterator[None]:
    """While the block runs, the first SIGINT or SIGTERM cancels the work and a second one aborts it.

    Cancelled work leaves the block as `Interrupted`. Call on the main thread. A signal that this process was
    started with ignored (as nohup does) stays ignored.
    """
    received: list[int] = []

    def receive(number: int, frame: FrameType | None) -> None:
        del frame
        received.append(number)
        if len(received) > 1:
            raise Interrupted(number)
        cancel.cancel()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heeded = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in heeded:
        signal.signal(number, receive)
    try:
        yield
    except Cancelled as cancelled:
        raise Interrupted(received[0] if received else signal.SIGINT) from cancelled
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)
