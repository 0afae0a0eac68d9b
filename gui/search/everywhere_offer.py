"""Counts what a search in one place would find in the whole library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.records import Hit, ItemKind, Query, SearchResults, Verdict
from gui.jobs import Job, Lane
from gui.search.search_runner import FIRST_LIMIT, SearchRunner
from gui.session import Session


class EverywhereOffer(QObject):
    """After each search limited to a place, runs it without that limit and emits `counted`."""

    counted = Signal(int, bool)  # number of results, 0 for no offer; whether it is complete

    def __init__(self, session: Session, search_runner: SearchRunner) -> None:
        super().__init__(session)
        self._session = session
        self._job: Job[SearchResults] | None = None
        search_runner.started.connect(self._cancel)
        search_runner.cleared.connect(self._cancel)
        search_runner.found.connect(lambda query, _results: self._ask(query))

    def _ask(self, query: Query) -> None:
        if not (query.has_question and query.filters.has_place):
            return
        library = self._session.library
        wider = replace(query, filters=query.filters.anywhere(), offset=0, limit=FIRST_LIMIT)
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: library.search(wider),
            self._found,
            lambda _error: None,  # logged by the job; the user's own search succeeded
        )

    def _found(self, results: SearchResults) -> None:
        self._job = None
        far_off = any(hit.verdict is Verdict.NONE for hit in results.hits)
        self.counted.emit(count_results(results.hits), far_off or len(results.hits) < FIRST_LIMIT)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.counted.emit(0, True)


def count_results(hits: Sequence[Hit]) -> int:
    """Count the photographs and documents that match."""
    matching = [hit for hit in hits if hit.verdict is not Verdict.NONE]
    return len({hit.path if hit.kind is ItemKind.PAGE else hit.item for hit in matching})
