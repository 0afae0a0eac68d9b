"""Before anything is asked, questions are offered that this very library answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui import strings
from gui.main_window import MainWindow
from tests.gui.conftest import SECONDS, OpenWindow, ask, names
from tests.gui.input_events import click, press


@pytest.fixture(autouse=True)
def questions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("a dog", "red", "elephants", "blue", "black")
    monkeypatch.setattr(strings, "READY_QUESTIONS", asked)


def offered(window: MainWindow) -> list[str]:
    buttons = window.ready.example_buttons
    return [button.text() for button in buttons if button.isVisibleTo(window)]


def test_what_the_library_answers_is_offered_and_asked_by_a_click(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(lambda: offered(window) == ["red", "blue"], timeout=SECONDS)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.ready.example_buttons[1])
    assert window.search_bar.line.text() == "blue"
    assert names(window)[0].startswith(("blue", "three pages"))


def test_nothing_is_offered_where_nothing_is_found(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strings, "READY_QUESTIONS", ("a dog", "elephants"))
    window = open_window(indexed)
    qtbot.waitUntil(lambda: window.first_steps.suggestions.questions == (), timeout=SECONDS)
    assert offered(window) == []


def test_a_persons_own_question_comes_first(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "green")
    assert names(window)[0].startswith(("green", "three pages"))
    press(window.search_bar.line, Qt.Key.Key_Escape)
    window.session.refresh_status()
    qtbot.waitUntil(lambda: offered(window) == ["red", "blue"], timeout=SECONDS)
