"""Notices that the library has changed since the search, and repeats it or offers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.records import Hit, LibraryChanges, LibraryStatus
from gui import strings
from gui.controllers.preview import PreviewController
from gui.indexing import IndexingController
from gui.jobs import Job, Lane
from gui.results.page import ResultsPage
from gui.search.search_runner import SearchRunner
from gui.session import Session

if TYPE_CHECKING:
    from engine.library import Library

REPEAT_GROWTH = 1.1  # growth of the library after which a search is repeated during indexing
CHECKED_HITS = 1000  # the first hits, whose files are checked


class StalenessController(QObject):
    """Compares the results with the library whenever that changes."""

    def __init__(
        self,
        session: Session,
        indexing: IndexingController,
        search_runner: SearchRunner,
        results: ResultsPage,
        preview_controller: PreviewController,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._search_runner = search_runner
        self._results = results
        self._preview_controller = preview_controller
        self._items = 0  # in the library at the time of the search
        self._check_job: Job[frozenset[int]] | None = None
        self._check_pending = False  # files of the results may have moved
        self._gone: frozenset[int] = frozenset()  # items of the results whose files have gone
        session.changed.connect(self._on_changed)
        search_runner.started.connect(self._on_search_started)
        search_runner.extended.connect(self._offer_where_gone)
        results.model.hits_removed.connect(self._offer_where_gone)
        indexing.finished.connect(self._schedule_check)

    def _on_search_started(self) -> None:
        self._gone = frozenset()
        if self._check_job is not None:  # it checks results that are being replaced
            self._check_job.cancel()
            self._check_job, self._check_pending = None, True
        self._items = self._session.status.items if self._session.status else 0

    def _on_changed(self, changes: LibraryChanges) -> None:
        if changes.reconnected and self._search_runner.answered:
            self._search_runner.repeat()  # keeps the scroll position; cards show available files
        if changes.before is None:
            self._items = changes.status.items  # the search was run before this status
        elif changes.removes_files:
            self._schedule_check()
        else:
            self.catch_up()

    def _schedule_check(self) -> None:
        self._check_pending = True
        self.catch_up()

    def catch_up(self) -> None:
        """Repeat the search, or offer to, if the library has changed since.

        Called during a search, it waits for the results.
        """
        status = self._session.status
        if status is not None and status.items > self._items:
            self._repeat_or_offer(strings.REFRESH_RESULTS, self._is_worth_repeating(status))
        if self._check_pending and not self._search_runner.running:
            self._check_pending = False
            self._check_files()

    def _is_worth_repeating(self, status: LibraryStatus) -> bool:
        """During indexing only now and then: each search slows it down."""
        return not self._indexing.active or status.items >= self._items * REPEAT_GROWTH

    def _repeat_or_offer(self, reason: str, worth_repeating: bool = True) -> None:
        if not self._search_runner.answered or self._search_runner.running:
            return
        if self._results.model.hits and not (worth_repeating and self._is_unobserved()):
            self._results.offer_refresh(reason)
        else:
            self._search_runner.repeat()

    def _is_unobserved(self) -> bool:
        """Whether new results would not disturb the user."""
        return self._results.is_untouched and not self._preview_controller.is_open

    # files that are gone

    def _check_files(self) -> None:
        """Check in the background whether the files of the results have gone."""
        shown = {hit.item: hit for hit in self._results.model.hits[:CHECKED_HITS]}
        if not shown:
            return
        if self._check_job is not None:
            self._check_job.cancel()
        library = self._session.library
        self._check_job = self._session.jobs.run(
            Lane.LIBRARY, lambda: _gone(library, shown), self._on_checked
        )

    def _on_checked(self, gone: frozenset[int]) -> None:
        self._check_job = None
        self._gone = gone
        self._offer_where_gone()

    def _offer_where_gone(self) -> None:
        """Offer a new search, unless the results without files were removed by this program."""
        self._gone = frozenset(item for item in self._gone if self._results.model.index_of(item).isValid())
        if self._gone:
            self._repeat_or_offer(strings.REFRESH_MOVED)
        else:
            self._results.withdraw_refresh(strings.REFRESH_MOVED)


def _gone(library: Library, shown: Mapping[int, Hit]) -> frozenset[int]:
    """The items whose file is gone, or whose only file has another path.

    Of several copies any may be shown, depending on the query.
    """
    there = {hit.item: hit for hit in library.hits(tuple(shown))}
    return frozenset(item for item, hit in shown.items() if _has_gone(hit, there.get(item)))


def _has_gone(shown: Hit, now: Hit | None) -> bool:
    return now is None or (not now.copies and now.path != shown.path)
