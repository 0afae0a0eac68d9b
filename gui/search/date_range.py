"""Two days between which a photograph was taken."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QWidget

from gui.parts.buttons import IconButton, TextButton
from gui.parts.style import GRID, Style
from gui.strings import search as words


class DateRange(QWidget):
    chosen = Signal(str, str)  # "YYYY-MM-DD" each, the earlier first
    closed = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.first = _day_edit(words.FROM_DAY)
        self.last = _day_edit(words.TO_DAY)
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
        """Offer the days that are set, else this year until today."""
        self.first.setDate(_as_day(first or f"{today.year}-01-01"))
        self.last.setDate(_as_day(last or today.isoformat()))
        self.show()
        self.first.setFocus()

    def _choose(self) -> None:
        days = sorted(_as_text(edit.date()) for edit in (self.first, self.last))
        self.chosen.emit(days[0], days[1])


def _day_edit(name: str) -> QDateEdit:
    edit = QDateEdit()
    edit.setCalendarPopup(True)
    edit.setDisplayFormat(words.DAY)
    edit.setAccessibleName(name)
    edit.setMinimumHeight(4 * GRID)
    return edit


def _as_day(iso: str) -> QDate:
    day = date.fromisoformat(iso)
    return QDate(day.year, day.month, day.day)


def _as_text(day: QDate) -> str:
    return date(day.year(), day.month(), day.day()).isoformat()
