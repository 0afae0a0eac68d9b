"""The window: puts the parts together and lets them talk."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QPaintEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from engine.records import LibraryStatus, Query, SearchResults
from gui import strings
from gui.activity.bar import ActivityBar, StatusLine
from gui.controllers.drag_and_drop import Dropping
from gui.controllers.duplicates import Duplicates
from gui.controllers.everywhere import Everywhere
from gui.controllers.file_operations import Doing
from gui.controllers.first_steps import (
    FirstSteps,
    Pages,
)
from gui.controllers.navigation import Navigation
from gui.controllers.preview import Previewing
from gui.controllers.problems import Troubles
from gui.controllers.reveal import Showing
from gui.controllers.search import Asking
from gui.controllers.settings import Setup
from gui.controllers.staleness import Refreshing
from gui.files.file_actions import FileActions
from gui.indexing import (
    Indexing,
    IndexState,
)
from gui.preferences import Preferences
from gui.results.cards.passages import Passages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.page import ResultsPage
from gui.search.drop_handler import Intake
from gui.search.picture_query import meant_as_words
from gui.search.saved.saved_searches import SearchMemory
from gui.search.saved.undo_delete import Forgotten
from gui.search.search_runner import Searching
from gui.session import Session
from gui.shortcuts import table
from gui.shortcuts.help import Help
from gui.sidebar.folder_actions import FolderActions
from gui.sidebar.sidebar import Sidebar
from gui.sidebar.tree import cover_size
from gui.strings import settings as setting_words
from gui.top_bar import TopBar
from gui.widgets.banner import BannerArea
from gui.widgets.empty_states import (
    EmptyState,
    Nothing,
    Problem,
    Ready,
    Welcome,
)
from gui.widgets.stack_layout import stack
from gui.widgets.style import (
    GRID,
    Style,
)
from gui.window_state import WindowState

FIRST_SIZE = QSize(150 * GRID, 100 * GRID)
FRAME = QSize(2 * GRID, 6 * GRID)  # about what a desktop puts around a window
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
        self.setWindowTitle(strings.APPLICATION)
        self.preferences = Preferences(session)
        self.indexing = Indexing(session, self.preferences)
        self.searching = Searching(session)
        self.intake = Intake(session, self)
        self.memory = SearchMemory(session, self.preferences)
        self.setup = Setup(session, self.preferences, self.indexing, style, self)
        self.files = FileActions(session)
        self.folders = FolderActions(session, self.indexing, self)
        self.troubles = Troubles(session, self.indexing, self.files, style, self)
        self.doing = Doing(session, self.files, self.intake, self.indexing, self.searching, style, self)
        self.forgotten = Forgotten(self.memory, self.doing.undo)
        self._build()
        self._lay_out()
        self._connect_session()
        self._connect_parts()
        self._add_shortcuts()
        self.resize(first_size(self.screen().availableSize()))
        self._state = WindowState(session.location)
        self._state.restore(self, self.sidebar_button)
        session.messages.attach(self.banners)

    # building

    def _build(self) -> None:
        style = self._look
        self.thumbnails = ThumbnailStore(self.session.jobs, self.session.thumbnail)
        self.top = TopBar(style)
        self.sidebar_button, self.search_bar = self.top.sidebar_button, self.top.search_bar
        self.add_button, self.main_menu = self.top.add_button, self.top.main_menu
        self.asking = Asking(
            self.session, self.search_bar, self.searching, self.intake, self.memory, style, self
        )
        self.help = Help(self.main_menu, style, self)
        self.sidebar = Sidebar(style, ThumbnailStore(self.session.jobs, self.session.thumbnail, cover_size()))
        self.sidebar.hide()
        self.opening = EmptyState("findling", "", strings.OPENING_TITLE)
        self.problem = Problem(strings.PROBLEM_TITLE, style, setting_words.SHOW_FOLDER)
        self.welcome = Welcome(style)
        self.ready = Ready(style)
        self.nothing = Nothing(style)
        self.unanswered = Problem(strings.UNANSWERED_TITLE, style, setting_words.CHOOSE_MODEL)
        without_results = Pages(self.welcome, self.ready, self.nothing, self.unanswered, self.problem)
        self.first_steps = FirstSteps(
            self.session, self.indexing, self.searching, self.search_bar, without_results
        )
        self.results = ResultsPage(self.thumbnails, Passages(self.session.jobs, self.session), style)
        self.results.follow(self.preferences)
        self.activity = ActivityBar(self.indexing, self.session, self.preferences, style)
        self.status_line = StatusLine(self.indexing)
        self.content = QWidget()
        self.content.setMinimumWidth(64 * GRID)  # whatever page is shown: the sidebar stays as it is
        self.banners = BannerArea(style, self.content)
        self.pages = QStackedWidget()
        self.pages.setMinimumHeight(20 * GRID)  # in a low window it gives way, not the lines around it
        for page in (self.opening, self.problem, self.welcome, self.ready):
            self.pages.addWidget(page)
        for answer in (self.nothing, self.unanswered, self.results):
            self.pages.addWidget(answer)
        self.previewing = Previewing(
            self.session, self.searching, self.pages, self.results, self.thumbnails, style
        )
        self.refreshing = Refreshing(
            self.session, self.indexing, self.searching, self.results, self.previewing
        )
        self.everywhere = Everywhere(self.session, self.searching)
        self.duplicates = Duplicates(self.session, self.indexing, self.pages, self.thumbnails, style)
        self.navigation = Navigation(
            self.session,
            self.indexing,
            self.search_bar,
            self.searching,
            self.memory,
            self.duplicates,
            self.sidebar,
            self.pages,
            self.content,
        )

    def _lay_out(self) -> None:
        stack(self.content, (self.search_bar.filters, self.pages), self.pages)
        whole, between = QWidget(), self.navigation.splitter
        rows = (self.top, self.doing.exporting.strip, between, self.activity, self.status_line)
        stack(whole, rows, between)
        self.setCentralWidget(whole)
        self.dropping = Dropping(self.intake, self._asks, self._look, self, whole)
        self.setMinimumSize(90 * GRID, 60 * GRID)

    def _connect_session(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.open_failed.connect(self._open_failed)
        session.status_changed.connect(self._status_changed)
        self.indexing.state_changed.connect(self._indexing_changed)
        self.searching.started.connect(self._search_started)
        self.searching.found.connect(self._found)
        self.searching.grew.connect(self._grew)
        for came in (self.searching.found, self.searching.grew):  # and is shown
            came.connect(self.refreshing.catch_up)
        self.searching.failed.connect(self._search_failed)
        self.intake.folders_given.connect(self.folders.add)
        self.folders.chosen.connect(self.search_bar.line.setFocus)

    def _connect_parts(self) -> None:
        self.setup.connect_parts(self.main_menu, self.status_line)
        self.first_steps.models_wanted.connect(self.setup.show_models)
        self.first_steps.trace_wanted.connect(self.troubles.tracing.show)
        self.search_bar.asked.connect(self._ask)
        self.search_bar.emptied.connect(self._emptied)
        self.search_bar.paste_wanted.connect(self.paste)
        self.search_bar.pick_wanted.connect(self.intake.pick)
        self.search_bar.results_wanted.connect(self._enter_results)
        self.sidebar_button.toggled.connect(self._show_sidebar)
        self.asking.can_go_back.connect(self.top.back_button.setEnabled)
        self.asking.returning.connect(self.results.returning.expect)
        self.top.back_button.clicked.connect(self.asking.back)
        self.sidebar.add_wanted.connect(self.folders.pick)
        self.sidebar.remove_wanted.connect(self.folders.confirm_removal)
        self.sidebar.include_wanted.connect(self.doing.leaving_out.include)
        self.sidebar.show_wanted.connect(self.files.open)
        self.sidebar.name_wanted.connect(self.asking.saving.name)
        self.add_button.clicked.connect(self.folders.pick)
        self.welcome.add_folder_wanted.connect(self.folders.pick)
        self.problem.retry_wanted.connect(self._open)
        self.unanswered.retry_wanted.connect(self.searching.repeat)
        self.ready.example_chosen.connect(self.search_bar.set_text)
        self.results.more_wanted.connect(self.searching.grow)
        self.results.models_wanted.connect(self.setup.show_models)
        self.everywhere.counted.connect(self.results.offer_everywhere)
        self.results.everywhere_wanted.connect(self.search_bar.search_everywhere)
        self.results.left.connect(self.search_bar.focus)
        self.results.refresh_wanted.connect(self.searching.repeat)
        self.results.scope_wanted.connect(lambda scope: self.search_bar.scope_buttons[scope].click())
        self.results.view.open_wanted.connect(lambda hit: self.files.open(hit.path))
        self.previewing.connect_files(self.files)
        self.pages.currentChanged.connect(lambda: self.banners.lift(self.previewing.controls_height))
        for view in (self.results.view, self.duplicates.page.view):
            self.banners.covers.connect(view.keep_clear)
        self.previewing.connect_intake(self.intake)
        self.doing.connect_results(self.results, self.previewing)
        self.doing.actions.remove_folder_wanted.connect(self.folders.confirm_removal)
        self.duplicates.connect_files(self.files, self.doing.binning)
        self.duplicates.closed.connect(self._leave_duplicates)
        self.results.model.shrunk.connect(self._show_page)
        self.activity.left.connect(self._leave_activity)
        self.troubles.connect_bar(self.activity, self.status_line)
        self.main_menu.trace_wanted.connect(self.troubles.tracing.show)
        self.main_menu.quit_wanted.connect(self.close)
        self.showing = Showing(self.navigation, self.searching, self.results)
        self.troubles.tracing.show_wanted.connect(self.showing.show)
        self.troubles.tracing.include_wanted.connect(self.doing.leaving_out.include)

    def _add_shortcuts(self) -> None:
        for name, act in (
            ("focus search", self.search_bar.focus),
            ("paste", self.paste),
            ("add folder", self.folders.pick),
            ("refresh", self.searching.repeat),
            ("step back", self._step_back),
            ("save search", self.asking.save),
            ("back", self.asking.back),
            ("forward", self.asking.forward),
            ("full screen", self._toggle_full_screen),
            ("quit", self.close),
        ):
            for keys in table.sequences(name):
                QShortcut(keys, self, act)

    # opening and closing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._painted:  # a window that comes back from the task bar keeps its focus
            self.search_bar.line.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            # Only now, so that the first picture of the window does not wait for the engine.
            self._painted = True
            QTimer.singleShot(0, self, self._open)

    @property
    def closing(self) -> bool:
        """Whether it goes away by itself, or has gone."""
        return self._closing or not self.isVisible()

    def closeEvent(self, event: QCloseEvent) -> None:
        """First let a run on the files come to its end, with the window still answering."""
        self.indexing.close()
        self.doing.close()
        self.setup.close()
        if self.indexing.active and not self._closing:
            event.ignore()
            self._closing = True
            self.session.messages.info(strings.CLOSING)
            return
        if self.session.is_open:  # nothing is written beside a library that could not be opened
            self._state.save(self, self.sidebar_button)
            self.navigation.remember()
            self.previewing.remember()
        self.hide()
        self.session.messages.detach()
        self.session.close(CLOSE_SECONDS)
        self.preferences.close()
        self.memory.close()
        event.accept()

    def _open(self) -> None:
        self.pages.setCurrentWidget(self.opening)
        self.session.open()

    def _opened(self) -> None:
        self.top.allow_changes(True)

    def _open_failed(self, error: Exception) -> None:
        self.problem.explain(error)
        self.pages.setCurrentWidget(self.problem)

    # folders and the index

    def _status_changed(self, status: LibraryStatus) -> None:
        self._show_sidebar(self.sidebar_button.isChecked())
        self.activity.show_status(status)
        self.status_line.show_status(status)
        self.results.show_unread(status.unread if self.preferences.settings.read_text else 0)
        self.ready.describe(status, self.indexing.active)
        self._show_page()
        if not self._begun:
            self._begun = True
            self._begin(status)

    def _begin(self, status: LibraryStatus) -> None:
        """The library is open for the first time: bring it up to date, and get ready for a question."""
        if self._waiting_query is not None:
            self._ask(self._waiting_query)
        else:
            self.searching.warm_up()  # some of it holds up every thread: rather now than in use
        if status.folders:
            self.indexing.start()

    def _indexing_changed(self, state: IndexState) -> None:
        if self.session.status is not None:
            self.ready.describe(self.session.status, self.indexing.active)
        if state in (IndexState.IDLE, IndexState.WATCHING):
            self.session.refresh_models()
        if state is IndexState.IDLE and self._closing:
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
        self._show_page()

    def _search_started(self) -> None:
        self.thumbnails.forget_failures()
        if not (self.searching.repeating and self.results.model.hits):
            self.results.show_waiting()
        if self.searching.repeating:
            self._show_page()
        else:
            self.banners.forget_passing()
            self.pages.setCurrentWidget(self.results)

    def _found(self, query: Query, results: SearchResults) -> None:
        self.results.show_results(results, self.searching.complete, query)
        self._show_page()

    def _grew(self, results: SearchResults) -> None:
        self.results.extend_results(results, self.searching.complete)

    def _search_failed(self, error: Exception) -> None:
        self.results.clear()
        self.unanswered.explain(error)
        self._show_page()

    def _show_page(self) -> None:
        """The answer, or what can be asked; not over what is looked at meanwhile."""
        if self.previewing.is_open or self.duplicates.is_open:
            return
        page, before = self._page(), self.pages.currentWidget()
        told = before if isinstance(before, EmptyState) and before is not page else None
        if told is not None and told.isAncestorOf(self.focusWidget() or self):
            self.search_bar.line.setFocus()  # or Qt gives it to whatever comes next in the window
        self.pages.setCurrentWidget(page)

    def _page(self) -> QWidget:
        status = self.session.status
        if self.results.model.hits:
            return self.results
        if status is None and self.searching.query is None:
            return self.opening
        if status is not None and not status.folders:
            return self.welcome  # whatever is asked
        if self.searching.query is None:
            return self.ready
        if self.searching.answered:
            return self.nothing
        return self.results if self.searching.running else self.unanswered

    def _leave_duplicates(self) -> None:
        page = self._page()
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def _leave_activity(self) -> None:
        """To the page that is shown; where that is only told something, to the box."""
        shown = self.pages.currentWidget()
        heir = self.search_bar.line if shown is None or isinstance(shown, EmptyState) else shown
        heir.setFocus()

    def _enter_results(self) -> None:
        """From the box, to the card where one was."""
        view = self.results.view
        self.previewing.close()
        if self.results.model.hits:
            self.pages.setCurrentWidget(self.results)
            current = view.currentIndex()
            view.setFocus()
            view.go_to(current if current.isValid() else self.results.model.index(0))

    def _step_back(self) -> None:
        if self.activity.isAncestorOf(self.focusWidget() or self) and self.activity.step_back():
            return
        over = self.duplicates.step_back() or self.previewing.step_back() or self.results.step_back()
        if not (over or self.search_bar.filters.leave_dates() or self.activity.step_back()):
            self.search_bar.step_back()

    def _asks(self) -> bool:
        return self.search_bar.question().worded

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # pictures as questions

    def paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if not meant_as_words(data) and self.intake.take(data):
            self.search_bar.expect_picture()
        elif data.hasText():
            self.search_bar.focus()
            self.search_bar.line.paste()


def first_size(free: QSize) -> QSize:
    """Of a window that was never shown: all of it is to be seen. `free`: of the screen."""
    return FIRST_SIZE.boundedTo(free - FRAME)
