"""What the window shows while there are no results: a few sentences and the next thing to do."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.records import LibraryStatus
from gui import strings
from gui.parts import resources
from gui.parts.buttons import TextButton
from gui.parts.style import GRID, Style

WIDTH = 64 * GRID


class EmptyState(QWidget):
    """A picture, a title, a paragraph, and room for buttons; all in the middle."""

    def __init__(self, mark: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = QLabel()
        self.mark.setPixmap(resources.pixmap(mark, 96, ratio=2.0))
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = self._label(title, "title")
        self.title.setVisible(bool(title))
        self.text = self._label(text, "muted")
        column = QWidget()
        column.setFixedWidth(WIDTH)
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(2 * GRID)
        for widget in (self.mark, self.title, self.text):
            self.body.addWidget(widget)
        middle = QHBoxLayout()  # stretches, not an alignment: that would forget the height of wrapped text
        middle.addStretch(1)
        middle.addWidget(column)
        middle.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        outside.addStretch(2)
        outside.addLayout(middle)
        outside.addStretch(3)

    def add(self, widget: QWidget) -> None:
        self.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @staticmethod
    def _label(text: str, kind: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("kind", kind)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        return label


class Welcome(EmptyState):
    """No folders yet."""

    add_folder_wanted = Signal()

    def __init__(self, style: Style) -> None:
        super().__init__("findling", strings.WELCOME_TITLE, strings.WELCOME_TEXT)
        self.add_button = TextButton(strings.ADD_FOLDER, style, "folder-add", "large")
        self.add_button.clicked.connect(self.add_folder_wanted)
        self.add(self.add_button)
        self.body.addWidget(self._label(strings.WELCOME_HINT, "muted"))


class Problem(EmptyState):
    """Something could not be done: why, and a way to try again."""

    retry_wanted = Signal()

    def __init__(self, title: str, style: Style) -> None:
        super().__init__("findling", title, "")
        self.retry_button = TextButton(strings.RETRY, style, "refresh", "primary")
        self.retry_button.clicked.connect(self.retry_wanted)
        self.add(self.retry_button)

    def explain(self, error: Exception) -> None:
        self.text.setText(strings.plain(str(error)))


class Ready(EmptyState):
    """Folders are there and nothing is asked: what can be searched, and how a question may look."""

    example_chosen = Signal(str)

    def __init__(self, style: Style) -> None:
        super().__init__("findling", "", strings.READY_TEXT)
        examples = QWidget()
        row = QHBoxLayout(examples)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for text in strings.READY_EXAMPLES:
            button = TextButton(text, style)
            button.clicked.connect(partial(self._choose, text))
            row.addWidget(button)
        self.examples = examples
        self.add(examples)

    def describe(self, status: LibraryStatus, indexing: bool) -> None:
        if status.items:
            title, text = strings.ready_title(status.photos, status.pages), strings.READY_TEXT
        elif indexing:
            title, text = strings.FIRST_INDEX_TITLE, strings.FIRST_INDEX_TEXT
        else:
            title, text = strings.NOTHING_INDEXED_TITLE, strings.NOTHING_INDEXED_TEXT
        self.title.setText(title)
        self.title.show()
        self.text.setText(text)
        self.examples.setVisible(bool(status.items))

    def _choose(self, text: str, _checked: bool = False) -> None:
        self.example_chosen.emit(text)
