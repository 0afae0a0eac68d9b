"""The duplicates as a list: a row for each file, group by group, the best file of a group first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.records import DuplicateFile, DuplicateGroup, ShownFile
from gui import strings
from gui.override import override
from gui.strings import duplicates as words

FILE_ROLE = int(Qt.ItemDataRole.UserRole) + 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ArrangedGroups:
    """Groups and their files as rows. Can be made in any thread: there may be tens of thousands."""

    groups: tuple[DuplicateGroup, ...] = ()
    files: tuple[DuplicateFile, ...] = ()
    starts: tuple[int, ...] = ()  # the first row of each group
    freed: int = 0  # bytes
    counts: tuple[int, ...] = ()  # number of files of each group
    rows: Mapping[Path, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)  # group count, including hidden

    def group_of(self, row: int) -> int:
        """The group that has `row`."""
        return bisect_right(self.starts, row) - 1


def arranged(
    groups: Iterable[DuplicateGroup], kind: str = "", without: Collection[Path] = ()
) -> ArrangedGroups:
    """Arrange groups of one kind, or of all for "".

    `without`: files that no longer exist. A group with a single file left is dropped.
    """
    kept = list(groups)
    if without:
        rest = (
            replace(group, files=tuple(file for file in group.files if file.path not in without))
            for group in kept
        )
        kept = [group for group in rest if len(group.files) > 1]
    kinds = Counter(str(group.kind) for group in kept)
    kept = [group for group in kept if not kind or group.kind == kind]
    files: list[DuplicateFile] = []
    starts: list[int] = []
    for group in kept:
        starts.append(len(files))
        files += group.files
    return ArrangedGroups(
        tuple(kept),
        tuple(files),
        tuple(starts),
        sum(freed(group) for group in kept),
        tuple(len(group.files) for group in kept),
        {file.path: row for row, file in enumerate(files)},
        kinds,
    )


def freed(group: DuplicateGroup) -> int:
    """The bytes that all files but the best occupy."""
    return sum(file.bytes for file in group.files[1:])


@dataclass(frozen=True, slots=True)
class _GroupLabels:
    """The texts of a group."""

    title: str
    button: str
    any_ticked: bool


class DuplicatesModel(QAbstractListModel):
    """The files of all groups, and which of them are ticked."""

    ticks_changed = Signal(int)  # group

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arranged = ArrangedGroups()
        self._ticks: dict[ShownFile, bool] = {}  # the user's own choices
        self._kept: dict[int, _GroupLabels] = {}  # texts by group

    @property
    def arranged(self) -> ArrangedGroups:
        """The groups that are shown."""
        return self._arranged

    def show(self, arranged: ArrangedGroups) -> None:
        """Replace the groups; ticks set by the user stay."""
        self.beginResetModel()
        self._arranged = arranged
        self._kept.clear()
        self.endResetModel()

    def rows(self, group: int) -> range:
        """The rows of a group."""
        starts = self._arranged.starts
        end = starts[group + 1] if group + 1 < len(starts) else len(self._arranged.files)
        return range(starts[group], end)

    def ticked(self, row: int) -> bool:
        """Whether a file is ticked. By default exact copies are, except the best; similar pictures are not.

        If the user ticks the best, the next one is kept: a whole group is ticked only if the user ticked each
        file.
        """
        decided = self._ticks.get(self._shown(row))
        if decided is not None:
            return decided
        group = self._arranged.group_of(row)
        if self._arranged.groups[group].kind != "copies":
            return False
        best = next(other for other in self.rows(group) if not self._ticks.get(self._shown(other)))
        return row != best

    def tick(self, row: int, ticked: bool) -> None:
        """Set the user's choice for a file."""
        self._ticks[self._shown(row)] = ticked
        group = self._arranged.group_of(row)
        self._kept.pop(group, None)
        rows = self.rows(group)
        first, last = self.index(rows.start), self.index(rows.stop - 1)
        self.dataChanged.emit(first, last, [Qt.ItemDataRole.CheckStateRole])
        self.ticks_changed.emit(group)

    def split_by_tick(self, group: int) -> tuple[list[ShownFile], list[ShownFile]]:
        """The ticked files of a group, and the others; the best first."""
        parts: tuple[list[ShownFile], list[ShownFile]] = ([], [])
        for row in self.rows(group):
            parts[0 if self.ticked(row) else 1].append(self._shown(row))
        return parts

    def any_ticked(self, group: int) -> bool:
        """Whether any file of a group is ticked."""
        return self._labels(group).any_ticked

    def button_text(self, group: int) -> str:
        """The text of a group's button."""
        return self._labels(group).button

    def group_title(self, group: int) -> str:
        """The title of a group."""
        return self._labels(group).title

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._arranged.files)

    @override
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        file = self._arranged.files[index.row()]
        if role == FILE_ROLE:
            return file
        if role == Qt.ItemDataRole.DisplayRole:
            return strings.file_name(file.path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return strings.tip(str(file.path))
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self.ticked(index.row()) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row(), file)
        return None

    def _shown(self, row: int) -> ShownFile:
        file = self._arranged.files[row]
        return ShownFile(file.item, file.path)

    def _spoken(self, row: int, file: DuplicateFile) -> str:
        group = self._arranged.group_of(row)
        rows = self.rows(group)
        kind = self._arranged.groups[group].kind
        facts = words.facts(file.bytes, file.width, file.height)
        place = row - rows.start + 1
        return words.spoken(file.path, kind, place, len(rows), facts, place == 1, self.ticked(row))

    def _labels(self, group: int) -> _GroupLabels:
        """Cached, since a group may have thousands of files and is painted often while scrolling."""
        labels = self._kept.get(group)
        if labels is None:
            found = self._arranged.groups[group]
            ticks = [self.ticked(row) for row in self.rows(group)]
            button = words.bin_others(sum(ticks), ticks == [False] + [True] * (len(ticks) - 1), all(ticks))
            title = words.group_title(found.kind, len(ticks), freed(found))
            labels = self._kept[group] = _GroupLabels(title, button, any(ticks))
        return labels
