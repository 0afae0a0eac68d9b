"""The sidebar: the library, its folders and themes, duplicates, and searches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from engine.records import FolderStatus, LibraryStatus, Theme
from gui import strings
from gui.indexing import IndexState
from gui.override import override
from gui.results.cards.thumbnails import ThumbnailStore
from gui.search.saved.saved_search import SavedSearch
from gui.sidebar import entries
from gui.sidebar.entries import Entry, EntryKind, SidebarSection
from gui.sidebar.tree import SidebarTree
from gui.strings import sidebar as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton, LinkButton

LEAST_WIDTH, WIDTH, MOST_WIDTH = 24 * GRID, 32 * GRID, 64 * GRID
MOST_RECENT = 8  # more would push the rest out of view
MOST_LEFT_OUT = 12  # in a menu, which must fit the screen
REMEMBERED = (EntryKind.SAVED, EntryKind.RECENT)


class Sidebar(QFrame):
    """The sidebar; `chosen` and the other signals carry what the user does with an entry."""

    shown = Signal()
    chosen = Signal(object)  # Entry
    add_requested = Signal()
    remove_requested = Signal(object)  # Path
    include_requested = Signal(object)  # Path of an excluded folder
    show_requested = Signal(object)  # Path
    forget_requested = Signal(object)  # SavedSearch
    rename_requested = Signal(object)  # SavedSearch
    clear_requested = Signal()  # the recent searches

    def __init__(self, style: Style, covers: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders: tuple[FolderStatus, ...] = ()
        self._items = 0
        self._groups = 0
        self._state = IndexState.IDLE
        self.setObjectName("Sidebar")
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMaximumWidth(MOST_WIDTH)
        self.tree = SidebarTree(style, covers)
        self.tree.chosen.connect(self.chosen)
        self.tree.delete_requested.connect(self._delete)
        self.tree.rename_requested.connect(self._name)
        self.tree.customContextMenuRequested.connect(self._offer_menu)
        self.add_button = IconButton("folder-add", strings.ADD_FOLDER, style)
        self.add_button.clicked.connect(self.add_requested)
        self.clear_link = LinkButton(words.CLEAR_RECENT)
        self.clear_link.setAccessibleName(words.CLEAR_RECENT_HINT)
        self.clear_link.setToolTip(strings.tip(words.CLEAR_RECENT_HINT))
        self.clear_link.clicked.connect(self.clear_requested)
        self.tree.add_button(SidebarSection.FOLDERS, self.add_button)
        self.tree.add_button(SidebarSection.RECENT, self.clear_link)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, 0, GRID)
        column.addWidget(self.tree)
        self._show_head()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def show_status(self, status: LibraryStatus, state: IndexState) -> None:
        """Show the counts and folders of the library."""
        self._items = status.items
        self._folders = status.folders
        self.show_state(state)
        self._show_head()

    def show_state(self, state: IndexState) -> None:
        """Show the state of indexing beside each folder."""
        self._state = state
        by_name = sorted(self._folders, key=lambda folder: (folder.path.name.casefold(), folder.path))
        lines = [entries.folder(folder, state) for folder in by_name]
        self.tree.show_entries(SidebarSection.FOLDERS, lines)

    def show_themes(self, themes: Sequence[Theme]) -> None:
        """Show the themes of the library."""
        self.tree.show_entries(SidebarSection.THEMES, [entries.theme(theme) for theme in themes])

    def show_duplicates(self, groups: int) -> None:
        """Show the number of groups of duplicates."""
        self._groups = groups
        self._show_head()

    def show_searches(self, saved: Sequence[SavedSearch], recent: Iterable[SavedSearch]) -> None:
        """Show the saved searches and the most recent others."""
        self.tree.show_entries(SidebarSection.SAVED, entries.remembered(EntryKind.SAVED, saved))
        latest = list(islice(recent, MOST_RECENT))  # the search box offers older ones
        self.tree.show_entries(SidebarSection.RECENT, entries.remembered(EntryKind.RECENT, latest))

    def _show_head(self) -> None:
        self.tree.show_head([entries.everything(self._items), entries.duplicates(self._groups)])

    # actions of an entry

    def menu_for(self, entry: Entry) -> QMenu:
        """Make the context menu of an entry. The caller deletes it."""
        menu = QMenu(self)
        menu.setAccessibleName(entry.title)
        for text, act in self._choices(entry):
            menu.addAction(text.replace("&", "&&")).triggered.connect(partial(_do, act))
        return menu

    def _choices(self, entry: Entry) -> list[tuple[str, Callable[[], None]]]:
        choices: list[tuple[str, Callable[[], None]]] = [(words.SHOW, lambda: self.chosen.emit(entry))]
        subject = entry.subject
        if isinstance(subject, Path):
            choices.append((strings.SHOW_IN_FOLDER, lambda: self.show_requested.emit(subject)))
            choices += self._brought_back(subject)
            choices.append((strings.REMOVE_FOLDER, lambda: self.remove_requested.emit(subject)))
        if entry.kind in REMEMBERED:
            text = words.RENAME if entry.kind is EntryKind.SAVED else words.SAVE_AS
            choices.append((text, lambda: self._name(entry)))
            choices.append((words.FORGET, lambda: self._delete(entry)))
        if entry.kind is EntryKind.RECENT:
            choices.append((words.CLEAR_RECENT_HINT, self.clear_requested.emit))
        return choices

    def _brought_back(self, folder: Path) -> list[tuple[str, Callable[[], None]]]:
        """Actions that include excluded folders again."""
        left_out = [path for known in self._folders if known.path == folder for path in known.left_out]
        return [
            (words.search_again(path.relative_to(folder)), partial(self.include_requested.emit, path))
            for path in left_out[:MOST_LEFT_OUT]
        ]

    def _offer_menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        entry = self.tree.entry_at(item)
        if item is None or entry is None:
            return
        self.tree.setCurrentItem(item)
        menu = self.menu_for(entry)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _delete(self, entry: Entry) -> None:
        if entry.kind is EntryKind.FOLDER:
            self.remove_requested.emit(entry.subject)
        elif entry.kind in REMEMBERED:
            self.forget_requested.emit(entry.subject)

    def _name(self, entry: Entry) -> None:
        if entry.kind in REMEMBERED:
            self.rename_requested.emit(entry.subject)


def _do(act: Callable[[], None], _checked: bool = False) -> None:
    act()
