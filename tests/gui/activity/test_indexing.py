"""Folders come and go, and reading them can be watched, paused, stopped and taken up again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from engine.progress import Snapshot
from gui import strings
from gui.activity.indexing import IndexState
from gui.app import build_window
from gui.main_window import MainWindow
from tests.gui.conftest import (
    SECONDS,
    OpenWindow,
    ask,
    close,
    names,
    open_library,
    paint,
    wait_until_idle,
)
from tests.gui.hands import click, drop, files, press, type_text


def settled(window: MainWindow) -> tuple[int, int]:
    """Items found and files pending, as the library itself counts them."""
    status = window.session.library.status()
    return status.items, status.pending


def is_storing(snapshot: Snapshot) -> bool:
    return snapshot.phase == "indexing" and snapshot.done > 0


def test_a_dropped_folder_is_added_and_read(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path
) -> None:
    window = open_window(empty)
    assert window.pages.currentWidget() is window.welcome
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(pictures))
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "12 photographs · 3 pages", timeout=SECONDS)
    assert window.pages.currentWidget() is window.ready
    assert window.sidebar.isVisible()


def test_the_add_button_asks_for_a_folder_and_reads_it(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path
) -> None:
    window = open_window(empty)
    click(window.welcome.add_button)
    dialog = window.folders.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(pictures))
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        dialog.accept()
    assert [folder.path for folder in window.session.library.folders()] == [pictures]


def test_a_folder_that_cannot_be_added_says_why(qtbot: QtBot, open_window: OpenWindow, empty: Path) -> None:
    window = open_window(empty)
    window.session.add_folders([empty])
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    message = window.banners.banners()[0].message
    assert "library's own folder" in message.text
    assert message.remedy


def test_a_folder_added_during_a_run_is_read_too(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.active, timeout=SECONDS)
    window.session.add_folders([pictures])
    qtbot.waitUntil(lambda: settled(window) == (315, 0) and not window.indexing.active, timeout=SECONDS)


def test_removing_a_folder_asks_first_and_touches_no_file(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    before = sorted(path.name for path in pictures.iterdir())
    click(window.sidebar.row(0).remove_button)
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    assert "not touched" in box.informativeText()
    assert box.defaultButton().text() == strings.CANCEL
    with qtbot.waitSignal(window.session.folder_removed, timeout=SECONDS):
        click(box.buttons()[0])
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.welcome, timeout=SECONDS)
    wait_until_idle(qtbot, window)
    assert window.session.library.folders() == ()
    assert sorted(path.name for path in pictures.iterdir()) == before


def test_a_removal_that_is_cancelled_removes_nothing(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    window.sidebar.list.setCurrentRow(0)
    press(window.sidebar.list, Qt.Key.Key_Delete)
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    press(box, Qt.Key.Key_Escape)
    with qtbot.waitSignal(window.session.status_changed, timeout=SECONDS):
        window.session.refresh_status()  # the library's jobs run in order: a removal would be over by then
    assert [folder.path for folder in window.session.library.folders()] == [pictures]


def test_a_folder_can_be_removed_while_it_is_being_read(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.active, timeout=SECONDS)
    window.folders.remove(many)
    qtbot.waitUntil(
        lambda: window.session.library.folders() == () and not window.indexing.active, timeout=SECONDS
    )
    assert window.banners.banners() == []


def test_a_run_can_be_paused_and_resumed(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.active, timeout=SECONDS)
    click(window.activity.pause_button)
    assert window.indexing.state is IndexState.PAUSED
    assert window.activity.phase.text() == strings.PAUSED
    assert window.activity.pause_button.text() == strings.RESUME
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        click(window.activity.pause_button)
    assert settled(window) == (300, 0)
    qtbot.waitUntil(lambda: not window.activity.isVisible(), timeout=SECONDS)


def test_nothing_is_read_while_a_run_is_paused(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    done: list[int] = []
    window.indexing.advanced.connect(lambda snapshot: done.append(snapshot.done))
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    click(window.activity.pause_button)
    done.clear()
    # what is in hand is finished, and then nothing moves from one look to the next
    qtbot.waitUntil(lambda: len(done) >= 8 and len(set(done[-8:])) == 1, timeout=SECONDS)
    assert done[-1] < 300
    assert window.indexing.state is IndexState.PAUSED
    window.indexing.stop()
    wait_until_idle(qtbot, window)


def test_a_run_that_is_stopped_can_be_continued_and_loses_nothing(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.snapshot().phase == "indexing", timeout=SECONDS)
    with qtbot.waitSignal(window.indexing.stopped, timeout=SECONDS):
        click(window.activity.stop_button)
    qtbot.waitUntil(window.activity.continue_button.isVisible, timeout=SECONDS)
    assert "not read yet" in window.activity.phase.text()
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        click(window.activity.continue_button)
    assert settled(window) == (300, 0)


def test_a_search_is_answered_while_files_are_read(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, many: Path
) -> None:
    window = open_window(indexed)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.active, timeout=SECONDS)
    window.indexing.pause()
    ask(qtbot, window, "blue")
    assert names(window)[0].startswith("blue")
    assert window.indexing.state is IndexState.PAUSED
    window.indexing.resume()


def test_results_can_be_refreshed_when_files_were_added(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "black")
    paint(tmp_path / "later" / "black.png", "black")
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    qtbot.waitUntil(window.results.refresh_link.isVisible, timeout=SECONDS)
    assert "black.png" not in names(window)
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        click(window.results.refresh_link)
    assert names(window)[0] == "black.png"
    assert not window.results.refresh_link.isVisible()


def test_closing_during_a_run_waits_for_it_and_loses_nothing(qtbot: QtBot, empty: Path, many: Path) -> None:
    window = build_window(empty, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    window.close()
    assert window.isVisible()
    assert window.banners.banners()[0].message.text == strings.CLOSING
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
    close(qtbot, window)
    with open_library(empty) as library:
        status = library.status()
    assert status.items > 0
    assert (status.items + status.pending, status.failed) == (300, 0)


def test_closing_is_not_put_off_by_a_run_that_was_asked_for_meanwhile(
    qtbot: QtBot, empty: Path, many: Path
) -> None:
    window = build_window(empty, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    window.close()
    states: list[IndexState] = []
    window.indexing.state_changed.connect(states.append)
    window.session.folder_added.emit()  # a folder that was on its way when the window was closed
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
    close(qtbot, window)
    assert states == [IndexState.IDLE]


def test_counts_change_in_place_beside_a_folder(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    paint(mine / "red.png", "red")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([mine])
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "1 photograph", timeout=SECONDS)
    row = window.sidebar.row(0)
    row.remove_button.setFocus()
    QTest.mousePress(row.remove_button, Qt.MouseButton.LeftButton)
    paint(mine / "blue.png", "blue")
    window.indexing.start()
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "2 photographs", timeout=SECONDS)
    assert window.sidebar.row(0) is row
    assert row.counts.text() == "2 pictures and pages"
    assert row.remove_button.hasFocus()
    QTest.mouseRelease(row.remove_button, Qt.MouseButton.LeftButton)
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    press(box, Qt.Key.Key_Escape)


def test_files_that_failed_are_listed_with_their_reasons(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(window.status_line.failures_link.isVisible, timeout=SECONDS)
    assert window.status_line.failures_link.text() == "2 files could not be read"
    click(window.status_line.failures_link)
    dialog = window.failures_dialog
    assert dialog is not None
    model = dialog.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=SECONDS)
    assert [model.index(row, 0).data() for row in range(2)] == ["empty.jpg", "no picture.png"]
    assert model.index(0, 1).data() == "The file is empty."
    dialog.close()


def test_the_list_of_failures_can_be_narrowed(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    window.show_failures()
    dialog = window.failures_dialog
    assert dialog is not None
    model = dialog.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=SECONDS)
    type_text(dialog.box, "EMPTY")
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["empty.jpg"]
    type_text(dialog.box, " nowhere")
    assert model.rowCount() == 0
    assert "nowhere" in dialog.note.text()
    dialog.close()


def test_files_that_failed_are_read_again_when_asked(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.show_failures()
    dialog = window.failures_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.retry_button.isEnabled, timeout=SECONDS)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS) as finished:
        click(dialog.retry_button)
    assert finished.args is not None
    assert finished.args[0].failed == 2
