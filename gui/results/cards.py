"""Paints a hit as a card: its picture, its name, and in words how sure the match is. No widgets."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.records import Hit, Kind, Verdict
from gui import strings
from gui.parts import resources
from gui.parts.style import GRID, Style
from gui.results.model import HIT_ROLE, describe
from gui.results.thumbnails import ThumbnailStore

PICTURE = QSize(184, 144)  # logical pixels, without the space around it
GAP = GRID  # on each side of a card
PADDING = GRID
MARK = 8  # diameter of the verdict's mark
EYE = 28  # side of the sign that opens the preview
SNIPPET_LINES = 2
FACES_BYTES = 64 * 2**20


class CardDelegate(QStyledItemDelegate):
    def __init__(self, thumbnails: ThumbnailStore, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._style = style
        # A card is drawn once and then copied: a frame while scrolling is then a few calls into Qt, each of
        # which may have to wait for threads that work.
        self._faces: OrderedDict[int, QPixmap] = OrderedDict()
        self._faces_bytes = 0
        self._face_size = QSize()
        self.snippets = False  # whether cards have room for words of a page
        self._take_colours()
        style.changed.connect(self._take_colours)

    def minimum_size(self, metrics: QFontMetrics) -> QSize:
        """The smallest cell that a card fits into."""
        lines = 2 * metrics.height() + GRID // 2
        if self.snippets:
            lines += SNIPPET_LINES * metrics.height() + GRID // 2
        return QSize(
            PICTURE.width() + 2 * (PADDING + GAP),
            PICTURE.height() + lines + 3 * PADDING + 2 * GAP,
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del index  # all cards are alike
        view = option.widget
        cell = view.gridSize() if isinstance(view, QListView) else QSize()
        return cell.expandedTo(self.minimum_size(option.fontMetrics))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        hit: Hit = index.data(HIT_ROLE)
        card = option.rect.adjusted(GAP, GAP, -GAP, -GAP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter, card, option.state)
        painter.drawPixmap(card.topLeft(), self._face(hit, card.size(), option))
        if option.state & QStyle.StateFlag.State_MouseOver:
            self._paint_eye(painter, eye_place(option.rect))

    def forget_faces(self) -> None:
        """What the cards say has changed."""
        self._faces.clear()
        self._faces_bytes = 0

    def _face(self, hit: Hit, size: QSize, option: QStyleOptionViewItem) -> QPixmap:
        """All of a card but its frame, which depends on where the mouse and the focus are."""
        ratio = option.widget.devicePixelRatioF()
        pixels = size * ratio
        if pixels != self._face_size:
            self._face_size = pixels
            self.forget_faces()
        known = self._faces.get(hit.item)
        if known is not None:
            self._faces.move_to_end(hit.item)
            return known
        face = QPixmap(pixels)
        face.setDevicePixelRatio(ratio)
        face.fill(Qt.GlobalColor.transparent)
        image = self._thumbnails.image(hit.item)
        painter = QPainter(face)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.font)
        mat = QRect(PADDING, PADDING, size.width() - 2 * PADDING, PICTURE.height())
        self._paint_picture(painter, mat, image, hit)
        self._paint_text(painter, mat, option.fontMetrics, hit)
        painter.end()
        if image is not None:
            self._remember(hit.item, face)
        return face

    def _remember(self, item: int, face: QPixmap) -> None:
        size = face.width() * face.height() * 4
        self._faces[item] = face
        self._faces_bytes += size
        while self._faces_bytes > FACES_BYTES and len(self._faces) > 1:
            self._faces.popitem(last=False)
            self._faces_bytes -= size  # all faces are of one size

    def _take_colours(self) -> None:
        colour = self._style.colour
        self.forget_faces()
        self._surface, self._mat, self._hover = colour("surface"), colour("mat"), colour("hover")
        self._border, self._accent = colour("border"), colour("accent")
        self._text, self._muted = colour("text"), colour("muted")
        self._verdicts = {
            Verdict.STRONG: colour("strong"),
            Verdict.WEAK: colour("weak"),
            Verdict.NONE: colour("muted"),
        }
        self._eye = resources.pixmap("eye", 20, colour("text"), 2.0)
        self._placeholders = {
            Kind.PHOTO: resources.pixmap("picture", 32, colour("muted"), 2.0),
            Kind.PAGE: resources.pixmap("page", 32, colour("muted"), 2.0),
        }

    def _paint_card(self, painter: QPainter, card: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        marked = selected or focused
        painter.setPen(QPen(self._accent if marked else self._border, 2 if marked else 1))
        painter.setBrush(self._hover if selected or hovered else self._surface)
        painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), GRID, GRID)

    def _paint_picture(self, painter: QPainter, mat: QRect, image: QImage | None, hit: Hit) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._mat)
        painter.drawRoundedRect(mat, GRID // 2, GRID // 2)
        if image is None:
            return
        if image.isNull():
            sign = self._placeholders[hit.kind]
            size = sign.deviceIndependentSize().toSize()
            painter.drawPixmap(centred(mat, size), sign)
            return
        self._paint_image(painter, mat, image, hit)

    def _paint_image(self, painter: QPainter, mat: QRect, image: QImage, hit: Hit) -> None:
        size = image.deviceIndependentSize().toSize()
        corner = centred(mat, size)
        if not hit.available:
            painter.setOpacity(0.5)
        painter.drawImage(corner, image)
        painter.setOpacity(1.0)
        if hit.kind is Kind.PAGE:
            # White paper on a light mat has no edge of its own.
            painter.setPen(QPen(self._border, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(corner, size))

    def _paint_text(self, painter: QPainter, mat: QRect, metrics: QFontMetrics, hit: Hit) -> None:
        line = QRect(mat.left(), mat.bottom() + PADDING, mat.width(), metrics.height())
        name = metrics.elidedText(strings.file_name(hit.path), Qt.TextElideMode.ElideMiddle, line.width())
        painter.setPen(self._text)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        line.translate(0, metrics.height() + GRID // 2)
        colour = self._verdicts[hit.verdict]
        self._paint_mark(painter, line, colour, hit.verdict)
        line.setLeft(line.left() + MARK + GRID - 2)
        words = metrics.elidedText(describe(hit), Qt.TextElideMode.ElideRight, line.width())
        painter.setPen(self._muted if hit.verdict is Verdict.NONE else colour)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)

        if hit.snippet:
            line = QRect(mat.left(), line.bottom() + GRID // 2, mat.width(), metrics.height())
            self._paint_snippet(painter, line, metrics, strings.plain(hit.snippet))

    def _paint_snippet(self, painter: QPainter, line: QRect, metrics: QFontMetrics, text: str) -> None:
        painter.setPen(self._muted)
        for words in two_lines(text, painter.font(), metrics, line.width()):
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
            line.translate(0, metrics.height())

    def _paint_eye(self, painter: QPainter, place: QRect) -> None:
        painter.setPen(QPen(self._border, 1))
        painter.setBrush(self._surface)
        painter.drawRoundedRect(place, GRID // 2, GRID // 2)
        painter.drawPixmap(centred(place, self._eye.deviceIndependentSize().toSize()), self._eye)

    @staticmethod
    def _paint_mark(painter: QPainter, line: QRect, colour: QColor, verdict: Verdict) -> None:
        """A full, a half and an empty circle: told apart without their colours too."""
        circle = QRectF(line.left() + 1, line.center().y() - MARK / 2 + 1, MARK, MARK)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if verdict is Verdict.STRONG else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if verdict is Verdict.WEAK:
            painter.setBrush(colour)
            painter.drawPie(circle, 90 * 16, 180 * 16)


def centred(area: QRect, size: QSize) -> QPoint:
    """The top left corner of `size` in the middle of `area`."""
    return QPoint(
        area.left() + (area.width() - size.width()) // 2, area.top() + (area.height() - size.height()) // 2
    )


def eye_place(cell: QRect) -> QRect:
    """Where the sign for the preview lies: the upper right corner of the picture."""
    mat = cell.adjusted(GAP + PADDING, GAP + PADDING, -GAP - PADDING, 0)
    return QRect(mat.right() - EYE - GRID // 2 + 1, mat.top() + GRID // 2, EYE, EYE)


def two_lines(text: str, font: QFont, metrics: QFontMetrics, width: int) -> list[str]:
    """`text` broken between words into at most two lines, the second one cut short where it must be."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(width)
    layout.endLayout()
    rest = text[first.textLength() :].strip()
    lines = [text[: first.textLength()].strip()]
    return [*lines, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)] if rest else lines
