"""Stores the recent searches and those that the user saved under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.records import Query
from gui.jobs import Lane
from gui.preferences import Preferences
from gui.search.query_draft import QueryDraft
from gui.search.saved import saved_searches_file
from gui.search.saved.saved_search import SavedSearch, build_saved_search
from gui.search.saved.saved_searches_file import MEMORY_FILE, Damaged, StoredSearches
from gui.session import Session
from gui.strings import search as words

MOST_RECENT = 50


class SavedSearches(QObject):
    """The recent and the saved searches. Main thread only.

    A change takes effect at once, with `changed`, and is written in the background; `close` writes what is
    left.
    """

    changed = Signal()

    def __init__(self, session: Session, preferences: Preferences) -> None:
        super().__init__(session)
        self._session = session
        self._preferences = preferences
        self._path = session.location / MEMORY_FILE
        self._searches = StoredSearches()
        self._theme_names: Mapping[int, str] = {}
        self._unsaved = False
        self._saving = False
        self._may_write = False  # only if the file was read or does not exist
        session.opened.connect(self._load)
        preferences.changed.connect(self._follow_preferences)

    @property
    def keeps(self) -> bool:
        """Whether the settings allow recording recent searches."""
        return self._preferences.settings.keep_history

    def recent(self) -> tuple[SavedSearch, ...]:
        """The recent searches without duplicates, newest first."""
        return self._searches.recent

    def saved(self) -> tuple[SavedSearch, ...]:
        """The saved searches, oldest first."""
        return self._searches.saved

    def find(self, query: Query) -> SavedSearch | None:
        """The saved, else the recent search with this query; None if there is none."""
        return _first((*self.saved(), *self.recent()), query)

    def find_saved(self, query: Query) -> SavedSearch | None:
        """The saved search with this query; None if there is none."""
        return _first(self.saved(), query)

    def record(self, question: QueryDraft, in_place_of: Query | None = None) -> None:
        """Add a search to the recent ones; it replaces `in_place_of`, which was a step towards it."""
        query = question.query()
        if query is not None and self.keeps:
            self._prepare(
                query,
                question.picture_labels(),
                lambda search: self._add_recent(search, in_place_of),
            )

    def save(self, query: Query, name: str, labels: Sequence[str] = ()) -> None:
        """Save a query under a name, or rename it if it is saved. `labels`: of its pictures."""
        known = self.find(query)
        if known is not None:
            self._add_saved(replace(known, name=name))
        else:
            self._prepare(query, labels, lambda search: self._add_saved(replace(search, name=name)))

    def rename(self, remembered: SavedSearch, name: str) -> None:
        """Give a saved search another name."""
        saved = (replace(s, name=name) if s == remembered else s for s in self.saved())
        self._change(StoredSearches(self.recent(), tuple(saved)))

    def forget(self, remembered: SavedSearch) -> None:
        """Remove a search from the recent and the saved ones."""
        recent = tuple(search for search in self.recent() if search != remembered)
        saved = tuple(search for search in self.saved() if search != remembered)
        self._change(StoredSearches(recent, saved))

    def restore(self, saved: SavedSearch) -> None:
        """Add a removed search to the saved ones again."""
        self._add_saved(saved)

    def clear_recent(self) -> None:
        """Remove all recent searches."""
        self._change(StoredSearches((), self.saved()))

    def restore_recent(self, cleared: Sequence[SavedSearch]) -> None:
        """Undo `clear_recent`: add the cleared searches after those run since."""
        asked = {search.query for search in self.recent()}
        older = (search for search in cleared if search.query not in asked)
        self._change(StoredSearches((*self.recent(), *older)[:MOST_RECENT], self.saved()))

    def name_themes(self, names: Mapping[int, str]) -> None:
        """Update the names of themes in all searches, from names by theme number."""
        self._theme_names = names
        self._change(self._searches)

    def close(self) -> None:
        """Write unsaved changes at once; called after the lanes have stopped."""
        if self._may_write and (self._unsaved or self._saving):
            try:
                saved_searches_file.store(self._path, self._searches)
            except OSError as error:
                self._not_stored(error)

    # changes

    def _prepare(self, query: Query, labels: Sequence[str], done: Callable[[SavedSearch], None]) -> None:
        library = self._session.library
        self._session.jobs.run(
            Lane.FILES,
            lambda: build_saved_search(query, labels, library.hits, library.preview),
            done,
        )

    def _add_recent(self, search: SavedSearch, in_place_of: Query | None) -> None:
        if self.keeps:
            older = tuple(
                known
                for known in self.recent()
                if known.query != search.query and not (in_place_of and known.answers_to(in_place_of))
            )
            self._change(StoredSearches((search, *older)[:MOST_RECENT], self.saved()))

    def _add_saved(self, search: SavedSearch) -> None:
        if any(known.query == search.query for known in self.saved()):
            saved = tuple(search if known.query == search.query else known for known in self.saved())
        else:
            saved = (*self.saved(), search)
        self._change(StoredSearches(self.recent(), saved))

    def _change(self, searches: StoredSearches) -> None:
        searches = _with_themes_named(searches, self._theme_names)
        if searches == self._searches:
            return
        self._searches = searches
        self._unsaved = True
        self._store()
        self.changed.emit()

    def _follow_preferences(self) -> None:
        """Clear the recent searches when the user turns the history off."""
        if not self.keeps:
            self.clear_recent()

    # the file

    def _load(self) -> None:
        self._session.jobs.run(
            Lane.FILES, lambda: saved_searches_file.load(self._path), self._loaded, self._not_loaded
        )

    def _loaded(self, found: StoredSearches) -> None:
        self._may_write = True
        now = self._searches  # searches added before the file was read
        asked = {search.query for search in now.recent}
        recent = (*now.recent, *(search for search in found.recent if search.query not in asked))
        together = StoredSearches(recent[:MOST_RECENT], (*found.saved, *now.saved))
        self._searches = _with_themes_named(together, self._theme_names)
        self.changed.emit()
        self._follow_preferences()
        self._store()

    def _not_loaded(self, error: Exception) -> None:
        if isinstance(error, Damaged):
            remedy = words.DAMAGED_REMEDY.format(name=error)
            self._session.messages.warning(words.DAMAGED, remedy)
            self._loaded(error.rest)
        elif isinstance(error, OSError):
            self._session.messages.warning(words.DAMAGED, error.strerror or "")
        else:
            self._session.messages.report(error)

    def _store(self) -> None:
        """Write the current searches, one write at a time."""
        if self._saving or not self._unsaved or not self._may_write:
            return
        self._saving, self._unsaved = True, False
        searches = self._searches
        self._session.jobs.run(
            Lane.FILES,
            lambda: saved_searches_file.store(self._path, searches),
            self._stored,
            self._not_stored,
        )

    def _stored(self, _none: None) -> None:
        self._saving = False
        self._store()

    def _not_stored(self, error: Exception) -> None:
        self._saving, self._unsaved = False, True  # retried with the next change, or at the end
        if isinstance(error, OSError):
            self._session.messages.warning(words.NOT_KEPT.format(reason=error.strerror or error))
        else:
            self._session.messages.report(error)


def _first(searches: Sequence[SavedSearch], query: Query) -> SavedSearch | None:
    return next((search for search in searches if search.answers_to(query)), None)


def _with_themes_named(searches: StoredSearches, names: Mapping[int, str]) -> StoredSearches:
    """Apply new theme names; themes that no longer exist keep theirs."""

    def named(search: SavedSearch) -> SavedSearch:
        name = names.get(search.query.filters.theme, search.query.filters.theme_name)
        return search if name == search.query.filters.theme_name else search.with_theme_named(name)

    return StoredSearches(tuple(map(named, searches.recent)), tuple(map(named, searches.saved)))
