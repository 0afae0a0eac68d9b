"""The list of groups of duplicates, with the files of each side by side."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from engine.records import DuplicateFile
from gui.duplicates.card import DuplicateCardPainter, tick_box
from gui.duplicates.layout import CARD, GAP, DuplicatesLayout
from gui.duplicates.model import FILE_ROLE, DuplicatesModel
from gui.override import override
from gui.results.cards.thumbnails import ThumbnailStore
from gui.strings import duplicates as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton

Index = QModelIndex | QPersistentModelIndex


class DuplicatesView(QAbstractItemView):
    """The item view of the groups, with a button for each visible one."""

    detail_requested = Signal(int)  # row
    open_requested = Signal(object)  # Path
    trash_requested = Signal(object, object)  # list[ShownFile] each: ticked files of a group, others

    def __init__(
        self, model: DuplicatesModel, thumbnails: ThumbnailStore, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._duplicates = model
        self._style = style
        self._cards = DuplicateCardPainter(style, thumbnails)
        self._geometry = DuplicatesLayout((), 0)
        self._buttons: list[TextButton] = []
        self._groups_shown = range(0)
        self._covered = 0  # logical pixels at the lower edge
        self._beyond = 0  # logical pixels visible beyond the end of the list
        self.setObjectName("DuplicatesView")
        self.setAccessibleName(words.LIST)
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(5 * GRID)
        thumbnails.arrived.connect(lambda _item: self.viewport().update())
        style.changed.connect(self.viewport().update)
        model.ticks_changed.connect(self._place_buttons)

    def set_covered_height(self, covered: int) -> None:
        """Let the list scroll further by `covered` pixels, which something covers at the lower edge."""
        if covered != self._covered:
            # A view at the very end stays there when the cover goes.
            offset = self.verticalOffset()
            beyond = offset + self.viewport().height() - self._geometry.height if offset else 0
            self._covered, self._beyond = covered, max(beyond, 0)
            self._lay_out()

    def button_of(self, group: int) -> TextButton | None:
        """The button of a group; None if the group is out of view."""
        if group not in self._groups_shown:
            return None
        return self._buttons[group - self._groups_shown.start]

    # geometry

    @override
    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        group = self._duplicates.arranged.group_of(index.row())
        card = self._geometry.card(group, index.row() - self._duplicates.rows(group).start)
        return card.translated(0, -self.verticalOffset())

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        found = self._geometry.at(point + QPoint(0, self.verticalOffset()))
        if found is None:
            return QModelIndex()
        group, place = found
        return self._duplicates.index(self._duplicates.rows(group).start + place)

    @override
    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Show the card, with the heading of its group if there is room."""
        del hint
        if not index.isValid():
            return
        bar = self.verticalScrollBar()
        card = self.visualRect(index)
        heading = self._geometry.heading(self._duplicates.arranged.group_of(index.row()))
        top = heading.translated(0, -self.verticalOffset()).top()
        height = self.viewport().height()
        height -= min(self._covered, height // 2)
        if card.bottom() - top > height:
            top = card.top() - GAP
        if top < 0:
            bar.setValue(bar.value() + top)
        elif card.bottom() + GAP > height:
            bar.setValue(bar.value() + card.bottom() + GAP - height)

    @override
    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        del modifiers
        count = self._duplicates.rowCount()
        if not count:
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self._duplicates.index(0)
        return self._duplicates.index(min(max(self._moved(action, current.row()), 0), count - 1))

    @override
    def horizontalOffset(self) -> int:
        return 0

    @override
    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: Index) -> bool:
        del index
        return False

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.topLeft())
        self.selectionModel().select(QItemSelection(index, index), command)

    @override
    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region += QRegion(self.visualRect(index))
        return region

    # layout

    @override
    def reset(self) -> None:
        super().reset()
        self._beyond = 0
        self._lay_out()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @override
    def scrollContentsBy(self, _right: int, _down: int) -> None:
        self._place_buttons()
        self.viewport().update()

    def _lay_out(self) -> None:
        self._geometry = DuplicatesLayout(self._duplicates.arranged.counts, self.viewport().width())
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        height = self._geometry.height + max(self._covered, self._beyond)
        bar.setRange(0, max(height - self.viewport().height(), 0))
        self._place_buttons()
        self.viewport().update()

    def _place_buttons(self) -> None:
        """Assign the buttons, of which there are as many as fit the screen, to the visible groups."""
        top = self.verticalOffset()
        self._groups_shown = self._geometry.groups_between(top, top + self.viewport().height())
        while len(self._buttons) < len(self._groups_shown):
            self._add_button()
        for number, button in enumerate(self._buttons):
            if number >= len(self._groups_shown):
                button.hide()
                continue
            group = self._groups_shown[number]
            text = self._duplicates.button_text(group)
            best = self._duplicates.arranged.groups[group].files[0].path
            if button.text() != text:
                button.setText(text)
            button.setAccessibleName(words.bin_spoken(text, group + 1, best))
            button.setEnabled(self._duplicates.any_ticked(group))
            size = button.sizeHint()
            heading = self._geometry.heading(group).translated(0, -top)
            left, middle = heading.right() - size.width(), heading.center().y() - size.height() // 2
            button.setGeometry(left, middle, size.width(), size.height())
            button.show()

    def _add_button(self) -> None:
        button = TextButton("", self._style, "bin", parent=self.viewport())
        number = len(self._buttons)
        button.clicked.connect(lambda: self._request_trash(self._groups_shown[number]))
        self._buttons.append(button)

    # drawing

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = self.verticalOffset()
        seen = event.rect().translated(0, top)
        current = self.currentIndex().row() if self.hasFocus() else -1
        for group in self._geometry.groups_between(seen.top(), seen.bottom()):
            heading = self._geometry.heading(group).translated(0, -top)
            self._cards.draw_heading(painter, heading, self._duplicates.group_title(group), group == 0)
            first = self._duplicates.rows(group).start
            for place in self._geometry.places_between(group, seen.top(), seen.bottom()):
                row, card = first + place, self._geometry.card(group, place).translated(0, -top)
                file, ticked = self._duplicates.arranged.files[row], self._duplicates.ticked(row)
                self._cards.draw(painter, card, file, place == 0, ticked, row == current)

    # events

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        key = event.key()
        if not index.isValid():
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.detail_requested.emit(index.row())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit(self._file(index).path)
        elif key == Qt.Key.Key_X:
            self._duplicates.tick(index.row(), not self._duplicates.ticked(index.row()))
        elif key == Qt.Key.Key_Delete:
            self._request_trash(self._duplicates.arranged.group_of(index.row()))
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        box = tick_box(self.visualRect(index))
        if event.button() == Qt.MouseButton.LeftButton and box.contains(event.position().toPoint()):
            self.setCurrentIndex(index)
            self._duplicates.tick(index.row(), not self._duplicates.ticked(index.row()))
            return
        super().mousePressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not tick_box(self.visualRect(index)).contains(event.position().toPoint()):
            self.detail_requested.emit(index.row())

    def _moved(self, action: QAbstractItemView.CursorAction, row: int) -> int:
        cursor = QAbstractItemView.CursorAction
        page = max(self.viewport().height() // (CARD.height() + GAP), 1)
        lines = {
            cursor.MoveUp: -1,
            cursor.MoveDown: 1,
            cursor.MovePageUp: -page,
            cursor.MovePageDown: page,
        }
        if action in lines:
            group = self._duplicates.arranged.group_of(row)
            place = row - self._duplicates.rows(group).start
            group, place = self._geometry.stepped(group, place, lines[action])
            return self._duplicates.rows(group).start + place
        if action in (cursor.MoveHome, cursor.MoveEnd):
            return 0 if action == cursor.MoveHome else self._duplicates.rowCount() - 1
        back = action in (cursor.MoveLeft, cursor.MovePrevious)
        return row - 1 if back else row + 1

    def _file(self, index: QModelIndex) -> DuplicateFile:
        file: DuplicateFile = index.data(FILE_ROLE)
        return file

    def _request_trash(self, group: int) -> None:
        ticked, kept = self._duplicates.split_by_tick(group)
        if ticked:
            self.trash_requested.emit(ticked, kept)
