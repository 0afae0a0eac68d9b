"""Chooses the first and last day of a date filter."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateEdit,
    QDateTimeEdit,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from gui.override import override
from gui.strings import search as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton, TextButton

CALENDAR = QSize(38 * GRID, 31 * GRID)  # room for the names of the days and six weeks
YEAR_DIGITS = 4


class DateRange(QWidget):
    """Two dates with buttons to apply and to close. Emits `chosen` with both days, or `closed`."""

    chosen = Signal(str, str)  # "YYYY-MM-DD" each, the earlier first
    closed = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self.first = DayEdit(words.FROM_DAY, style)
        self.last = DayEdit(words.TO_DAY, style)
        self.apply_button = TextButton(words.APPLY, style, kind="primary", parent=self)
        self.apply_button.clicked.connect(self._choose)
        self.close_button = IconButton("close", words.CLOSE_DATES, style, self)
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (QLabel(words.FROM), self.first, QLabel(words.TO), self.last):
            row.addWidget(widget)
        row.addWidget(self.apply_button)
        row.addWidget(self.close_button)
        row.addStretch(1)

    def begin(self, first: str, last: str, today: date) -> None:
        """Show the dates that are set, or else this year until today, and focus the first."""
        self.first.setDate(_as_day(first or f"{today.year}-01-01"))
        self.last.setDate(_as_day(last or today.isoformat()))
        self.show()
        self.first.setFocus()

    def _choose(self) -> None:
        days = sorted(_as_text(edit.date()) for edit in (self.first, self.last))
        self.chosen.emit(days[0], days[1])


class DayEdit(QDateEdit):
    """A date, typed or picked. Clicking a section selects it, as Tab does, so that typing replaces it."""

    def __init__(self, name: str, style: Style) -> None:
        super().__init__()
        self._style = style
        self._has_calendar = False  # created when the edit is first shown
        self.setCalendarPopup(True)
        self.setDisplayFormat(words.DAY)
        self.setAccessibleName(name)
        self.setMinimumHeight(4 * GRID)
        self.lineEdit().installEventFilter(self)
        style.changed.connect(self._draw_arrows)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._has_calendar:
            self._has_calendar = True
            self._style_calendar()

    def _style_calendar(self) -> None:
        calendar = self.calendarWidget()
        calendar.setMinimumSize(CALENDAR)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day, QTextCharFormat())  # Qt makes weekends red in every appearance
        self._draw_arrows()

    def _draw_arrows(self) -> None:
        if not self._has_calendar:
            return
        for name, icon in (("qt_calendar_prevmonth", "left"), ("qt_calendar_nextmonth", "right")):
            button = self.calendarWidget().findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setIcon(resources.icon(icon, self._style.colour("text")))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Select the clicked section, since Qt accepts no digit in a full section unless it is selected."""
        line = self.lineEdit()
        if event.type() == QEvent.Type.MouseButtonRelease and not line.hasSelectedText():
            done = super().eventFilter(watched, event)
            self.setSelectedSection(self.currentSection())
            return done
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        year = QDateTimeEdit.Section.YearSection
        at_full_year = self.currentSection() == year and len(self.sectionText(year)) == YEAR_DIGITS
        if event.text().isdigit() and at_full_year and not self.lineEdit().hasSelectedText():
            self.setSelectedSection(year)
        super().keyPressEvent(event)


def _as_day(iso: str) -> QDate:
    day = date.fromisoformat(iso)
    return QDate(day.year, day.month, day.day)


def _as_text(day: QDate) -> str:
    return date(day.year(), day.month(), day.day()).isoformat()
