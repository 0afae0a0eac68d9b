"""Draws a file of a group: picture, check box, name, facts and folder."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from engine.records import DuplicateFile
from gui import strings
from gui.duplicates.layout import BETWEEN, CARD
from gui.results.cards.thumbnails import ThumbnailStore
from gui.strings import duplicates as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, RADIUS, Style, weighted

INSIDE = GRID
PICTURE = QSize(CARD.width() - 2 * INSIDE, 18 * GRID)
LINE = 20
BOX = 20  # pixels of the check box


def tick_box(card: QRect) -> QRect:
    """The place of the check box on a card; empty for an empty card."""
    if card.isNull():
        return QRect()
    return QRect(card.topLeft() + QPoint(INSIDE + 6, INSIDE + 6), QSize(BOX, BOX))


class DuplicateCardPainter:
    """Draws headings of groups and cards of files."""

    def __init__(self, style: Style, thumbnails: ThumbnailStore) -> None:
        self._style = style
        self._thumbnails = thumbnails
        self._checks: dict[str, QPixmap] = {}  # by colour

    def draw_heading(self, painter: QPainter, area: QRect, text: str, first: bool) -> None:
        """Draw the heading of a group; unless it is the `first`, with a line above."""
        if not first:
            painter.setPen(self._style.colour("border"))
            above = area.top() - BETWEEN // 2 + GRID // 2
            painter.drawLine(area.left(), above, area.right(), above)
        painter.setFont(weighted(QApplication.font()))
        painter.setPen(self._style.colour("text"))
        painter.drawText(area, _LEFT, text)

    def draw(
        self, painter: QPainter, card: QRect, file: DuplicateFile, best: bool, ticked: bool, current: bool
    ) -> None:
        """Draw the card of a file. `best`: it is the one to keep."""
        path = QPainterPath()
        path.addRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.fillPath(path, self._style.colour("surface"))
        edge = QPen(self._style.colour("accent"), 2) if current else QPen(self._style.colour("border"), 1)
        painter.setPen(edge)
        painter.drawPath(path)
        self._draw_picture(painter, card, file)
        self._draw_box(painter, tick_box(card), ticked)
        if best:
            self._draw_best(painter, card)
        self._draw_words(painter, card, file)

    def _draw_picture(self, painter: QPainter, card: QRect, file: DuplicateFile) -> None:
        place = QRect(card.topLeft() + QPoint(INSIDE, INSIDE), PICTURE)
        painter.fillRect(place, self._style.colour("mat"))
        image = self._thumbnails.image(file.item)
        if image is None or image.isNull():
            return
        size = image.size().scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(QPoint(0, 0), size)
        shown.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(shown, image)

    def _draw_box(self, painter: QPainter, box: QRect, ticked: bool) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(box), 4, 4)
        painter.fillPath(path, self._style.colour("accent" if ticked else "surface"))
        painter.setPen(QPen(self._style.colour("accent" if ticked else "muted"), 1.5))
        painter.drawPath(path)
        if ticked:
            painter.drawPixmap(box.topLeft() + QPoint(2, 2), self._check())

    def _draw_best(self, painter: QPainter, card: QRect) -> None:
        font = weighted(QApplication.font())
        width = QFontMetrics(font).horizontalAdvance(words.BEST) + 2 * GRID
        right = card.right() - INSIDE - 6
        label = QRect(right - width, card.top() + INSIDE + 6, width, BOX)
        path = QPainterPath()
        path.addRoundedRect(QRectF(label), BOX / 2, BOX / 2)
        painter.fillPath(path, self._style.colour("surface"))
        painter.setPen(QPen(self._style.colour("strong"), 1.5))
        painter.drawPath(path)
        painter.setFont(font)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words.BEST)

    def _draw_words(self, painter: QPainter, card: QRect, file: DuplicateFile) -> None:
        line = QRect(card.left() + INSIDE, card.top() + 2 * INSIDE + PICTURE.height(), PICTURE.width(), LINE)
        for number, (text, colour) in enumerate(
            (
                (strings.file_name(file.path), "text"),
                (words.facts(file.bytes, file.width, file.height), "muted"),
                (strings.plain(str(file.path.parent)), "muted"),
            )
        ):
            font = weighted(QApplication.font()) if number == 0 else QApplication.font()
            painter.setFont(font)
            painter.setPen(self._style.colour(colour))
            cut = Qt.TextElideMode.ElideMiddle
            shown = QFontMetrics(font).elidedText(text, cut, line.width())
            painter.drawText(line.translated(0, number * LINE), _LEFT, shown)

    def _check(self) -> QPixmap:
        colour = self._style.colour("on_accent")
        if colour.name() not in self._checks:
            self._checks[colour.name()] = resources.pixmap("check", BOX - 4, colour, 2.0)
        return self._checks[colour.name()]


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
