"""Dialogs that save, rename and remove a search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from gui.messages import Messages
from gui.search.query_draft import QueryDraft
from gui.search.saved.saved_search import SavedSearch
from gui.search.saved.saved_searches import SavedSearches
from gui.strings import search as words


class SaveDialogs(QObject):
    """Asks for names and applies them to the saved searches."""

    def __init__(self, memory: SavedSearches, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._saved_searches = memory
        self._messages = messages
        self._window = window
        self.dialog: QInputDialog | None = None
        self.menu: QMenu | None = None

    def begin(self, question: QueryDraft, suggested: str, button: QWidget) -> None:
        """Ask for a name for `question`; if it is saved already, show a menu below `button`."""
        query = question.query()
        if query is None:
            return
        known = self._saved_searches.find_saved(query)
        if known is not None:
            self._offer(known, button)
            return
        labels = question.picture_labels()
        self._ask_name(
            words.SAVE_TITLE, suggested, lambda name: self._saved_searches.save(query, name, labels)
        )

    def name(self, search: SavedSearch) -> None:
        """Ask for a name, to rename a saved search or to save a recent one."""
        if search.name:
            self._rename(search)
            return
        labels = [note.label for note in search.notes]
        self._ask_name(
            words.SAVE_TITLE,
            search.title,
            lambda name: self._saved_searches.save(search.query, name, labels),
        )

    def _rename(self, search: SavedSearch) -> None:
        self._ask_name(
            words.RENAME_TITLE, search.name, lambda name: self._saved_searches.rename(search, name)
        )

    def _offer(self, search: SavedSearch, button: QWidget) -> None:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(words.RENAME).triggered.connect(lambda: self._rename(search))
        menu.addAction(words.FORGET).triggered.connect(lambda: self._saved_searches.forget(search))
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        self.menu = menu

    def _ask_name(self, title: str, suggested: str, keep: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(words.NAME)
        dialog.setTextValue(suggested)
        dialog.textValueSelected.connect(lambda name: self._keep(name, keep))
        dialog.open()
        self.dialog = dialog

    def _keep(self, name: str, keep: Callable[[str], None]) -> None:
        if name.strip():
            keep(name.strip())
            self._messages.info(words.saved_note(name.strip()))
