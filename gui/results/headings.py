"""The headings of sections in the grid. The one whose section is looked at stays at the top."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from engine.records import LEAD, Kind, Scope
from gui.parts.buttons import LinkButton
from gui.parts.style import GRID, Style, weighted
from gui.results.captions import how_sure, verdict_word
from gui.results.layout import GridLayout
from gui.results.model import ResultsModel
from gui.results.sections import FAR_OFF
from gui.strings import results as words

LEFT = 2 * GRID
_TITLES = {
    Kind.PHOTO.value: words.SECTION_PHOTOS,
    Kind.PAGE.value: words.SECTION_PAGES,
    FAR_OFF: words.SECTION_FAR_OFF,
}
_LINKS = {
    Kind.PHOTO.value: (Scope.PHOTOS, words.ONLY_PHOTOS),
    Kind.PAGE.value: (Scope.PAGES, words.ONLY_PAGES),
}


class SectionHeadings(QObject):
    scope_wanted = Signal(object)  # Scope

    def __init__(self, model: ResultsModel, layout: GridLayout, style: Style, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._model = model
        self._layout = layout
        self._style = style
        self._viewport = viewport
        self.links = {key: self._make_link(key) for key in _LINKS}
        self._told: dict[str, tuple[str, str, str]] = {}  # title, count and font, of the links that are shown

    def place(self, section: int, offset: int) -> QRect:
        """Where a heading is, in the viewport, when the grid is scrolled by `offset`."""
        top, bottom = self._layout.span(section)
        height = self._layout.heading
        return QRect(0, min(max(top - offset, 0), bottom - offset - height), self._viewport.width(), height)

    def is_at(self, place: QPoint, offset: int) -> bool:
        return any(self.place(section, offset).contains(place) for section in self._shown(offset))

    def region(self, offset: int) -> QRegion:
        """All that headings cover, in the viewport."""
        region = QRegion()
        for section in self._shown(offset):
            region += self.place(section, offset)
        return region

    def paint(self, painter: QPainter, offset: int) -> None:
        for section in self._shown(offset):
            self._paint(painter, section, self.place(section, offset))

    def put_links(self, offset: int) -> None:
        """Links are widgets, so that the keyboard reaches them: they follow their headings."""
        shown = {self._model.sections[section].key: section for section in self._shown(offset)}
        several = self._several_kinds()
        for key, link in self.links.items():
            section = shown.get(key) if several else None
            if section is not None:
                self._put(key, link, section, offset)
            elif self._told.pop(key, None) is not None:
                link.hide()

    def _put(self, key: str, link: LinkButton, section: int, offset: int) -> None:
        """Beside its heading, which at a scroll is where it was or moves up or down, and says what it did."""
        title, count = self.title(section), self.count(section)
        told = (title, count, self._viewport.font().key())
        place = self.place(section, offset)
        if told != self._told.get(key):
            self._told[key] = told
            link.adjustSize()
            link.setAccessibleDescription(f"{title}, {count}")
            link.show()
            left = LEFT + self._widths(section) + 2 * GRID
        else:
            left = link.x()
        link.move(left, place.top() + (place.height() - link.height()) // 2)

    def title(self, section: int) -> str:
        key = self._model.sections[section].key
        return _TITLES.get(key) or words.month(key)

    def count(self, section: int) -> str:
        """How many there are: by their match, where something was asked."""
        entry = self._model.sections[section]
        known = self._model.complete or (not self._model.ranked and section < len(self._model.sections) - 1)
        if not self._model.ranked:
            return words.some_of(len(entry.hits), known)
        far_off = len(self._model.hits) - self._model.matching
        known = known or far_off > LEAD  # no more of these come before all that matches
        if entry.key == FAR_OFF:
            return words.some_of(len(entry.hits), self._model.complete)
        if not entry.matching:
            return verdict_word(entry.verdict)
        if not self._several_kinds():
            return ""  # the line over the results says it
        count = words.some_of(entry.matching, known)
        sureness = how_sure(entry.verdict, entry.strong, entry.matching)
        return words.MATCHING.format(count=count, verdict=sureness)

    def _several_kinds(self) -> bool:
        return sum(section.key in _LINKS for section in self._model.sections) > 1

    def _shown(self, offset: int) -> range:
        if not self._layout.heading:
            return range(0)
        return self._layout.sections_between(offset, offset + self._viewport.height())

    def _paint(self, painter: QPainter, section: int, place: QRect) -> None:
        painter.fillRect(place, self._style.colour("window"))
        bold = self._bold()
        line = place.adjusted(LEFT, 0, -LEFT, 0)
        painter.setFont(bold)
        painter.setPen(self._style.colour("text"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.title(section))
        line.setLeft(
            line.left() + QFontMetrics(bold).horizontalAdvance(self.title(section)) + GRID + GRID // 2
        )
        painter.setFont(self._viewport.font())
        painter.setPen(self._style.colour("muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.count(section))

    def _widths(self, section: int) -> int:
        title = QFontMetrics(self._bold()).horizontalAdvance(self.title(section))
        count = QFontMetrics(self._viewport.font()).horizontalAdvance(self.count(section))
        return title + GRID + GRID // 2 + count

    def _bold(self) -> QFont:
        return weighted(self._viewport.font())

    def _make_link(self, key: str) -> LinkButton:
        scope, description = _LINKS[key]
        link = LinkButton(words.ONLY_THESE, self._viewport)
        link.setAccessibleName(description)
        link.clicked.connect(lambda: self.scope_wanted.emit(scope))
        link.hide()
        return link
