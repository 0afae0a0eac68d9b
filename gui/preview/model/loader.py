"""Brings a preview what it shows, in the background. Only what is looked at now is waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from engine.records import Explanation, Hit, ItemFacts, Query
from gui.jobs import Jobs
from gui.preview.model.latest_request import LatestRequest
from gui.preview.model.picture_cache import CACHE_BYTES, PictureCache

MOST_WHYS = 64
MOST_FACTS = 64
MOST_DOCUMENTS = 2  # each may have thousands of pages


class PreviewSource(Protocol):
    """The part of the library that a preview looks at; called in threads."""

    def picture(self, item: int, side: int) -> bytes: ...

    def explanation(self, query: Query, item: int) -> Explanation: ...

    def document(self, item: int) -> tuple[Hit, ...]: ...

    def facts(self, item: int) -> ItemFacts: ...


class PreviewLoader(QObject):
    """Each question drops the one of its kind before it. Answers that are kept come at once."""

    picture_ready = Signal(int)  # item
    picture_failed = Signal(int, object)  # item, Exception
    why_ready = Signal(int)  # item
    why_failed = Signal(int, object)  # item, Exception
    document_ready = Signal(int)  # item
    document_failed = Signal(int, object)  # item, Exception
    facts_ready = Signal(int)  # item
    facts_failed = Signal(int, object)  # item, Exception

    def __init__(
        self, jobs: Jobs, source: Callable[[], PreviewSource], cache_bytes: int = CACHE_BYTES
    ) -> None:
        super().__init__(jobs)
        self._source = source
        self._query: Query | None = None
        self.pictures = PictureCache(
            jobs,
            lambda item, side: source().picture(item, side),
            cache_bytes,
            self.picture_ready.emit,
            self.picture_failed.emit,
        )
        self._whys: LatestRequest[Explanation] = LatestRequest(
            jobs, MOST_WHYS, self.why_ready.emit, self.why_failed.emit
        )
        self._facts: LatestRequest[ItemFacts] = LatestRequest(
            jobs, MOST_FACTS, self.facts_ready.emit, self.facts_failed.emit
        )
        self._documents: LatestRequest[tuple[Hit, ...]] = LatestRequest(
            jobs, MOST_DOCUMENTS, self.document_ready.emit, self.document_failed.emit
        )

    @property
    def waiting(self) -> bool:
        """For something that is looked at; what is fetched ahead does not count."""
        return self.pictures.waiting or any(kind.waiting for kind in self._kinds())

    def why(self, item: int) -> Explanation | None:
        return self._whys.answer(item)

    def document(self, item: int) -> tuple[Hit, ...] | None:
        return self._documents.answer(item)

    def facts(self, item: int) -> ItemFacts | None:
        return self._facts.answer(item)

    def ask_why(self, query: Query, item: int) -> None:
        """Reasons that are here answer the same question."""
        asked = replace(query, limit=0)  # a ranking that grows is still the same
        if asked != self._query:
            self._query = asked
            self._whys.clear()
        source = self._source()
        self._whys.ask(item, lambda: source.explanation(query, item))

    def ask_document(self, item: int) -> None:
        source = self._source()
        self._documents.ask(item, lambda: source.document(item))

    def ask_facts(self, item: int) -> None:
        source = self._source()
        self._facts.ask(item, lambda: source.facts(item))

    def stop(self) -> None:
        """Nothing is looked at any more. All goes: a file may be read anew before the next look."""
        self.pictures.clear()
        for kind in self._kinds():
            kind.clear()

    def _kinds(
        self,
    ) -> tuple[LatestRequest[Explanation], LatestRequest[ItemFacts], LatestRequest[tuple[Hit, ...]]]:
        return self._whys, self._facts, self._documents
