"""Narrowing what is found: by folder, date, type, shape and theme; and the order of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QDate, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QIcon, QPixmap
from pytestqt.qtbot import QtBot

from engine.file_types import SUFFIXES_OF
from engine.ingest.scanning.file_formats import SUPPORTED_SUFFIXES
from engine.library import Library
from engine.records import Filters, Order, Query, Theme
from gui.main_window import MainWindow
from gui.search.bar.filter_bar import MenuButton
from gui.search.filters import FILE_KINDS, filter_tokens, spans
from gui.search.query_draft import QueryDraft
from gui.search.saved.reopen import reopen_query
from gui.strings import search as words
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, OpenWindow, ask, names, paint
from tests.gui.input_events import click, press


def choose(qtbot: QtBot, window: MainWindow, button: MenuButton, text: str) -> None:
    """Pick from a menu of the filter bar, and wait for the answer."""
    button.refill()
    (action,) = [action for action in button.list.actions() if action.text() == text]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        action.trigger()


def taken_on(path: Path, day: str, size: tuple[int, int] = (40, 40)) -> None:
    picture = Image.new("RGB", size, (255, 0, 0))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day.replace('-', ':')} 12:00:00"
    picture.save(path, exif=exif)


def test_filters_are_hidden_until_they_are_wanted_and_each_can_be_taken_away(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    assert not bar.filters.isVisible()
    ask(qtbot, window, "red")
    click(bar.filter_button)
    choose(qtbot, window, bar.filters.type_button, "PDF")
    assert set(names(window)) == {"three pages.pdf"}
    choose(qtbot, window, bar.filters.type_button, "PNG")
    choose(qtbot, window, bar.filters.shape_button, words.LANDSCAPE)
    assert "three pages.pdf" not in names(window)
    assert {"red 0.png", "red 1.png"} <= set(names(window))
    assert "red 3.png" not in names(window)
    assert bar.filter_button.text() == words.filters(3)
    click(bar.filter_button)
    assert [token.text() for token in bar.filters.tokens()] == ["PNG", "PDF", words.LANDSCAPE]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(bar.filters.tokens()[2])
    assert "red 3.png" in names(window)
    choose(qtbot, window, bar.filters.sort_button, words.NEWEST_FIRST)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(bar.filters.clear_link)
    assert [token.text() for token in bar.filters.tokens()] == [words.NEWEST_FIRST]  # it leaves nothing out
    assert not bar.filters.clear_link.isVisible()
    assert bar.line.text() == "red"


def test_filters_alone_browse_what_they_leave_and_without_them_there_is_rest(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    click(bar.filter_button)
    choose(qtbot, window, bar.filters.shape_button, words.SQUARE)
    assert sorted(names(window)) == ["blue 2.png", "green 2.png", "red 2.png"]
    assert not window.results.model.ranked
    click(bar.filters.tokens()[0])
    assert window.pages.currentWidget() is window.ready


def test_days_between_two_dates_are_chosen_and_sorted_by(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    for day in ("2021-05-01", "2021-06-15", "2022-01-01"):
        taken_on(folder / f"{day}.jpg", day, (40, 30 + int(day[6])))
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([folder])
    bar = window.search_bar
    ask(qtbot, window, "red")
    click(bar.filter_button)
    choose(qtbot, window, bar.filters.sort_button, words.OLDEST_FIRST)
    assert names(window) == ["2021-05-01.jpg", "2021-06-15.jpg", "2022-01-01.jpg"]
    bar.filters.taken_button.refill()
    between = next(a for a in bar.filters.taken_button.list.actions() if a.text() == words.BETWEEN)
    between.trigger()
    window.activity.toggle_details()
    press(bar.filters.dates.first, Qt.Key.Key_Escape)
    assert not bar.filters.dates.isVisible()
    assert window.activity.panel.isVisible()  # one thing at a time
    assert bar.line.text() == "red"
    between.trigger()
    bar.filters.dates.first.setDate(QDate(2021, 12, 31))  # the later first, which is put right
    bar.filters.dates.last.setDate(QDate(2021, 6, 1))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(bar.filters.dates.apply_button)
    assert names(window) == ["2021-06-15.jpg"]
    assert not bar.filters.dates.isVisible()
    query = window.search_runner.query
    assert query is not None
    assert (query.filters.taken_from, query.filters.taken_to, query.filters.order) == (
        "2021-06-01",
        "2021-12-31",
        Order.OLDEST,
    )
    assert bar.filter_button.text() == words.filters(1)  # the order leaves nothing out


def test_what_is_taken_away_lets_the_rest_move_up(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask(qtbot, window, "red")
    filters = Filters(taken_from="2025-01-01", taken_to="2025-12-31", folders=(pictures,))
    bar.filters.changed.emit(filters)
    qtbot.waitUntil(bar.filters.clear_link.isVisible, timeout=SECONDS)
    place = bar.filters.clear_link.pos()
    click(bar.filters.tokens()[1])
    qtbot.waitUntil(lambda: bar.filters.clear_link.x() < place.x(), timeout=SECONDS)
    shown = [*bar.filters.tokens(), bar.filters.clear_link]
    assert all(left.geometry().right() < right.x() for left, right in pairwise(shown))


def test_a_button_whose_menu_was_used_does_not_look_as_if_the_mouse_were_still_there(
    open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    window.search_bar.filters.set_open(True)
    for button, menu in (
        (window.search_bar.filters.shape_button, window.search_bar.filters.shape_button.list),
        (window.main_menu, window.main_menu.menu()),
    ):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        QCursor.setPos(button.mapToGlobal(QPoint(-200, 300)))
        menu.aboutToHide.emit()
        assert not button.underMouse()


def test_a_folder_narrows_the_question_and_one_inside_it_can_be_picked(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    inside = tmp_path / "all" / "inside"
    paint(tmp_path / "all" / "outer.png", "red")
    paint(inside / "inner.png", "red", (50, 40))
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "all"])
    bar = window.search_bar
    ask(qtbot, window, "red")
    bar.filters.folder_button.refill()
    bar.filters.folder_button.list.actions()[-1].trigger()
    dialog = window.search_controller.folder_dialog
    assert dialog is not None
    dialog.selectFile(str(inside))
    dialog.accept()
    qtbot.waitUntil(lambda: names(window) == ["inner.png"], timeout=SECONDS)
    bar.line.clear()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_folder(tmp_path / "all")
    assert sorted(names(window)) == ["inner.png", "outer.png"]


def test_everything_is_browsed_the_newest_first_and_given_up_again(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    for number in range(3):
        path = paint(tmp_path / "dated" / f"{number}.png", "blue", (50, 40 + number))
        moment = time.mktime((2020 + number, 1, 1, 12, 0, 0, 0, 0, -1))
        os.utime(path, (moment, moment))
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "dated"])
    bar = window.search_bar
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.browse()
    assert names(window) == ["2.png", "1.png", "0.png"]
    assert [token.text() for token in bar.filters.tokens()] == [words.EVERYTHING]
    press(bar.line, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.ready
    assert not bar.filters.isVisible()


def test_a_year_and_a_day_are_said_as_such() -> None:
    assert words.taken("2024-01-01", "2024-12-31") == "Taken in 2024"
    assert words.taken("2024-05-02", "2024-05-02") == "Taken 2 May 2024"
    assert spans(date(2024, 3, 1))[words.LAST_YEAR] == ("2023-01-01", "2023-12-31")
    assert spans(date(2024, 3, 1))[words.LAST_30_DAYS] == ("2024-01-31", "2024-03-01")


def test_every_file_that_is_read_is_of_a_kind_that_can_be_chosen() -> None:
    kinds = [suffix for suffixes in FILE_KINDS.values() for suffix in suffixes]
    assert sorted(kinds) == sorted(SUPPORTED_SUFFIXES)
    for alike in SUFFIXES_OF.values():  # one format for the engine
        assert sum(set(alike) <= set(kind) for kind in FILE_KINDS.values()) == 1


def test_the_order_stays_when_other_words_are_typed(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.filters.changed.emit(replace(Filters(), order=Order.OLDEST))
    click(bar.clear_button)
    ask(qtbot, window, "green")
    query = window.search_runner.query
    assert query is not None
    assert query.filters.order is Order.OLDEST
    press(bar.line, Qt.Key.Key_Escape)
    press(bar.line, Qt.Key.Key_Escape)
    assert bar.question().filters == Filters()


def test_suffixes_of_no_known_kind_are_tokens_of_their_own() -> None:
    filters = Filters(file_types=(".pdf", ".xyz"))
    assert [label for label, _left in filter_tokens(filters)] == ["PDF", ".xyz"]
    assert filter_tokens(filters)[0][1].file_types == (".xyz",)


def test_a_theme_that_was_found_anew_is_known_by_its_name(indexed: Path) -> None:
    class Themed(Library):
        def themes(self) -> tuple[Theme, ...]:
            return (Theme(4, "Beaches", 1, 5), Theme(9, "Sunsets", 2, 7))

    with Themed(indexed, ColourRegistry(indexed.parent / "models"), None, read_text=False) as library:
        for number, name in ((3, "Sunsets"), (9, "Sunsets"), (9, "")):
            query = Query(filters=Filters(theme=number, theme_name=name))
            filters = reopen_query(query, (), library, 1.0).question.filters
            assert (filters.theme, filters.theme_name) == (9, "Sunsets")
        query = Query(filters=Filters(theme=3, theme_name="Dogs"))
        gone = reopen_query(query, (), library, 1.0).question.filters
        assert (gone.theme, gone.theme_name) == (3, "Dogs")


def test_a_theme_keeps_its_name_when_it_is_asked_for_again(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_theme(3, "Sunsets")
    qtbot.waitUntil(lambda: bool(window.memory.recent()), timeout=SECONDS)
    query = bar.query()
    assert query is not None
    assert (query.filters.theme, query.has_question) == (3, False)
    click(bar.filters.tokens()[0])
    assert window.pages.currentWidget() is window.ready
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.ask_again(query)
    assert [token.text() for token in bar.filters.tokens()] == ["Theme: Sunsets"]


def test_a_theme_of_another_name_now_is_called_by_it_wherever_it_is_asked_for(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_question(QueryDraft("red", filters=Filters(theme=3, theme_name="Cooks")))
    qtbot.waitUntil(lambda: bool(window.memory.recent()), timeout=SECONDS)
    cover = window.session.library.search(Query("red")).hits[0].item
    themes = (Theme(3, "Cooking", cover, 5), Theme(4, "Cooks", cover, 6))
    window.duplicates.cluster_watcher.themes_changed.emit(themes)
    assert [token.text() for token in bar.filters.tokens()] == ["Theme: Cooking"]
    assert [search.label for search in window.memory.recent()] == ["red · Theme: Cooking"]
    window.duplicates.cluster_watcher.themes_changed.emit(())  # gone, but not forgotten
    assert [search.label for search in window.memory.recent()] == ["red · Theme: Cooking"]


def test_a_menu_opens_under_its_button_from_the_left_edge_on(open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    click(window.search_bar.filter_button)
    filters = window.search_bar.filters
    for button in (filters.folder_button, filters.shape_button):
        menu = button.list
        menu.aboutToShow.connect(lambda menu=menu: QTimer.singleShot(0, menu, menu.close))  # the click waits
        click(button)
        place = button.mapToGlobal(button.rect().bottomLeft())
        assert menu.x() == place.x()
        assert abs(menu.y() - place.y()) <= 1


def test_the_sign_of_a_filter_stands_behind_its_words(open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    click(window.search_bar.filter_button)
    button = window.search_bar.filters.shape_button
    sign = QPixmap(button.iconSize())
    sign.fill(Qt.GlobalColor.magenta)
    button.setIcon(QIcon(sign))
    shown = button.grab().toImage()
    middle = shown.height() // 2
    places = [
        x for x in range(shown.width()) if shown.pixelColor(x, middle) == QColor(Qt.GlobalColor.magenta)
    ]
    assert min(places) > shown.width() / 2
