"""Runs searches: the newest wins, and the ranking is extended while scrolling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import EmptyQuery, UserError
from engine.records import Query, SearchResults, Verdict
from gui.jobs import Job, Lane
from gui.search.query_draft import only_excludes
from gui.session import Session
from gui.strings import search as words

if TYPE_CHECKING:
    from engine.library import Library

FIRST_LIMIT = 200
SLICE = 1000  # results added at a time while scrolling
LAST_LIMIT = 200_000


class SearchRunner(QObject):
    """Runs one search at a time in the background and emits its results. Main thread only."""

    started = Signal()
    found = Signal(object, object)  # Query, SearchResults
    extended = Signal(object)  # SearchResults that follow those found
    failed = Signal(object)  # Exception
    cleared = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job[SearchResults] | None = None
        self._query: Query | None = None
        self._reached = 0  # the last rank requested
        self._repeating = False
        self._answered = False
        self._complete = True

    @property
    def query(self) -> Query | None:
        """The query that runs or ran last; None after `clear`."""
        return self._query

    @property
    def running(self) -> bool:
        """Whether a search is running."""
        return self._job is not None

    @property
    def repeating(self) -> bool:
        """Whether the running or last search repeats one on a library that has changed."""
        return self._repeating

    @property
    def answered(self) -> bool:
        """Whether the results of the query are there; False if it failed."""
        return self._answered

    @property
    def complete(self) -> bool:
        """False while there are results beyond those requested."""
        return self._complete

    def search(self, query: Query) -> None:
        """Start a search; results of any earlier one are dropped."""
        self._answered = self._repeating = False
        self._ask(query)

    def repeat(self) -> None:
        """Run the last query again because the library has changed; old results stay until then."""
        if self._query is not None:
            self._repeating = True
            self._ask(self._query)

    def _ask(self, query: Query) -> None:
        self._cancel_job()
        asked = replace(query, limit=FIRST_LIMIT, offset=0)
        self._query = asked
        self._reached = FIRST_LIMIT
        library = self._session.library
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: _search_or_browse(library, asked),
            lambda results: self._found(asked, results),
            self._failed,
        )
        self.started.emit()

    def extend(self) -> None:
        """Request the next results, unless all are there or a search is running."""
        if self._query is None or self._complete or self.running:
            return
        further = replace(self._query, offset=self._reached, limit=min(self._reached + SLICE, LAST_LIMIT))
        self._reached = further.limit
        library = self._session.library
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: _search_or_browse(library, further),
            lambda results: self._on_extended(further, results),
            self._on_extend_failed,
        )

    def clear(self) -> None:
        """Cancel the search and forget the query. Emits `cleared`."""
        self._cancel_job()
        self._query = None
        self._answered = False
        self._complete = True
        self.cleared.emit()

    def warm_up(self) -> None:
        """Load what the first search needs, in the background, while the user still types."""
        self._session.jobs.run(Lane.SEARCH, self._session.library.warm_up, lambda _none: None)

    def _cancel_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _found(self, query: Query, results: SearchResults) -> None:
        self._on_results(query, results)
        self.found.emit(query, results)

    def _on_extended(self, query: Query, results: SearchResults) -> None:
        self._on_results(query, results)
        self.extended.emit(results)

    def _on_results(self, query: Query, results: SearchResults) -> None:
        self._job = None
        self._answered = True
        self._complete = len(results.hits) < query.limit - query.offset or query.limit >= LAST_LIMIT

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._complete = True
        self._answered = False
        if not isinstance(error, UserError):
            self._session.messages.report(error)
        self.failed.emit(error)

    def _on_extend_failed(self, error: Exception) -> None:
        """Keep the results found so far and treat them as complete."""
        self._job = None
        self._complete = True
        self._session.messages.report(error)
        self.extended.emit(SearchResults((), Verdict.NONE, ""))


def _search_or_browse(library: Library, query: Query) -> SearchResults:
    """Rank by the query, or list what passes the filters by date. Raises UserError."""
    if query.has_question:
        return library.search(query)
    if only_excludes(query):
        raise EmptyQuery(words.ONLY_AWAY, words.ONLY_AWAY_REMEDY)
    return library.browse(query)
