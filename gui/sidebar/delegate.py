"""Draws a line of the sidebar: a heading, or an entry with its icon, name and counts."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.override import override
from gui.results.cards.card_painter import part_of
from gui.results.cards.thumbnails import ThumbnailStore
from gui.sidebar.entries import Entry, EntryKind
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style, weighted

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
SIGN = 18  # pixels
COVER = QSize(40, 30)
HEADING_HEIGHT, LINE_HEIGHT, FOLDER_HEIGHT, THEME_HEIGHT = 36, 32, 46, 40
CORNER = 6

Index = QModelIndex | QPersistentModelIndex


class SidebarDelegate(QStyledItemDelegate):
    """Draws the entries of the sidebar's tree."""

    def __init__(self, style: Style, covers: ThumbnailStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._covers = covers
        self._signs: dict[tuple[str, int, str], QPixmap] = {}
        self.shown: Hashable = None  # the identity of the entry whose view is shown

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        entry: Entry | None = index.data(ENTRY_ROLE)
        if entry is None:
            return QSize(0, HEADING_HEIGHT)
        if entry.cover:
            return QSize(0, THEME_HEIGHT)
        return QSize(0, FOLDER_HEIGHT if entry.details else LINE_HEIGHT)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry | None = index.data(ENTRY_ROLE)
        area = QRect(option.rect).adjusted(0, 1, -1, -1)
        state = QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = entry is not None and entry.identity == self.shown
        if shown or option.state & state.State_MouseOver:
            self._draw_ground(painter, area, "mat" if shown else "hover")
        if shown:
            mark = QRectF(area.left(), area.top() + GRID, 3, area.height() - 2 * GRID)
            painter.fillRect(mark, self._style.colour("accent"))
        if option.state & state.State_HasFocus:
            painter.setPen(QPen(self._style.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), CORNER, CORNER)
        inside = area.adjusted(GRID, 0, -GRID, 0)
        if entry is None:
            opened = bool(option.state & state.State_Open)
            self._draw_heading(painter, inside, option.font, str(index.data()), opened)
        else:
            self._draw_entry(painter, inside, option.font, entry, shown)
        painter.restore()

    def _draw_ground(self, painter: QPainter, area: QRect, colour: str) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(area), CORNER, CORNER)
        painter.fillPath(path, self._style.colour(colour))

    def _draw_heading(self, painter: QPainter, area: QRect, font: QFont, text: str, opened: bool) -> None:
        sign = self._sign("down" if opened else "right", 16)
        painter.drawPixmap(area.left(), area.center().y() - 7, sign)
        font = weighted(font)
        painter.setFont(font)
        painter.setPen(self._style.colour("muted"))
        painter.drawText(area.adjusted(3 * GRID, 0, 0, 0), _LEFT, text)

    def _draw_entry(self, painter: QPainter, area: QRect, font: QFont, entry: Entry, shown: bool) -> None:
        left = area.left() + self._draw_sign(painter, area, entry) + GRID
        count = QFontMetrics(font).horizontalAdvance(entry.count) if entry.count else 0
        room = area.right() - left - (count + GRID if count else 0)
        title = QRect(left, area.top(), room, area.height())
        painter.setFont(font)
        painter.setPen(self._style.colour("muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.count)
        if entry.details:
            middle = area.center().y()
            title = QRect(left, area.top() + 3, room, middle - area.top() - 2)
            below = QRect(left, middle + 1, room, area.bottom() - middle - 4)
            painter.drawText(below, _LEFT, _elided(font, entry.details, room))
        font = weighted(font) if shown else font
        painter.setFont(font)
        painter.setPen(self._style.colour("text"))
        painter.drawText(title, _LEFT, _elided(font, entry.title, room, _CUT.get(entry.kind, _IN_THE_MIDDLE)))

    def _draw_sign(self, painter: QPainter, area: QRect, entry: Entry) -> int:
        """Draw the icon or cover of an entry. Returns its width in pixels."""
        middle = area.center().y()
        if not entry.cover:
            painter.drawPixmap(area.left(), middle - SIGN // 2 + 1, self._sign(entry.icon, SIGN))
            return SIGN
        place = QRect(area.left(), middle - COVER.height() // 2 + 1, COVER.width(), COVER.height())
        path = QPainterPath()
        path.addRoundedRect(QRectF(place), 4, 4)
        painter.fillPath(path, self._style.colour("mat"))
        image = self._covers.image(entry.cover)
        if image is not None and not image.isNull():
            painter.save()
            painter.setClipPath(path)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image, part_of(image.rect(), COVER))
            painter.restore()
        return COVER.width()

    def _sign(self, name: str, size: int) -> QPixmap:
        colour = self._style.colour("muted")
        key = name, size, colour.name()
        if key not in self._signs:
            self._signs[key] = resources.pixmap(name, size, colour, 2.0)
        return self._signs[key]


_IN_THE_MIDDLE = Qt.TextElideMode.ElideMiddle  # names often differ at the end
_CUT = dict.fromkeys(  # sentences and names
    (EntryKind.RECENT, EntryKind.SAVED, EntryKind.THEME), Qt.TextElideMode.ElideRight
)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _elided(font: QFont, text: str, room: int, cut: Qt.TextElideMode = _IN_THE_MIDDLE) -> str:
    return QFontMetrics(font).elidedText(text, cut, room)
