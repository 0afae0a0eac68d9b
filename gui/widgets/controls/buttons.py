"""Buttons in the window's style: icon only, icon with text, and link."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui import strings
from gui.override import override
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, RADIUS, Style
from gui.widgets.controls.button_base import PushButton, ToolButton

ICON = QSize(20, 20)
FILLED = ("primary", "large")  # kinds of buttons


RING = 3.5  # pixels from the edge of a filled button to the middle of the line that shows its focus


def paint_ring(button: QAbstractButton, style: Style) -> None:
    """Draw the focus ring inside a button filled with the accent colour, whose border would not show it."""
    painter = QPainter(button)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.colour("on_accent"), 2))
    area = QRectF(button.rect()).adjusted(RING, RING, -RING, -RING)
    radius = min(RADIUS - RING, area.height() / 2)
    painter.drawRoundedRect(area, radius, radius)
    painter.end()


class ChoiceButton(ToolButton):
    """One of several exclusive buttons; the chosen one is filled. `kind` selects rules in the style sheet."""

    def __init__(self, kind: str, style: Style) -> None:
        super().__init__()
        self._style = style
        self.setProperty("kind", kind)
        self.setCheckable(True)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.isChecked():
            paint_ring(self, self._style)


class IconButton(ToolButton):
    """A button with an icon only; `description` is its tool tip and accessible name."""

    def __init__(self, icon: str, description: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._icon = ""
        self.setProperty("kind", "flat")
        self.setIconSize(ICON)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        style.changed.connect(self._draw)
        self.describe(icon, description)

    def describe(self, icon: str, description: str) -> None:
        """Change the icon and the description, when the button gets another function."""
        if (icon, description) == (self._icon, self.accessibleName()):
            return  # drawing an icon takes a while
        self._icon = icon
        self.setToolTip(strings.tip(description))
        self.setAccessibleName(description)
        self._draw()

    def _draw(self) -> None:
        colour = self._style.colour
        self.setIcon(resources.icon(self._icon, colour("muted"), colour("border")))


class TextButton(PushButton):
    """A button with text and an optional icon. `kind` selects rules in the style sheet."""

    def __init__(
        self, text: str, style: Style, icon: str = "", kind: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self._style = style
        self._kind = kind
        self.setProperty("kind", kind)
        self.setIconSize(ICON)
        self.setAutoDefault(False)
        style.changed.connect(self._draw)
        self._draw()

    @override
    def sizeHint(self) -> QSize:
        """As high as buttons with an icon, since they stand side by side."""
        hint = super().sizeHint()
        return hint.expandedTo(QSize(hint.width(), ICON.height() + 14))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_icon(self, icon: str) -> None:
        """Change the icon, a name in `assets/icons`."""
        self._icon = icon
        self._draw()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self._kind in FILLED:
            paint_ring(self, self._style)

    def _draw(self) -> None:
        if self._icon:
            colour = "on_accent" if self._kind in FILLED else "text"
            self.setIcon(resources.icon(self._icon, self._style.colour(colour)))


class LinkButton(PushButton):
    """A button that looks like a link."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)


class ElidedLink(LinkButton):
    """A link that is shortened with an ellipsis when there is not enough room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._words = ""
        self.setMinimumWidth(GRID)

    def set_words(self, words: str) -> None:
        """Set the full text, which is shortened to the room there is."""
        self._words = words
        self.updateGeometry()
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        """The size of the full text."""
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self._words) + 2 * GRID
        return QSize(width, super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width(), self.sizeHint().width() if not self.isVisible() else 0) - GRID
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))  # a single & would underline the next letter


def forget_mouse(button: QWidget) -> None:
    """Correct the hover state after a menu closed; Qt sends no leave event while a menu has the mouse."""
    inside = button.rect().contains(button.mapFromGlobal(QCursor.pos()))
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, inside)
    button.update()
