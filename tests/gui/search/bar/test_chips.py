"""The parts of a question: made of words and pictures, turned, reached by keys, and taken out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.strings import search as words
from tests.gui.conftest import SECONDS, OpenWindow, ask, names, paint
from tests.gui.input_events import click, drop, files, press, type_text

CONTROL = Qt.KeyboardModifier.ControlModifier


def make_chip(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Type words and make them a part with Ctrl+Enter."""
    type_text(window.search_bar.line, text)
    with qtbot.waitSignal(window.search_bar.asked, timeout=SECONDS):
        press(window.search_bar.line, Qt.Key.Key_Return, CONTROL)


def photographs(window: MainWindow) -> list[str]:
    return [name for name in names(window) if name.endswith(".png")]


def test_typed_words_become_a_part_and_further_words_are_asked_with_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    make_chip(qtbot, window, "red")
    make_chip(qtbot, window, '-"dark blue"')
    ask(qtbot, window, "green")
    query = window.search_runner.query
    assert query is not None
    assert (query.text, query.not_text) == ("red green", ("dark blue",))
    assert [chip.accessibleName() for chip in window.search_bar.chip_list.chips()] == [
        words.wanted("red"),
        words.unwanted("dark blue"),
    ]


def test_turning_the_sign_keeps_away_from_what_was_looked_for(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red and green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(paint(tmp_path / "mine.png", "green")), to_add=True)
    assert photographs(window)[0].startswith("green")
    (chip,) = window.search_bar.chip_list.chips()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(chip.sign_button)
    assert photographs(window)[0].startswith("red")
    assert chip.accessibleName() == words.unwanted("mine.png")
    assert chip.sign_button.accessibleName() == words.look_for("mine.png")
    query = window.search_runner.query
    assert query is not None
    assert (query.like, query.not_like) == ((), (tmp_path / "mine.png",))


def test_the_keys_reach_turn_and_take_out_every_part(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    for text in ("red", "green", "blue"):
        make_chip(qtbot, window, text)
    press(bar.line, Qt.Key.Key_Left)
    red, green, blue = bar.chip_list.chips()
    assert blue.hasFocus()
    press(blue, Qt.Key.Key_Left)
    press(green, Qt.Key.Key_Space)
    assert [part.minus for part in bar.chip_list.parts()] == [False, True, False]
    press(green, Qt.Key.Key_Delete)
    assert red.hasFocus()
    press(red, Qt.Key.Key_Right)
    press(blue, Qt.Key.Key_Right)
    assert bar.line.hasFocus()
    press(bar.line, Qt.Key.Key_Backspace)
    assert [part.label for part in bar.chip_list.parts()] == ["red"]


def test_only_something_to_keep_away_from_is_no_question_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.search_runner.failed, timeout=SECONDS):
        make_chip(qtbot, window, "-red")
    assert window.unanswered.text.text().startswith(words.ONLY_AWAY)
    assert not window.unanswered.retry_button.isVisible()  # it would say the same


def test_escape_takes_away_words_then_parts_then_filters(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    make_chip(qtbot, window, "red")
    bar.show_folder(pictures)
    ask(qtbot, window, "green")
    left = []
    for _ in range(3):
        press(bar.line, Qt.Key.Key_Escape)
        query = bar.query()
        left.append((query.text, query.filters.folders) if query is not None else None)
    assert left == [("red", (pictures,)), ("", (pictures,)), None]
    assert window.pages.currentWidget() is window.ready


def test_many_parts_leave_room_for_the_words_in_a_narrow_window(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.resize(900, 700)
    for text in ("red", "green", "blue", "white house by the sea", "black dog in the snow"):
        make_chip(qtbot, window, text)
    bar = window.search_bar
    bar.line.setText("m" * 10)
    qtbot.waitUntil(lambda: bar.chip_list.geometry().bottom() <= bar.line.geometry().top(), timeout=SECONDS)
    assert bar.line.width() >= bar.line.minimumWidth() > 10 * bar.line.fontMetrics().averageCharWidth()
    assert bar.frame.rect().contains(bar.line.geometry())
    assert bar.frame.rect().contains(bar.chip_list.geometry())
    assert bar.scopes.mapTo(window, bar.scopes.rect().topLeft()).y() > bar.frame.geometry().bottom()
    window.resize(1900, 700)
    qtbot.waitUntil(lambda: bar.chip_list.geometry().right() <= bar.line.geometry().left(), timeout=SECONDS)


def test_an_item_can_be_added_and_kept_away_from_and_a_part_of_it_asked_for(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    red = window.results.model.hits[0]
    ask(qtbot, window, "green")
    green = next(hit for hit in window.results.model.hits if hit.path.name == "green 0.png")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.add_hit_to_query(red, minus=True)
    query = window.search_runner.query
    assert query is not None
    assert (query.text, query.not_like_items) == ("green", (red.item,))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.search_by_region(green, (0.25, 0.25, 0.75, 0.75))
    (picture,) = window.search_bar.pictures()
    assert picture.label == "Part of green 0.png"
    assert isinstance(picture.source, bytes)
    assert window.search_bar.line.text() == ""
    assert photographs(window)[0].startswith("green")
