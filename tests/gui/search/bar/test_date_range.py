"""Two days to search between: chosen in a calendar that can be read, or typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from gui.search.bar.date_range import DateRange
from gui.widgets.appearance.style import DARK, LIGHT, Colours, Style


@pytest.fixture
def dates(qapp: QApplication) -> Iterator[DateRange]:
    style = Style(qapp)
    style.put_on()
    window = QWidget()
    dates = DateRange(style, window)
    window.resize(700, 60)
    dates.resize(700, 50)
    window.show()
    dates.begin("", "2026-11-30", date(2026, 11, 30))
    yield dates
    window.close()
    window.deleteLater()
    style.deleteLater()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_day_of_the_calendar_can_be_read(
    qapp: QApplication, dates: DateRange, colours: Colours
) -> None:
    dates._style.apply_colours(colours)
    calendar = dates.last.calendarWidget()
    popup = calendar.window()
    popup.show()
    table = calendar.findChild(QTableView, "qt_calendar_calendarview")
    assert isinstance(table, QTableView)
    qapp.processEvents()
    picture = table.viewport().grab().toImage()
    model = table.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            place = table.visualRect(model.index(row, column))
            if not place.isValid():
                continue
            assert table.viewport().rect().contains(place), (row, column)
            seen = {
                picture.pixel(x, y)
                for x in range(place.left() + 2, place.right() - 1)
                for y in range(place.top() + 2, place.bottom() - 1)
            }
            assert len(seen) > 3, (row, column)  # letters, with their soft edges
    popup.hide()


@pytest.mark.parametrize("by_mouse", [True, False])
def test_a_year_is_typed_over_the_one_that_stands_there(dates: DateRange, by_mouse: bool) -> None:
    edit = dates.last
    line = edit.lineEdit()
    if by_mouse:
        end = QPoint(line.cursorRect().right() + line.fontMetrics().horizontalAdvance(line.text()) - 4, 10)
        QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=end)
    else:
        edit.setFocus()
        line.setCursorPosition(len(line.text()))
    QTest.keyClicks(edit, "2018")
    assert edit.date() == QDate(2018, 11, 30)
    QTest.keyClicks(edit, "2019")
    assert edit.date() == QDate(2019, 11, 30)
