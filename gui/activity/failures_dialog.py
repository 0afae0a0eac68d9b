"""The list of files that could not be read, with reasons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.records import FailedFile
from gui import strings
from gui.activity.failures_model import FAILURE_ROLE, FailuresFilter, FailuresModel
from gui.strings import activity as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import LinkButton, TextButton
from gui.widgets.controls.combo_box import ComboBox

_SELECT_ROW = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class FailuresDialog(QDialog):
    """Lists failed files and offers to open or retry them. Not modal."""

    open_requested = Signal(object)  # Path
    show_requested = Signal(object)  # Path
    retry_requested = Signal(object)  # list[Path], or None for all
    diagnosis_requested = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.FAILURES_TITLE)
        self.resize(120 * GRID, 60 * GRID)
        self._model = FailuresModel(self)
        self._filter = FailuresFilter(self)
        self._filter.setSourceModel(self._model)
        self.note = QLabel(strings.FAILURES_LOADING)
        self.note.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.box = QLineEdit()
        self.box.setPlaceholderText(strings.FAILURES_FILTER)
        self.box.setAccessibleName(strings.FAILURES_FILTER)
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self._filter_by)
        self.kinds = ComboBox(style)
        self.kinds.setAccessibleName(words.ALL_REASONS)
        self.kinds.addItem(words.ALL_REASONS, "")
        self.kinds.currentIndexChanged.connect(self._choose_kind)
        self.table = self._build_table()
        self._build_buttons(style)
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Find, self, self.box.setFocus)
        self._enable_buttons()

    def show_failures(self, failures: Sequence[FailedFile]) -> None:
        """Replace the list; files that are still in it stay selected."""
        selected = set(self._selected())
        self._model.set_failures(failures)
        self._offer_kinds()
        for row in range(self._filter.rowCount() if selected else 0):
            index = self._filter.index(row, 0)
            if index.data(FAILURE_ROLE) in selected:
                self.table.selectionModel().select(index, _SELECT_ROW)
        self._describe()
        self._enable_buttons()

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._filter)
        table.setAccessibleName(strings.FAILURES_TITLE)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(4 * GRID)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.resizeSection(0, 24 * GRID)
        header.resizeSection(1, 62 * GRID)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._enable_buttons)
        table.doubleClicked.connect(self._open)
        return table

    def _build_buttons(self, style: Style) -> None:
        self.retry_button = TextButton(words.RETRY_ALL, style, "refresh")
        self.retry_button.setToolTip(strings.FAILURES_RETRY_HINT)
        self.retry_button.clicked.connect(lambda: self.retry_requested.emit(None))
        self.retry_one_button = TextButton(words.RETRY_ONE, style, "refresh")
        self.retry_one_button.setToolTip(words.RETRY_ONE_HINT)
        self.retry_one_button.clicked.connect(
            lambda: self.retry_requested.emit([failure.path for failure in self._selected()])
        )
        self.trace_link = LinkButton(words.TRACE)
        self.trace_link.clicked.connect(self.diagnosis_requested)
        self.show_button = TextButton(strings.SHOW_IN_FOLDER, style, "folder")
        self.show_button.clicked.connect(self._show)
        self.open_button = TextButton(strings.OPEN, style)
        self.open_button.clicked.connect(self._open)
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.trace_link)
        buttons.addStretch(1)
        for button in (self.retry_one_button, self.show_button, self.open_button, self.close_button):
            buttons.addWidget(button)
        filters = QHBoxLayout()
        filters.setSpacing(GRID)
        filters.addWidget(self.box, 1)
        filters.addWidget(self.kinds)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + 4)
        column.addWidget(self.note)
        column.addLayout(filters)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    def _filter_by(self, text: str) -> None:
        self._filter.set_text(text)
        self._describe()
        self._enable_buttons()

    def _describe(self) -> None:
        total, shown = self._model.rowCount(), self._filter.rowCount()
        if not total:
            self.note.setText(strings.FAILURES_NONE)
        elif not shown:
            self.note.setText(strings.FAILURES_NO_MATCH.format(text=self.box.text()))
        else:
            self.note.setText(f"{strings.not_read(total)}. {strings.FAILURES_TEXT}")

    def _choose_kind(self) -> None:
        self._filter.set_kind(self.kinds.currentData() or "")
        self._describe()
        self._enable_buttons()

    def _offer_kinds(self) -> None:
        chosen = self.kinds.currentData()
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItem(words.ALL_REASONS, "")
        for kind, count in self._model.kinds():
            self.kinds.addItem(words.kind_counted(kind, count), kind)
        self.kinds.setCurrentIndex(max(self.kinds.findData(chosen), 0))
        self.kinds.blockSignals(False)
        self._choose_kind()

    def _selected(self) -> list[FailedFile]:
        return [index.data(FAILURE_ROLE) for index in self.table.selectionModel().selectedRows()]

    def _enable_buttons(self) -> None:
        chosen = len(self._selected())
        self.open_button.setEnabled(chosen == 1)
        self.show_button.setEnabled(chosen == 1)
        self.retry_one_button.setEnabled(chosen > 0)
        self.retry_button.setEnabled(self._model.rowCount() > 0)

    def _open(self) -> None:
        for failure in self._selected()[:1]:
            self.open_requested.emit(failure.path)

    def _show(self) -> None:
        for failure in self._selected()[:1]:
            self.show_requested.emit(failure.path)
