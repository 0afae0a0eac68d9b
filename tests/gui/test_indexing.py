"""Folders come and go, and reading them can be watched, paused, stopped and taken up again."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.library.write_lock import LOCK_FILE
from engine.progress import Snapshot
from engine.records import Query, SearchResults
from engine.settings import SETTINGS_FILE
from gui import strings
from gui.activity.progress_steps import StepState
from gui.app import bring_to_front, build_window
from gui.indexing import IndexState
from gui.jobs import Lane
from gui.main_window import MainWindow
from gui.messages import Level
from gui.strings import activity as words
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, names, open_library, paint, wait_until_idle
from tests.gui.input_events import click, drop, files, press, type_text


def settled(window: MainWindow) -> tuple[int, int]:
    """Items found and files pending, as the library itself counts them."""
    status = window.session.library.status()
    return status.items, status.pending


def state(window: MainWindow) -> IndexState:
    return window.indexing.state


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
    assert {banner.message.level for banner in window.banners.banners()} <= {Level.INFO}


def test_a_folder_that_is_removed_does_not_wait_for_one_that_is_added_meanwhile(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    window.folders.remove(many)
    window.session.add_folders([pictures])
    qtbot.waitUntil(
        lambda: settled(window) == (15, 0) and not window.indexing.active and folders(window) == [pictures],
        timeout=SECONDS,
    )
    assert {banner.message.level for banner in window.banners.banners()} <= {Level.INFO}


def test_what_is_asked_of_the_library_does_not_wait_for_a_removal(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    with FileLock(indexed / LOCK_FILE):  # another program's
        window.folders.remove(pictures)
        looked(qtbot, window)
        assert folders(window) == [pictures]
    qtbot.waitUntil(lambda: folders(window) == [], timeout=SECONDS)
    wait_until_idle(qtbot, window)


def folders(window: MainWindow) -> list[Path]:
    return [folder.path for folder in window.session.library.folders()]


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


def test_who_wants_to_pause_as_the_run_ends_does_not_stop_the_watching(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    window.activity.toggle_details()
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.RUNNING, timeout=SECONDS)
    window.activity.pause_button.setFocus()
    aim = window.activity.pause_button.rect().topRight() - QPoint(8, -8)
    place = window.activity.pause_button.mapTo(window.activity, aim)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    window.activity.layout().activate()  # type: ignore[union-attr]  # it has one
    assert window.activity.childAt(place) is window.activity.pause_button
    assert not window.activity.pause_button.isEnabled()
    assert window.activity.details_button.hasFocus()


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
    qtbot.waitUntil(lambda: "not read yet" in window.activity.phase.text(), timeout=SECONDS)
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


def test_an_answer_that_was_not_touched_takes_in_what_was_added(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "black")
    paint(tmp_path / "later" / "black.png", "black")
    titles: list[str] = []
    window.search_runner.started.connect(lambda: titles.append(window.results.title.text()))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    assert names(window)[0] == "black.png"
    assert strings.SEARCHING not in titles
    assert not window.results.refresh_link.isVisible()
    assert window.search_bar.line.hasFocus()
    wait_until_idle(qtbot, window)


def test_what_was_added_while_an_answer_was_on_its_way_is_asked_for_once_more(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (indexed / SETTINGS_FILE).write_text(json.dumps({"watch": False}), "utf-8")
    window, has_looked, go_on = open_window(indexed), threading.Event(), threading.Event()
    search = window.session.library.search

    def search_slowly(query: Query) -> SearchResults:
        results = search(query)
        if query.text == "black":
            has_looked.set()
            assert go_on.wait(60)
        return results

    monkeypatch.setattr(window.session.library, "search", search_slowly)
    type_text(window.search_bar.line, "black")
    press(window.search_bar.line, Qt.Key.Key_Return)
    qtbot.waitUntil(has_looked.is_set, timeout=SECONDS)
    paint(tmp_path / "later" / "black.png", "black")
    wait_until_idle(qtbot, window)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):  # the last that comes by itself
        window.session.refresh_status()
    go_on.set()
    qtbot.waitUntil(lambda: names(window)[:1] == ["black.png"], timeout=SECONDS)


def test_what_was_added_while_more_of_an_answer_was_on_its_way_is_offered(
    qtbot: QtBot,
    open_window: OpenWindow,
    empty: Path,
    many: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (empty / SETTINGS_FILE).write_text(json.dumps({"watch": False}), "utf-8")
    window, has_looked, go_on = open_window(empty), threading.Event(), threading.Event()
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([many])
    ask(qtbot, window, "black")
    search = window.session.library.search

    def search_slowly(query: Query) -> SearchResults:
        results = search(query)
        if query.offset:
            has_looked.set()
            assert go_on.wait(60)
        return results

    monkeypatch.setattr(window.session.library, "search", search_slowly)
    bar = window.results.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(has_looked.is_set, timeout=SECONDS)
    paint(tmp_path / "later" / "black.png", "black")
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):  # the last that comes by itself
        window.session.refresh_status()
    go_on.set()
    qtbot.waitUntil(window.results.refresh_link.isVisible, timeout=SECONDS)
    assert window.results.refresh_link.text() == strings.REFRESH_RESULTS


def test_an_answer_that_is_worked_with_is_refreshed_when_that_is_wanted(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "black")
    press(window.search_bar.line, Qt.Key.Key_Down)
    assert window.results.view.hasFocus()
    paint(tmp_path / "later" / "black.png", "black")
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    qtbot.waitUntil(window.results.refresh_link.isVisible, timeout=SECONDS)
    assert "black.png" not in names(window)
    window.results.refresh_link.setFocus()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(window.results.refresh_link, Qt.Key.Key_Space)
    assert names(window)[0] == "black.png"
    assert not window.results.refresh_link.isVisible()
    assert window.results.view.hasFocus()


def test_an_answer_that_was_not_touched_loses_what_is_deleted(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    window = window_on_two(qtbot, open_window, empty, tmp_path / "own")
    ask(qtbot, window, "black")
    (tmp_path / "own" / "first.png").unlink()
    qtbot.waitUntil(lambda: names(window) == ["second.png"], timeout=SECONDS)
    assert not window.results.refresh_link.isVisible()


def test_who_works_with_an_answer_is_told_that_files_are_gone_from_their_places(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    window = window_on_two(qtbot, open_window, empty, tmp_path / "own")
    ask(qtbot, window, "black")
    press(window.search_bar.line, Qt.Key.Key_Down)
    (tmp_path / "own" / "first.png").rename(tmp_path / "own" / "third.png")
    qtbot.waitUntil(window.results.refresh_link.isVisible, timeout=SECONDS)
    assert window.results.refresh_link.text() == strings.REFRESH_MOVED
    assert set(names(window)) == {"first.png", "second.png"}
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.results.refresh_link)
    assert set(names(window)) == {"third.png", "second.png"}


def test_a_copy_that_a_filter_shows_is_not_taken_for_gone(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "own" / "z" / "copy.png", "black", (60, 40))  # of the first
    window = window_on_two(qtbot, open_window, empty, tmp_path / "own")
    window.search_bar.add_folder(tmp_path / "own" / "z")
    ask(qtbot, window, "black")
    press(window.search_bar.line, Qt.Key.Key_Down)
    assert names(window) == ["copy.png"]
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        (tmp_path / "own" / "second.png").unlink()
    looked(qtbot, window)
    assert not window.results.refresh_link.isVisible()


def test_what_went_by_our_own_hands_is_not_told_as_gone(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    window, go_on = window_on_two(qtbot, open_window, empty, tmp_path / "own"), threading.Event()
    ask(qtbot, window, "black")
    press(window.search_bar.line, Qt.Key.Key_Down)
    window.file_operations.trash_controller.move([tmp_path / "own" / "first.png"])
    qtbot.waitUntil(lambda: not (tmp_path / "own" / "first.png").exists(), timeout=SECONDS)
    window.session.jobs.run(Lane.FILES, go_on.wait, lambda _went: None)  # the card goes late
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "1 photograph", timeout=SECONDS)
    looked(qtbot, window)
    go_on.set()
    qtbot.waitUntil(lambda: names(window) == ["second.png"], timeout=SECONDS)
    assert not window.results.refresh_link.isVisible()


def looked(qtbot: QtBot, window: MainWindow) -> None:
    """What was asked of the library until now is answered."""
    done: list[None] = []
    window.session.jobs.run(Lane.LIBRARY, lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=SECONDS)


def window_on_two(qtbot: QtBot, open_window: OpenWindow, empty: Path, folder: Path) -> MainWindow:
    """It watches a folder with two pictures."""
    paint(folder / "first.png", "black", (60, 40))
    paint(folder / "second.png", "black", (50, 90))
    window = open_window(empty)
    window.session.add_folders([folder])
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "2 photographs", timeout=SECONDS)
    wait_until_idle(qtbot, window)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    return window


def test_what_goes_away_at_the_foot_of_the_window_leaves_the_focus_in_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    click(window.status_line.watching_link)
    details = window.activity.details_button
    for question, heir in (("", window.search_bar.line), ("red", window.results.view)):
        if question:
            ask(qtbot, window, question)
            click(window.status_line.watching_link)
        details.setFocus()
        press(details, Qt.Key.Key_Space)
        assert not window.activity.isVisible()
        assert heir.hasFocus()


def test_escape_closes_the_details_before_it_takes_back_the_question(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    view, line, link = window.results.view, window.search_bar.line, window.activity.panel.trace_link
    press(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    chosen = view.selected_count()
    click(window.status_line.watching_link)
    link.setFocus()
    press(link, Qt.Key.Key_Escape)
    assert window.activity.panel.isHidden()
    assert view.hasFocus()
    assert view.selected_count() == chosen > 1
    view.card_selection.only(0)
    click(window.status_line.watching_link)
    line.setFocus()
    press(line, Qt.Key.Key_Escape)
    assert window.activity.panel.isHidden()
    assert (line.text(), line.hasFocus()) == ("red", True)
    press(line, Qt.Key.Key_Escape)
    assert line.text() == ""


def test_closing_during_a_run_waits_for_it_and_loses_nothing(qtbot: QtBot, empty: Path, many: Path) -> None:
    window = build_window(empty, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    assert bring_to_front(window)
    window.close()
    assert window.isVisible()
    assert not bring_to_front(window)  # who starts the program again waits until this one is gone
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
    window.session.folder_added.emit(many)  # a folder that was on its way when the window was closed
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SECONDS)
    close(qtbot, window)
    assert states == [IndexState.IDLE]


def test_what_changes_in_a_folder_is_found_by_itself(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    paint(mine / "red.png", "red")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([mine])
    assert state(window) is IndexState.WATCHING
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "1 photograph", timeout=SECONDS)
    assert window.status_line.watching_link.text() == "Watching 1 folder"
    assert window.status_line.watching_link.isVisible()
    assert not window.activity.isVisible()
    paint(mine / "blue.png", "blue")
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "2 photographs", timeout=SECONDS)
    (mine / "red.png").unlink()
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "1 photograph", timeout=SECONDS)


def test_watching_can_be_stopped_and_stays_so_until_it_is_continued(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(window.status_line.watching_link.isVisible, timeout=SECONDS)
    click(window.status_line.watching_link)
    assert window.activity.panel.isVisible()
    assert window.activity.stop_button.text() == words.STOP_WATCHING
    with qtbot.waitSignal(window.indexing.stopped, timeout=SECONDS):
        click(window.activity.stop_button)
    window.activity.panel.trace_link.setFocus()
    press(window.activity.panel.trace_link, Qt.Key.Key_Escape)
    assert window.activity.panel.isHidden()
    assert window.activity.details_button.hasFocus()
    assert window.activity.isVisible()
    assert words.HELD in window.activity.phase.text() + window.activity.details.text()
    assert window.status_line.watching_link.text() == words.NOT_WATCHING
    window.preferences.change(card_height=160)  # any other setting leaves it as it is
    assert state(window) is IndexState.IDLE
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        click(window.activity.continue_button)
    assert state(window) is IndexState.WATCHING
    assert not window.activity.isVisible()
    assert [folder.path for folder in window.session.library.folders()] == [pictures]


def test_without_watching_a_run_comes_to_its_end(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    window.preferences.change(watch=False)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.IDLE, timeout=SECONDS)
    paint(tmp_path / "later" / "black.png", "black")
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "later"])
    assert state(window) is IndexState.IDLE
    assert settled(window) == (16, 0)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.preferences.change(watch=True)
    assert state(window) is IndexState.WATCHING


@pytest.mark.parametrize("watch", [True, False])
def test_another_program_at_work_on_the_library_is_waited_for(
    qtbot: QtBot, indexed: Path, watch: bool
) -> None:
    (indexed / SETTINGS_FILE).write_text(json.dumps({"watch": watch}), "utf-8")
    lock = FileLock(indexed / LOCK_FILE)
    lock.acquire()
    window = build_window(indexed, open_library)
    window.show()
    in_use = words.phase("in use")
    qtbot.waitUntil(lambda: window.activity.phase.text() == in_use, timeout=SECONDS)
    assert window.banners.banners() == []
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        lock.release()
    close(qtbot, window)


def test_a_wait_for_another_program_can_be_stopped(qtbot: QtBot, indexed: Path) -> None:
    (indexed / SETTINGS_FILE).write_text(json.dumps({"watch": False}), "utf-8")
    with FileLock(indexed / LOCK_FILE):
        window = build_window(indexed, open_library)
        window.show()
        qtbot.waitUntil(lambda: window.activity.phase.text() == words.phase("in use"), timeout=SECONDS)
        with qtbot.waitSignal(window.indexing.stopped, timeout=SECONDS):
            click(window.activity.stop_button)
        assert state(window) is IndexState.IDLE
        close(qtbot, window)


def test_what_is_set_during_a_wait_for_another_program_does_not_end_it(qtbot: QtBot, indexed: Path) -> None:
    lock = FileLock(indexed / LOCK_FILE)
    lock.acquire()
    window = build_window(indexed, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.activity.phase.text() == words.phase("in use"), timeout=SECONDS)
    window.preferences.change(watch=False)
    assert window.indexing.active
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        lock.release()
    assert state(window) is IndexState.IDLE
    close(qtbot, window)


def test_a_window_at_rest_closes_at_once(qtbot: QtBot, indexed: Path) -> None:
    window = build_window(indexed, open_library)
    window.show()
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    window.close()
    assert not window.isVisible()
    close(qtbot, window)


def test_the_details_tell_each_step_and_what_there_is(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, many: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(window.status_line.watching_link.isVisible, timeout=SECONDS)
    click(window.status_line.watching_link)
    panel = window.activity.panel
    assert panel.figure(words.FOUND) == "15 files"
    assert panel.figure(words.SEARCHABLE) == "12 photographs · 3 pages"
    assert panel.figure(words.FAILED) == "2 files"
    click(panel.failures_link)
    assert window.problems.failures_dialog is not None
    window.problems.failures_dialog.close()
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: is_storing(window.indexing.snapshot()), timeout=SECONDS)
    click(window.activity.pause_button)
    states = {step.phase: step.state for step in panel.shown}
    assert (states["scanning"], states["indexing"]) == (StepState.DONE, StepState.PAUSED)
    assert states["reading text"] is StepState.TO_COME
    click(window.activity.pause_button)
    qtbot.waitUntil(lambda: panel.figure(words.SEARCHABLE) == "312 photographs · 3 pages", timeout=SECONDS)
