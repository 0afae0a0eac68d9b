"""The folders that are searched, with what was found in each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from engine.records import FolderStatus
from gui import strings
from gui.parts.buttons import IconButton, TextButton
from gui.parts.style import GRID, Style

WIDTH = 32 * GRID
ROW_WIDTH = WIDTH - 2 * GRID - 4  # the panel without its margins and the list's own edges
FOLDER_ROLE = int(Qt.ItemDataRole.UserRole)


class FolderRow(QWidget):
    """A folder's name and counts. There are few folders, so each can be a widget."""

    remove_wanted = Signal()

    def __init__(self, folder: FolderStatus, style: Style) -> None:
        super().__init__()
        name = QLabel()
        name.setTextFormat(Qt.TextFormat.PlainText)
        bold = name.font()
        bold.setWeight(QFont.Weight.DemiBold)
        name.setFont(bold)
        name.setText(
            name.fontMetrics().elidedText(
                strings.file_name(folder.path), Qt.TextElideMode.ElideMiddle, WIDTH - 9 * GRID
            )
        )
        self.counts = QLabel()
        self.counts.setProperty("kind", "muted")
        self.counts.setWordWrap(True)
        self.describe(folder)
        self.remove_button = IconButton("close", strings.remove_folder(folder.path), style, self)
        self.remove_button.clicked.connect(self.remove_wanted)
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID // 2, 0, GRID // 2)
        grid.setSpacing(0)
        grid.addWidget(name, 0, 0)
        grid.addWidget(self.remove_button, 0, 1)
        grid.addWidget(self.counts, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(2, 1)

    def describe(self, folder: FolderStatus) -> None:
        self.counts.setText(strings.folder_counts(folder.items, folder.failed, folder.available))

    def space(self) -> QSize:
        """What the list has to leave for the row, with its text as it is now."""
        return QSize(0, self.heightForWidth(ROW_WIDTH))


class Sidebar(QFrame):
    add_wanted = Signal()
    remove_wanted = Signal(object)  # Path
    show_wanted = Signal(object)  # Path

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._paths: list[Path] = []
        self.setObjectName("Sidebar")
        self.setFixedWidth(WIDTH)
        heading = QLabel(strings.FOLDERS)
        heading.setProperty("kind", "heading")
        heading.setContentsMargins(GRID, 0, 0, 0)
        self.list = QListWidget()
        self.list.setObjectName("FolderList")
        self.list.setAccessibleName(strings.FOLDERS)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._offer_menu)
        self.add_button = TextButton(strings.ADD_FOLDER, style, "folder-add")
        self.add_button.clicked.connect(self.add_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 2 * GRID, GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(heading)
        column.addWidget(self.list, 1)
        column.addWidget(self.add_button)

    def show_folders(self, folders: tuple[FolderStatus, ...]) -> None:
        """Rows of the same folders stay, and with them the focus and a press that has begun."""
        paths, self._paths = self._paths, [folder.path for folder in folders]
        if paths == self._paths:
            for number, folder in enumerate(folders):
                self._describe(number, folder)
            return
        current = self.list.currentRow()
        self.list.clear()
        for folder in folders:
            self._add(folder)
        self.list.setCurrentRow(min(current, len(folders) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.list.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:
            self.remove_wanted.emit(item.data(FOLDER_ROLE))
            return
        super().keyPressEvent(event)

    def row(self, number: int) -> FolderRow:
        widget = self.list.itemWidget(self.list.item(number))
        assert isinstance(widget, FolderRow)
        return widget

    def _add(self, folder: FolderStatus) -> None:
        item = QListWidgetItem()
        item.setData(FOLDER_ROLE, folder.path)
        item.setToolTip(strings.tip(str(folder.path)))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, strings.plain(str(folder.path)))
        row = FolderRow(folder, self._style)
        row.remove_wanted.connect(lambda: self.remove_wanted.emit(folder.path))
        item.setSizeHint(row.space())
        self.list.addItem(item)
        self.list.setItemWidget(item, row)

    def _describe(self, number: int, folder: FolderStatus) -> None:
        row = self.row(number)
        row.describe(folder)
        self.list.item(number).setSizeHint(row.space())

    def _offer_menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is None:
            return
        folder: Path = item.data(FOLDER_ROLE)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(strings.SHOW_IN_FOLDER).triggered.connect(lambda: self.show_wanted.emit(folder))
        menu.addAction(strings.REMOVE_FOLDER).triggered.connect(lambda: self.remove_wanted.emit(folder))
        menu.popup(self.list.viewport().mapToGlobal(place))
