"""Paints a hit as a card: picture, name, and a mark for the verdict. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRegion,
    QTextLayout,
)

from engine.records import Hit, ItemKind, Verdict
from gui import strings
from gui.results.cards.card_cache import Card, CardCache
from gui.results.cards.passages import PassageImages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.hits.captions import describe, first_line
from gui.results.layout import document_card
from gui.results.layout.grid_layout import CardBox
from gui.results.layout.metrics import INSET
from gui.strings import results as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style, weighted

MARK = 8  # diameter of the mark of the verdict
EYE = 28  # side of the icon that opens the preview
CHECK = 20  # diameter of the check mark of a selected card
BADGE = 3 * GRID  # height of the badge with the number of similar photographs
STACK = 6  # how far the edges of a stack show above its picture
CORNER = GRID // 2
SNIPPET_LINES = 2
NEARLY = 0.9  # a picture that fills this share of its place is cropped to fill it
NEARLY_PAGE = 0.98  # a page may have text up to its edge
COMPACT = 14 * GRID  # below pictures lower than this there is only one line
FADED = 0.45
STRIP = 120  # height of the strip that is painted again at a time

_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


@dataclass(frozen=True, slots=True)
class CardState:
    """How the card is used at the moment."""

    selected: bool
    current: bool  # it is the current card and the grid has the focus
    hovered: bool


class CardPainter:
    """Paints cards from the cache: a frame while scrolling costs a few Qt calls per card.

    `behind` is the region with outdated cards, for which a frame had no time; it is to be painted again.
    """

    def __init__(self, thumbnails: ThumbnailStore, passages: PassageImages, style: Style) -> None:
        self._style = style
        self._passages = passages
        self._faces = CardCache(self._draw, thumbnails)
        self.behind = QRegion()
        self._ratio = 1.0
        self._font = QFont()
        self._metrics = QFontMetrics(self._font)
        self.update_colours()

    def update_colours(self) -> None:
        """Take the colours of the style and draw all cards again."""
        colour = self._style.colour
        self._faces.invalidate_all()
        self._surface, self._mat, self._hover = colour("surface"), colour("mat"), colour("hover")
        self._window = colour("window")
        self._border, self._accent, self._on_accent = colour("border"), colour("accent"), colour("on_accent")
        self._text, self._muted = colour("text"), colour("muted")
        self._verdicts = {
            Verdict.STRONG: colour("strong"),
            Verdict.WEAK: colour("muted"),
            Verdict.NONE: colour("muted"),
        }
        self._eye = resources.pixmap("eye", 20, colour("text"), 2.0)
        self._check = resources.pixmap("check", 16, colour("on_accent"), 2.0)
        self._signs = {
            False: resources.pixmap("copies", 16, colour("text"), 2.0),
            True: resources.pixmap("minus", 16, colour("text"), 2.0),
        }
        self._placeholders = {
            ItemKind.PHOTO: resources.pixmap("picture", 32, colour("muted"), 2.0),
            ItemKind.PAGE: resources.pixmap("page", 32, colour("muted"), 2.0),
        }

    def set_font(self, font: QFont, ratio: float) -> None:
        """Set the font of captions. `ratio`: device pixels per logical pixel."""
        if font != self._font or ratio != self._ratio:
            self._font, self._ratio = font, ratio
            self._metrics = QFontMetrics(font)
            self._faces.invalidate_all()

    def set_viewport_size(self, view: QSize) -> None:
        """Set the size of the viewport in logical pixels, for the capacity of the cache."""
        self._faces.set_viewport_size(round(view.width() * view.height() * self._ratio**2))

    def drop_without_picture(self) -> None:
        """Request missing pictures again; a drive may be connected again."""
        self._faces.drop_without_picture()

    def caption(self, picture: int) -> int:
        """The height of the text below a picture of height `picture`, in pixels."""
        line = self._metrics.height()
        return line + CORNER if picture < COMPACT else 2 * line + GRID

    def snippet(self, picture: int) -> int:
        """The height of a page's snippet below a picture of height `picture`, in pixels."""
        return 0 if picture < COMPACT else SNIPPET_LINES * self._metrics.height() + CORNER

    def scroll(self, by: int) -> None:
        """Move the outdated region: the grid has moved down by `by` pixels."""
        self.behind.translate(0, by)

    def begin_frame(self, area: QRegion) -> None:
        """Start a frame that paints `area`."""
        self.behind -= area
        self._faces.begin_frame()

    def rest(self, view: QRect) -> QRegion:
        """The region for the next frame: a strip of the outdated region, all of which would take too long."""
        self.behind &= QRegion(view)
        return self.behind & QRect(view.left(), self.behind.boundingRect().top(), view.width(), STRIP)

    def picture_ready(self, item: int) -> None:
        """Draw the card of `item` again at its next paint."""
        self._faces.invalidate(item)

    def paint(self, painter: QPainter, box: CardBox, card: Card, state: CardState) -> None:
        """Paint a card in `box`, from the cache if possible."""
        if card.is_open:
            painter.fillRect(box.x - INSET, box.y, box.width + 2 * INSET, box.height, self._mat)
        if state.selected or state.current or state.hovered:
            self._paint_ground(painter, QRect(box.x, box.y, box.width, box.height), state)
        card_pixmap, will_do = self._faces.card_pixmap(card, box)
        if not will_do:
            self.behind += QRect(box.x, box.y, box.width, box.height)
        if card_pixmap is None:
            self._paint_mat(painter, picture_place(box, card.document))
        else:
            painter.drawPixmap(box.x, box.y, box.width, box.height, card_pixmap)
        if state.selected:
            self._paint_check(painter, check_place(box, card.document))
        if state.hovered:
            self._paint_eye(painter, eye_place(box, card.document))

    def badge_place(self, box: CardBox, card: Card) -> QRect:
        """The place of the badge with the size of a stack.

        It is the lower left corner of the picture, or of the text beside a document's page.
        """
        width = self._metrics.horizontalAdvance(badge_text(card)) + 16 + 2 * GRID + CORNER
        if card.document:
            place = document_card.words_place(box)
            return QRect(place.left(), place.bottom() - BADGE + 1, min(width, place.width()), BADGE)
        picture = picture_place(box)
        return QRect(picture.left() + CORNER, picture.bottom() - CORNER - BADGE + 1, width, BADGE)

    def passage(self, hit: Hit, box: CardBox, alike: int) -> QImage | None:
        """The passage of a document's card; null if there is no room for it, None while it is loading."""
        place = document_card.passage_place(box, self._metrics.height(), alike > 0, BADGE)
        if place.height() < document_card.LEAST_PASSAGE:
            return QImage()
        return self._passages.image(hit, place.size())

    def _draw(self, card: Card, box: CardBox, image: QImage | None, before: QPixmap | None) -> QPixmap:
        """Draw a card.

        `before`: the same card with another picture, whose text, half of the work, is kept.
        """
        at_origin = box._replace(x=0, y=0)
        picture = picture_place(at_origin)
        pixmap = before if before is not None and not card.document else self._blank(box)
        painter = QPainter(pixmap)
        painter.setRenderHints(_SMOOTH, True)
        painter.setFont(self._font)
        if card.document:
            self._paint_document(painter, at_origin, image, card)
            painter.end()
            return pixmap
        if before is None:
            self._paint_caption(painter, picture, card)
        else:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            # Beyond the edge, which may not coincide with device pixels.
            above_words = picture.bottom() + 1 + CORNER // 2
            painter.fillRect(0, 0, box.width, above_words, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if card.alike and not card.is_open:
            picture = self._paint_stack(painter, picture)
        self._paint_picture(painter, picture, image, card.hit)
        if card.alike:
            self._paint_badge(painter, self.badge_place(at_origin, card), card)
        painter.end()
        return pixmap

    def _paint_document(self, painter: QPainter, box: CardBox, image: QImage | None, card: Card) -> None:
        """Draw all of a document's card; there are few of them on a screen."""
        hit, metrics = card.hit, self._metrics
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(self._surface)
        painter.drawRoundedRect(QRectF(document_card.frame(box)).adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
        self._paint_picture(painter, document_card.page_place(box), image, hit)
        place = document_card.words_place(box)
        line = QRect(place.left(), place.top(), place.width(), metrics.height())
        bold = weighted(self._font)
        painter.setFont(bold)
        painter.setPen(self._text if hit.available else self._muted)
        name = QFontMetrics(bold).elidedText(
            strings.file_name(hit.path), Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(self._font)
        line.translate(0, metrics.height())
        self._paint_mark(painter, line, hit.verdict)
        line.setLeft(line.left() + MARK + GRID - 2)
        painter.setPen(self._muted)
        said = metrics.elidedText(describe(hit, card.order), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, said)
        below = document_card.passage_place(box, metrics.height(), card.alike > 0, BADGE)
        self._paint_passage(painter, below, card)
        if card.alike:
            self._paint_badge(painter, self.badge_place(box, card), card)

    def _paint_passage(self, painter: QPainter, place: QRect, card: Card) -> None:
        if place.height() < document_card.LEAST_PASSAGE:
            return
        if card.passage is None or card.passage.isNull():
            painter.setPen(self._muted)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(place, int(flags), strings.plain(card.hit.snippet))
            return
        size = card.passage.deviceIndependentSize().toSize().boundedTo(place.size())
        inside = QRect(place.topLeft(), size)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(inside), CORNER, CORNER)
        painter.setClipPath(outline)
        painter.setOpacity(1.0 if card.hit.available else FADED)
        painter.drawImage(inside.topLeft(), card.passage)
        painter.setOpacity(1.0)
        painter.setClipping(False)
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(inside).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)

    def _blank(self, box: CardBox) -> QPixmap:
        pixmap = QPixmap(QSize(box.width, box.height) * self._ratio)
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    # parts of a card

    def _paint_ground(self, painter: QPainter, place: QRect, state: CardState) -> None:
        ringed = state.selected or state.current
        width = 3 if state.current else 2
        painter.setPen(QPen(self._accent, width) if ringed else Qt.PenStyle.NoPen)
        painter.setBrush(self._hover if state.selected or state.hovered else Qt.BrushStyle.NoBrush)
        # Not half a pixel beyond its place, since the neighbourhood may not be repainted.
        inset = width / 2
        painter.drawRoundedRect(QRectF(place).adjusted(inset, inset, -inset, -inset), GRID, GRID)

    def _paint_stack(self, painter: QPainter, picture: QRect) -> QRect:
        """Draw the two edges of a stack. Returns the place that remains for the picture."""
        painter.setPen(QPen(self._window, 1))
        for above, colour in ((2, self._border), (1, self._muted)):
            painter.setBrush(colour)
            edge = picture.adjusted(above * CORNER, STACK - above * STACK // 2, -above * CORNER, 0)
            painter.drawRoundedRect(QRectF(edge).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        return picture.adjusted(0, STACK, 0, 0)

    def _paint_picture(self, painter: QPainter, place: QRect, image: QImage | None, hit: Hit) -> None:
        if image is None or image.isNull():
            self._paint_mat(painter, place)
            if image is not None:
                sign = self._placeholders[hit.kind]
                painter.drawPixmap(centred(place, sign.deviceIndependentSize().toSize()), sign)
            return
        size = shown_size(hit, image.size(), place.size())
        inside = QRect(centred(place, size), size)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(place), CORNER, CORNER)
        painter.setClipPath(outline)
        if inside != place:
            painter.fillRect(place, self._mat)
        painter.setOpacity(1.0 if hit.available else FADED)
        painter.drawImage(inside, image, part_of(image.rect(), size))
        painter.setOpacity(1.0)
        painter.setClipping(False)
        if hit.kind is ItemKind.PAGE:
            # White paper on a light background needs a border.
            painter.setPen(QPen(self._border, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(inside).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_mat(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._mat)
        painter.drawRoundedRect(place, CORNER, CORNER)

    def _paint_badge(self, painter: QPainter, place: QRect, card: Card) -> None:
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(self._surface)
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), BADGE / 2, BADGE / 2)
        sign = self._signs[card.shown >= card.alike]
        painter.drawPixmap(QPoint(place.left() + GRID, place.top() + (BADGE - 16) // 2), sign)
        painter.setPen(self._text)
        text = place.adjusted(GRID + 16 + CORNER, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, badge_text(card))

    def _paint_caption(self, painter: QPainter, picture: QRect, card: Card) -> None:
        hit, metrics = card.hit, self._metrics
        line = QRect(picture.left(), picture.bottom() + 1 + CORNER, picture.width(), metrics.height())
        compact = picture.height() < COMPACT
        start = line.left()
        if card.ranked:
            self._paint_mark(painter, line, hit.verdict)
            line.setLeft(start + MARK + GRID - 2)
        name = metrics.elidedText(first_line(hit, compact), Qt.TextElideMode.ElideMiddle, line.width())
        painter.setPen(self._text if hit.available else self._muted)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        if compact:
            return
        line.setLeft(start)
        line.translate(0, metrics.height() + 2)
        said = metrics.elidedText(describe(hit, card.order), Qt.TextElideMode.ElideRight, line.width())
        painter.setPen(self._muted)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, said)
        if said:
            line.translate(0, metrics.height() + 2)
        for part in wrap_two_lines(strings.plain(hit.snippet), self._font, metrics, line.width()):
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, part)
            line.translate(0, metrics.height())

    def _paint_mark(self, painter: QPainter, line: QRect, verdict: Verdict) -> None:
        """A full, a half and an empty circle, which differ without their colours too."""
        colour: QColor = self._verdicts[verdict]
        circle = QRectF(line.left() + 1, line.center().y() - MARK / 2 + 1, MARK, MARK)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if verdict is Verdict.STRONG else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if verdict is Verdict.WEAK:
            painter.setBrush(colour)
            painter.drawPie(circle, 90 * 16, 180 * 16)

    def _paint_check(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(QPen(self._on_accent, 1))
        painter.setBrush(self._accent)
        painter.drawEllipse(place)
        painter.drawPixmap(centred(place, QSize(16, 16)), self._check)

    def _paint_eye(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(self._surface)
        painter.drawRoundedRect(place, CORNER, CORNER)
        painter.drawPixmap(centred(place, self._eye.deviceIndependentSize().toSize()), self._eye)


def picture_place(box: CardBox, of_document: bool = False) -> QRect:
    """The place of a card's picture."""
    if of_document:
        return document_card.page_place(box)
    return QRect(box.x + INSET, box.y + INSET, box.width - 2 * INSET, box.picture)


def eye_place(box: CardBox, of_document: bool = False) -> QRect:
    """The place of the icon that opens the preview: the upper right corner of the picture."""
    picture = picture_place(box, of_document)
    return QRect(picture.right() - EYE - CORNER + 1, picture.top() + CORNER, EYE, EYE)


def check_place(box: CardBox, of_document: bool = False) -> QRect:
    """The place of the check mark of a selected card: the upper left corner of the picture."""
    picture = picture_place(box, of_document)
    return QRect(picture.left() + CORNER, picture.top() + CORNER, CHECK, CHECK)


def badge_text(card: Card) -> str:
    """The text of the badge: the number of similar photographs, or of a document's pages."""
    if card.hit.kind is ItemKind.PAGE:
        return words.pages_of_document(card.alike, card.shown)
    return words.alike(card.alike)


def shown_size(hit: Hit, stored: QSize, place: QSize) -> QSize:
    """The size at which to draw a thumbnail: it fills its place, but is not enlarged.

    `stored`: the size of the thumbnail in pixels. `place`: the room for it.
    """
    own = QSize(hit.width, hit.height) if hit.kind is ItemKind.PHOTO else place
    whole = stored.scaled(own.expandedTo(stored).boundedTo(place), Qt.AspectRatioMode.KeepAspectRatio)
    nearly = NEARLY if hit.kind is ItemKind.PHOTO else NEARLY_PAGE
    near = whole.width() >= place.width() * nearly and whole.height() >= place.height() * nearly
    return place if near else whole.expandedTo(QSize(1, 1))


def part_of(image: QRect, size: QSize) -> QRect:
    """The largest centred part of `image` that has the proportions of `size`."""
    part = size.scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
    return QRect(centred(image, part), part)


def centred(area: QRect, size: QSize) -> QPoint:
    """The top left corner of `size` when centred in `area`."""
    return QPoint(
        area.left() + (area.width() - size.width()) // 2, area.top() + (area.height() - size.height()) // 2
    )


def wrap_two_lines(text: str, font: QFont, metrics: QFontMetrics, width: int) -> list[str]:
    """Break `text` between words into at most two lines; the second is elided if needed."""
    if not text:
        return []
    layout = QTextLayout(text, font)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(width)
    layout.endLayout()
    rest = text[first.textLength() :].strip()
    lines = [text[: first.textLength()].strip()]
    return [*lines, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)] if rest else lines
