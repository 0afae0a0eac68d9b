"""Who may change a library, and who waits for whom."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from engine.errors import Cancelled, LibraryInUse
from engine.library import write_lock
from engine.library.write_lock import LOCK_FILE, WriteLock
from engine.progress import CancelToken

SECONDS = 60.0


def test_long_work_lets_a_short_change_go_first(tmp_path: Path) -> None:
    """However often it asks, and whichever came first: it never takes the turn from one that waits."""
    mine, order = WriteLock(tmp_path), list[str]()
    inside, go_on = threading.Event(), threading.Event()

    def change() -> None:
        with mine.exclusive():
            inside.set()
            go_on.wait(SECONDS)
            order.append("short")

    def run() -> None:
        with mine.yielding(CancelToken()):
            order.append("long")

    short, long = threading.Thread(target=change), threading.Thread(target=run)
    short.start()
    assert inside.wait(SECONDS)
    long.start()
    assert order == []
    go_on.set()
    short.join(SECONDS)
    long.join(SECONDS)
    assert order == ["short", "long"]


def test_who_waits_for_a_turn_can_stop(tmp_path: Path) -> None:
    mine, cancel = WriteLock(tmp_path), CancelToken()
    cancel.cancel()
    with mine.exclusive(), pytest.raises(Cancelled), mine.yielding(cancel):
        pass


def test_other_work_of_this_process_is_not_called_another_findling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "OWN_PATIENCE_SECONDS", 0.01)
    mine = WriteLock(tmp_path)
    with mine.yielding(CancelToken()):
        with pytest.raises(LibraryInUse, match="Findling itself"), mine.exclusive():
            pass
        with pytest.raises(LibraryInUse, match="Findling itself"), mine.yielding(CancelToken()):
            pass
    with mine.exclusive():
        assert mine.has_waiters
    assert not mine.has_waiters


def test_another_process_is_waited_for_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "PATIENCE_SECONDS", 0.01)
    mine = WriteLock(tmp_path)
    with FileLock(tmp_path / LOCK_FILE):
        with pytest.raises(LibraryInUse, match="another Findling"), mine.exclusive():
            pass
        with pytest.raises(LibraryInUse, match="another Findling"), mine.yielding(CancelToken()):
            pass
    with mine.yielding(CancelToken()):
        assert not mine.has_waiters
