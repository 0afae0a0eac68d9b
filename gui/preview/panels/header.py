"""The bar above the picture: the file and page, and actions on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.records import Hit
from gui import strings
from gui.override import override
from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton, TextButton

NARROW = 75 * GRID


class HeaderLabel(QLabel):
    """A line of plain text that is elided in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        """Set the full text."""
        self._whole = text
        self.setAccessibleName(text)
        self._elide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        self.ensurePolished()
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        self.setText(shown)
        self.setToolTip(strings.tip(self._whole) if shown != self._whole else "")


class ToggleButton(IconButton):
    """An icon button that stays pressed while its function is on."""

    def __init__(self, icon: str, description: str, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(icon, description, style, parent)
        self.setProperty("kind", "toggle")
        self.setCheckable(True)


class PreviewHeader(QWidget):
    """The names and buttons above the picture."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("PreviewHeader")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = HeaderLabel()
        self.name.setProperty("kind", "heading")
        self.place = HeaderLabel()
        self.place.setProperty("kind", "muted")
        self.why_button = TextButton(strings.SHOW_WHY, style, "highlighter", "toggle")
        self.why_button.setCheckable(True)
        self.why_button.setToolTip(strings.tip(strings.SHOW_WHY_HINT))
        self.why_button.setAccessibleName(strings.SHOW_WHY)
        self.facts_button = ToggleButton("info", words.FACTS, style)
        self.region_button = ToggleButton("region", words.REGION, style)
        self.similar_button = IconButton("similar", words.SIMILAR, style)
        self.open_button = IconButton("open", strings.OPEN_HINT, style)
        self.folder_button = IconButton("folder", strings.SHOW_IN_FOLDER, style)
        self.more_button = IconButton("more", words.MORE, style)
        self.close_button = IconButton("close", strings.CLOSE_PREVIEW, style)
        self._lay_out()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten buttons in a narrow preview in favour of the file name; the menu has them too."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.why_button.setText("" if narrow else strings.SHOW_WHY)
        for button in (self.open_button, self.folder_button):
            button.setVisible(not narrow)

    def describe(self, hit: Hit) -> None:
        """Show the file and page of `hit`."""
        self.name.set_text(strings.file_name(hit.path))
        self.place.set_text(strings.page_in_folder(hit.page, hit.path.parent))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.place)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        row.setSpacing(GRID // 2)
        row.addLayout(names, 1)
        for group in (
            (self.why_button, self.facts_button),
            (self.region_button, self.similar_button),
            (self.open_button, self.folder_button, self.more_button),
            (self.close_button,),
        ):
            row.addSpacing(GRID)
            for button in group:
                row.addWidget(button)
