"""Runs searches: the newest question wins, and a ranking grows as it is scrolled."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.records import Query, SearchResults
from gui.jobs import Job, Lane
from gui.session import Session

FIRST_LIMIT = 200
LAST_LIMIT = 10_000
GROWTH = 5


class Searching(QObject):
    started = Signal()
    found = Signal(object, object)  # Query, SearchResults: a new answer
    grew = Signal(object)  # SearchResults: the same answer, continued
    failed = Signal(object)  # Exception
    cleared = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job[SearchResults] | None = None
        self._query: Query | None = None
        self._answered = False
        self._complete = True

    @property
    def query(self) -> Query | None:
        """What is being asked, or was answered last."""
        return self._query

    @property
    def running(self) -> bool:
        return self._job is not None

    @property
    def answered(self) -> bool:
        """Whether the answer to the query is here; a question that failed has none."""
        return self._answered

    @property
    def complete(self) -> bool:
        """False while the ranking goes on below what has been asked for."""
        return self._complete

    def search(self, query: Query) -> None:
        """Ask; an answer to anything asked before is dropped."""
        self._abandon()
        asked = replace(query, limit=FIRST_LIMIT)
        self._query = asked
        self._answered = False
        self.started.emit()
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: self._session.library.search(asked),
            lambda results: self._found(asked, results),
            self._failed,
        )

    def repeat(self) -> None:
        """Ask the same again, of a library that has changed meanwhile."""
        if self._query is not None:
            self.search(self._query)

    def grow(self) -> None:
        """Ask for more of the same ranking, unless all of it is here or an answer is on its way."""
        if self._query is None or self._complete or self.running:
            return
        longer = replace(self._query, limit=min(self._query.limit * GROWTH, LAST_LIMIT))
        self._query = longer
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: self._session.library.search(longer),
            lambda results: self._grew(longer, results),
            self._growth_failed,
        )

    def clear(self) -> None:
        self._abandon()
        self._query = None
        self._answered = False
        self._complete = True
        self.cleared.emit()

    def warm_up(self) -> None:
        """Load what the first search needs, while the user is still typing."""
        self._session.jobs.run(Lane.SEARCH, self._session.library.warm_up, lambda _none: None)

    def _abandon(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _found(self, query: Query, results: SearchResults) -> None:
        self._settle(query, results)
        self.found.emit(query, results)

    def _grew(self, query: Query, results: SearchResults) -> None:
        self._settle(query, results)
        self.grew.emit(results)

    def _settle(self, query: Query, results: SearchResults) -> None:
        self._job = None
        self._answered = True
        self._complete = len(results.hits) < query.limit or query.limit >= LAST_LIMIT

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._complete = True
        if not isinstance(error, UserError):
            self._session.messages.report(error)
        self.failed.emit(error)

    def _growth_failed(self, error: Exception) -> None:
        """What was found stays; there is just no more of it."""
        self._job = None
        self._complete = True
        self._session.messages.report(error)
