"""The About dialog: name, version, and that nothing leaves the computer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from engine import __version__
from gui import strings
from gui.strings import menu as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton

_MARK = 64


class AboutDialog(QDialog):
    """Name, version and promise of privacy, in a modal dialog."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words.ABOUT)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        mark = QLabel()
        mark.setPixmap(resources.pixmap("findling", _MARK, ratio=2.0))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(mark)
        for text, kind in (
            (strings.APPLICATION, "title"),
            (words.version(__version__), "muted"),
            (words.ABOUT_TEXT, ""),
            (words.ABOUT_PRIVATE, ""),
            (words.ABOUT_LICENCE, "muted"),
        ):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("kind", kind)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)
        column.addSpacing(GRID)
        column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignHCenter)
