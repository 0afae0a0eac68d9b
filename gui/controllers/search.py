"""Joins the search bar to the library, the saved searches and the history."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.records import LibraryChanges, Query, SearchResults
from gui import strings
from gui.jobs import Job, Lane
from gui.messages import Level, Message
from gui.search.bar.search_bar import SearchBar
from gui.search.drop_handler import DropHandler
from gui.search.query_draft import QueryDraft
from gui.search.saved.history_list import HistoryList
from gui.search.saved.query_history import QueryHistory
from gui.search.saved.reopen import ReopenedQuery, reopen_query
from gui.search.saved.save_dialogs import SaveDialogs
from gui.search.saved.saved_search import SavedSearch, query_label
from gui.search.saved.saved_searches import SavedSearches
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.strings import search as words
from gui.widgets.appearance.style import Style

SETTLE_MILLISECONDS = 2500  # a search whose results stay this long is recorded even if it was not entered


class SearchController(QObject):
    """Records searches and handles the history, saved searches and folder filters."""

    can_go_back = Signal(bool)
    about_to_revisit = Signal(object)  # Query or None: the next search is an earlier one

    def __init__(
        self,
        session: Session,
        bar: SearchBar,
        search_runner: SearchRunner,
        drop_handler: DropHandler,
        memory: SavedSearches,
        style: Style,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._bar = bar
        self._search_runner = search_runner
        self._saved_searches = memory
        self._window = window
        self._query_history = QueryHistory()
        self._asked = QueryDraft()
        self._kept = QueryDraft()  # the last recorded step of the search being composed
        self._reopen_job: Job[ReopenedQuery] | None = None
        self._settle_timer = QTimer(self)
        self._settle_timer.setSingleShot(True)
        self._settle_timer.setInterval(SETTLE_MILLISECONDS)
        self._settle_timer.timeout.connect(self._record_asked)
        self.history = HistoryList(style, bar.frame, bar.line, window)
        self.save_dialogs = SaveDialogs(memory, session.messages, window)
        self.folder_dialog: QFileDialog | None = None
        self._connect(search_runner, drop_handler)

    def _connect(self, search_runner: SearchRunner, drop_handler: DropHandler) -> None:
        bar, memory = self._bar, self._saved_searches
        bar.asked.connect(self._on_asked)
        bar.emptied.connect(self._on_emptied)
        bar.repeat_requested.connect(self._reopen)
        bar.history_requested.connect(self.offer_history)
        bar.save_requested.connect(self.save)
        bar.filters.folder_pick_requested.connect(self._pick_folder)
        bar.too_many.connect(self._session.messages.warning)
        self.history.chosen.connect(lambda search: bar.ask_again(search.query))
        self.history.forget_requested.connect(memory.forget)
        self.history.clear_requested.connect(memory.clear_recent)
        memory.changed.connect(self._memory_changed)
        search_runner.found.connect(self._found)
        drop_handler.pictures_dropped.connect(bar.add_pictures)
        drop_handler.query_replaced.connect(bar.ask_for)
        drop_handler.similar_prepared.connect(lambda picture: bar.ask_for([picture]))
        self._session.changed.connect(self._show_folders)

    # the history of this session

    def back(self) -> None:
        """Go to the previous search of this session."""
        self._show(self._query_history.back(self._bar.question()))

    def forward(self) -> None:
        """Go to the search that `back` left."""
        self._show(self._query_history.forward(self._bar.question()))

    def _show(self, question: QueryDraft | None) -> None:
        if question is not None:
            self.about_to_revisit.emit(question.query())
            self._bar.show_question(question)
        self._emit_can_go_back()

    def _emit_can_go_back(self) -> None:
        self.can_go_back.emit(self._query_history.has_before(self._bar.question()))

    def _on_asked(self, _query: Query) -> None:
        self._settle_timer.stop()
        self._cancel_reopen()
        self._asked = self._bar.question()
        self._show_saved()
        self._emit_can_go_back()

    def _on_emptied(self) -> None:
        self._settle_timer.stop()
        self._cancel_reopen()
        self._asked = self._kept = QueryDraft()
        self._show_saved()
        self._emit_can_go_back()

    def _found(self, _query: Query, _results: SearchResults) -> None:
        """Record the search if it was entered by the user; otherwise once it has stood for a while.

        A repeated search is not recorded, so that a search deleted from the history stays deleted.
        """
        if self._search_runner.repeating:
            return
        if self._bar.deliberate:
            self._record_asked()
        else:
            self._settle_timer.start()

    def _record_asked(self) -> None:
        self._query_history.add(self._asked)
        if self._asked.has_parts or self._asked.filters.excludes_items:
            step = self._kept.query() if self._asked.extends(self._kept) else None
            self._saved_searches.record(self._asked, in_place_of=step)
            self._kept = self._asked

    # history and saved searches

    def offer_history(self) -> None:
        """Show stored searches that contain the typed text, saved ones first."""
        self.history.offer(self._matching())

    def save(self) -> None:
        """Save the current search under a name that the user enters."""
        question = self._bar.question()
        query = question.query()
        if query is not None and self._session.is_open:
            label = query_label(query, question.picture_labels())
            self.save_dialogs.begin(question, strings.plain(label), self._bar.frame.save_button)

    def _matching(self) -> list[SavedSearch]:
        typed = self._bar.line.text().strip().casefold()
        saved = {search.query for search in self._saved_searches.saved()}
        recent = [search for search in self._saved_searches.recent() if search.query not in saved]
        every = [*self._saved_searches.saved(), *recent]
        return [search for search in every if typed in f"{search.name} {search.label}".casefold()]

    def _memory_changed(self) -> None:
        self._show_saved()
        if self.history.isVisible():
            self.history.fill(self._matching())

    def _show_saved(self) -> None:
        query = self._asked.query()
        self._bar.frame.show_saved(query is not None and self._saved_searches.find_saved(query) is not None)

    # reopening a stored search

    def _reopen(self, query: Query) -> None:
        self._cancel_reopen()
        known = self._saved_searches.find(query)
        notes = known.notes if known else ()
        library, ratio = self._session.library, self._window.devicePixelRatioF()
        self._reopen_job = self._session.jobs.run(
            Lane.FILES, lambda: reopen_query(query, notes, library, ratio), self._on_reopened
        )

    def _on_reopened(self, found: ReopenedQuery) -> None:
        self._reopen_job = None
        question = found.question
        asks = question.has_parts or question.filters.excludes_items or question.everything
        if found.missing:
            remedy = words.MISSING_REMEDY if asks else words.MISSING_ALL_REMEDY
            self._session.messages.warning(words.missing_parts(list(found.missing)), remedy)
        if asks:
            self._bar.show_question(question)

    def _cancel_reopen(self) -> None:
        """Cancel reopening a stored search, since there is a newer one."""
        if self._reopen_job is not None:
            self._reopen_job.cancel()
            self._reopen_job = None

    # filters

    def _show_folders(self, changes: LibraryChanges) -> None:
        self._bar.filters.set_folders([folder.path for folder in changes.status.folders])

    def _pick_folder(self) -> None:
        status = self._session.status
        start = status.folders[0].path if status and status.folders else Path.home()
        dialog = QFileDialog(self._window, words.PICK_FOLDER, str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._resolve_folder(Path(name)))
        dialog.open()
        self.folder_dialog = dialog

    def _resolve_folder(self, folder: Path) -> None:
        """Resolve links, since the library stores the real paths of its folders."""
        self._session.jobs.run(Lane.FILES, folder.resolve, self._filter_by_folder)

    def _filter_by_folder(self, folder: Path) -> None:
        status = self._session.status
        if status and any(folder.is_relative_to(known.path) for known in status.folders):
            self._bar.add_folder(folder)
        else:
            text = words.NOT_OF_LIBRARY.format(name=strings.file_name(folder))
            self._session.messages.post(Message(Level.WARNING, text, passing=True))
