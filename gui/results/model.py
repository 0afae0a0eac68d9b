"""The ranking as a list model. Rows are hits, best first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.records import Hit, Kind, Verdict
from gui import strings

HIT_ROLE = int(Qt.ItemDataRole.UserRole) + 1

_VERDICTS = {
    Verdict.STRONG: strings.VERDICT_STRONG,
    Verdict.WEAK: strings.VERDICT_WEAK,
    Verdict.NONE: strings.VERDICT_NONE,
}


class ResultsModel(QAbstractListModel):
    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: list[Hit] = []
        self._rows: dict[int, int] = {}
        self._complete = True

    @property
    def hits(self) -> Sequence[Hit]:
        return self._hits

    def set_hits(self, hits: Sequence[Hit], complete: bool) -> None:
        """A new ranking. `complete` is False when more of it can be asked for."""
        self.beginResetModel()
        self._hits = list(hits)
        self._rows = {hit.item: row for row, hit in enumerate(self._hits)}
        self._complete = complete
        self.endResetModel()

    def extend(self, hits: Sequence[Hit], complete: bool) -> None:
        """The same ranking, longer. Rows that are there stay, unless the library has changed meanwhile."""
        known = len(self._hits)
        if [hit.item for hit in hits[:known]] != [hit.item for hit in self._hits]:
            self.set_hits(hits, complete)
            return
        self._complete = complete
        if len(hits) > known:
            self.beginInsertRows(QModelIndex(), known, len(hits) - 1)
            self._hits.extend(hits[known:])
            self._rows.update((hit.item, row) for row, hit in enumerate(self._hits[known:], known))
            self.endInsertRows()

    def index_of(self, item: int) -> QModelIndex:
        """Where an item stands; an invalid index when it is not in the ranking."""
        row = self._rows.get(item)
        return self.index(row) if row is not None else QModelIndex()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == HIT_ROLE:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return strings.file_name(hit.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{strings.file_name(hit.path)}, {describe(hit)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(hit)
        return None

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        if self.canFetchMore(parent):
            self.more_wanted.emit()


def describe(hit: Hit) -> str:
    """The second line of a card: "Page 3 · strong"."""
    parts = [strings.page(hit.page)] if hit.kind is Kind.PAGE and hit.page is not None else []
    parts.append(_VERDICTS[hit.verdict])
    if not hit.available:
        parts.append(strings.DRIVE_NOT_CONNECTED)
    return " · ".join(parts)


def verdict_word(verdict: Verdict) -> str:
    return _VERDICTS[verdict]


def tool_tip(hit: Hit) -> str:
    """The whole path, and what the card has no room for."""
    lines = [str(hit.path), describe(hit)]
    if hit.copies:
        lines.append(strings.copies(hit.copies))
    if hit.snippet:
        lines.append(f"“{hit.snippet}”")
    return strings.tip("\n".join(strings.plain(line) for line in lines))
