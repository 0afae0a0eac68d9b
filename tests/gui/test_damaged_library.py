"""What the window says of a library that was damaged or cannot be written. It works all the same."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.library import CATALOGUE_FILE, Library
from gui.app import build_window
from gui.indexing import IndexState
from gui.main_window import MainWindow
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, names
from tests.mounts import mounted


def messages(window: MainWindow) -> list[str]:
    return [banner.message.text for banner in window.banners.banners()]


def test_a_catalogue_that_was_emptied_is_said_and_its_folders_are_read_again(
    open_window: OpenWindow, indexed: Path
) -> None:
    (indexed / CATALOGUE_FILE).write_bytes(b"")
    window = open_window(indexed)
    (message,) = messages(window)
    assert "catalogue was empty" in message
    assert "1 folder" in message
    status = window.session.library.status()
    assert (len(status.folders), status.photos) == (1, 12)


def test_a_value_that_cannot_be_is_told_beside_the_fault_that_it_led_to(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    with closing(sqlite3.connect(indexed / CATALOGUE_FILE)) as db, db:
        db.execute("UPDATE folder SET path = x'2f0061'")
    window.session.refresh_status()
    qtbot.waitUntil(lambda: bool(messages(window)), timeout=SECONDS)
    (message,) = messages(window)
    assert "is damaged: a value of folder.path cannot be" in message
    assert window.banners.bug_dialog is not None


@pytest.fixture
def read_only(indexed: Path, tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux":
        pytest.skip("mounts a folder a second time")
    place = tmp_path / "mounted"
    place.mkdir()
    with mounted(place, "--bind", "-o", "ro", str(indexed)):
        yield place


def test_a_library_that_cannot_be_written_opens_and_answers(
    qtbot: QtBot, read_only: Path, nothing_left_behind: None
) -> None:
    del nothing_left_behind

    def opened(location: Path) -> Library:
        return Library(location, ColourRegistry(location.parent / "models"), None, read_text=False)

    window = build_window(read_only, opened)
    window.show()
    qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
    (message,) = messages(window)
    assert "cannot be written" in message
    ask(qtbot, window, "red")
    assert names(window)[0].startswith("red")
    assert window.indexing.state is IndexState.IDLE
    close(qtbot, window)
