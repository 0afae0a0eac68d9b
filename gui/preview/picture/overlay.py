"""Paints the explanation on a page: words as highlighted, heat maps as a glow. No widgets."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from engine.records import Explanation, HeatMap, MatchedWord
from gui.widgets.appearance.style import HIGHLIGHT

# Drawn on the user's pages, so the same in light and dark.
OUTLINE = QColor("#c96300")  # visible on white and on black
HEAT = QColor("#f0500a")
HEAT_FROM, HEAT_MOST = 0.15, 0.5  # colder parts are clear; opacity of the hottest
CONTOUR = 0.5  # the contour around what is at least this hot, visible without colours
TRIES = 8  # places tried for the tag of a word
SMALLEST = 9.0  # text height in logical pixels
EXACT = 0.995  # scores from here on are the word itself
SMOOTH_SIDE = 640  # pixels of the longer side of a heat map as drawn
MOST_CELLS = 256  # cells of a row or column; no model has more
AROUND = ((0, -1), (-1, 0), (1, 0), (0, 1))

Box = tuple[float, float, float, float]


def query_words(why: Explanation, asked: str) -> tuple[str, ...]:
    """The words of the query that have marks, in the order of the query `asked`."""
    words = [word.query_word for word in why.words if clipped(word.box)]
    words += [heat.query_word for heat in why.heat_maps]
    order = {word: place for place, word in enumerate(asked.casefold().split())}
    return tuple(sorted(filter(None, dict.fromkeys(words)), key=lambda word: order.get(word, len(order))))


def marks_of_word(why: Explanation, query_word: str) -> Explanation:
    """The marks of one word of the query; for "", of all words together."""
    if query_word:
        words = tuple(word for word in why.words if word.query_word == query_word)
        return Explanation(words, tuple(heat for heat in why.heat_maps if heat.query_word == query_word))
    together = [heat for heat in why.heat_maps if not heat.query_word] or list(why.heat_maps)
    return Explanation(why.words, tuple(together[:1]))


def clipped(box: Box) -> Box | None:
    """The part of a box that is on the page; None if there is none."""
    if not all(math.isfinite(side) for side in box):
        return None
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in box)
    return (left, top, right, bottom) if left < right and top < bottom else None


# ---- words


def paint_words(painter: QPainter, page: QRectF, words: Sequence[MatchedWord], font: QFont) -> None:
    """Highlight words. `page`: the place of the whole page.

    A word that only resembles one of the query gets a tag with that word.
    """
    painter.save()
    weakest_first = sorted(words, key=lambda word: word.score)
    boxes = [(word, _placed(box, page)) for word in weakest_first if (box := clipped(word.box))]
    painter.setPen(Qt.PenStyle.NoPen)
    # Multiplied like ink: black stays black, and white text on black turns yellow.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    for word, place in boxes:
        painter.setBrush(_ink(word))
        painter.drawRoundedRect(place, 2, 2)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for word, place in boxes:
        bold = min(max(place.height() / 12, 1.0), 2.5)  # a bold line would hide small text
        painter.setPen(QPen(OUTLINE, bold if is_exact(word) else 0.6 * bold))
        painter.drawRoundedRect(place, 2, 2)
    _paint_labels(painter, page, boxes, font)
    painter.restore()


def is_exact(word: MatchedWord) -> bool:
    """Whether the word is the one of the query, not a similar one."""
    return word.score >= EXACT


def _ink(word: MatchedWord) -> QColor:
    strength = 0.9 if is_exact(word) else 0.2 + 0.35 * min(max(word.score, 0.0), 1.0)
    ink = QColor(HIGHLIGHT)
    ink.setAlphaF(strength)
    return ink


def _placed(box: Box, page: QRectF) -> QRectF:
    """The place of a box on the page, with a small margin."""
    left, top, right, bottom = box
    place = QRectF(
        page.left() + left * page.width(),
        page.top() + top * page.height(),
        (right - left) * page.width(),
        (bottom - top) * page.height(),
    )
    air = max(place.height() * 0.12, 1.0)
    return place.adjusted(-air, -air, air, air) & page


def _paint_labels(
    painter: QPainter, page: QRectF, boxes: Sequence[tuple[MatchedWord, QRectF]], font: QFont
) -> None:
    """Tag words that only resemble one of the query with that word, once for each pair."""
    taken = [place for _word, place in boxes]
    for (query_word, _text), alike in _unlike_the_query(boxes).items():
        painter.setFont(_small(font, alike[0].height()))
        metrics = QFontMetricsF(painter.font())
        size = QSizeF(metrics.horizontalAdvance(query_word) + 8, metrics.height() + 1)
        tags = [tag for place in alike[:TRIES] for tag in _beside(place, size, page)]
        free = (tag for tag in tags if not any(tag.intersects(other) for other in taken))
        tag = next(free, tags[0])
        taken.append(tag)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(OUTLINE)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(QColor("white"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, query_word)


def _unlike_the_query(
    boxes: Sequence[tuple[MatchedWord, QRectF]],
) -> dict[tuple[str, str], list[QRectF]]:
    """The places of each word that differs from the query's, from top to bottom."""
    found: dict[tuple[str, str], list[QRectF]] = {}
    for word, place in sorted(boxes, key=lambda entry: entry[1].top()):
        if word.query_word and not is_exact(word):
            letters = "".join(filter(str.isalnum, word.text.casefold()))
            found.setdefault((word.query_word, letters), []).append(place)
    return found


