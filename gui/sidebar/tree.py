"""The entries of the sidebar as a tree with foldable sections."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gui import strings
from gui.override import override
from gui.results.cards.thumbnails import ThumbnailStore
from gui.sidebar.delegate import COVER, ENTRY_ROLE, HEADING_HEIGHT, SidebarDelegate
from gui.sidebar.entries import TITLES, Entry, EntryKind, SidebarSection
from gui.strings import sidebar as words
from gui.widgets.appearance.style import GRID, Style

SECTION_ROLE = ENTRY_ROLE + 1


class SidebarTree(QTreeWidget):
    """The tree of entries; arrow keys move through it, Enter or Space choose."""

    chosen = Signal(object)  # Entry
    delete_requested = Signal(object)  # Entry
    rename_requested = Signal(object)  # Entry

    def __init__(self, style: Style, covers: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = SidebarDelegate(style, covers, self)
        self._sections: dict[SidebarSection, QTreeWidgetItem] = {}
        self._head: list[QTreeWidgetItem] = []
        self._pressed: Entry | None = None  # the entry under the mouse press; None on a section
        self.setObjectName("SidebarTree")
        self.setAccessibleName(words.SIDEBAR)
        self.setHeaderHidden(True)
        self.setColumnCount(1)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.itemPressed.connect(self._press)
        self.itemClicked.connect(self._click)
        covers.arrived.connect(lambda item: self._paint_again(lambda entry: entry.cover == item))
        style.changed.connect(self.viewport().update)
        for section in SidebarSection:
            self._add_section(section)

    # entries

    def show_head(self, entries: Sequence[Entry]) -> None:
        """Show the entries above all sections; always the same number."""
        for place, entry in enumerate(entries):
            if place == len(self._head):
                self._head.append(QTreeWidgetItem())
                self.insertTopLevelItem(place, self._head[place])
            _write(self._head[place], entry)

    def show_entries(self, section: SidebarSection, entries: Sequence[Entry]) -> None:
        """Update a section. Unchanged entries keep the focus and the scroll position."""
        parent = self._sections[section]
        before = [line.data(0, ENTRY_ROLE).identity for line in _lines(parent)]
        if before != [entry.identity for entry in entries]:
            self._replace(parent, entries)
        else:
            _write_each(parent, entries)
        hidden = not entries and section is not SidebarSection.FOLDERS
        if hidden is not parent.isHidden():  # otherwise the tree would be laid out again
            parent.setHidden(hidden)

    def mark(self, identity: Hashable) -> None:
        """Mark the entry whose view is shown; None for no entry."""
        before, self._delegate.shown = self._delegate.shown, identity
        if identity != before:
            self._paint_again(lambda entry: entry.identity in (before, identity))

    @property
    def marked(self) -> Hashable:
        """The identity of the marked entry; None for none."""
        return self._delegate.shown

    def entries(self, section: SidebarSection) -> list[Entry]:
        """The entries of a section in order."""
        return [line.data(0, ENTRY_ROLE) for line in _lines(self._sections[section])]

    def head(self, kind: EntryKind) -> Entry | None:
        """The entry of this kind above the sections; None if there is none."""
        entries = (self.entry_at(item) for item in self._head)
        return next((entry for entry in entries if entry is not None and entry.kind is kind), None)

    def line_of(self, title: str) -> QTreeWidgetItem | None:
        """The first item with this title; None if there is none."""
        found = self.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        return found[0] if found else None

    def entry_at(self, item: QTreeWidgetItem | None) -> Entry | None:
        """The entry of an item; None for a section."""
        entry: Entry | None = item.data(0, ENTRY_ROLE) if item is not None else None
        return entry

    def section_at(self, item: QTreeWidgetItem | None) -> SidebarSection | None:
        """The section of an item; None for an entry."""
        section: SidebarSection | None = item.data(0, SECTION_ROLE) if item is not None else None
        return section

    def add_button(self, section: SidebarSection, button: QPushButton | QToolButton) -> None:
        """Place a button at the end of a section's heading."""
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, GRID // 2, 0)
        row.addStretch(1)
        row.addWidget(button)
        self.setItemWidget(self._sections[section], 0, place)

    # folding

    def folded(self) -> list[str]:
        """The names of the folded sections."""
        return [section.value for section, item in self._sections.items() if not item.isExpanded()]

    def fold(self, names: Sequence[str]) -> None:
        """Fold the sections with these names and unfold the others."""
        for section, item in self._sections.items():
            item.setExpanded(section.value not in names)

    # events

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        entry = self.entry_at(item)
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._act(item)
        elif entry is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit(entry)
        elif entry is not None and event.key() == Qt.Key.Key_F2:
            self.rename_requested.emit(entry)
        else:
            super().keyPressEvent(event)

    def _press(self, item: QTreeWidgetItem) -> None:
        self._pressed = self.entry_at(item)

    def _click(self, item: QTreeWidgetItem) -> None:
        """Act on a click, unless another entry has taken the place since the press."""
        pressed, entry = self._pressed, self.entry_at(item)
        if (pressed and pressed.identity) == (entry and entry.identity):
            self._act(item)

    def _act(self, item: QTreeWidgetItem) -> None:
        entry = self.entry_at(item)
        if entry is not None:
            self.chosen.emit(entry)
        else:
            item.setExpanded(not item.isExpanded())

    # lines

    def _add_section(self, section: SidebarSection) -> None:
        item = QTreeWidgetItem([TITLES[section]])
        item.setData(0, SECTION_ROLE, section)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, TITLES[section])
        item.setSizeHint(0, QSize(0, HEADING_HEIGHT))
        self.addTopLevelItem(item)
        item.setExpanded(True)
        item.setHidden(section is not SidebarSection.FOLDERS)
        self._sections[section] = item

    def _replace(self, parent: QTreeWidgetItem, entries: Sequence[Entry]) -> None:
        """Replace the entries of a section, keeping the scroll position and the focus if possible."""
        bar, current = self.verticalScrollBar(), self.currentItem()
        place, entry = bar.value(), self.entry_at(current)
        within = current is not None and current.parent() is parent
        old = parent.indexOfChild(current) if within and current is not None else -1
        if parent.childCount() != len(entries):  # otherwise the tree need not be laid out again
            self._make_lines(parent, len(entries))
        lines = _write_each(parent, entries)
        if within and entry is not None:
            same = next((line for line in lines if self._is(line, entry)), None)
            beside = lines[min(old, len(lines) - 1)] if lines else parent
            self.setCurrentItem(same or beside)
        self.executeDelayedItemsLayout()
        bar.setValue(place)

    @staticmethod
    def _make_lines(parent: QTreeWidgetItem, count: int) -> None:
        """Replace the items of a section by empty ones."""
        opened = parent.isExpanded()
        parent.takeChildren()
        parent.addChildren([QTreeWidgetItem() for _number in range(count)])
        parent.setExpanded(opened)

    def _paint_again(self, wanted: Callable[[Entry], bool]) -> None:
        """Paint only the items of these entries."""
        for line in [*self._head, *(line for parent in self._sections.values() for line in _lines(parent))]:
            entry = self.entry_at(line)
            if entry is not None and wanted(entry):
                self.viewport().update(self.visualItemRect(line))

    def _is(self, line: QTreeWidgetItem, entry: Entry) -> bool:
        other = self.entry_at(line)
        return other is not None and other.identity == entry.identity


def cover_size() -> QSize:
    """The decoding size for covers: twice the place, which suffices for any proportions."""
    return COVER * 2


def _lines(parent: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    lines = (parent.child(place) for place in range(parent.childCount()))
    return [line for line in lines if line is not None]


def _write_each(parent: QTreeWidgetItem, entries: Sequence[Entry]) -> list[QTreeWidgetItem]:
    lines = _lines(parent)
    for line, entry in zip(lines, entries, strict=True):
        _write(line, entry)
    return lines


def _write(line: QTreeWidgetItem, entry: Entry) -> None:
    if line.data(0, ENTRY_ROLE) == entry:
        return  # setting it would paint the item again
    line.setText(0, entry.title)
    line.setData(0, ENTRY_ROLE, entry)
    line.setToolTip(0, strings.tip(entry.tip))
    line.setData(0, Qt.ItemDataRole.AccessibleTextRole, entry.spoken or entry.title)
