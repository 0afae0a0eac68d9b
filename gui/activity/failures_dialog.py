"""The files that could not be read, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
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
from gui.parts.buttons import TextButton
from gui.parts.style import GRID, Style

FAILURE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_COLUMNS = (strings.COLUMN_NAME, strings.COLUMN_REASON, strings.COLUMN_FOLDER)

Index = QModelIndex | QPersistentModelIndex


class FailuresModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failures: Sequence[FailedFile] = ()

    def set_failures(self, failures: Sequence[FailedFile]) -> None:
        self.beginResetModel()
        self._failures = failures
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._failures)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        failure = self._failures[index.row()]
        if role == FAILURE_ROLE:
            return failure
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        path = failure.path
        columns = (strings.file_name(path), strings.plain(failure.message), strings.plain(str(path.parent)))
        text = columns[index.column()]
        return strings.tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


class FailuresFilter(QSortFilterProxyModel):
    """Keeps the files whose path or reason holds the text."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""

    def set_text(self, text: str) -> None:
        self.beginFilterChange()
        self._text = text.casefold().strip()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        failure: FailedFile = self.sourceModel().index(source_row, 0, source_parent).data(FAILURE_ROLE)
        return self._text in f"{failure.path}\n{failure.message}".casefold()


class FailuresDialog(QDialog):
    """Not modal: the window behind it stays usable."""

    open_wanted = Signal(object)  # Path
    show_wanted = Signal(object)  # Path
    retry_wanted = Signal()

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(strings.FAILURES_TITLE)
        self.resize(110 * GRID, 60 * GRID)
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
        self.table = self._build_table()
        self._build_buttons(style)
        self._lay_out()
        QShortcut(QKeySequence.StandardKey.Find, self, self.box.setFocus)
        self._enable_buttons()

    def show_failures(self, failures: Sequence[FailedFile]) -> None:
        self._model.set_failures(failures)
        self._describe()
        self._enable_buttons()

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._filter)
        table.setAccessibleName(strings.FAILURES_TITLE)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
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
        header.resizeSection(0, 28 * GRID)
        header.resizeSection(1, 46 * GRID)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._enable_buttons)
        table.doubleClicked.connect(self._open)
        return table

    def _build_buttons(self, style: Style) -> None:
        self.retry_button = TextButton(strings.FAILURES_RETRY, style, "refresh")
        self.retry_button.setToolTip(strings.FAILURES_RETRY_HINT)
        self.retry_button.clicked.connect(self.retry_wanted)
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
        buttons.addStretch(1)
        for button in (self.show_button, self.open_button, self.close_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + 4)
        column.addWidget(self.note)
        column.addWidget(self.box)
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

    def _selected(self) -> FailedFile | None:
        rows = self.table.selectionModel().selectedRows()
        failure: FailedFile | None = rows[0].data(FAILURE_ROLE) if rows else None
        return failure

    def _enable_buttons(self) -> None:
        chosen = self._selected() is not None
        self.open_button.setEnabled(chosen)
        self.show_button.setEnabled(chosen)
        self.retry_button.setEnabled(self._model.rowCount() > 0)

    def _open(self) -> None:
        if (failure := self._selected()) is not None:
            self.open_wanted.emit(failure.path)

    def _show(self) -> None:
        if (failure := self._selected()) is not None:
            self.show_wanted.emit(failure.path)
