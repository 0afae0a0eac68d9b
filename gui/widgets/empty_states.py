"""What the window shows when there are no results: a few sentences and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.records import LibraryStatus
from gui import strings
from gui.strings import settings as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import LinkButton, TextButton
from gui.widgets.controls.icon_label import IconLabel
from gui.widgets.controls.labels import label
from gui.widgets.flow_layout import FlowLayout

WIDTH = 80 * GRID


class EmptyState(QWidget):
    """A centred icon, title and paragraph, with room for buttons."""

    def __init__(self, mark: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = QLabel()
        self.mark.setPixmap(resources.pixmap(mark, 96, ratio=2.0))
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = self._label(title, "title")
        self.title.setVisible(bool(title))
        self.text = self._label(text, "muted")
        column = QWidget()
        column.setMaximumWidth(WIDTH)
        self.body = QVBoxLayout(column)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(2 * GRID)
        for widget in (self.mark, self.title, self.text):
            self.body.addWidget(widget)
        middle = QHBoxLayout()  # stretches, since an alignment would ignore the height of wrapped text
        middle.addStretch(1)
        middle.addWidget(column, 1000)
        middle.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        outside.addStretch(2)
        outside.addLayout(middle)
        outside.addStretch(3)

    def add(self, widget: QWidget) -> None:
        """Append a centred widget below the text."""
        self.body.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @staticmethod
    def _label(text: str, kind: str) -> QLabel:
        centred = label(text, kind)
        centred.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return centred


class WelcomePage(EmptyState):
    """Shown before the first folder is added: what the program does, and two ways to begin."""

    add_folder_requested = Signal()
    samples_requested = Signal()

    def __init__(self, style: Style) -> None:
        super().__init__("findling", strings.WELCOME_TITLE, strings.WELCOME_TEXT)
        for icon, point in words.WELCOME_POINTS:
            self.body.addWidget(WelcomePoint(icon, point, style))
        self.add_button = TextButton(strings.ADD_FOLDER, style, "folder-add", "large")
        self.add_button.clicked.connect(self.add_folder_requested)
        self.samples_button = TextButton(words.SAMPLES, style)
        self.samples_button.setToolTip(strings.tip(words.SAMPLES_HINT))
        self.samples_button.setAccessibleDescription(words.SAMPLES_HINT)
        self.samples_button.clicked.connect(self.samples_requested)
        self.body.addSpacing(GRID)
        self.add(self.add_button)
        self.body.addWidget(self._label(strings.WELCOME_HINT, "muted"))
        self.add(self.samples_button)
        self.note = self._label("", "muted")
        self.note.hide()
        self.body.addWidget(self.note)

    def show_text(self, text: str) -> None:
        """Show a note on the sample pictures, such as why they could not be added; "" hides it."""
        self.note.setText(strings.plain(text))
        self.note.setVisible(bool(text))


class WelcomePoint(QWidget):
    """A line of text after an icon."""

    def __init__(self, icon: str, text: str, style: Style) -> None:
        super().__init__()
        words_of = QLabel(text)
        words_of.setTextFormat(Qt.TextFormat.PlainText)
        words_of.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6 * GRID, 0, 4 * GRID, 0)
        row.setSpacing(GRID + 4)
        row.addWidget(IconLabel(icon, "accent", style))
        row.addWidget(words_of, 1)


class ProblemPage(EmptyState):
    """Shown when something failed: why, and what to try."""

    retry_requested = Signal()
    help_requested = Signal()

    def __init__(self, title: str, style: Style, further: str = "") -> None:
        """`further`: the label of a second button, for help beyond trying again; "" for none."""
        super().__init__("findling", title, "")
        self.retry_button = TextButton(strings.RETRY, style, "refresh", "primary")
        self.retry_button.clicked.connect(self.retry_requested)
        self.add(self.retry_button)
        self.further_button = TextButton(further, style)
        self.further_button.clicked.connect(self.help_requested)
        self.further_button.setVisible(bool(further))
        self.add(self.further_button)

    def explain(self, error: Exception) -> None:
        """Show the error's own sentence."""
        self.text.setText(strings.plain(str(error)))


