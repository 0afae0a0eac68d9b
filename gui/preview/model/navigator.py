"""Where the preview stands: at a hit of the ranking, or at another page of that hit's document."""

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
    """The pages of one document in their order, and where among them one is."""

    pages: Sequence[Hit]
    matching: Sequence[int]  # places of the pages that match, ascending
    place: int  # from 0

    def step(self, by: int) -> Hit | None:
        """That many pages on; None beyond the first or the last."""
        place = self.place + by
        return self.pages[place] if 0 <= place < len(self.pages) else None

    def step_to_match(self, by: int) -> Hit | None:
        """The next page that matches (1), or the one before (-1)."""
        if by > 0:
            place = bisect_right(self.matching, self.place)
        else:
            place = bisect_left(self.matching, self.place) - 1
        return self.pages[self.matching[place]] if 0 <= place < len(self.matching) else None

    def numbered(self, page: int) -> Hit:
        """The page of this number; the nearest one where it cannot be found."""
        return min(self.pages, key=lambda hit: abs((hit.page or 1) - page))


class Navigator(QObject):
    """Steps along the ranking, and through all pages of a document.

    Pages that are not in the ranking are a way aside: the ranking waits at the hit that one came from.
    """

    moved = Signal()  # to another item
    position_changed = Signal()  # the ranking grew, or the document became known
    lost = Signal()  # the ranking has changed, and that hit is not in it

    def __init__(self, model: ResultsModel, loader: PreviewLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._loader = loader
        self._hit: Hit | None = None
        self._anchor: Hit | None = None  # the last one of the ranking
        self._row = -1  # of that one, when it was last looked up
        self._pages: tuple[Hit, ...] = ()
        self._places: dict[int, int] = {}  # item: place among the pages
        self._matching: tuple[int, ...] = ()
        self._forward = False  # a step is waiting for more of the ranking
        self._postponed: list[Callable[[], None]] = []  # steps that wait for the document
        self._in_document = False  # the last step was one
        self._shrinking = False
        model.hits_added.connect(self._on_hits_added)
        model.about_to_remove_hits.connect(self._on_hits_removing)
        model.hits_removed.connect(self._on_hits_removed)
        model.modelReset.connect(self._on_ranking_reset)
        loader.document_ready.connect(self._on_document_ready)
        loader.document_failed.connect(self._document_failed)

    # where it stands

    @property
    def hit(self) -> Hit | None:
        """What is looked at; None while nobody looks."""
        return self._hit

    @property
    def index(self) -> QModelIndex:
        """The hit of the ranking that one stands at or came from; invalid where there is none."""
        return self._model.index_of(self._anchor.item) if self._anchor is not None else QModelIndex()

    @property
    def in_ranking(self) -> bool:
        return self._hit is not None and self._hit == self._anchor

    @property
    def count(self) -> int:
        return len(self._model.hits)

    @property
    def more(self) -> bool:
        """Whether the ranking goes on below what is known of it."""
        return self._model.canFetchMore(QModelIndex())

    @property
    def ranked(self) -> bool:
        """Whether some of the ranking is said to match, and the rest to be far off."""
        return self._model.ranked and self._model.matching > 0

    @property
    def match(self) -> int:
        """Which of the matches one stands at or came from, counted from 1; 0 where that is far off."""
        if self._anchor is None or not self._is_match(self._anchor):
            return 0
        before = self._model.hits[: self.index.row()]  # look-alikes that do not match may be among them
        return 1 + sum(hit.verdict is not Verdict.NONE for hit in before)

    @property
    def matching(self) -> int:
        return self._model.matching

    @property
    def can_step_on(self) -> bool:
        return self._anchor is not None and (self.index.row() + 1 < self.count or self.more)

    @property
    def can_step_back(self) -> bool:
        return self._anchor is not None and self.index.row() > 0

    def document(self) -> DocumentPosition:
        """Until the document is known, and for a photograph, it is what is looked at alone."""
        if self._hit is None:
            return DocumentPosition((), (), 0)
        if self._hit.item not in self._places:
            return DocumentPosition((self._hit,), (0,) if self._is_match(self._hit) else (), 0)
        return DocumentPosition(self._pages, self._matching, self._places[self._hit.item])

    def neighbours(self) -> tuple[int, ...]:
        """The items that the next steps may lead to: one each way."""
        if self._in_document:
            document = self.document()
            hits = [document.step(by) for by in (1, -1)]
        else:
            hits = [self._ranked(self.index.row() + by) for by in (1, -1)] if self._anchor else []
        return tuple(hit.item for hit in hits if hit is not None)

    # going about

    def start(self, hit: Hit) -> None:
        """Look at a hit of the ranking, or at any other alone."""
        self._anchor = self._known(hit.item)
        self._in_document = False
        self._go(self._anchor or hit)

    def stop(self) -> None:
        self._hit = self._anchor = None
        self._forward = False
        self._forget_document()

    def next(self) -> None:
        row = self.index.row() + 1
        if self._anchor is None:
            return
        if row < self.count:
            self._go_in_ranking(row)
        elif self.more:
            self._forward = True
            self._model.fetchMore(QModelIndex())

    def previous(self) -> None:
        if self.can_step_back:
            self._go_in_ranking(self.index.row() - 1)

    def step_page(self, by: int) -> None:
        self._pending_step(lambda: self._go_outside_ranking(self.document().step(by)))

    def step_match(self, by: int) -> None:
        self._pending_step(lambda: self._go_outside_ranking(self.document().step_to_match(by)))

    def go_to_page(self, page: int) -> None:
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
        """A step through the document, once its pages are here."""
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
        """The page that is looked at stays, as if it were alone; its picture says what is wrong."""
        if self._hit is not None and self._hit.item == item:
            self._postponed.clear()

    def _find_matches(self) -> None:
        self._matching = tuple(place for place, hit in enumerate(self._pages) if self._is_match(hit))

    def _forget_document(self) -> None:
        self._pages, self._places, self._matching = (), {}, ()
        self._postponed.clear()

    # the ranking

    def _is_match(self, hit: Hit) -> bool:
        known = self._known(hit.item)
        return known is not None and known.verdict is not Verdict.NONE

    def _known(self, item: int) -> Hit | None:
        """An item as the ranking has it."""
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
        """Where what was looked at is taken away, look at what stands in its place now."""
        self._shrinking = False
        if self._anchor is None or self.index.isValid():
            return
        if self.count:
            self._forget_document()
            self._go_in_ranking(min(self._row, self.count - 1))
        else:
            self.lost.emit()
