"""The results as a list model. Rows are hits in display order, section by section."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from itertools import accumulate, count

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.records import LEAD, Hit, Verdict
from gui import strings
from gui.override import override
from gui.results.hits import sections as sectioning
from gui.results.hits.captions import CardOrder, spoken, tool_tip
from gui.results.hits.deferred_free import DeferredFree
from gui.results.hits.sections import FAR_OFF, KINDS, ResultSection, group_of
from gui.widgets.file_drag import file_mime

HIT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
MOST_PLACES = 2**32  # hits per section


class ResultsModel(QAbstractListModel):
    """The hits of the current search, grouped into sections."""

    more_requested = Signal()
    hits_added = Signal()  # hits were appended, or the results are complete
    about_to_remove_hits = Signal()  # some hits are about to be removed
    hits_removed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: list[Hit] = []
        self._sections: list[ResultSection] = []
        self._starts: list[int] = []  # the first row of each section
        self._places: dict[int, int] = {}  # for each item, its section and its position there, in one number
        self._complete = True
        self._ranked = self._by_match = True
        self._leaving = DeferredFree(self)

    @property
    def hits(self) -> Sequence[Hit]:
        """All hits by row."""
        return self._hits

    @property
    def sections(self) -> Sequence[ResultSection]:
        """The sections in display order."""
        return self._sections

    @property
    def starts(self) -> Sequence[int]:
        """The first row of each section."""
        return self._starts

    @property
    def ranked(self) -> bool:
        """Whether the hits answer a query; without one they are sorted by date."""
        return self._ranked

    @property
    def order(self) -> CardOrder:
        """How the hits are ordered."""
        if not self._ranked:
            return CardOrder.MONTHS
        return CardOrder.MATCH if self._by_match else CardOrder.DATE

    @property
    def complete(self) -> bool:
        """Whether there are no further hits to request."""
        return self._complete

    @property
    def matching(self) -> int:
        """The number of hits that are better than chance."""
        return sum(section.matching for section in self._sections)

    @property
    def verdict(self) -> Verdict:
        """The verdict of the best hit."""
        return sectioning.best(section.verdict for section in self._sections)

    @property
    def strong(self) -> int:
        """The number of strong hits."""
        return sum(section.strong for section in self._sections)

    @property
    def photos(self) -> int:
        """The number of hits that are photographs."""
        return sum(section.photos for section in self._sections)

    @property
    def matching_photos(self) -> int:
        """The number of photographs that match."""
        return sum(section.matching_photos for section in self._sections)

    @property
    def documents(self) -> int:
        """The number of documents with pages that match."""
        sections = (section for section in self._sections if section.key != FAR_OFF and section.matching)
        return sum(section.documents for section in sections)

    @property
    def several_kinds(self) -> bool:
        """Whether photographs and documents have separate sections."""
        return sum(section.key in KINDS for section in self._sections) > 1

    @property
    def all_matches_known(self) -> bool:
        """Whether any further hits would be far off."""
        return self._complete or len(self._hits) - self.matching > LEAD

    def set_hits(
        self, hits: Sequence[Hit], complete: bool, ranked: bool = True, by_match: bool = True
    ) -> None:
        """Replace the results. `complete`: there is no more to request.

        `ranked`: they answer a query. `by_match`: they are sorted by relevance, not by date.
        """
        self.beginResetModel()
        self._leaving.free_later(self._hits)
        self._places = {}
        self._ranked, self._by_match = ranked, by_match
        self._complete = complete
        self._take(sectioning.begin(self._unknown(hits), ranked, by_match))
        self.endResetModel()

    def append(self, hits: Sequence[Hit], complete: bool) -> None:
        """Append further hits, without those that are there already."""
        self._complete = complete
        assigned = sectioning.assign(self._sections, self._unknown(hits), self._ranked, self._by_match)
        for number, batch in assigned:
            self._insert(number, batch)
        self.hits_added.emit()

    def remove(self, items: Set[int]) -> None:
        """Remove the hits of these items, which are no longer in the library."""
        if not any(item in self._places for item in items):
            return
        self.about_to_remove_hits.emit()
        self.beginResetModel()
        self._places = {}
        self._take([left for left in (section.without(items) for section in self._sections) if left.hits])
        self.endResetModel()
        self.hits_removed.emit()

    def index_of(self, item: int) -> QModelIndex:
        """The index of an item; invalid if it is not among the results."""
        found = self._places.get(item)
        if found is None:
            return QModelIndex()
        number, place = divmod(found, MOST_PLACES)
        return self.index(self._starts[number] + place)

    def section_of(self, row: int) -> int:
        """The number of the section that has `row`."""
        return bisect_right(self._starts, row) - 1

    def alike(self, row: int) -> Sequence[int]:
        """The rows of the same group in its section, including `row`; empty if it is alone."""
        group = group_of(self._hits[row])
        number = self.section_of(row)
        places = self._sections[number].groups.get(group, ()) if group is not None else ()
        return [self._starts[number] + place for place in places] if len(places) > 1 else []

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    @override
    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == HIT_ROLE:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return strings.file_name(hit.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(hit, self.order, len(self.alike(index.row())))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(hit, self.order)
        return None

    @override
    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files, each once however many of its pages are dragged."""
        return file_mime(list(dict.fromkeys(self._hits[index.row()].path for index in indexes)))

    @override
    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction  # never moved

    @override
    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not parent.isValid() and not self._complete

    @override
    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        if self.canFetchMore(parent):
            self.more_requested.emit()

    def _take(self, sections: list[ResultSection]) -> None:
        self._sections = sections
        self._hits = [hit for section in sections for hit in section.hits]
        for number, section in enumerate(sections):
            self._note_places(number, section.hits, 0)
        self._count_rows()

    def _unknown(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits that are not in the model, each once: the library may have changed between requests."""
        once: dict[int, Hit] = {}
        for hit in hits:
            if hit.item not in self._places:
                once.setdefault(hit.item, hit)
        return list(once.values())

    def _insert(self, number: int, batch: Sequence[Hit]) -> None:
        section = self._sections[number]
        place = len(section.hits)
        start = self._starts[number] if number < len(self._starts) else len(self._hits)
        row = start + place
        self.beginInsertRows(QModelIndex(), row, row + len(batch) - 1)
        section.extend(batch)
        self._hits[row:row] = batch
        self._note_places(number, batch, place)
        self._count_rows()
        self.endInsertRows()

    def _note_places(self, number: int, hits: Sequence[Hit], place: int) -> None:
        # Numbers instead of pairs, to give the garbage collector fewer objects to examine.
        self._places.update(zip((hit.item for hit in hits), count(number * MOST_PLACES + place)))

    def _count_rows(self) -> None:
        lengths = (len(section.hits) for section in self._sections)
        self._starts = list(accumulate(lengths, initial=0))[: len(self._sections)]
