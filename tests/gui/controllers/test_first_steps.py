"""Every page without results says what comes next, and one click does it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ModelError
from engine.records import Filters, Query, SearchResults
from gui.strings import settings as words
from gui.widgets.appearance.style import Style
from gui.widgets.empty_states import ReadyPage
from tests.gui.conftest import SECONDS, OpenWindow, ask, paint, wait_until_idle
from tests.gui.input_events import click, drop, files, press


def test_sample_pictures_are_one_click_away(qtbot: QtBot, open_window: OpenWindow, empty: Path) -> None:
    pytest.importorskip("skimage")
    window = open_window(empty)
    assert window.pages.currentWidget() is window.welcome
    window.welcome.samples_button.setFocus()
    press(window.welcome.samples_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.ready, timeout=SECONDS)
    assert window.search_bar.line.hasFocus()
    qtbot.waitUntil(
        lambda: window.session.status is not None and window.session.status.items == 20, timeout=SECONDS
    )
    wait_until_idle(qtbot, window)
    assert window.search_bar.line.hasFocus()
    assert window.ready.progress.isHidden()
    assert not window.welcome.note.isVisible()


def test_where_the_samples_cannot_be_written_a_sentence_says_so(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, own_environment: Path
) -> None:
    window = open_window(empty)
    (own_environment / "data").write_text("a file, where a folder should be", "utf-8")
    window.welcome.samples_button.setFocus()
    press(window.welcome.samples_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "could not be written" in window.welcome.note.text(), timeout=SECONDS)
    assert window.welcome.samples_button.isEnabled()
    assert window.welcome.samples_button.hasFocus()
    assert window.pages.currentWidget() is window.welcome


def test_how_far_the_first_reading_is_stands_on_the_page(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: "of 300" in window.ready.progress.text(), timeout=SECONDS)
    assert window.ready.progress.isVisible()
    wait_until_idle(qtbot, window)
    assert window.ready.progress.isHidden()


def test_a_question_before_there_is_a_folder_asks_for_one_and_is_answered_then(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path
) -> None:
    window = open_window(empty)
    ask(qtbot, window, "red")
    assert window.pages.currentWidget() is window.welcome
    assert window.welcome.note.text() == words.FOLDER_FIRST
    drop(window, files(pictures))
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.results, timeout=SECONDS)
    qtbot.waitUntil(lambda: bool(window.results.model.hits), timeout=SECONDS)
    assert window.welcome.note.text() == ""
    wait_until_idle(qtbot, window)


def test_the_answer_to_a_question_that_came_first_grows_by_itself(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path
) -> None:
    window = open_window(empty)
    ask(qtbot, window, "red")
    window.welcome.add_button.setFocus()  # as after a click on it
    window.session.add_folders([many])
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.nothing, timeout=SECONDS)
    assert window.search_bar.line.hasFocus()
    qtbot.waitUntil(lambda: window.nothing.text.text() == words.NOTHING_WHILE_READING, timeout=SECONDS)
    assert window.nothing.title.text() == words.NOTHING_YET_TITLE
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.results, timeout=SECONDS)
    assert window.search_bar.line.hasFocus()
    wait_until_idle(qtbot, window)
    results = window.results
    qtbot.waitUntil(
        lambda: len(results.model.hits) == 200 and results.refresh_link.isHidden(), timeout=SECONDS
    )


def test_where_filters_leave_nothing_they_are_dropped_with_a_click(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    window.search_bar.add_folder(tmp_path / "nothing in it")
    ask(qtbot, window, "red")
    assert window.pages.currentWidget() is window.nothing
    assert window.nothing.text.text() == words.NOTHING_IN_FILTERS
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.nothing.filters_button)
    assert window.pages.currentWidget() is window.results
    assert window.results.model.hits[0].path.parent == pictures


def test_where_no_day_is_known_that_is_said(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    days = Filters(taken_from="1990-01-01", taken_to="1990-12-31")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_question(replace(bar.question(), filters=days))
    assert window.pages.currentWidget() is window.nothing
    assert window.nothing.text.text() == f"{words.NOTHING_IN_FILTERS}\n\n{words.NOTHING_DATED}"


def test_questions_to_begin_with_go_into_a_narrow_window(qapp: QApplication) -> None:
    page = ReadyPage(Style(qapp))
    page.show_examples(["people at a table", "a bar chart with several bars", "snow on a mountain"])
    page.resize(400, 400)
    page.show()
    places = [
        QRect(button.mapTo(page, QPoint()), button.size()).normalized() for button in page.example_buttons
    ]
    assert all(page.rect().contains(place) for place in places)
    assert len({place.top() for place in places}) > 1
    page.resize(1200, 400)
    assert len({button.mapTo(page, QPoint()).y() for button in page.example_buttons}) == 1
    page.hide()


def test_a_library_without_anything_to_find_says_what_to_try(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "pictures" / "one.png", "red").unlink()
    window = open_window(empty)
    window.session.add_folders([tmp_path / "pictures"])
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.ready, timeout=SECONDS)
    wait_until_idle(qtbot, window)
    ask(qtbot, window, "red")
    assert window.pages.currentWidget() is window.nothing
    assert window.nothing.text.text() == words.NOTHING_TO_TRY
    assert not window.nothing.filters_button.isVisible()
    click(window.nothing.trace_link)
    dialog = window.problems.diagnosis.dialog
    assert dialog is not None
    assert dialog.isVisible()


def test_a_question_that_no_model_can_answer_leads_to_the_models(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_query: Query) -> SearchResults:
        raise ModelError("The model is gone.")

    window = open_window(indexed)
    monkeypatch.setattr(window.session.library, "search", fail)
    window.search_bar.set_text("red")
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.unanswered, timeout=SECONDS)
    assert "The model is gone." in window.unanswered.text.text()
    click(window.unanswered.further_button)
    assert window.settings_controller.models_dialog is not None
    assert window.settings_controller.models_dialog.isVisible()
    window.activateWindow()
    with qtbot.waitSignal(window.search_runner.failed, timeout=SECONDS):
        window.search_bar.line.setText("-red")
        window.search_bar.make_chip()  # what cannot be asked alone is no fault of a model
    assert window.pages.currentWidget() is window.unanswered
    assert not window.unanswered.further_button.isVisible()
