"""A check box that is visible in light and dark; the system's has almost no outline on dark."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from gui.override import override
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style

_BOX = 18
_RING = 4  # margin for the focus ring
WORDS = _RING + _BOX + GRID  # where the text begins


class CheckBox(QCheckBox):
    """A check box drawn in the window's colours; a click anywhere on it toggles it."""

    def __init__(self, text: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = style
        style.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(_BOX + GRID + words.width() + 2 * _RING + GRID, max(_BOX, words.height()) + 2 * _RING)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def hitButton(self, position: QPoint) -> bool:
        del position  # every position counts
        return True

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(_RING, (self.height() - _BOX) // 2, _BOX, _BOX)
        self._draw_box(painter, box)
        painter.setPen(self._look.colour("text" if self.isEnabled() else "muted"))
        words = self.rect().adjusted(WORDS, 0, -_RING, 0)
        place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, place | Qt.TextFlag.TextShowMnemonic, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _draw_box(self, painter: QPainter, box: QRect) -> None:
        on, colour = self.isChecked(), self._look.colour
        painter.setPen(QPen(colour("accent" if on else "muted"), 1.5))
        painter.setBrush(colour("accent" if on else "hover" if self.underMouse() else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)
        if on:
            mark = resources.pixmap("check", _BOX - 4, colour("on_accent"), self.devicePixelRatioF())
            painter.drawPixmap(box.topLeft().x() + 2, box.topLeft().y() + 2, mark)