class NoResultsPage(EmptyState):
    """Shown when nothing matches: what to try."""

    clear_filters_requested = Signal()
    diagnosis_requested = Signal()

    def __init__(self, style: Style) -> None:
        super().__init__("findling", strings.NOTHING_FOUND_TITLE, words.NOTHING_TO_TRY)
        self.filters_button = TextButton(words.DROP_FILTERS, style, "filter", "primary")
        self.filters_button.clicked.connect(self.clear_filters_requested)
        self.add(self.filters_button)
        self.trace_link = LinkButton(words.WHY_NOT_FOUND)
        self.trace_link.clicked.connect(self.diagnosis_requested)
        self.add(self.trace_link)

    def describe(self, narrowed: bool, dated: bool, reading: bool, any_read: bool) -> None:
        """Choose the sentences and buttons that fit.

        `narrowed`: filters are set. `dated`: a date filter is among them. `reading`: indexing still runs.
        `any_read`: some items are indexed; otherwise other words would not help.
        """
        sentences = [words.NOTHING_WHILE_READING] if reading else []
        words_matter = any_read or not reading
        if words_matter:
            sentences.append(words.NOTHING_IN_FILTERS if narrowed else words.NOTHING_TO_TRY)
            if dated:
                sentences.append(words.NOTHING_DATED)
        self.title.setText(words.NOTHING_YET_TITLE if reading else strings.NOTHING_FOUND_TITLE)
        self.text.setText("\n\n".join(sentences))
        self.filters_button.setVisible(narrowed and words_matter)


class ReadyPage(EmptyState):
    """Shown when there are folders and no search: what can be searched, and examples."""

    example_chosen = Signal(str)

    def __init__(self, style: Style) -> None:
        super().__init__("findling", "", strings.READY_TEXT)
        self._style = style
        self.example_buttons: list[TextButton] = []
        self.examples = QWidget()
        column = QVBoxLayout(self.examples)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self._label(strings.READY_TRY, "muted"))
        row = QWidget()
        self._row = FlowLayout(row, GRID, centred=True)
        column.addWidget(row)
        self.examples.hide()
        self.body.addWidget(self.examples)
        self.progress = self._label("", "muted")
        self.progress.hide()
        self.body.addWidget(self.progress)

    def describe(self, status: LibraryStatus, indexing: bool) -> None:
        """Adapt the title and text to what is indexed. `indexing`: an indexing run is in progress."""
        if status.items:
            title, text = strings.ready_title(status.photos, status.pages), strings.READY_TEXT
        elif indexing:
            title, text = strings.FIRST_INDEX_TITLE, strings.FIRST_INDEX_TEXT
        else:
            title, text = strings.NOTHING_INDEXED_TITLE, strings.NOTHING_INDEXED_TEXT
        self.title.setText(title)
        self.title.show()
        self.text.setText(text)
        if not status.items:
            self.show_examples(())

    def show_examples(self, questions: Sequence[str]) -> None:
        """Offer searches that find something in this library; choosing one emits `example_chosen`."""
        if [button.text() for button in self.example_buttons] == list(questions):
            return  # rebuilding them would lose the focus
        for button in self.example_buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.example_buttons = [TextButton(text, self._style) for text in questions]
        for button, text in zip(self.example_buttons, questions, strict=True):
            button.clicked.connect(partial(self._choose, text))
            self._row.addWidget(button)
        self.examples.setVisible(bool(questions))

    def show_progress(self, text: str) -> None:
        """Show how far indexing is; "" hides the line."""
        self.progress.setText(text)
        self.progress.setVisible(bool(text))

    def _choose(self, text: str, _checked: bool = False) -> None:
        self.example_chosen.emit(text)
