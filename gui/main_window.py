"""The window: puts the parts together and lets them talk."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from engine.records import LibraryStatus, ModelStatus, Query, SearchResults
from gui import strings
from gui.activity.bar import ActivityBar, StatusLine
from gui.activity.failures_dialog import FailuresDialog
from gui.activity.indexing import Indexing, IndexState
from gui.files.file_actions import FileActions
from gui.parts.banner import BannerArea
from gui.parts.buttons import IconButton
from gui.parts.drop_overlay import DropOverlay
from gui.parts.empty_states import EmptyState, Problem, Ready, Welcome
from gui.parts.style import GRID, Style
from gui.preview.previewing import Previewing
from gui.results.cards import PICTURE
from gui.results.page import ResultsPage
from gui.results.thumbnails import ThumbnailStore
from gui.search.intake import Intake
from gui.search.picture_query import PICTURE_LIMIT, holds_something
from gui.search.search_bar import SearchBar
from gui.search.searching import Searching
from gui.session import Session
from gui.sidebar.folder_actions import FolderActions
from gui.sidebar.sidebar import Sidebar
from gui.window_state import WindowState

CLOSE_SECONDS = 10.0  # for the lanes to end; work on files stops within a second of being asked


class MainWindow(QMainWindow):
    def __init__(self, session: Session, style: Style) -> None:
        super().__init__()
        self.session = session
        self.session.setParent(self)
        self._look = style
        self._closing = False
        self._painted = False
        self._begun = False
        self._waiting_query: Query | None = None
        self._items_at_search = 0
        self.failures_dialog: FailuresDialog | None = None
        self.setWindowTitle(strings.APPLICATION)
        self.setAcceptDrops(True)
        self.indexing = Indexing(session)
        self.searching = Searching(session)
        self.intake = Intake(session, self)
        self.files = FileActions(session)
        self.folders = FolderActions(session, self.indexing, self)
        self._build()
        self._lay_out()
        self._connect_session()
        self._connect_parts()
        self._add_shortcuts()
        self.resize(150 * GRID, 100 * GRID)
        self._state = WindowState(session.location)
        self._state.restore(self, self.sidebar_button)
        session.messages.attach(self.banners)

    # building

    def _build(self) -> None:
        style = self._look
        self.thumbnails = ThumbnailStore(self.session.jobs, self.session.thumbnail, PICTURE)
        self.sidebar_button = IconButton("sidebar", strings.SHOW_SIDEBAR, style)
        self.sidebar_button.setCheckable(True)
        self.sidebar_button.setChecked(True)
        self.search_bar = SearchBar(style)
        self.add_button = IconButton("folder-add", strings.ADD_FOLDER, style)
        self.banners = BannerArea(style, self)
        self.sidebar = Sidebar(style)
        self.sidebar.hide()
        self.opening = EmptyState("findling", "", strings.OPENING_TITLE)
        self.problem = Problem(strings.PROBLEM_TITLE, style)
        self.welcome = Welcome(style)
        self.ready = Ready(style)
        self.nothing = EmptyState("findling", strings.NOTHING_FOUND_TITLE, strings.NOTHING_FOUND_TEXT)
        self.unanswered = Problem(strings.UNANSWERED_TITLE, style)
        self.results = ResultsPage(self.thumbnails, style)
        self.activity = ActivityBar(self.indexing, style)
        self.status_line = StatusLine()
        self.pages = QStackedWidget()
        for page in (self.opening, self.problem, self.welcome, self.ready):
            self.pages.addWidget(page)
        for answer in (self.nothing, self.unanswered, self.results):
            self.pages.addWidget(answer)
        self.previewing = Previewing(
            self.session, self.searching, self.pages, self.results, self.thumbnails, style
        )
        for button in (self.sidebar_button, self.add_button):
            button.setEnabled(False)

    def _lay_out(self) -> None:
        top = QWidget()
        top.setObjectName("TopBar")
        row = QHBoxLayout(top)
        row.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        row.setSpacing(GRID)
        row.addWidget(self.sidebar_button)
        row.addWidget(self.search_bar, 1)
        row.addWidget(self.add_button)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.sidebar)
        middle.addWidget(self.pages, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.banners)
        column.addLayout(middle, 1)
        column.addWidget(self.activity)
        column.addWidget(self.status_line)
        self.setCentralWidget(content)
        self.overlay = DropOverlay(self._look, content)
        self.setMinimumSize(90 * GRID, 60 * GRID)

    def _connect_session(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.open_failed.connect(self._open_failed)
        session.status_changed.connect(self._status_changed)
        session.models_changed.connect(self._models_changed)
        self.indexing.state_changed.connect(self._indexing_changed)
        self.searching.started.connect(self._search_started)
        self.searching.found.connect(self._found)
        self.searching.grew.connect(self._grew)
        self.searching.failed.connect(self._search_failed)
        self.intake.folders_given.connect(session.add_folders)
        self.intake.picture_given.connect(self.search_bar.add_picture)
        self.intake.similar_given.connect(self.search_bar.replace_pictures)

    def _connect_parts(self) -> None:
        self.search_bar.asked.connect(self._ask)
        self.search_bar.emptied.connect(self._emptied)
        self.search_bar.paste_wanted.connect(self.paste)
        self.search_bar.pick_wanted.connect(self.intake.pick)
        self.search_bar.results_wanted.connect(self._enter_results)
        self.search_bar.too_many.connect(self._too_many_pictures)
        self.sidebar_button.toggled.connect(self._show_sidebar)
        self.sidebar.add_wanted.connect(self.folders.pick)
        self.sidebar.remove_wanted.connect(self.folders.confirm_removal)
        self.sidebar.show_wanted.connect(self.files.open)
        self.add_button.clicked.connect(self.folders.pick)
        self.welcome.add_folder_wanted.connect(self.folders.pick)
        self.problem.retry_wanted.connect(self._open)
        self.unanswered.retry_wanted.connect(self.searching.repeat)
        self.ready.example_chosen.connect(self.search_bar.set_text)
        self.results.more_wanted.connect(self.searching.grow)
        self.results.refresh_wanted.connect(self.searching.repeat)
        view = self.results.view
        view.open_wanted.connect(lambda hit: self.files.open(hit.path))
        view.show_wanted.connect(lambda hit: self.files.show_in_folder(hit.path))
        view.copy_wanted.connect(lambda hit: self.files.copy_path(hit.path))
        view.similar_wanted.connect(self.intake.take_hit)
        self.previewing.connect_files(self.files)
        self.status_line.failures_wanted.connect(self.show_failures)

    def _add_shortcuts(self) -> None:
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.search_bar.focus),
            (QKeySequence("/"), self.search_bar.focus),
            (QKeySequence(QKeySequence.StandardKey.Paste), self.paste),
            (QKeySequence(QKeySequence.StandardKey.Open), self.folders.pick),
            (QKeySequence(QKeySequence.StandardKey.Refresh), self.searching.repeat),
            (QKeySequence("Escape"), self._step_back),
            (QKeySequence(QKeySequence.StandardKey.Quit), self.close),
        ):
            QShortcut(keys, self, act)

    # opening and closing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search_bar.line.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            # Only now, so that the first picture of the window does not wait for the engine.
            self._painted = True
            QTimer.singleShot(0, self, self._open)

    def closeEvent(self, event: QCloseEvent) -> None:
        """First let a run on the files come to its end, with the window still answering."""
        self.indexing.close()
        if self.indexing.active and not self._closing:
            event.ignore()
            self._closing = True
            self.session.messages.info(strings.CLOSING)
            return
        if self.session.is_open:  # nothing is written beside a library that could not be opened
            self._state.save(self, self.sidebar_button)
        self.hide()
        self.session.messages.detach()
        self.session.close(CLOSE_SECONDS)
        event.accept()

    def _open(self) -> None:
        if not self.session.is_open:
            self.pages.setCurrentWidget(self.opening)
            self.session.open()

    def _opened(self) -> None:
        for button in (self.sidebar_button, self.add_button):
            button.setEnabled(True)

    def _open_failed(self, error: Exception) -> None:
        self.problem.explain(error)
        self.pages.setCurrentWidget(self.problem)

    # folders and the index

    def _status_changed(self, status: LibraryStatus) -> None:
        self.sidebar.show_folders(status.folders)
        self._show_sidebar(self.sidebar_button.isChecked())
        self.activity.show_status(status)
        self.status_line.show_status(status)
        self.ready.describe(status, self.indexing.active)
        self._show_page_at_rest()
        if self._begun:
            self._offer_refresh(status)
        else:
            self._begun = True
            self._begin(status)

    def _begin(self, status: LibraryStatus) -> None:
        """The library is open for the first time: bring it up to date, and get ready for a question."""
        self._items_at_search = status.items  # of a question that came before this status
        if self._waiting_query is not None:
            self._ask(self._waiting_query)
        elif status.items:
            self.searching.warm_up()
        if status.folders:
            self.indexing.start()

    def _models_changed(self, models: tuple[ModelStatus, ...]) -> None:
        active = next((model for model in models if model.active), None)
        if active is not None:
            downloads = any(model.download_bytes for model in models)
            self.status_line.show_model(active.title, better=not active.download_bytes and downloads)

    def _indexing_changed(self, state: IndexState) -> None:
        if self.session.status is not None:
            self.ready.describe(self.session.status, self.indexing.active)
        if state is IndexState.IDLE:
            self.session.refresh_models()
            if self._closing:
                QTimer.singleShot(0, self, self.close)

    def _show_sidebar(self, wanted: bool) -> None:
        status = self.session.status
        self.sidebar.setVisible(wanted and status is not None and bool(status.folders))

    # searching

    def _ask(self, query: Query) -> None:
        if not self.session.is_open:
            self._waiting_query = query
            return
        self._waiting_query = None
        self.searching.search(query)

    def _emptied(self) -> None:
        self._waiting_query = None
        self.searching.clear()
        self.results.clear()
        self._show_page_at_rest()

    def _search_started(self) -> None:
        self._items_at_search = self.session.status.items if self.session.status else 0
        self.thumbnails.forget_failures()
        self.results.show_waiting()
        self.pages.setCurrentWidget(self.results)

    def _found(self, _query: Query, results: SearchResults) -> None:
        self.results.show_results(results, self.searching.complete)
        self.pages.setCurrentWidget(self.results if results.hits else self.nothing)

    def _grew(self, results: SearchResults) -> None:
        self.results.extend_results(results, self.searching.complete)

    def _search_failed(self, error: Exception) -> None:
        self.results.clear()
        self.unanswered.explain(error)
        self.pages.setCurrentWidget(self.unanswered)

    def _offer_refresh(self, status: LibraryStatus) -> None:
        if not self.searching.answered or self.searching.running or status.items <= self._items_at_search:
            return
        if self.results.model.hits:
            self.results.offer_refresh()
        else:
            self.searching.repeat()  # nothing was found yet, so nothing is taken from under the user's eyes

    def _show_page_at_rest(self) -> None:
        """The page for when nothing is asked."""
        status = self.session.status
        if self.searching.query is None and status is not None:
            self.pages.setCurrentWidget(self.ready if status.folders else self.welcome)

    def _enter_results(self) -> None:
        view = self.results.view
        self.previewing.close()
        if self.results.model.hits:
            view.setFocus()
            view.setCurrentIndex(self.results.model.index(0))

    def _step_back(self) -> None:
        if not self.previewing.close():
            self.search_bar.start_over()

    def _too_many_pictures(self) -> None:
        self.session.messages.warning(strings.too_many_pictures(PICTURE_LIMIT))

    # pictures as questions

    def paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if not self.intake.take(data) and data.hasText():
            self.search_bar.focus()
            self.search_bar.line.paste()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if holds_something(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        event.accept()
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        if self.intake.take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    # files that could not be read

    def show_failures(self) -> None:
        if self.failures_dialog is None:
            dialog = FailuresDialog(self._look, self)
            dialog.open_wanted.connect(self.files.open)
            dialog.show_wanted.connect(self.files.show_in_folder)
            dialog.retry_wanted.connect(self._retry_failed)
            self.failures_dialog = dialog
        self.failures_dialog.show()
        self.failures_dialog.raise_()
        self.session.list_failures(self.failures_dialog.show_failures)

    def _retry_failed(self) -> None:
        self.session.retry_failed(lambda _count: self.indexing.start())
        if self.failures_dialog is not None:
            self.failures_dialog.close()
