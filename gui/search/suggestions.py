"""Questions to begin with: of those that many libraries could answer, the ones that this library does."""

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
GROWN = 1.5  # times as many items, while files come in: then another look is worth it


class Suggestions(QObject):
    """Looks only while nothing is asked, one question at a time, so that a person's own never waits long."""

    found = Signal(object)  # tuple[str, ...]: those with a strong match; may be empty

    def __init__(self, session: Session, indexing: IndexingController, search_runner: SearchRunner) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._search_runner = search_runner
        self._items = 0  # of the library that was looked at
        self._left: list[str] = []
        self._verdicts: dict[str, Verdict] = {}
        self._job: Job[Verdict] | None = None
        self.questions: tuple[str, ...] | None = None  # found last; None before
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
        if isinstance(error, QueryError):  # the model knows none of the words
            self._judged(text, Verdict.NONE)
        else:
            self._job = None  # who asks something is told it; the same library is not tried again

    def _tell(self) -> None:
        self._job = None
        strong = [text for text, verdict in self._verdicts.items() if verdict is Verdict.STRONG]
        self.questions = tuple(strong[:MOST])
        self.found.emit(self.questions)

    def _leave(self) -> None:
        """A look that was not finished begins again with the next status."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._items = 0
