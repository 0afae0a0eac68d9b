"""The position of the preview: a hit of the results, or another page of its document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, Signal

from engine.records import Hit, ItemKind, Verdict
from gui.preview.model.loader import PreviewLoader
from gui.results.hits.results_model import ResultsModel


@dataclass(frozen=True, slots=True)
class DocumentPosition:
    """The pages of a document in order, and the position among them."""

    pages: Sequence[Hit]
    matching: Sequence[int]  # ascending positions of the pages that match
    place: int  # from 0

    def step(self, by: int) -> Hit | None:
        """The page `by` positions further; None beyond the first or last."""
        place = self.place + by
        return self.pages[place] if 0 <= place < len(self.pages) else None

    def step_to_match(self, by: int) -> Hit | None:
        """The next page that matches (1), or the previous one (-1); None if there is none."""
        if by > 0:
            place = bisect_right(self.matching, self.place)
        else:
            place = bisect_left(self.matching, self.place) - 1
        return self.pages[self.matching[place]] if 0 <= place < len(self.matching) else None

    def numbered(self, page: int) -> Hit:
        """The page with this number, or the nearest one."""
        return min(self.pages, key=lambda hit: abs((hit.page or 1) - page))


class Navigator(QObject):
    """Steps through the results, and through all pages of a document.

    Pages that are not among the results are a detour: stepping to the next result continues from where it
    began.
    """

    moved = Signal()  # to another item
    position_changed = Signal()  # there are more results, or the document is loaded
    lost = Signal()  # the hit is no longer among the results

    def __init__(self, model: ResultsModel, loader: PreviewLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._loader = loader
        self._hit: Hit | None = None
        self._anchor: Hit | None = None  # the last visited hit of the results
        self._row = -1  # its row when last looked up
        self._pages: tuple[Hit, ...] = ()
        self._places: dict[int, int] = {}  # for each item, its position among the pages
        self._matching: tuple[int, ...] = ()
        self._forward = False  # a step waits for more results
        self._postponed: list[Callable[[], None]] = []  # steps waiting for the document to load
        self._in_document = False  # the last step was within the document
        self._shrinking = False
        model.hits_added.connect(self._on_hits_added)
        model.about_to_remove_hits.connect(self._on_hits_removing)
        model.hits_removed.connect(self._on_hits_removed)
        model.modelReset.connect(self._on_ranking_reset)
        loader.document_ready.connect(self._on_document_ready)
        loader.document_failed.connect(self._document_failed)

    # position

    @property
    def hit(self) -> Hit | None:
        """The hit in the preview; None if the preview is closed."""
        return self._hit

    @property
    def index(self) -> QModelIndex:
        """The current or last visited hit of the results; invalid if there is none."""
        return self._model.index_of(self._anchor.item) if self._anchor is not None else QModelIndex()

    @property
    def in_ranking(self) -> bool:
        """Whether the current hit is one of the results."""
        return self._hit is not None and self._hit == self._anchor

    @property
    def count(self) -> int:
        """The number of results that are loaded."""
        return len(self._model.hits)

    @property
    def more(self) -> bool:
        """Whether there are results that are not loaded."""
        return self._model.canFetchMore(QModelIndex())

    @property
    def ranked(self) -> bool:
        """Whether the results consist of matches and far-off ones."""
        return self._model.ranked and self._model.matching > 0

    @property
    def match(self) -> int:
        """The position among the matches, from 1; 0 if the hit is far off."""
        if self._anchor is None or not self._is_match(self._anchor):
            return 0
        before = self._model.hits[: self.index.row()]  # some similar photographs may not match
        return 1 + sum(hit.verdict is not Verdict.NONE for hit in before)

    @property
    def matching(self) -> int:
        """The number of matches among the results."""
        return self._model.matching

    @property
    def can_step_on(self) -> bool:
        """Whether there is a next result, loaded or not."""
        return self._anchor is not None and (self.index.row() + 1 < self.count or self.more)

    @property
    def can_step_back(self) -> bool:
        """Whether there is a previous result."""
        return self._anchor is not None and self.index.row() > 0

    def document(self) -> DocumentPosition:
        """The position in the document; for a photograph or until the document is loaded, a single page."""
        if self._hit is None:
            return DocumentPosition((), (), 0)
        if self._hit.item not in self._places:
            return DocumentPosition((self._hit,), (0,) if self._is_match(self._hit) else (), 0)
        return DocumentPosition(self._pages, self._matching, self._places[self._hit.item])

    def neighbours(self) -> tuple[int, ...]:
        """The items that the next step, in either direction, may lead to."""
        if self._in_document:
            document = self.document()
            hits = [document.step(by) for by in (1, -1)]
        else:
            hits = [self._ranked(self.index.row() + by) for by in (1, -1)] if self._anchor else []
        return tuple(hit.item for hit in hits if hit is not None)

    # navigation

    def start(self, hit: Hit) -> None:
        """Open a hit of the results, or any other hit on its own."""
        self._anchor = self._known(hit.item)
        self._in_document = False
        self._go(self._anchor or hit)

    def stop(self) -> None:
        """Drop the current hit, when the preview closes."""
        self._hit = self._anchor = None
        self._forward = False
        self._forget_document()

    def next(self) -> None:
        """Go to the next result; if it is not loaded, request it and go there later."""
        row = self.index.row() + 1
        if self._anchor is None:
            return
        if row < self.count:
            self._go_in_ranking(row)
        elif self.more:
            self._forward = True
            self._model.fetchMore(QModelIndex())

    def previous(self) -> None:
        """Go to the previous result, if any."""
        if self.can_step_back:
            self._go_in_ranking(self.index.row() - 1)

    def step_page(self, by: int) -> None:
        """Go `by` pages further in the document, as soon as it is loaded."""
        self._pending_step(lambda: self._go_outside_ranking(self.document().step(by)))

    def step_match(self, by: int) -> None:
        """Go to the next (1) or previous (-1) matching page of the document."""
        self._pending_step(lambda: self._go_outside_ranking(self.document().step_to_match(by)))

    def go_to_page(self, page: int) -> None:
        """Go to the page with this number, or the nearest one."""
        self._pending_step(lambda: self._go_outside_ranking(self.document().numbered(page)))

    def _go_in_ranking(self, row: int) -> None:
        hit = self._ranked(row)
        if hit is not None:
            self._anchor = hit
            self._in_document = False
            self._go(hit)

    def _go_outside_ranking(self, page: Hit | None) -> None:
        if page is None or self._hit is None or page.item == self._hit.item:
            return
        known = self._known(page.item)
        self._anchor = known or self._anchor
        self._in_document = True
        self._go(known or page)

    def _go(self, hit: Hit) -> None:
        self._forward = False
        self._hit = hit
        self._row = self.index.row()
        if hit.item not in self._places:
            self._forget_document()
            if hit.kind is ItemKind.PAGE:
                self._loader.ask_document(hit.item)
                self._take_document(hit.item)
        self.moved.emit()

    # the document

    def _pending_step(self, step: Callable[[], None]) -> None:
        """Run a step through the document when its pages are loaded."""
        if self._hit is None or self._hit.kind is not ItemKind.PAGE:
            return
        if self._hit.item in self._places:
            step()
        else:
            self._postponed.append(step)

    def _on_document_ready(self, item: int) -> None:
        if self._hit is None or self._hit.item != item or not self._take_document(item):
            return
        self.position_changed.emit()
        steps, self._postponed = self._postponed, []
        for step in steps:
            step()

    def _take_document(self, item: int) -> bool:
        pages = self._loader.document(item) or ()
        places = {hit.item: place for place, hit in enumerate(pages)}
        if item not in places:
            return False
        self._pages, self._places = pages, places
        self._find_matches()
        return True

    def _document_failed(self, item: int, _error: Exception) -> None:
        """Keep the page as if it were the only one; its own picture reports the problem."""
        if self._hit is not None and self._hit.item == item:
            self._postponed.clear()

    def _find_matches(self) -> None:
        self._matching = tuple(place for place, hit in enumerate(self._pages) if self._is_match(hit))

    def _forget_document(self) -> None:
        self._pages, self._places, self._matching = (), {}, ()
        self._postponed.clear()

    # results

    def _is_match(self, hit: Hit) -> bool:
        known = self._known(hit.item)
        return known is not None and known.verdict is not Verdict.NONE

    def _known(self, item: int) -> Hit | None:
        """The item as it is among the results; None if it is not."""
        index = self._model.index_of(item)
        return self._ranked(index.row()) if index.isValid() else None

    def _ranked(self, row: int) -> Hit | None:
        return self._model.hits[row] if 0 <= row < self.count else None

    def _on_hits_added(self) -> None:
        if self._hit is None:
            return
        self._find_matches()
        if self._forward and (self.index.row() + 1 < self.count or self.more):
            self.next()
        else:
            self._forward = False
            self.position_changed.emit()

    def _on_ranking_reset(self) -> None:
        if self._hit is None or self._anchor is None:
            return
        known = self._known(self._anchor.item)
        if known is None:
            if not self._shrinking:
                self.lost.emit()
            return
        if self._hit == self._anchor:
            self._hit = known
        self._anchor = known
        self._row = self.index.row()
        self._find_matches()
        self.position_changed.emit()

    def _on_hits_removing(self) -> None:
        self._shrinking = True

    def _on_hits_removed(self) -> None:
        """If the current hit was removed, go to the one in its place."""
        self._shrinking = False
        if self._anchor is None or self.index.isValid():
            return
        if self.count:
            self._forget_document()
            self._go_in_ranking(min(self._row, self.count - 1))
        else:
            self.lost.emit()
