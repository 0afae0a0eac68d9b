"""Keeps the sidebar up to date, and opens what its entries stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from engine.records import Filters, LibraryChanges, Query, Theme
from gui.controllers.duplicates import DuplicatesController
from gui.indexing import IndexingController
from gui.search.bar.search_bar import SearchBar
from gui.search.query_draft import QueryDraft, plain_query
from gui.search.saved.saved_search import SavedSearch
from gui.search.saved.saved_searches import SavedSearches
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.sidebar.entries import Entry, EntryKind, SidebarSection
from gui.sidebar.saved_state import SidebarState
from gui.sidebar.sidebar import WIDTH, Sidebar


class NavigationController(QObject):
    """Joins the sidebar to the search bar, the saved searches and the duplicates."""

    def __init__(
        self,
        session: Session,
        indexing: IndexingController,
        search_bar: SearchBar,
        search_runner: SearchRunner,
        memory: SavedSearches,
        duplicates: DuplicatesController,
        sidebar: Sidebar,
        pages: QStackedWidget,
        content: QWidget,
    ) -> None:
        """`content`: the widget beside the sidebar."""
        super().__init__(sidebar)
        self._indexing = indexing
        self._search_bar = search_bar
        self._search_runner = search_runner
        self._saved_searches = memory
        self._duplicates = duplicates
        self._sidebar = sidebar
        self._pages = pages
        self._state = SidebarState(session.location)
        self._width = self._state.width(WIDTH)
        self.splitter = self._build_splitter(content)
        sidebar.tree.fold(self._state.folded())
        sidebar.shown.connect(self._restore_width)
        sidebar.chosen.connect(self.go)
        session.changed.connect(self._show_status)
        indexing.state_changed.connect(sidebar.show_state)
        duplicates.cluster_watcher.themes_changed.connect(self._show_themes)
        duplicates.counted.connect(sidebar.show_duplicates)
        search_runner.started.connect(self._mark)
        search_runner.cleared.connect(self._mark)
        pages.currentChanged.connect(self._mark)
        sidebar.forget_requested.connect(memory.forget)
        sidebar.clear_requested.connect(memory.clear_recent)
        memory.changed.connect(self._show_searches)
        self._show_searches()

    def go(self, entry: Entry) -> None:
        """Show the view that an entry of the sidebar stands for."""
        subject = entry.subject
        if entry.kind is EntryKind.EVERYTHING:
            self._search_bar.browse()
        elif entry.kind is EntryKind.DUPLICATES:
            self._duplicates.show()
        elif isinstance(subject, Path):
            self._set_place(folders=(subject,))
        elif isinstance(subject, Theme):
            self._set_place(theme=subject.number, theme_name=subject.name)
        elif isinstance(subject, SavedSearch):
            self._search_bar.ask_again(subject.query)

    def show_folder(self, folder: Path) -> None:
        """Show everything below a folder, without the current search."""
        self._search_bar.show_question(QueryDraft(filters=Filters(folders=(folder,))))

    def remember(self) -> None:
        """Store the layout of the sidebar for the next start."""
        self._state.remember(self._width, self._sidebar.tree.folded())

    def _set_place(self, folders: tuple[Path, ...] = (), theme: int = 0, theme_name: str = "") -> None:
        """Keep the search but limit it to this place instead of another one of the sidebar."""
        question = self._search_bar.question()
        filters = replace(question.filters, folders=folders, theme=theme, theme_name=theme_name)
        self._search_bar.show_question(replace(question, filters=filters, place_passes=True))

    def _build_splitter(self, content: QWidget) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("MainSplitter")
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._sidebar)
        splitter.addWidget(content)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 1)
        splitter.splitterMoved.connect(self._on_splitter_moved)
        return splitter

    def _restore_width(self) -> None:
        """Restore the width, since a splitter distributes its space by itself."""
        self.splitter.setSizes([self._width, self.splitter.width() - self._width])

    def _on_splitter_moved(self) -> None:
        self._width = self._sidebar.width()

    def _show_status(self, changes: LibraryChanges) -> None:
        self._sidebar.show_status(changes.status, self._indexing.state)

    def _show_themes(self, themes: Sequence[Theme]) -> None:
        self._sidebar.show_themes(themes)
        names = {theme.number: theme.name for theme in themes}
        self._saved_searches.name_themes(names)
        self._search_bar.name_themes(names)

    def _show_searches(self) -> None:
        recent = (search for search in self._saved_searches.recent() if not _is_only_place(search.query))
        self._sidebar.show_searches(self._saved_searches.saved(), recent)
        self._mark()

    # the current view

    def _mark(self) -> None:
        entry = self._shown()
        self._sidebar.tree.mark(entry.identity if entry is not None else None)

    def _shown(self) -> Entry | None:
        tree, query = self._sidebar.tree, self._search_runner.query
        if self._duplicates.is_open:
            return tree.head(EntryKind.DUPLICATES)
        if query is None:
            return None
        if plain_query(query) == Query(scope=query.scope):
            return tree.head(EntryKind.EVERYTHING)
        remembered = self._saved_searches.find(query)
        lines = [entry for section in SidebarSection for entry in tree.entries(section)]
        return next((entry for entry in lines if _leads_to(entry, query, remembered)), None)


def _is_only_place(query: Query) -> bool:
    """Whether the query is only a folder or theme, which has an entry of its own."""
    anywhere = replace(plain_query(query), filters=query.filters.anywhere(), scope=Query().scope)
    return anywhere == Query() and len(query.filters.folders) + bool(query.filters.theme) <= 1


def _leads_to(entry: Entry, query: Query, remembered: SavedSearch | None) -> bool:
    """Whether the entry shows this query. `remembered`: the stored search with the same query."""
    subject = entry.subject
    if isinstance(subject, Path):
        return query.filters.folders == (subject,) and not query.filters.theme
    if isinstance(subject, Theme):
        return query.filters.theme == subject.number and not query.filters.folders
    return isinstance(subject, SavedSearch) and subject == remembered
