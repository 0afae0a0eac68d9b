"""Joins the search bar to the library, the memory and the questions of this session."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.records import LibraryStatus, Query, SearchResults
from gui import strings
from gui.jobs import Job, Lane
from gui.messages import Level, Message
from gui.search.bar.search_bar import SearchBar
from gui.search.drop_handler import DropHandler
from gui.search.query_draft import QueryDraft
from gui.search.saved.history_list import HistoryList
from gui.search.saved.query_history import QueryHistory
from gui.search.saved.reopen import (
    ReopenedQuery,
    restored,
)
from gui.search.saved.save_dialogs import SaveDialogs
from gui.search.saved.saved_search import (
    SavedSearch,
    described,
)
from gui.search.saved.saved_searches import SavedSearches
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.strings import search as words
from gui.widgets.style import Style

STANDING_MILLISECONDS = 2500  # what stands answered for so long was meant, though it was never entered


class SearchController(QObject):
    can_go_back = Signal(bool)
    returning = Signal(object)  # Query or None: what is asked next was asked before

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
        self._searching = search_runner
        self._memory = memory
        self._window = window
        self._trail = QueryHistory()
        self._asked = QueryDraft()
        self._kept = QueryDraft()  # what was remembered last of what is being put together now
        self._restoring: Job[ReopenedQuery] | None = None
        self._standing = QTimer(self)
        self._standing.setSingleShot(True)
        self._standing.setInterval(STANDING_MILLISECONDS)
        self._standing.timeout.connect(self._keep)
        self.history = HistoryList(style, bar.frame, bar.line, window)
        self.saving = SaveDialogs(memory, session.messages, window)
        self.folder_dialog: QFileDialog | None = None
        self._connect(search_runner, drop_handler)

    def _connect(self, search_runner: SearchRunner, drop_handler: DropHandler) -> None:
        bar, memory = self._bar, self._memory
        bar.asked.connect(self._note)
        bar.emptied.connect(self._forget_asked)
        bar.again_wanted.connect(self._restore)
        bar.history_wanted.connect(self.offer_history)
        bar.save_wanted.connect(self.save)
        bar.filters.folder_pick_wanted.connect(self._pick_folder)
        bar.too_many.connect(self._session.messages.warning)
        self.history.chosen.connect(lambda search: bar.ask_again(search.query))
        self.history.forget_wanted.connect(memory.forget)
        self.history.clear_wanted.connect(memory.clear_recent)
        memory.changed.connect(self._memory_changed)
        search_runner.found.connect(self._found)
        drop_handler.pictures_given.connect(bar.add_pictures)
        drop_handler.question_given.connect(bar.ask_for)
        drop_handler.similar_given.connect(lambda picture: bar.ask_for([picture]))
        self._session.status_changed.connect(self._show_folders)

    # what was asked

    def back(self) -> None:
        """To the question before this one."""
        self._show(self._trail.back(self._bar.question()))

    def forward(self) -> None:
        self._show(self._trail.forward(self._bar.question()))

    def _show(self, question: QueryDraft | None) -> None:
        if question is not None:
            self.returning.emit(question.query())
            self._bar.show_question(question)
        self._tell_trail()

    def _tell_trail(self) -> None:
        self.can_go_back.emit(self._trail.has_before(self._bar.question()))

    def _note(self, _query: Query) -> None:
        self._standing.stop()
        self._drop_restoring()
        self._asked = self._bar.question()
        self._show_saved()
        self._tell_trail()

    def _forget_asked(self) -> None:
        self._standing.stop()
        self._drop_restoring()
        self._asked = self._kept = QueryDraft()
        self._show_saved()
        self._tell_trail()

    def _found(self, _query: Query, _results: SearchResults) -> None:
        """Answered. What was entered is remembered now; what only stood while typing, when it stays.

        Who had it forgotten does not get it back by an answer that is only looked up again.
        """
        if self._searching.repeating:
            return
        if self._bar.deliberate:
            self._keep()
        else:
            self._standing.start()

    def _keep(self) -> None:
        self._trail.add(self._asked)
        if self._asked.worded or self._asked.filters.narrow:
            step = self._kept.query() if self._asked.adds_to(self._kept) else None
            self._memory.record(self._asked, in_place_of=step)
            self._kept = self._asked

    # the memory

    def offer_history(self) -> None:
        """Remembered searches that hold what is typed, the saved ones first."""
        self.history.offer(self._matching())

    def save(self) -> None:
        """Under a name that the person gives."""
        question = self._bar.question()
        query = question.query()
        if query is not None and self._session.is_open:
            label = described(query, question.picture_labels(), question.filters.theme_name)
            self.saving.begin(question, strings.plain(label), self._bar.frame.save_button)

    def _matching(self) -> list[SavedSearch]:
        typed = self._bar.line.text().strip().casefold()
        saved = {search.query for search in self._memory.saved()}
        recent = [search for search in self._memory.recent() if search.query not in saved]
        every = [*self._memory.saved(), *recent]
        return [search for search in every if typed in f"{search.name} {search.label}".casefold()]

    def _memory_changed(self) -> None:
        self._show_saved()
        if self.history.isVisible():
            self.history.fill(self._matching())

    def _show_saved(self) -> None:
        query = self._asked.query()
        self._bar.frame.show_saved(query is not None and self._memory.find_saved(query) is not None)

    # asking again

    def _restore(self, query: Query) -> None:
        self._drop_restoring()
        known = self._memory.find(query)
        notes, theme_name = (known.notes, known.theme_name) if known else ((), "")
        library, ratio = self._session.library, self._window.devicePixelRatioF()
        self._restoring = self._session.jobs.run(
            Lane.FILES, lambda: restored(query, notes, theme_name, library, ratio), self._restored
        )

    def _restored(self, found: ReopenedQuery) -> None:
        self._restoring = None
        question = found.question
        asks = question.worded or question.filters.narrow or question.everything
        if found.missing:
            remedy = words.MISSING_REMEDY if asks else words.MISSING_ALL_REMEDY
            self._session.messages.warning(words.missing_parts(list(found.missing)), remedy)
        if asks:
            self._bar.show_question(question)

    def _drop_restoring(self) -> None:
        """What is asked now is newer than what was being looked up."""
        if self._restoring is not None:
            self._restoring.cancel()
            self._restoring = None

    # filters

    def _show_folders(self, status: LibraryStatus) -> None:
        self._bar.filters.set_folders([folder.path for folder in status.folders])

    def _pick_folder(self) -> None:
        status = self._session.status
        start = status.folders[0].path if status and status.folders else Path.home()
        dialog = QFileDialog(self._window, words.PICK_FOLDER, str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._take_folder(Path(name)))
        dialog.open()
        self.folder_dialog = dialog

    def _take_folder(self, folder: Path) -> None:
        """The library knows its folders by their real places."""
        self._session.jobs.run(Lane.FILES, folder.resolve, self._filter_by_folder)

    def _filter_by_folder(self, folder: Path) -> None:
        status = self._session.status
        if status and any(folder.is_relative_to(known.path) for known in status.folders):
            self._bar.add_folder(folder)
        else:
            text = words.NOT_OF_LIBRARY.format(name=strings.file_name(folder))
            self._session.messages.post(Message(Level.WARNING, text, passing=True))
