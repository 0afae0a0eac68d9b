"""Models of the list of failed files: all of them, and those that pass the filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from engine.records import FailedFile
from gui import strings
from gui.override import override

FAILURE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_COLUMNS = (strings.COLUMN_NAME, strings.COLUMN_REASON, strings.COLUMN_FOLDER)

Index = QModelIndex | QPersistentModelIndex


class FailuresModel(QAbstractTableModel):
    """A table with a row for each failed file: name, reason, folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failures: Sequence[FailedFile] = ()

    def set_failures(self, failures: Sequence[FailedFile]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._failures = failures
        self.endResetModel()

    def kinds(self) -> list[tuple[str, int]]:
        """The kinds of problems with their counts, the most frequent first."""
        return Counter(failure.kind for failure in self._failures).most_common()

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._failures)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return None

    @override
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
    """Filters by kind of problem, and by text in the path or the reason."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._kind = ""  # "" for all

    def set_kind(self, kind: str) -> None:
        """Show only problems of this kind; "" for all."""
        if kind == self._kind:
            return  # filtering thousands of rows takes a while
        self.beginFilterChange()
        self._kind = kind
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def set_text(self, text: str) -> None:
        """Show only files with this text in their path or reason, ignoring case."""
        self.beginFilterChange()
        self._text = text.casefold().strip()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        failure: FailedFile = self.sourceModel().index(source_row, 0, source_parent).data(FAILURE_ROLE)
        if self._kind and failure.kind != self._kind:
            return False
        return self._text in f"{failure.path}\n{failure.message}".casefold()
