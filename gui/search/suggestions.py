"""Example searches: of a fixed list, those that find something in this library."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.errors import QueryError
from engine.records import LibraryChanges, Query, Verdict
from gui import strings
from gui.indexing import IndexingController
from gui.jobs import Job, Lane
from gui.search.search_runner import SearchRunner
from gui.session import Session

MOST = 4
GROWN = 1.5  # growth of the library after which the examples are tried again


class Suggestions(QObject):
    """Tries examples one at a time, waiting while there is a search, which is thus never delayed."""

    found = Signal(object)  # tuple[str, ...]: examples with a strong match; may be empty

    def __init__(self, session: Session, indexing: IndexingController, search_runner: SearchRunner) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._search_runner = search_runner
        self._items = 0  # in the library when the examples were tried
        self._left: list[str] = []
        self._verdicts: dict[str, Verdict] = {}
        self._job: Job[Verdict] | None = None
        self.questions: tuple[str, ...] | None = None  # None before the first try
        session.changed.connect(self._look)
        search_runner.started.connect(self._leave)

    def _look(self, changes: LibraryChanges) -> None:
        items = changes.status.items
        if self._search_runner.query is not None or not self._worth_looking(items):
            return
        self._leave()
        self._items = items
        self._left = list(strings.READY_QUESTIONS)
        self._verdicts = {}
        self._next()

    def _worth_looking(self, items: int) -> bool:
        if not items:
            return False
        return items >= GROWN * self._items if self._indexing.active else items != self._items

    def _next(self) -> None:
        strong = sum(verdict is Verdict.STRONG for verdict in self._verdicts.values())
        if not self._left or strong >= MOST:
            self._tell()
            return
        text = self._left.pop(0)
        library = self._session.library
        self._job = self._session.jobs.run(
            Lane.SEARCH,
            lambda: library.search(Query(text=text, limit=1)).verdict,
            partial(self._judged, text),
            partial(self._failed, text),
        )

    def _judged(self, text: str, verdict: Verdict) -> None:
        self._verdicts[text] = verdict
        self._next()

    def _failed(self, text: str, error: Exception) -> None:
        if isinstance(error, QueryError):  # the model does not know any of the words
            self._judged(text, Verdict.NONE)
        else:
            self._job = None  # the user's own search would report it; not retried with the same library

    def _tell(self) -> None:
        self._job = None
        strong = [text for text, verdict in self._verdicts.items() if verdict is Verdict.STRONG]
        self.questions = tuple(strong[:MOST])
        self.found.emit(self.questions)

    def _leave(self) -> None:
        """Cancel; the examples are tried again from the start with the next status."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._items = 0
