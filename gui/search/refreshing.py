"""Notices that the library has changed since the answer that is shown, and asks again or offers to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.records import LibraryStatus
from gui import strings
from gui.activity.indexing import Indexing
from gui.jobs import Job, Lane
from gui.preview.previewing import Previewing
from gui.results.page import ResultsPage
from gui.search.searching import Searching
from gui.session import Session

if TYPE_CHECKING:
    from engine.library import Library

WORTH_ASKING = 1.1  # times as much as there was: then the question is asked again while files come in
LOOKED_AT = 1000  # hits, from the first on: whether their files are still where they were

Known = dict[int, Path]  # item -> the file that its card names


class Refreshing(QObject):
    def __init__(
        self,
        session: Session,
        indexing: Indexing,
        searching: Searching,
        results: ResultsPage,
        previewing: Previewing,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._searching = searching
        self._results = results
        self._previewing = previewing
        self._status: LibraryStatus | None = None  # that came last
        self._items = 0  # that could be found when the question was asked
        self._looking: Job[bool] | None = None
        session.status_changed.connect(self._follow)
        searching.started.connect(self._asked)
        indexing.finished.connect(self._look)

    def _asked(self) -> None:
        self._items = self._session.status.items if self._session.status else 0

    def _follow(self, status: LibraryStatus) -> None:
        before, self._status = self._status, status
        if before is None:
            self._items = status.items  # of a question that came before this status
        elif status.items > self._items:
            self._renew(strings.REFRESH_RESULTS, self._worth_asking(status))
        elif status.files < before.files:
            self._look()

    def _worth_asking(self, status: LibraryStatus) -> bool:
        """While files come in, only now and then: each answer costs the reading some of its time."""
        return not self._indexing.active or status.items >= self._items * WORTH_ASKING

    def _renew(self, reason: str, worth_asking: bool = True) -> None:
        if not self._searching.answered or self._searching.running:
            return
        if self._results.model.hits and not (worth_asking and self._unseen_use()):
            self._results.offer_refresh(reason)
        else:
            self._searching.repeat()

    def _unseen_use(self) -> bool:
        """Whether a newer answer takes nothing from under the user's eyes or hands."""
        return self._results.untouched and not self._previewing.is_open

    # files that are gone

    def _look(self) -> None:
        """Whether any file that is shown has gone from its place, and not by our own hands: those cards went
        with it."""
        shown = {hit.item: hit.path for hit in self._results.model.hits[:LOOKED_AT]}
        if not shown:
            return
        if self._looking is not None:
            self._looking.cancel()
        library = self._session.library
        self._looking = self._session.jobs.run(
            Lane.LIBRARY, lambda: _any_gone(library, shown), lambda gone: self._looked(gone, shown)
        )

    def _looked(self, gone: bool, shown: Known) -> None:
        self._looking = None
        if gone and any(hit.item in shown for hit in self._results.model.hits[:LOOKED_AT]):
            self._renew(strings.REFRESH_MOVED)


def _any_gone(library: Library, shown: Known) -> bool:
    there = {hit.item: hit.path for hit in library.hits(tuple(shown))}
    return any(there.get(item) != path for item, path in shown.items())
