"""The one box: words, pictures, or both; and where to look."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from engine.records import Query, Scope
from gui import strings
from gui.parts import resources
from gui.parts.buttons import IconButton
from gui.parts.style import GRID, Style
from gui.search.picture_query import CHIP, PICTURE_LIMIT, QueryPicture, holds_something

PAUSE_MILLISECONDS = 400  # of typing, before a search starts by itself
SHORTEST_TEXT = 2  # characters; a single letter asks for nothing yet
LONGEST_LABEL = 18

_SCOPES = (
    (Scope.ALL, strings.SCOPE_ALL),
    (Scope.PHOTOS, strings.SCOPE_PHOTOS),
    (Scope.PAGES, strings.SCOPE_PAGES),
)


class SearchLine(QLineEdit):
    """A line of text that lets pictures and files on the clipboard pass by to the window."""

    other_pasted = Signal()
    left_downwards = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
            return
        if event.matches(QKeySequence.StandardKey.Paste) and holds_something(
            QApplication.clipboard().mimeData()
        ):
            self.other_pasted.emit()
            return
        super().keyPressEvent(event)


class PictureChip(QFrame):
    """One picture of the question, with a button that takes it out."""

    removed = Signal()

    def __init__(self, picture: QueryPicture, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.picture = picture
        self.setObjectName("PictureChip")
        self.setToolTip(strings.tip(picture.label))
        sign = QLabel()
        sign.setFixedSize(CHIP)
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if picture.thumbnail.isNull():
            sign.setPixmap(resources.pixmap("picture", 20, style.colour("muted"), 2.0))
        else:
            sign.setPixmap(QPixmap.fromImage(picture.thumbnail))
        name = QLabel(shortened(picture.label))
        name.setTextFormat(Qt.TextFormat.PlainText)
        self.remove_button = IconButton("close", strings.remove_picture(picture.label), style, self)
        self.remove_button.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(GRID // 2)
        for widget in (sign, name, self.remove_button):
            row.addWidget(widget)


class SearchBar(QWidget):
    """Emits `asked` with a Query when there is something to ask, `emptied` when there is no longer."""

    asked = Signal(object)  # Query
    emptied = Signal()
    paste_wanted = Signal()
    pick_wanted = Signal()
    results_wanted = Signal()
    too_many = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._chips: list[PictureChip] = []
        self._last: Query | None = None
        self._scope = Scope.ALL
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._ask_if_new)
        self._build_frame()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.frame, 1)
        row.addWidget(self._build_scopes())
        style.changed.connect(self._draw_icons)
        self._draw_icons()

    def query(self) -> Query | None:
        """What is asked now, or None when the bar is empty."""
        text = self.line.text().strip()
        sources = [chip.picture.source for chip in self._chips]
        if not text and not sources:
            return None
        return Query(
            text=text,
            like=tuple(source for source in sources if not isinstance(source, int)),
            like_items=tuple(source for source in sources if isinstance(source, int)),
            scope=self._scope,
        )

    def pictures(self) -> list[QueryPicture]:
        return [chip.picture for chip in self._chips]

    def set_text(self, text: str) -> None:
        """Ask for `text`, as if it had been typed and entered."""
        self.line.setText(text)
        self.ask()

    def add_picture(self, picture: QueryPicture) -> None:
        """Make a picture part of the question, and ask."""
        if len(self._chips) >= PICTURE_LIMIT:
            self.too_many.emit()
            return
        chip = PictureChip(picture, self._style, self)
        chip.removed.connect(partial(self._remove_chip, chip))
        self._chips.append(chip)
        self._chip_row.addWidget(chip)
        self._show_clear()
        self.ask()

    def replace_pictures(self, picture: QueryPicture) -> None:
        """Ask for this picture alone."""
        self.line.clear()
        self._drop_chips()
        self.add_picture(picture)

    def ask(self) -> None:
        self._pause.stop()
        query = self.query()
        if query is None:
            self.clear()
            return
        self._last = query
        self.asked.emit(query)

    def start_over(self) -> None:
        """Empty the bar and wait there for the next question."""
        self.clear()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        self._pause.stop()
        self.line.clear()
        self._drop_chips()
        self._last = None
        self._show_clear()
        self.emptied.emit()

    def focus(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.frame.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            self.frame.style().polish(self.frame)
        return super().eventFilter(watched, event)

    def _build_frame(self) -> None:
        self.frame = QFrame()
        self.frame.setObjectName("SearchFrame")
        self.frame.setMinimumHeight(5 * GRID)
        self._sign = QLabel()
        self.line = SearchLine()
        self.line.setPlaceholderText(strings.SEARCH_PLACEHOLDER)
        self.line.setAccessibleName(strings.SEARCH_BOX)
        self.line.setAcceptDrops(False)  # a dropped file is a picture or a folder, not its name as text
        self.line.setMaxLength(1000)
        self.line.textEdited.connect(self._edited)
        self.line.textChanged.connect(self._show_clear)
        self.line.returnPressed.connect(self.ask)
        self.line.other_pasted.connect(self.paste_wanted)
        self.line.left_downwards.connect(self.results_wanted)
        self.line.installEventFilter(self)
        self.clear_button = IconButton("close", strings.SEARCH_CLEAR, self._style, self.frame)
        self.clear_button.clicked.connect(self.start_over)
        self.clear_button.hide()
        self.pick_button = IconButton("picture", strings.SEARCH_BY_PICTURE, self._style, self.frame)
        self.pick_button.clicked.connect(self.pick_wanted)
        self._chip_row = QHBoxLayout()
        self._chip_row.setSpacing(GRID // 2)
        row = QHBoxLayout(self.frame)
        row.setContentsMargins(GRID + 4, 0, GRID // 2, 0)
        row.setSpacing(GRID)
        row.addWidget(self._sign)
        row.addLayout(self._chip_row)
        row.addWidget(self.line, 1)
        row.addWidget(self.clear_button)
        row.addWidget(self.pick_button)

    def _build_scopes(self) -> QWidget:
        box = QWidget()
        box.setAccessibleName(strings.SCOPE)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(box)
        self.scope_buttons: dict[Scope, QToolButton] = {}
        for scope, text in _SCOPES:
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setChecked(scope is self._scope)
            button.setProperty("kind", "segment")
            button.setMinimumHeight(5 * GRID)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self._choose_scope, scope))
            group.addButton(button)
            row.addWidget(button)
            self.scope_buttons[scope] = button
        self.scope_buttons[_SCOPES[0][0]].setProperty("place", "first")
        self.scope_buttons[_SCOPES[-1][0]].setProperty("place", "last")
        return box

    def _draw_icons(self) -> None:
        self._sign.setPixmap(resources.pixmap("search", 20, self._style.colour("muted"), 2.0))

    def _choose_scope(self, scope: Scope, _checked: bool = False) -> None:
        self._scope = scope
        self._ask_if_new()

    def _edited(self, text: str) -> None:
        if text.strip() or self._chips:
            self._pause.start()
        else:
            self.clear()

    def _ask_if_new(self) -> None:
        query = self.query()
        if query is None or query == self._last:
            return
        if self._chips or len(query.text) >= SHORTEST_TEXT:
            self.ask()

    def _show_clear(self) -> None:
        self.clear_button.setVisible(bool(self.line.text() or self._chips))

    def _remove_chip(self, chip: PictureChip) -> None:
        self._take_out(chip)
        self._show_clear()
        self.line.setFocus()
        self.ask()

    def _drop_chips(self) -> None:
        for chip in list(self._chips):
            self._take_out(chip)

    def _take_out(self, chip: PictureChip) -> None:
        self._chips.remove(chip)
        self._chip_row.removeWidget(chip)
        chip.hide()
        chip.deleteLater()


def shortened(label: str) -> str:
    """The label with its middle left out when it is long; the ending tells the kind of file."""
    if len(label) <= LONGEST_LABEL:
        return label
    half = LONGEST_LABEL // 2
    return f"{label[:half]}…{label[-half:]}"
