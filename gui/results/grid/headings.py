"""The headings of sections; the heading of the section in view stays at the top."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from engine.records import ItemKind, Scope
from gui.results.grid.card_grid import CardGrid
from gui.results.hits.results_model import ResultsModel
from gui.results.hits.sections import FAR_OFF, KINDS, LESS_CERTAIN, ResultSection
from gui.strings import results as words
from gui.widgets.appearance.style import GRID, Style, weighted
from gui.widgets.controls.buttons import LinkButton

LEFT = 2 * GRID
_TITLES = {
    ItemKind.PHOTO.value: words.SECTION_PHOTOS,
    ItemKind.PAGE.value: words.SECTION_PAGES,
    LESS_CERTAIN: words.SECTION_LESS_CERTAIN,
    FAR_OFF: words.SECTION_FAR_OFF,
}
_SCOPES = {ItemKind.PHOTO.value: Scope.PHOTOS, ItemKind.PAGE.value: Scope.PAGES}


class SectionHeadings(QObject):
    """Paints the headings and places their links, which are widgets."""

    scope_requested = Signal(object)  # Scope
    fold_requested = Signal(str)  # the key of a section to show completely, or to shorten again

    def __init__(self, model: ResultsModel, grid: CardGrid, style: Style, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._model = model
        self._grid = grid
        self._layout = grid.layout
        self._style = style
        self._viewport = viewport
        self.links = {key: self._make_link(key) for key in (*_SCOPES, FAR_OFF)}
        self._told: dict[
            str, tuple[str, str, str, str]
        ] = {}  # what each visible link was placed for: title, count, text and font

    def place(self, section: int, offset: int) -> QRect:
        """The place of a heading in the viewport when the grid is scrolled by `offset` pixels."""
        top, bottom = self._layout.span(section)
        height = self._layout.heading
        return QRect(0, min(max(top - offset, 0), bottom - offset - height), self._viewport.width(), height)

    def is_at(self, place: QPoint, offset: int) -> bool:
        """Whether a heading covers the point `place` of the viewport."""
        return any(self.place(section, offset).contains(place) for section in self._shown(offset))

    def region(self, offset: int) -> QRegion:
        """The region of the viewport that headings cover."""
        region = QRegion()
        for section in self._shown(offset):
            region += self.place(section, offset)
        return region

    def paint(self, painter: QPainter, offset: int) -> None:
        """Paint the visible headings."""
        for section in self._shown(offset):
            self._paint(painter, section, self.place(section, offset))

    def put_links(self, offset: int) -> None:
        """Move the links to their headings, and hide those out of view."""
        shown = {self._model.sections[section].key: section for section in self._shown(offset)}
        for key, link in self.links.items():
            section = shown.get(key)
            text = self.link_text(section) if section is not None else ""
            if section is not None and text:
                self._put(key, link, section, text, offset)
            elif self._told.pop(key, None) is not None:
                link.hide()

    def _put(self, key: str, link: LinkButton, section: int, text: str, offset: int) -> None:
        """Place a link beside its heading; skips the work that scrolling does not need."""
        title, count = self.title(section), self.count(section)
        told = (title, count, text, self._viewport.font().key())
        place = self.place(section, offset)
        if told != self._told.get(key):
            self._told[key] = told
            link.setText(text)
            link.adjustSize()
            link.setAccessibleName(f"{title}, {text}")
            link.setAccessibleDescription(f"{title}, {count}")
            link.show()
            left = LEFT + self._widths(section) + 2 * GRID
        else:
            left = link.x()
        link.move(left, place.top() + (place.height() - link.height()) // 2)

    def title(self, section: int) -> str:
        """The title of a section: its kind, its verdict, or its month."""
        key = self._model.sections[section].key
        return _TITLES.get(key) or words.month(key)

    def count(self, section: int) -> str:
        """The number of results, unless the heading of the page or the link shows it; else ""."""
        entry, model = self._model.sections[section], self._model
        if not model.ranked:
            return words.some_of(len(entry.hits), model.complete or section < len(model.sections) - 1)
        if entry.key == FAR_OFF:
            return words.some_of(len(entry.hits), model.complete)
        if entry.key == LESS_CERTAIN:
            return words.some_of(entry.matching, model.all_matches_known)
        if not entry.matching:
            return words.NEAREST if model.matching else ""  # otherwise the heading of the page says it
        if not model.several_kinds or self.link_text(section):
            return ""
        return words.some_of(self._count_of_kind(entry), model.all_matches_known)

    def link_text(self, section: int) -> str:
        """The text of a section's link; "" if it has none."""
        entry = self._model.sections[section]
        if entry.key == FAR_OFF and self._model.ranked and section:
            return words.HIDE if FAR_OFF in self._grid.unfolded else words.SHOW
        if entry.key not in KINDS or not self._model.several_kinds:
            return ""
        if not (self._layout.sections[section].is_cut or self._some_are_less_certain(entry.key)):
            return ""
        if not (entry.matching and self._model.all_matches_known):
            return words.MORE
        return words.all_of(self._count_of_kind(entry))

    def _count_of_kind(self, section: ResultSection) -> int:
        """The number of photographs, or of documents."""
        of_photos = section.key == ItemKind.PHOTO.value
        return self._model.matching_photos if of_photos else self._model.documents

    def _some_are_less_certain(self, kind: str) -> bool:
        section = next((other for other in self._model.sections if other.key == LESS_CERTAIN), None)
        if section is None:
            return False
        photos = section.photos
        return bool(photos if kind == ItemKind.PHOTO.value else len(section.hits) - photos)

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
        link = LinkButton("", self._viewport)
        link.setAccessibleName(_TITLES[key])  # until it has a text
        if key in _SCOPES:
            link.clicked.connect(lambda: self.scope_requested.emit(_SCOPES[key]))
        else:
            link.clicked.connect(lambda: self.fold_requested.emit(key))
        link.hide()
        return link
