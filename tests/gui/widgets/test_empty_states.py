"""What the window shows while there are no results says what is true and what helps."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import strings
from gui.strings import settings as words
from gui.widgets.appearance.style import Style
from gui.widgets.empty_states import NoResultsPage


@pytest.fixture
def nothing(qtbot: QtBot, qapp: QApplication) -> NoResultsPage:
    page = NoResultsPage(Style(qapp))
    qtbot.addWidget(page)
    return page


def said(page: NoResultsPage) -> list[str]:
    return [page.title.text(), *page.text.text().split("\n\n")]


def test_where_all_is_read_other_words_may_help(nothing: NoResultsPage) -> None:
    nothing.describe(narrowed=False, dated=False, reading=True, any_read=True)
    nothing.describe(narrowed=False, dated=False, reading=False, any_read=True)
    assert said(nothing) == [strings.NOTHING_FOUND_TITLE, words.NOTHING_TO_TRY]
    assert nothing.filters_button.isHidden()


def test_where_files_are_still_read_that_comes_first(nothing: NoResultsPage) -> None:
    nothing.describe(narrowed=False, dated=False, reading=True, any_read=True)
    assert said(nothing) == [words.NOTHING_YET_TITLE, words.NOTHING_WHILE_READING, words.NOTHING_TO_TRY]


def test_where_nothing_is_read_yet_nothing_else_would_help(nothing: NoResultsPage) -> None:
    nothing.describe(narrowed=True, dated=True, reading=True, any_read=False)
    assert said(nothing) == [words.NOTHING_YET_TITLE, words.NOTHING_WHILE_READING]
    assert nothing.filters_button.isHidden()


def test_filters_that_leave_too_little_can_be_dropped(nothing: NoResultsPage) -> None:
    nothing.describe(narrowed=True, dated=True, reading=False, any_read=True)
    assert said(nothing) == [
        strings.NOTHING_FOUND_TITLE,
        words.NOTHING_IN_FILTERS,
        words.NOTHING_DATED,
    ]
    assert not nothing.filters_button.isHidden()
