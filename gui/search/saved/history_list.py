"""The list of recent and saved searches below the search box; arrows choose one, Enter runs it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import strings
from gui.override import override
from gui.search.saved.saved_search import SavedSearch
from gui.strings import search as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import LinkButton

MOST_SHOWN = 12
REMEMBERED_ROLE = int(Qt.ItemDataRole.UserRole)


class HistoryRows(QListWidget):
    """The rows of the list. Typing goes to the search box, Delete removes a search."""

    left = Signal()  # back to the text
    typed = Signal(object)  # QKeyEvent with text for the search box
    forget_requested = Signal(object)  # SavedSearch
    focus_lost = Signal()

    @override
    def event(self, event: QEvent) -> bool:
        # Before the window's own Escape, which would clear the search.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Up and self.currentRow() <= 0):
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self.itemActivated.emit(item)
        elif event.key() == Qt.Key.Key_Delete and item is not None:
            self.forget_requested.emit(item.data(REMEMBERED_ROLE))
        elif event.text() and event.text().isprintable():
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_lost.emit()


def _is_own(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape or event.text().isprintable()


class HistoryList(QFrame):
    """The list and its buttons, inside the window: a popup would swallow the click that closes it."""

    chosen = Signal(object)  # SavedSearch
    forget_requested = Signal(object)  # SavedSearch
    clear_requested = Signal()

    def __init__(self, style: Style, box: QWidget, line: QWidget, window: QWidget) -> None:
        """Place the list below `box`; `line` gets the focus back, and what is typed."""
        super().__init__(window)
        self._window = window
        self._style = style
        self._box = box
        self._line = line
        style.changed.connect(self._update_colours)
        box.installEventFilter(self)
        self.setObjectName("HistoryList")
        self.rows = HistoryRows()
        self.rows.setAccessibleName(words.HISTORY_HINT)
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.rows.itemActivated.connect(self._choose)
        self.rows.itemClicked.connect(self._choose)
        self.rows.left.connect(self.leave)
        self.rows.typed.connect(self._type_on)
        self.rows.forget_requested.connect(self.forget_requested)
        self.rows.focus_lost.connect(self._focus_lost)
        self.empty = QLabel(words.NO_SEARCHES)
        self.empty.setProperty("kind", "muted")
        self.empty.setContentsMargins(GRID, GRID, GRID, GRID)
        self.clear_link = LinkButton(words.CLEAR_RECENT)
        self.clear_link.clicked.connect(self.clear_requested)
        self.clear_link.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        column.setSpacing(GRID // 2)
        for widget in (self.rows, self.empty):
            column.addWidget(widget)
        end = QHBoxLayout()
        end.setContentsMargins(GRID + 4, 0, GRID, GRID // 2)  # aligned with the icons of the rows
        end.addWidget(self.clear_link)
        end.addStretch(1)
        column.addLayout(end)
        self.hide()

    def offer(self, searches: list[SavedSearch]) -> None:
        """Show and focus the list of `searches`, in this order."""
        self.fill(searches)
        self._place()
        self.show()
        self.raise_()
        self.rows.setFocus(Qt.FocusReason.PopupFocusReason)

    def fill(self, searches: list[SavedSearch]) -> None:
        """Replace the rows; at most 12 are shown."""
        row = self.rows.currentRow()
        self.rows.clear()
        for search in searches[:MOST_SHOWN]:
            item = QListWidgetItem(self._icon(search), strings.plain(search.title))
            item.setToolTip(strings.tip(search.label))
            item.setData(REMEMBERED_ROLE, search)
            self.rows.addItem(item)
        self.rows.setCurrentRow(min(max(row, 0), self.rows.count() - 1))
        # At least one pixel high: the list has the focus even if it is empty.
        self.rows.setFixedHeight(1 + sum(map(self.rows.sizeHintForRow, range(self.rows.count()))))
        self.empty.setVisible(not searches)
        self.clear_link.setVisible(any(not search.name for search in searches))
        self.adjustSize()

    def _icon(self, search: SavedSearch) -> QIcon:
        return resources.icon("star" if search.name else "history", self._style.colour("muted"))

    def _update_colours(self) -> None:
        for row in range(self.rows.count()):
            item = self.rows.item(row)
            item.setIcon(self._icon(item.data(REMEMBERED_ROLE)))

    def leave(self) -> None:
        """Hide the list and focus the text."""
        self.hide()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._box and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.clear_link and event.type() == QEvent.Type.FocusOut:
            self._focus_lost()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        box = self._box
        below = box.mapTo(self._window, QPoint(0, box.height() + GRID // 2))
        self.setFixedWidth(box.width())
        self.adjustSize()
        self.move(below)

    def _choose(self, item: QListWidgetItem) -> None:
        search = item.data(REMEMBERED_ROLE)
        self.leave()
        self.chosen.emit(search)

    def _type_on(self, event: QKeyEvent) -> None:
        self.leave()
        self._line.event(event)

    def _focus_lost(self) -> None:
        if not self.isAncestorOf(self.window().focusWidget() or self._line):
            self.hide()
