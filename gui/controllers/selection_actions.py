"""Actions on the selected results, as a menu and as shortcuts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from engine.records import Hit
from gui.files import desktop
from gui.files.clipboard import FileClipboard
from gui.files.confirm_many import open_many
from gui.files.file_actions import FileActions
from gui.files.folder_excludes import FolderExcludes
from gui.files.open_with import OpenWithController
from gui.files.transfer.export import ExportController
from gui.files.transfer.trash_controller import TrashController
from gui.jobs import Lane
from gui.search.drop_handler import DropHandler
from gui.search.picture_query import PICTURE_LIMIT
from gui.session import Session
from gui.strings import file_work as words
from gui.widgets import shortcut_table
from gui.widgets.file_drag import DraggedFiles, pack

Hits = Sequence[Hit]


@dataclass(frozen=True, slots=True)
class FileActionSet:
    """The objects that perform the actions."""

    files: FileActions
    drop_handler: DropHandler
    open_with: OpenWithController
    export_controller: ExportController
    trash_controller: TrashController
    folder_excludes: FolderExcludes


@dataclass(frozen=True, slots=True)
class _Choice:
    name: str  # in the table of shortcuts; "" if it has none
    text: str | Callable[[Hits], str]
    act: Callable[[Hits], None]
    possible: Callable[[Hits], bool] = bool
    keys_elsewhere: bool = False  # widgets with results handle the key themselves

    def label(self, hits: Hits) -> str:
        return self.text if isinstance(self.text, str) else self.text(hits)


class SelectionActions(QObject):
    """Builds the menu, and attaches the shortcuts to widgets."""

    preview_requested = Signal(object)  # Hit
    remove_folder_requested = Signal(object)  # Path

    def __init__(self, session: Session, file_actions: FileActionSet, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._file_actions = file_actions
        self._window = window
        self.clipboard = FileClipboard(self)
        self._blocks = self._choices()
        self.dialog: QMessageBox | None = None

    def attach(self, widget: QWidget, selected: Callable[[], Hits]) -> None:
        """Add the shortcuts to `widget` and its children, for what `selected` returns."""
        for choice in (choice for block in self._blocks for choice in block):
            if choice.name and not choice.keys_elsewhere:
                action = QAction(choice.label(()), widget)
                action.setShortcuts(shortcut_table.sequences(choice.name))
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                action.triggered.connect(_run_choice(choice, selected))
                widget.addAction(action)

    def menu_for(self, hits: Hits, preview: bool = True) -> QMenu:
        """Make a menu for these hits. `preview`: with an entry that previews the first one."""
        menu = QMenu(self._window)
        menu.setAccessibleName(words.ACTIONS)
        for block in self._blocks:
            menu.addSeparator()
            for choice in block:
                if choice.name != "preview" or preview:
                    self._add(menu, choice, hits)
        return menu

    def show_menu(self, hits: Hits, place: QPoint, preview: bool = True) -> None:
        """Show the menu for these hits. `place`: global position."""
        if hits:
            menu = self.menu_for(hits, preview)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(place)

    def open(self, hits: Hits) -> None:
        """Open the files of these hits, after a confirmation if they are many."""
        paths = files_of(hits)
        self.dialog = open_many(
            len(paths),
            words.open_many(len(paths)),
            lambda: self._file_actions.files.open(*paths),
            self._window,
        )

    def show_in_folder(self, hits: Hits) -> None:
        """Show the files of these hits in the file manager, after a confirmation if the folders are many."""
        paths = files_of(hits)
        folders = len({path.parent for path in paths})
        self.dialog = open_many(
            folders,
            words.show_many(folders),
            lambda: self._file_actions.files.show_in_folder(*paths),
            self._window,
        )

    def _choices(self) -> tuple[tuple[_Choice, ...], ...]:
        file_actions = self._file_actions
        return (
            (
                _Choice("open", words.OPEN, self.open, keys_elsewhere=True),
                _Choice("preview", words.PREVIEW, self._preview, keys_elsewhere=True),
                _Choice("", words.OPEN_WITH, lambda hits: file_actions.open_with.ask(files_of(hits))),
                _Choice("show in folder", words.SHOW_IN_FOLDER, self.show_in_folder),
            ),
            (
                _Choice("copy files", lambda hits: words.copy_files(len(files_of(hits))), self._copy),
                _Choice(
                    "copy paths",
                    lambda hits: words.copy_paths(len(files_of(hits))),
                    self._copy_paths,
                ),
                _Choice(
                    "export", words.EXPORT, lambda hits: file_actions.export_controller.ask(files_of(hits))
                ),
            ),
            (
                _Choice("find similar", words.FIND_SIMILAR, self._find_similar),
                _Choice("add to search", words.ADD_TO_SEARCH, lambda hits: self._add_to_search(hits, False)),
                _Choice(
                    "take from search", words.TAKE_FROM_SEARCH, lambda hits: self._add_to_search(hits, True)
                ),
            ),
            (
                _Choice("", self._leave_out_text, self._leave_out, lambda hits: folder_of(hits) is not None),
                _Choice("move to bin", words.MOVE_TO_BIN, file_actions.trash_controller.confirm_trash),
            ),
        )

    @staticmethod
    def _add(menu: QMenu, choice: _Choice, hits: Hits) -> None:
        action = menu.addAction(choice.label(hits).replace("&", "&&"))
        # For display only: `attach` sets the shortcut that works.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if choice.name:
            action.setShortcut(shortcut_table.sequences(choice.name)[0])
            action.setShortcutVisibleInContextMenu(True)
        action.setEnabled(choice.possible(hits))
        action.triggered.connect(_run_choice(choice, lambda: hits))

    def _preview(self, hits: Hits) -> None:
        self.preview_requested.emit(hits[0])

    def _copy(self, hits: Hits) -> None:
        paths = files_of(hits)

        def put(packed: DraggedFiles) -> None:
            self.clipboard.put(packed)
            self._session.messages.info(words.copied_files(len(paths)))

        self._session.jobs.run(Lane.FILES, lambda: pack(paths), put)

    def _copy_paths(self, hits: Hits) -> None:
        paths = files_of(hits)
        desktop.copy_paths(paths)
        self._session.messages.info(words.copied_paths(len(paths)))

    def _find_similar(self, hits: Hits) -> None:
        self._file_actions.drop_handler.search_by_hit(hits[0])
        self._add_to_search(hits[1:], minus=False)

    def _add_to_search(self, hits: Hits, minus: bool) -> None:
        for hit in hits[: PICTURE_LIMIT + 1]:  # with one too many, so that the search bar reports its limit
            self._file_actions.drop_handler.add_hit_to_query(hit, minus)

    def _leave_out_text(self, hits: Hits) -> str:
        folder = folder_of(hits)
        if folder is None:
            return words.EXCLUDE_FOLDER
        whole = self._file_actions.folder_excludes.is_whole_folder(folder)
        return words.remove_folder(folder) if whole else words.exclude_folder(folder)

    def _leave_out(self, hits: Hits) -> None:
        folder = folder_of(hits)
        if folder is None:
            return
        if self._file_actions.folder_excludes.is_whole_folder(folder):
            self.remove_folder_requested.emit(folder)
        else:
            self._file_actions.folder_excludes.exclude(folder)


def files_of(hits: Iterable[Hit]) -> tuple[Path, ...]:
    """The files of these hits, each once: several pages may be of one document."""
    return tuple(dict.fromkeys(hit.path for hit in hits))


def folder_of(hits: Hits) -> Path | None:
    """The folder that has all of these files; None if there are several."""
    # Compared as text: computing `parent` for ten thousand paths would be noticeably slow.
    places = {str(hit.path).rpartition(os.sep)[0] for hit in hits}
    return hits[0].path.parent if len(places) == 1 else None


def _run_choice(choice: _Choice, selected: Callable[[], Hits]) -> Callable[[], None]:
    def act() -> None:
        hits = selected()
        if choice.possible(hits):
            choice.act(hits)

    return act
