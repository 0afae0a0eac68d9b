"""Notices that the library has changed since the answer that is shown, and asks again or offers to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.records import Hit, LibraryStatus
from gui import strings
from gui.controllers.preview import PreviewController
from gui.indexing import IndexingController
from gui.jobs import Job, Lane
from gui.results.page import ResultsPage
from gui.search.search_runner import SearchRunner
from gui.session import Session

if TYPE_CHECKING:
    from engine.library import Library

WORTH_ASKING = 1.1  # times as much as there was: then the question is asked again while files come in
LOOKED_AT = 1000  # hits, from the first on: whether their files are still where they were


class StalenessController(QObject):
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
        self._searching = search_runner
        self._results = results
        self._previewing = preview_controller
        self._files: int | None = None  # that were known last
        self._items = 0  # that could be found when the question was asked
        self._looking: Job[frozenset[int]] | None = None
        self._to_look = False  # what is shown may be gone from its place
        self._gone: frozenset[int] = frozenset()  # of the items that are shown
        self._away: frozenset[Path] = frozenset()  # folders and drives that are not connected
        session.status_changed.connect(self._follow)
        search_runner.started.connect(self._asked)
        search_runner.grew.connect(self._tell_gone)
        results.model.shrunk.connect(self._tell_gone)
        indexing.finished.connect(self._doubt)

    def _asked(self) -> None:
        self._gone = frozenset()
        if self._looking is not None:  # at cards that go
            self._looking.cancel()
            self._looking, self._to_look = None, True
        self._items = self._session.status.items if self._session.status else 0

    def _follow(self, status: LibraryStatus) -> None:
        before, self._files = self._files, status.files
        away, self._away = self._away, _away(status)
        if away - self._away and self._searching.answered:
            self._searching.repeat()  # where one is stays, and cards say that their files are there
        if before is None:
            self._items = status.items  # of a question that came before this status
        elif status.files < before:
            self._doubt()
        else:
            self.catch_up()

    def _doubt(self) -> None:
        self._to_look = True
        self.catch_up()

    def catch_up(self) -> None:
        """Ask again, or offer to, where the library has changed since the question; a change that is told
        while an answer is on its way waits for it."""
        status = self._session.status
        if status is not None and status.items > self._items:
            self._renew(strings.REFRESH_RESULTS, self._worth_asking(status))
        if self._to_look and not self._searching.running:
            self._to_look = False
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
        """Whether files that are shown are gone from their places."""
        shown = {hit.item: hit for hit in self._results.model.hits[:LOOKED_AT]}
        if not shown:
            return
        if self._looking is not None:
            self._looking.cancel()
        library = self._session.library
        self._looking = self._session.jobs.run(Lane.LIBRARY, lambda: _gone(library, shown), self._looked)

    def _looked(self, gone: frozenset[int]) -> None:
        self._looking = None
        self._gone = gone
        self._tell_gone()

    def _tell_gone(self) -> None:
        """Unless their cards went with them, as they do where we did it ourselves."""
        self._gone = frozenset(item for item in self._gone if self._results.model.index_of(item).isValid())
        if self._gone:
            self._renew(strings.REFRESH_MOVED)
        else:
            self._results.withdraw_refresh(strings.REFRESH_MOVED)


def _away(status: LibraryStatus) -> frozenset[Path]:
    folders = (folder.path for folder in status.folders if not folder.available)
    return frozenset((*folders, *(drive for folder in status.folders for drive in folder.unplugged)))


def _gone(library: Library, shown: Mapping[int, Hit]) -> frozenset[int]:
    """Those that no file holds any more, and those whose only file is another now. Of several copies any may
    be named, by what was asked for."""
    there = {hit.item: hit for hit in library.hits(tuple(shown))}
    return frozenset(item for item, hit in shown.items() if _has_gone(hit, there.get(item)))


def _has_gone(shown: Hit, now: Hit | None) -> bool:
    return now is None or (not now.copies and now.path != shown.path)
