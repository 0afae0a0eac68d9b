"""The dialog that lists all keyboard shortcuts, with a filter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import strings
from gui.strings import shortcuts as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton
from gui.widgets.shortcut_table import GROUPS, Shortcut, ShortcutGroup, shown


class ShortcutsDialog(QDialog):
    """The list of shortcuts, not modal, so that keys can be tried while it is open."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.TITLE)
        self.resize(84 * GRID, 80 * GRID)
        self.box = QLineEdit()
        self.box.setPlaceholderText(words.FILTER)
        self.box.setAccessibleName(words.FILTER)
        self.box.setClearButtonEnabled(True)
        self.box.textChanged.connect(self._filter_by)
        self._groups = [(_heading(group), [_row(each) for each in group.shortcuts]) for group in GROUPS]
        self.list = self._build_list()
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("kind", "muted")
        self.note.hide()
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + 4)
        column.addWidget(self.box)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.box.setFocus)

    def listed(self) -> list[tuple[str, str]]:
        """Return the actions and keys that pass the filter."""
        rows = [row for _heading, rows in self._groups for row in rows]
        return [(row.text(0), row.text(1)) for row in rows if not row.isHidden()]

    def _build_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("ShortcutList")
        tree.setAccessibleName(words.TITLE)
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setWordWrap(True)
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setIndentation(GRID)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        for heading, rows in self._groups:
            tree.addTopLevelItem(heading)
            heading.addChildren(rows)
            heading.setFirstColumnSpanned(True)
        tree.expandAll()
        tree.setCurrentItem(self._groups[0][1][0])
        return tree

    def _filter_by(self, text: str) -> None:
        wanted = text.casefold().strip()
        for heading, rows in self._groups:
            for row in rows:
                row.setHidden(wanted not in f"{row.text(0)}\n{row.text(1)}".casefold())
            heading.setHidden(all(row.isHidden() for row in rows))
        self.note.setText(words.NO_MATCH.format(text=strings.plain(text)))
        self.note.setVisible(not self.listed())


def _heading(group: ShortcutGroup) -> QTreeWidgetItem:
    item = QTreeWidgetItem([group.title])
    bold = item.font(0)
    bold.setBold(True)
    item.setFont(0, bold)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item


def _row(shortcut: Shortcut) -> QTreeWidgetItem:
    row = QTreeWidgetItem([shortcut.text, shown(shortcut)])
    row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return row
