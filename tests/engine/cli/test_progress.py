from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from engine.cli.progress import CLEAR_LINE, Interrupted, show_progress, stop_on_signals
from engine.errors import Cancelled
from engine.progress import CancelToken, Progress


@pytest.fixture
def terminal() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """A real terminal: what comes out of it, and what to write to."""
    outer, inner = os.openpty()
    with open(inner, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a file descriptor, no path
        yield outer, stream
    os.close(outer)


def test_a_terminal_sees_one_line_rewritten_and_at_last_cleared(
    terminal: tuple[int, io.TextIOWrapper],
) -> None:
    outer, stream = terminal
    progress = Progress()
    progress.start("reading", "files", found=3)
    shown = b""
    with show_progress(progress, stream, quiet=False):
        while b"Reading: 0 of 3 files" not in shown:
            shown += os.read(outer, 4096)
    while not shown.endswith(CLEAR_LINE.encode()):
        shown += os.read(outer, 4096)
    assert b"\n" not in shown


def test_quiet_shows_nothing_and_starts_no_thread(terminal: tuple[int, io.TextIOWrapper]) -> None:
    threads = threading.active_count()
    with show_progress(Progress(), terminal[1], quiet=True):
        assert threading.active_count() == threads


def test_a_file_is_not_filled_with_rewritten_lines() -> None:
    stream = io.StringIO()
    with show_progress(Progress(), stream, quiet=False):
        pass
    assert stream.getvalue() == ""


def test_a_terminal_that_has_gone_does_not_stop_the_work() -> None:
    outer, inner = os.openpty()
    stream = open(inner, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - closing it fails, which is expected
    progress = Progress()
    with show_progress(progress, stream, quiet=False):
        os.read(outer, 4096)  # the first line has come
        os.close(outer)
        progress.add_done()
    assert progress.snapshot().done == 1
    with pytest.raises(OSError, match="Input/output error"):
        stream.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_the_work_and_is_remembered(number: signal.Signals) -> None:
    cancel = CancelToken()

    def work() -> None:
        signal.raise_signal(number)
        cancel.checkpoint()

    with pytest.raises(Interrupted) as caught, stop_on_signals(cancel):
        work()
    assert caught.value.signal_number == number


def test_a_second_signal_breaks_off_what_does_not_listen() -> None:
    passed = []

    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        passed.append("the first")
        signal.raise_signal(signal.SIGINT)
        passed.append("the second")

    with pytest.raises(Interrupted), stop_on_signals(CancelToken()):
        work()
    assert passed == ["the first"]


def test_handlers_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stop_on_signals(CancelToken()):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        cancel = CancelToken()
        with stop_on_signals(cancel):
            signal.raise_signal(signal.SIGINT)
        assert not cancel.cancelled
    finally:
        signal.signal(signal.SIGINT, before)


def test_work_cancelled_without_a_signal_counts_as_interrupted() -> None:
    with pytest.raises(Interrupted), stop_on_signals(CancelToken()):
        raise Cancelled
