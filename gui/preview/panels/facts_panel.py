"""The details of the file, beside the picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.records import Hit, ItemFacts, ItemKind
from gui import strings
from gui.override import override
from gui.preview.model.loader import PreviewLoader
from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton, LinkButton

WIDTH = 300
MOST_COPIES = 20


class PathLine(QLineEdit):
    """A path in one line, elided in the middle; when focused it shows and selects all of it, for copying."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.setReadOnly(True)
        self.setFrame(False)
        self.setObjectName("PathLine")
        self.setAccessibleName(name)

    def show_path(self, path: Path) -> None:
        """Show `path`, with the whole of it as tool tip."""
        self._path = strings.plain(str(path))
        self.setToolTip(strings.tip(self._path))
        self.setAccessibleDescription(self._path)
        self._elide()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setText(self._path)
        self.selectAll()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._elide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        if not self.hasFocus():
            room = self.width() - 2 * GRID
            self.setText(self.fontMetrics().elidedText(self._path, Qt.TextElideMode.ElideMiddle, room))
            self.setCursorPosition(0)


class FactRow(QWidget):
    """A caption with a value below it; hidden while the value is empty."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = QLabel()
        self.value.setTextFormat(Qt.TextFormat.PlainText)
        self.value.setWordWrap(True)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._line = QHBoxLayout()
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addWidget(self.value, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(captioned(caption))
        column.addLayout(self._line)
        self.hide()

    def say(self, text: str) -> None:
        """Set the value; "" hides the row."""
        self.value.setText(strings.plain(text))
        self.setVisible(bool(text))

    def add(self, button: QWidget) -> None:
        """Add a button after the value."""
        self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)


class CopiesList(QWidget):
    """The other files with the same content."""

    show_requested = Signal(object)  # Path

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._lines: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(captioned(words.COPIES))
        self.hide()

    def show_paths(self, paths: tuple[Path, ...]) -> None:
        """List up to 20 copies, each with a button that shows it in its folder."""
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = [self._line(path) for path in paths[:MOST_COPIES]]
        if len(paths) > MOST_COPIES:
            more = QLabel(words.more_copies(len(paths) - MOST_COPIES))
            more.setProperty("kind", "muted")
            self._lines.append(more)
        for line in self._lines:
            self._column.addWidget(line)
        self.setVisible(bool(paths))

    def _line(self, path: Path) -> QWidget:
        line = QWidget()
        shown = PathLine(words.COPIES)
        shown.show_path(path)
        button = IconButton("folder", words.SHOW_COPY, self._style)
        button.setAccessibleName(words.show_copy(strings.file_name(path)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.show_requested.emit(path))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(shown, 1)
        row.addWidget(button)
        return line


class FactsPanel(QScrollArea):
    """Loads details only while visible. Until they are loaded it shows what the hit knows."""

    show_requested = Signal(object)  # Path
    broken = Signal(object)  # Exception that is a fault of the program

    def __init__(self, loader: PreviewLoader, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._hit: Hit | None = None
        self._place = ""
        self.setObjectName("FactsPanel")
        self.setAccessibleName(words.FACTS_TITLE)
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.path = PathLine(words.PATH)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.rows = {caption: FactRow(caption) for caption in _CAPTIONS}
        self.copy_button = LinkButton(words.COPY)
        self.copy_button.setAccessibleName(words.COPY_PLACE)
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy_button.clicked.connect(self._copy_place)
        self.rows[words.PLACE].add(self.copy_button)
        self.copies = CopiesList(style)
        self.copies.show_requested.connect(self.show_requested)
        self._lay_out()
        loader.facts_ready.connect(self._on_answer)
        loader.facts_failed.connect(self._failed)
        self.hide()

    def show_hit(self, hit: Hit) -> None:
        """Show the details of `hit`."""
        self._hit = hit
        self._ask()

    def set_wanted(self, wanted: bool) -> None:
        """Show or hide the panel."""
        self.setVisible(wanted)
        self._ask()

    def stop(self) -> None:
        """Show nothing further; an answer that is still loading is ignored."""
        self._hit = None

    @override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 0)

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("Facts")
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + GRID // 2)
        path = QVBoxLayout()
        path.setSpacing(2)
        path.addWidget(captioned(words.PATH))
        path.addWidget(self.path)
        column.addLayout(path)
        for row in self.rows.values():
            column.addWidget(row)
        column.addWidget(self.copies)
        column.addWidget(self.problem)
        column.addStretch(1)
        self.setWidget(content)

    def _ask(self) -> None:
        hit = self._hit
        if hit is None or self.isHidden():
            return
        self.problem.hide()
        facts = self._loader.facts(hit.item)
        self._show(facts or known(hit))
        if facts is None:
            self._loader.ask_facts(hit.item)

    def _on_answer(self, item: int) -> None:
        facts = self._loader.facts(item)
        if facts is not None and self._hit is not None and self._hit.item == item:
            self._show(facts)

    def _failed(self, item: int, error: Exception) -> None:
        if self._hit is None or self._hit.item != item:
            return
        if isinstance(error, UserError):
            self.problem.setText(strings.plain(str(error)))
        else:
            self.problem.setText(words.FACTS_FAILED)
            self.broken.emit(error)
        self.problem.show()

    def _show(self, facts: ItemFacts) -> None:
        self.path.show_path(facts.paths[0])
        for caption, text in described(facts).items():
            self.rows[caption].say(text)
        self._place = ""
        if facts.latitude is not None and facts.longitude is not None:
            self._place = words.place_to_copy(facts.latitude, facts.longitude)
        self.copies.show_paths(facts.paths[1:])

    def _copy_place(self) -> None:
        QGuiApplication.clipboard().setText(self._place)


_CAPTIONS = (
    words.TITLE,
    words.PAGES,
    words.TAKEN,
    words.CAMERA,
    words.LENS,
    words.EXPOSURE,
    words.PLACE,
    words.DIMENSIONS,
    words.SIZE,
    words.MODIFIED,
)


def described(facts: ItemFacts) -> dict[str, str]:
    """The text of each row by its caption; "" for what the file does not tell."""
    place = ""
    if facts.latitude is not None and facts.longitude is not None:
        place = words.place(facts.latitude, facts.longitude)
    sides = words.pixels if facts.page is None else words.paper
    pages = words.page_of(facts.page, facts.pages) if facts.page and facts.pages else ""
    return {
        words.TITLE: facts.title,
        words.PAGES: pages,
        words.TAKEN: words.moment(facts.taken) if facts.taken else "",
        words.CAMERA: facts.camera,
        words.LENS: facts.lens,
        words.EXPOSURE: facts.exposure,
        words.PLACE: place,
        words.DIMENSIONS: sides(facts.width, facts.height),
        words.SIZE: strings.size(facts.bytes) if facts.bytes else "",
        words.MODIFIED: words.moment(facts.modified) if facts.modified else "",
    }


def known(hit: Hit) -> ItemFacts:
    """The details that a hit itself knows."""
    page = hit.page if hit.kind is ItemKind.PAGE else None
    return ItemFacts(hit.item, (hit.path,), page, None, 0, "", hit.width, hit.height, hit.taken)


def captioned(text: str) -> QLabel:
    """Make the label of a caption."""
    label = QLabel(text)
    label.setProperty("kind", "muted")
    return label
