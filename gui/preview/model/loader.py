"""Loads what the preview shows, in the background."""

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
    """What the preview needs of the library; called in background threads."""

    def picture(self, item: int, side: int) -> bytes:
        """The item as JPEG, at most `side` pixels along its longer side. Raises UserError."""

    def explanation(self, query: Query, item: int) -> Explanation:
        """Why the item matches the query. Raises UserError, ModelError."""

    def document(self, item: int) -> tuple[Hit, ...]:
        """All pages of the item's document in order. Raises UserError."""

    def facts(self, item: int) -> ItemFacts:
        """The details of the item and its file. Raises UserError."""


class PreviewLoader(QObject):
    """A request cancels the previous one of its kind; cached answers are announced at once."""

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
        """Whether the current item is loading; prefetching does not count."""
        return self.pictures.waiting or any(kind.waiting for kind in self._kinds())

    def why(self, item: int) -> Explanation | None:
        """The cached explanation of an item; None if it is not loaded."""
        return self._whys.answer(item)

    def document(self, item: int) -> tuple[Hit, ...] | None:
        """The cached pages of an item's document; None if they are not loaded."""
        return self._documents.answer(item)

    def facts(self, item: int) -> ItemFacts | None:
        """The cached details of an item; None if they are not loaded."""
        return self._facts.answer(item)

    def ask_why(self, query: Query, item: int) -> None:
        """Request an explanation. Explanations for another query are dropped."""
        asked = replace(query, limit=0)  # requesting more results does not change the query
        if asked != self._query:
            self._query = asked
            self._whys.clear()
        source = self._source()
        self._whys.ask(item, lambda: source.explanation(query, item))

    def ask_document(self, item: int) -> None:
        """Request the pages of an item's document."""
        source = self._source()
        self._documents.ask(item, lambda: source.document(item))

    def ask_facts(self, item: int) -> None:
        """Request the details of an item."""
        source = self._source()
        self._facts.ask(item, lambda: source.facts(item))

    def stop(self) -> None:
        """Cancel all requests and drop all answers, since files may change until the next preview."""
        self.pictures.clear()
        for kind in self._kinds():
            kind.clear()

    def _kinds(
        self,
    ) -> tuple[LatestRequest[Explanation], LatestRequest[ItemFacts], LatestRequest[tuple[Hit, ...]]]:
        return self._whys, self._facts, self._documents
