"""Offers to undo the removal of a saved search, wherever it was removed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.search.saved.saved_search import SavedSearch
from gui.search.saved.saved_searches import SavedSearches
from gui.strings import search as words
from gui.undo_history import UndoHistory


class UndoDelete(QObject):
    """Watches the saved searches and adds an entry to the undo history for each that is removed."""

    def __init__(self, memory: SavedSearches, undo: UndoHistory) -> None:
        super().__init__(memory)
        self._saved_searches = memory
        self._undo = undo
        self._saved: tuple[SavedSearch, ...] = ()
        self._recent: tuple[SavedSearch, ...] = ()
        memory.changed.connect(self._compare)

    def _compare(self) -> None:
        """Find removed searches by their queries, so that renaming is not a removal."""
        saved = self._saved_searches.saved()
        before, self._saved = self._saved, saved
        left = {search.query for search in saved}
        for search in before:
            if search.query not in left:
                self._offer(search)
        cleared, self._recent = self._recent, self._saved_searches.recent()
        if cleared and not self._recent and self._saved_searches.keeps:
            self._undo.done(words.RECENT_CLEARED, lambda: self._saved_searches.restore_recent(cleared))

    def _offer(self, search: SavedSearch) -> None:
        self._undo.done(words.forgotten(search.title), lambda: self._saved_searches.restore(search))