def _beside(place: QRectF, size: QSizeF, page: QRectF) -> list[QRectF]:
    """Possible places of a tag: above the word or below it, within the page."""
    left = min(place.left(), max(page.right() - size.width(), page.left()))
    above, below = place.top() - size.height(), place.bottom()
    return [QRectF(QPointF(left, top), size) for top in ([above] if above >= page.top() else []) + [below]]


def _small(font: QFont, height: float) -> QFont:
    """A font in proportion to the marked words, but never too small to read."""
    small = QFont(font)
    small.setPixelSize(round(min(max(height * 0.7, SMALLEST), QFontMetricsF(font).height() * 0.8)))
    return small


# ---- heat maps


def heat_image(heat: HeatMap, shape: QSize) -> QImage:
    """A glow for a page of size `shape`, clear where it is cold; null if the map has no cells."""
    grid = _grid(heat)
    if grid.isNull() or shape.isEmpty():
        return QImage()
    size = shape.scaled(SMOOTH_SIDE, SMOOTH_SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    # In two steps, since a single one would leave the edges of the cells visible.
    between = QSize(max(grid.width() * 3, 2), max(grid.height() * 3, 2)).boundedTo(size)
    field = grid
    for step in (between, size):
        field = field.scaled(
            step, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    field = field.convertToFormat(QImage.Format.Format_Grayscale8)
    glow = _coloured(field, [_glow(value / 255) for value in range(256)])
    hot = _coloured(field, [OUTLINE.rgba() if value >= 255 * CONTOUR else 0 for value in range(256)])
    painter = QPainter(glow)
    painter.drawImage(0, 0, _outline(hot))
    painter.end()
    return glow


def _grid(heat: HeatMap) -> QImage:
    """One pixel per cell; missing cells are cold."""
    columns = min(max(map(len, heat.cells), default=0), MOST_CELLS)
    rows = heat.cells[:MOST_CELLS]
    if not columns:
        return QImage()
    greys = b"".join(bytes(map(_grey, row[:columns])).ljust(columns, b"\0") for row in rows)
    return QImage(greys, columns, len(rows), columns, QImage.Format.Format_Grayscale8).copy()


def _grey(value: float) -> int:
    return round(255 * min(max(value, 0.0), 1.0)) if math.isfinite(value) else 0


def _coloured(field: QImage, table: list[int]) -> QImage:
    """Map each grey level to its colour."""
    indexed = field.copy()
    indexed.reinterpretAsFormat(QImage.Format.Format_Indexed8)
    indexed.setColorTable(table)
    return indexed.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _glow(value: float) -> int:
    colour = QColor(HEAT)
    colour.setAlphaF(HEAT_MOST * max(value - HEAT_FROM, 0.0) / (1 - HEAT_FROM))
    return int(colour.rgba())


def _outline(shape: QImage) -> QImage:
    """The line just outside the opaque part."""
    line = QImage(shape.size(), QImage.Format.Format_ARGB32_Premultiplied)
    line.fill(0)
    painter = QPainter(line)
    for x, y in AROUND:
        painter.drawImage(x, y, shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.drawImage(0, 0, shape)
    painter.end()
    return line
