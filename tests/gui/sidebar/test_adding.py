"""Adding folders: what is searched already is said to be, and a whole disk is asked about first."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from gui import strings
from gui.main_window import MainWindow
from gui.messages import Level
from tests.gui.conftest import SECONDS, OpenWindow, paint, wait_until_idle
from tests.gui.input_events import click, drop, files, press

DISK = Path(Path.cwd().anchor)


def said(window: MainWindow) -> list[tuple[Level, str]]:
    return [(banner.message.level, banner.message.text) for banner in window.banners.banners()]


def known(window: MainWindow) -> list[Path]:
    return [folder.path for folder in window.session.library.folders()]


@pytest.mark.parametrize("again", ["mine", "mine/inside"])
def test_a_folder_that_is_searched_already_is_said_to_be(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path, again: str
) -> None:
    paint(tmp_path / "mine" / "inside" / "red.png", "red")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(tmp_path / "mine"))
    assert said(window) == []
    drop(window, files(tmp_path / again))
    wanted = (Level.INFO, f"“{Path(again).name}” is searched already.")
    qtbot.waitUntil(lambda: said(window) == [wanted], timeout=SECONDS)
    assert known(window) == [tmp_path / "mine"]
    wait_until_idle(qtbot, window)


def test_a_folder_that_was_left_out_is_added_without_a_word(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    inside = paint(tmp_path / "mine" / "inside" / "red.png", "red").parent
    paint(tmp_path / "mine" / "blue.png", "blue")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(tmp_path / "mine"))
    wait_until_idle(qtbot, window)
    window.session.library.exclude(inside)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(inside))
    assert said(window) == []


def test_a_whole_disk_is_not_added_before_it_is_wanted(
    qtbot: QtBot, open_window: OpenWindow, empty: Path
) -> None:
    window = open_window(empty)
    drop(window, files(DISK))
    qtbot.waitUntil(lambda: isinstance(window.folders.dialog, QMessageBox), timeout=SECONDS)
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    assert box.text() == "Search the whole disk?"
    assert box.defaultButton().text() == strings.CANCEL
    press(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()  # the library's jobs run in order: it would be added by then
    assert known(window) == []


def test_a_whole_disk_is_added_where_it_is_wanted(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = paint(tmp_path / "mine" / "red.png", "red").parent
    window = open_window(empty)
    window.session.folder_added.disconnect()  # the machine's own disk is not read for a test
    window.folders.pick()
    picker = window.folders.dialog
    assert isinstance(picker, QFileDialog)
    picker.fileSelected.emit(str(DISK))
    picker.close()
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    with qtbot.waitSignal(window.session.folder_added, timeout=SECONDS):
        click(box.buttons()[0])
    assert known(window) == [DISK]
    drop(window, files(mine))
    qtbot.waitUntil(lambda: said(window) == [(Level.INFO, strings.searched_already(mine))], timeout=SECONDS)


def test_who_has_added_a_folder_can_type_a_question_at_once(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = paint(tmp_path / "mine" / "red.png", "red").parent
    window = open_window(empty)
    window.welcome.add_button.setFocus()
    click(window.welcome.add_button)
    picker = window.folders.dialog
    assert isinstance(picker, QFileDialog)
    picker.close()
    window.activateWindow()
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        picker.fileSelected.emit(str(mine))
    assert window.search_bar.line.hasFocus()
