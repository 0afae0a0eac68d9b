"""Files that could not be read are listed, and a file that is missed is asked about."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.records import FileDiagnosis, Query
from gui.activity.diagnosis_dialog import AnswerRow, DiagnosisDialog
from gui.activity.failures_dialog import FailuresDialog
from gui.indexing import IndexState
from gui.jobs import Lane
from gui.main_window import MainWindow
from gui.strings import activity as words
from tests.gui.conftest import SECONDS, OpenWindow, names, paint, wait_until_idle
from tests.gui.input_events import click, drop, files, type_text


def failures(qtbot: QtBot, window: MainWindow, count: int) -> FailuresDialog:
    """The list, once it has so many lines."""
    qtbot.waitUntil(window.status_line.failures_link.isVisible, timeout=SECONDS)
    click(window.status_line.failures_link)
    dialog = window.problems.failures_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == count, timeout=SECONDS)
    return dialog


def listed(dialog: FailuresDialog) -> list[str]:
    model = dialog.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def question(window: MainWindow) -> DiagnosisDialog:
    menu = window.main_menu.menu()
    next(action for action in menu.actions() if action.text() == words.TRACE).trigger()
    dialog = window.problems.diagnosis.dialog
    assert dialog is not None
    return dialog


def answers(qtbot: QtBot, dialog: DiagnosisDialog, count: int) -> list[AnswerRow]:
    qtbot.waitUntil(lambda: len(dialog.rows()) == count, timeout=SECONDS)
    return dialog.rows()


def headings(dialog: DiagnosisDialog) -> list[str]:
    return [row.title.text() for row in dialog.rows()]


def test_files_that_failed_are_listed_with_their_reasons(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    dialog = failures(qtbot, window, 2)
    assert window.status_line.failures_link.text() == "2 files could not be read"
    assert listed(dialog) == ["empty.jpg", "no picture.png"]
    assert dialog.table.model().index(0, 1).data() == "The file is empty."


def test_the_list_is_narrowed_by_words_and_by_the_kind_of_reason(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    dialog = failures(qtbot, open_window(indexed), 2)
    type_text(dialog.box, "EMPTY")
    assert listed(dialog) == ["empty.jpg"]
    type_text(dialog.box, " nowhere")
    assert listed(dialog) == []
    assert "nowhere" in dialog.note.text()
    dialog.box.clear()
    kinds = [dialog.kinds.itemText(number) for number in range(dialog.kinds.count())]
    assert kinds == ["All reasons", "Empty (1)", "Not what the name says (1)"]
    dialog.kinds.setCurrentIndex(2)
    assert listed(dialog) == ["no picture.png"]


def test_one_file_is_tried_again_and_leaves_the_list_when_it_can_be_read(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    paint(mine / "red.png", "red")
    for name in ("first.png", "second.png"):
        (mine / name).write_bytes(b"")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([mine])
    dialog = failures(qtbot, window, 2)
    assert not dialog.retry_one_button.isEnabled()
    paint(mine / "first.png", "blue")
    dialog.table.selectRow(0)
    click(dialog.retry_one_button)
    qtbot.waitUntil(lambda: listed(dialog) == ["second.png"], timeout=SECONDS)
    wait_until_idle(qtbot, window)
    assert window.session.library.status().photos == 2


def test_all_files_are_tried_again(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    dialog = failures(qtbot, window, 2)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        click(dialog.retry_button)
    assert window.session.library.status().failed == 2


def test_dropped_files_are_told_why_they_are_not_found(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, tmp_path: Path
) -> None:
    outside = paint(tmp_path / "elsewhere" / "black.png", "black")
    window = open_window(indexed)
    dialog = question(window)
    drop(dialog, files(pictures / "red 0.png", pictures / "empty.jpg", outside, tmp_path / "no such.png"))
    rows = answers(qtbot, dialog, 4)
    assert headings(dialog) == [
        "red 0.png: it is found",
        "empty.jpg: could not be read",
        "black.png: in none of your folders",
        "no such.png: not on the disk",
    ]
    assert rows[1].message.text() == "The file is empty."
    texts = [[button.text() for button in row.buttons] for row in rows]
    assert texts == [[words.SHOW_IN_RESULTS], [words.TRY_AGAIN], [words.ADD_ITS_FOLDER], []]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(rows[0].buttons[0])
    assert "red 0.png" in names(window)
    assert [hit.path.name for hit in window.results.view.selected_hits()] == ["red 0.png"]
    assert window.focusWidget() is window.results.view
    assert not dialog.isVisible()


def test_a_file_far_down_the_list_of_its_folder_is_selected_and_in_view(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    """Beyond what is asked for at first, and folded behind others that look like it."""
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([many])
    last = window.session.library.browse(Query(limit=1000)).hits[-1]
    dialog = question(window)
    drop(dialog, files(last.path))
    (row,) = answers(qtbot, dialog, 1)
    click(row.buttons[0])
    view = window.results.view
    qtbot.waitUntil(lambda: [hit.item for hit in view.selected_hits()] == [last.item], timeout=SECONDS)
    assert not view.isIndexHidden(view.currentIndex())
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    window.search_bar.browse()
    click(row.buttons[0])  # while the other question is still being answered
    qtbot.waitUntil(lambda: [hit.item for hit in view.selected_hits()] == [last.item], timeout=SECONDS)


def test_another_question_meanwhile_is_not_disturbed(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    dialog = question(window)
    drop(dialog, files(pictures / "red 0.png"))
    (row,) = answers(qtbot, dialog, 1)
    click(row.buttons[0])
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.search_bar.browse()
    assert "red 0.png" in names(window)
    assert window.results.view.selected_hits() == []


def test_of_a_document_its_first_page_is_selected_and_a_folder_is_shown_as_it_is(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    dialog = question(window)
    drop(dialog, files(pictures / "three pages.pdf", pictures))
    document, folder = answers(qtbot, dialog, 2)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(document.buttons[0])
    selected = window.results.view.selected_hits()
    assert [(hit.path.name, hit.page) for hit in selected] == [("three pages.pdf", 1)]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(folder.buttons[0])
    assert len(names(window)) == 15


def test_a_name_that_is_too_long_for_the_disk_is_answered_too(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    dialog = question(window)
    drop(dialog, files(tmp_path / f"{'x' * 300}.jpg"))
    answers(qtbot, dialog, 1)


def test_the_folder_of_a_file_is_added_from_the_answer(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, tmp_path: Path
) -> None:
    outside = paint(tmp_path / "elsewhere" / "black.png", "black")
    window = open_window(indexed)
    dialog = question(window)
    click(dialog.pick_button)
    assert isinstance(dialog.picker, QFileDialog)
    dialog.picker.setDirectory(str(outside.parent))
    dialog.picker.filesSelected.emit([str(outside)])
    dialog.picker.close()
    (row,) = answers(qtbot, dialog, 1)
    click(row.buttons[0])
    qtbot.waitUntil(lambda: headings(dialog) == ["black.png: it is found"], timeout=SECONDS)
    folders = {folder.path for folder in window.session.library.folders()}
    assert folders == {pictures, outside.parent}


def test_a_folder_that_was_left_out_is_searched_again_from_the_answer(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    paint(mine / "red.png", "red")
    blue = paint(mine / "holiday" / "blue.png", "blue")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([mine])
    window.session.library.exclude(mine / "holiday")
    dialog = question(window)
    drop(dialog, files(blue))
    (row,) = answers(qtbot, dialog, 1)
    assert row.title.text() == "blue.png: left out"
    click(row.buttons[0])
    qtbot.waitUntil(lambda: headings(dialog) == ["blue.png: it is found"], timeout=SECONDS)


def test_answers_follow_what_becomes_of_the_file_and_stay_where_nothing_does(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    dialog = question(window)
    elsewhere = paint(pictures.parent / "elsewhere" / "blue.png", "blue")
    drop(dialog, files(elsewhere, pictures / "red 0.png"))
    rows = answers(qtbot, dialog, 2)
    look_again(qtbot, window)
    assert dialog.rows() == rows  # and with them the focus of their buttons
    window.session.library.remove_folder(pictures)
    look_again(qtbot, window)
    assert headings(dialog) == ["blue.png: in none of your folders", "red 0.png: in none of your folders"]
    assert dialog.rows()[0] is rows[0]
    drop(dialog, files(pictures / "red 0.png"))
    qtbot.waitUntil(lambda: headings(dialog) == ["red 0.png: in none of your folders"], timeout=SECONDS)


def test_what_changes_while_it_is_looked_at_is_looked_at_again(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(indexed)
    window.indexing.stop()
    wait_until_idle(qtbot, window)
    library = window.session.library
    look, has_looked, go_on = library.diagnose, threading.Event(), threading.Event()

    def slow(path: Path) -> FileDiagnosis:
        found = look(path)
        has_looked.set()
        go_on.wait()
        return found

    dialog = question(window)
    monkeypatch.setattr(library, "diagnose", slow)
    drop(dialog, files(pictures / "red 0.png"))
    assert has_looked.wait(60)
    library.remove_folder(pictures)
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()
    no_more, is_quiet = threading.Event(), threading.Event()

    def be_quiet() -> None:
        is_quiet.set()
        no_more.wait()

    # Nothing else is heard of the library.
    window.session.jobs.run(Lane.LIBRARY, be_quiet, lambda _none: None)
    qtbot.waitUntil(is_quiet.is_set, timeout=SECONDS)
    QApplication.processEvents()
    go_on.set()
    qtbot.waitUntil(lambda: headings(dialog) == ["red 0.png: in none of your folders"], timeout=SECONDS)
    no_more.set()


def test_a_look_that_takes_long_keeps_no_other_file_waiting(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(indexed)
    library = window.session.library
    look, go_on = library.diagnose, threading.Event()

    def slow(path: Path) -> FileDiagnosis:
        go_on.wait()
        return look(path)

    dialog = question(window)
    monkeypatch.setattr(library, "diagnose", slow)
    drop(dialog, files(pictures / "red 0.png"))
    drop(window, files(pictures / "blue 0.png"))
    qtbot.waitUntil(lambda: "blue 0.png" in names(window), timeout=SECONDS)
    assert dialog.rows() == []
    go_on.set()
    answers(qtbot, dialog, 1)


def test_a_look_that_fails_is_told_once(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> FileDiagnosis:
        raise UserError("The disk is gone.", "Plug it in.")

    window = open_window(indexed)
    dialog = question(window)
    monkeypatch.setattr(window.session.library, "diagnose", fail)
    drop(dialog, files(pictures / "red 0.png"))
    qtbot.waitUntil(lambda: bool(window.banners.banners()), timeout=SECONDS)
    click(window.banners.banners()[0].close_button)
    look_again(qtbot, window)
    assert window.banners.banners() == []
    assert dialog.rows() == []


def test_what_goes_on_is_what_stands_still_when_it_is_chosen(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    for number in range(200):  # more than are on their way when a run is stopped
        paint(tmp_path / "more" / f"{number:03}.png", "red", (20 + number, 20))
    window.session.add_folders([tmp_path / "more"])
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.RUNNING, timeout=SECONDS)
    window.indexing.pause()
    dialog = question(window)
    drop(dialog, files(tmp_path / "more" / "199.png"))
    (row,) = answers(qtbot, dialog, 1)
    assert [button.text() for button in row.buttons] == [words.CONTINUE_READING]
    window.indexing.stop()
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.IDLE, timeout=SECONDS)
    click(dialog.rows()[0].buttons[0])
    qtbot.waitUntil(lambda: headings(dialog) == ["199.png: it is found"], timeout=SECONDS)
    wait_until_idle(qtbot, window)


def look_again(qtbot: QtBot, window: MainWindow) -> None:
    """The state of the library has come, and what was asked because of it is answered."""
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()
    done: list[None] = []
    window.session.jobs.run(Lane.TRACE, lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=SECONDS)
