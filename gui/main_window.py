"""The main window: creates the parts and connects them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from engine.records import LibraryChanges, LibraryStatus, Query, SearchResults
from gui import strings
from gui.activity.activity_bar import ActivityBar, StatusLine
from gui.controllers.duplicates import DuplicatesController
from gui.controllers.file_operations import FileOperations
from gui.controllers.first_steps import EmptyPages, FirstStepsController
from gui.controllers.navigation import NavigationController
from gui.controllers.preview import PreviewController
from gui.controllers.problems import ProblemsController
from gui.controllers.reveal import RevealController
from gui.controllers.search import SearchController
from gui.controllers.settings import SettingsController
from gui.controllers.staleness import StalenessController
from gui.files.file_actions import FileActions
from gui.indexing import IndexingController, IndexState
from gui.override import override
from gui.preferences import Preferences
from gui.results.cards.passages import PassageImages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.page import ResultsPage
from gui.search.drag_and_drop import DragAndDropController
from gui.search.drop_handler import DropHandler
from gui.search.everywhere_offer import EverywhereOffer
from gui.search.picture_query import is_plain_text
from gui.search.saved.saved_searches import SavedSearches
from gui.search.saved.undo_delete import UndoDelete
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.shortcuts.help import HelpController
from gui.sidebar.folder_actions import FolderActions
from gui.sidebar.sidebar import Sidebar
from gui.sidebar.tree import cover_size
from gui.strings import settings as setting_words
from gui.top_bar import TopBar
from gui.widgets import shortcut_table
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.banner import BannerArea
from gui.widgets.empty_states import EmptyState, NoResultsPage, ProblemPage, ReadyPage, WelcomePage
from gui.widgets.stack_layout import stack
from gui.window_state import WindowState

FIRST_SIZE = QSize(150 * GRID, 100 * GRID)
FRAME = QSize(2 * GRID, 6 * GRID)  # about the size of a window's frame
CLOSE_SECONDS = 10.0  # for the lanes to end; work on files stops within a second


class MainWindow(QMainWindow):
    """The main window of one library."""

    def __init__(self, session: Session, style: Style) -> None:
        super().__init__()
        self.session = session
        self.session.setParent(self)
        self._style = style
        self._closing = False
        self._painted = False
        self._begun = False
        self._waiting_query: Query | None = None
        self.setWindowTitle(strings.APPLICATION)
        self.preferences = Preferences(session)
        self.indexing = IndexingController(session, self.preferences)
        self.search_runner = SearchRunner(session)
        self.drop_handler = DropHandler(session, self)
        self.memory = SavedSearches(session, self.preferences)
        self.settings_controller = SettingsController(session, self.preferences, self.indexing, style, self)
        self.files = FileActions(session)
        self.folders = FolderActions(session, self.indexing, self)
        self.problems = ProblemsController(session, self.indexing, self.files, style, self)
        self.file_operations = FileOperations(
            session, self.files, self.drop_handler, self.indexing, self.search_runner, style, self
        )
        self.undo_delete = UndoDelete(self.memory, self.file_operations.undo)
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
        style = self._style
        self.thumbnails = ThumbnailStore(self.session.jobs, self.session.thumbnail)
        self.top = TopBar(style)
        self.sidebar_button, self.search_bar = self.top.sidebar_button, self.top.search_bar
        self.add_button, self.main_menu = self.top.add_button, self.top.main_menu
        self.search_controller = SearchController(
            self.session, self.search_bar, self.search_runner, self.drop_handler, self.memory, style, self
        )
        self.help = HelpController(self.main_menu, style, self)
        self.sidebar = Sidebar(style, ThumbnailStore(self.session.jobs, self.session.thumbnail, cover_size()))
        self.sidebar.hide()
        self.opening = EmptyState("findling", "", strings.OPENING_TITLE)
        self.problem = ProblemPage(strings.PROBLEM_TITLE, style, setting_words.SHOW_FOLDER)
        self.welcome = WelcomePage(style)
        self.ready = ReadyPage(style)
        self.nothing = NoResultsPage(style)
        self.unanswered = ProblemPage(strings.UNANSWERED_TITLE, style, setting_words.CHOOSE_MODEL)
        without_results = EmptyPages(self.welcome, self.ready, self.nothing, self.unanswered, self.problem)
        self.first_steps = FirstStepsController(
            self.session, self.indexing, self.search_runner, self.search_bar, without_results
        )
        self.results = ResultsPage(self.thumbnails, PassageImages(self.session.jobs, self.session), style)
        self.results.follow(self.preferences)
        self.activity = ActivityBar(self.indexing, self.session, self.preferences, style)
        self.status_line = StatusLine(self.indexing)
        self.content = QWidget()
        self.content.setMinimumWidth(64 * GRID)  # for every page, so that the sidebar keeps its width
        self.banners = BannerArea(style, self.content)
        self.pages = QStackedWidget()
        self.pages.setMinimumHeight(20 * GRID)  # in a low window it shrinks, not what surrounds it
        for page in (self.opening, self.problem, self.welcome, self.ready):
            self.pages.addWidget(page)
        for answer in (self.nothing, self.unanswered, self.results):
            self.pages.addWidget(answer)
        self.preview_controller = PreviewController(
            self.session, self.search_runner, self.pages, self.results, self.thumbnails, style
        )
        self.staleness = StalenessController(
            self.session, self.indexing, self.search_runner, self.results, self.preview_controller
        )
        self.everywhere_offer = EverywhereOffer(self.session, self.search_runner)
        self.duplicates = DuplicatesController(
            self.session, self.indexing, self.pages, self.thumbnails, style
        )
        self.navigation = NavigationController(
            self.session,
            self.indexing,
            self.search_bar,
            self.search_runner,
            self.memory,
            self.duplicates,
            self.sidebar,
            self.pages,
            self.content,
        )

    def _lay_out(self) -> None:
        stack(self.content, (self.search_bar.filters, self.pages), self.pages)
        whole, between = QWidget(), self.navigation.splitter
        rows = (
            self.top,
            self.file_operations.export_controller.strip,
            between,
            self.activity,
            self.status_line,
        )
        stack(whole, rows, between)
        self.setCentralWidget(whole)
        self.drag_and_drop = DragAndDropController(self.drop_handler, self._asks, self._style, self, whole)
        self.setMinimumSize(90 * GRID, 60 * GRID)

    def _connect_session(self) -> None:
        session = self.session
        session.opened.connect(self._on_opened)
        session.open_failed.connect(self._on_open_failed)
        session.changed.connect(self._on_status)
        self.indexing.state_changed.connect(self._on_indexing_state)
        self.search_runner.started.connect(self._on_search_started)
        self.search_runner.found.connect(self._found)
        self.search_runner.extended.connect(self._on_extended)
        self.search_runner.failed.connect(self._on_search_failed)
        self.drop_handler.folders_dropped.connect(self.folders.add)
        self.folders.chosen.connect(self.search_bar.line.setFocus)

    def _connect_parts(self) -> None:
        self.settings_controller.connect_parts(self.main_menu, self.status_line)
        self.first_steps.models_requested.connect(self.settings_controller.show_models)
        self.first_steps.diagnosis_requested.connect(self.problems.diagnosis.show)
        self.search_bar.asked.connect(self._ask)
        self.search_bar.emptied.connect(self._on_emptied)
        self.search_bar.paste_requested.connect(self.paste)
        self.search_bar.pick_requested.connect(self.drop_handler.pick)
        self.search_bar.results_requested.connect(self._enter_results)
        self.sidebar_button.toggled.connect(self._show_sidebar)
        self.search_controller.can_go_back.connect(self.top.back_button.setEnabled)
        self.search_controller.about_to_revisit.connect(self.results.view_history.expect_return)
        self.top.back_button.clicked.connect(self.search_controller.back)
        self.sidebar.add_requested.connect(self.folders.pick)
        self.sidebar.remove_requested.connect(self.folders.confirm_removal)
        self.sidebar.include_requested.connect(self.file_operations.folder_excludes.include)
        self.sidebar.show_requested.connect(self.files.open)
        self.sidebar.rename_requested.connect(self.search_controller.save_dialogs.name)
        self.add_button.clicked.connect(self.folders.pick)
        self.welcome.add_folder_requested.connect(self.folders.pick)
        self.problem.retry_requested.connect(self._open)
        self.unanswered.retry_requested.connect(self.search_runner.repeat)
        self.ready.example_chosen.connect(self.search_bar.set_text)
        self.results.more_requested.connect(self.search_runner.extend)
        self.results.models_requested.connect(self.settings_controller.show_models)
        self.everywhere_offer.counted.connect(self.results.offer_everywhere)
        self.results.everywhere_requested.connect(self.search_bar.search_everywhere)
        self.results.left.connect(self.search_bar.focus)
        self.results.refresh_requested.connect(self.search_runner.repeat)
        self.results.scope_requested.connect(lambda scope: self.search_bar.scope_buttons[scope].click())
        self.results.view.open_requested.connect(lambda hit: self.files.open(hit.path))
        self.preview_controller.connect_files(self.files)
        self.pages.currentChanged.connect(lambda: self.banners.lift(self.preview_controller.controls_height))
        for view in (self.results.view, self.duplicates.page.view):
            self.banners.covered_height_changed.connect(view.set_covered_height)
        self.preview_controller.connect_drop_handler(self.drop_handler)
        self.file_operations.connect_results(self.results, self.preview_controller)
        self.file_operations.actions.remove_folder_requested.connect(self.folders.confirm_removal)
        self.duplicates.connect_files(self.files, self.file_operations.trash_controller)
        self.duplicates.closed.connect(self._leave_duplicates)
        self.results.model.hits_removed.connect(self._show_page)
        self.activity.left.connect(self._leave_activity)
        self.problems.connect_bar(self.activity, self.status_line)
        self.main_menu.diagnosis_requested.connect(self.problems.diagnosis.show)
        self.main_menu.quit_requested.connect(self.close)
        self.reveal = RevealController(self.navigation, self.search_runner, self.results)
        self.problems.diagnosis.show_requested.connect(self.reveal.show)
        self.problems.diagnosis.include_requested.connect(self.file_operations.folder_excludes.include)

    def _add_shortcuts(self) -> None:
        for name, act in (
            ("focus search", self.search_bar.focus),
            ("paste", self.paste),
            ("add folder", self.folders.pick),
            ("refresh", self.search_runner.repeat),
            ("step back", self._step_back),
            ("save search", self.search_controller.save),
            ("back", self.search_controller.back),
            ("forward", self.search_controller.forward),
            ("full screen", self._toggle_full_screen),
            ("quit", self.close),
        ):
            for keys in shortcut_table.sequences(name):
                QShortcut(keys, self, act)

    # opening and closing

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._painted:  # a restored window keeps its focus
            self.search_bar.line.setFocus()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            # Only now, so that the first paint does not wait for the engine.
            self._painted = True
            QTimer.singleShot(0, self, self._open)

    @property
    def closing(self) -> bool:
        """Whether the window is closing or closed."""
        return self._closing or not self.isVisible()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for indexing to stop first, while the window still responds."""
        self.indexing.close()
        self.file_operations.close()
        self.settings_controller.close()
        if self.indexing.active and not self._closing:
            event.ignore()
            self._closing = True
            self.session.messages.info(strings.CLOSING)
            return
        if self.session.is_open:  # nothing is written if the library could not be opened
            self._state.save(self, self.sidebar_button)
            self.navigation.remember()
            self.preview_controller.remember()
        self.hide()
        self.session.messages.detach()
        self.session.close(CLOSE_SECONDS)
        self.preferences.close()
        self.memory.close()
        event.accept()

    def _open(self) -> None:
        self.pages.setCurrentWidget(self.opening)
        self.session.open()

    def _on_opened(self) -> None:
        self.top.allow_changes(True)

    def _on_open_failed(self, error: Exception) -> None:
        self.problem.explain(error)
        self.pages.setCurrentWidget(self.problem)

    # folders and the index

    def _on_status(self, changes: LibraryChanges) -> None:
        status = changes.status
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
        """Start indexing and prepare the first search, after the library has been opened."""
        if self._waiting_query is not None:
            self._ask(self._waiting_query)
        else:
            self.search_runner.warm_up()  # part of it blocks all threads, which is better now than later
        if status.folders:
            self.indexing.start()

    def _on_indexing_state(self, state: IndexState) -> None:
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
        self.search_runner.search(query)

    def _on_emptied(self) -> None:
        self._waiting_query = None
        self.search_runner.clear()
        self.results.clear()
        self._show_page()

    def _on_search_started(self) -> None:
        self.thumbnails.forget_failures()
        if not (self.search_runner.repeating and self.results.model.hits):
            self.results.show_waiting()
        if self.search_runner.repeating:
            self._show_page()
        else:
            self.banners.forget_passing()
            self.pages.setCurrentWidget(self.results)

    def _found(self, query: Query, results: SearchResults) -> None:
        self.results.show_results(results, self.search_runner.complete, query)
        self._show_page()
        self.reveal.on_results_shown(query)
        self.staleness.catch_up()

    def _on_extended(self, results: SearchResults) -> None:
        self.results.extend_results(results, self.search_runner.complete)
        self.staleness.catch_up()

    def _on_search_failed(self, error: Exception) -> None:
        self.results.clear()
        self.unanswered.explain(error)
        self._show_page()

    def _show_page(self) -> None:
        """Show the results or an empty page, unless the preview or the duplicates are open."""
        if self.preview_controller.is_open or self.duplicates.is_open:
            return
        page, before = self._page(), self.pages.currentWidget()
        told = before if isinstance(before, EmptyState) and before is not page else None
        if told is not None and told.isAncestorOf(self.focusWidget() or self):
            self.search_bar.line.setFocus()  # otherwise Qt focuses whatever comes next
        self.pages.setCurrentWidget(page)

    def _page(self) -> QWidget:
        status = self.session.status
        if self.results.model.hits:
            return self.results
        if status is None and self.search_runner.query is None:
            return self.opening
        if status is not None and not status.folders:
            return self.welcome  # even if there is a query
        if self.search_runner.query is None:
            return self.ready
        if self.search_runner.answered:
            return self.nothing
        return self.results if self.search_runner.running else self.unanswered

    def _leave_duplicates(self) -> None:
        page = self._page()
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def _leave_activity(self) -> None:
        """Focus the current page; if it only shows a message, the search box."""
        shown = self.pages.currentWidget()
        heir = self.search_bar.line if shown is None or isinstance(shown, EmptyState) else shown
        heir.setFocus()

    def _enter_results(self) -> None:
        """Move the focus from the search box to the current card."""
        view = self.results.view
        self.preview_controller.close()
        if self.results.model.hits:
            self.pages.setCurrentWidget(self.results)
            current = view.currentIndex()
            view.setFocus()
            view.go_to(current if current.isValid() else self.results.model.index(0))

    def _step_back(self) -> None:
        if self.activity.isAncestorOf(self.focusWidget() or self) and self.activity.step_back():
            return
        over = self.duplicates.step_back() or self.preview_controller.step_back() or self.results.step_back()
        if not (over or self.search_bar.filters.close_date_range() or self.activity.step_back()):
            self.search_bar.step_back()

    def _asks(self) -> bool:
        return self.search_bar.question().has_parts

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # searching by pictures

    def paste(self) -> None:
        """Search by pasted pictures or files, or paste text into the search box."""
        data = QGuiApplication.clipboard().mimeData()
        if not is_plain_text(data) and self.drop_handler.take(data):
            self.search_bar.expect_picture()
        elif data.hasText():
            self.search_bar.focus()
            self.search_bar.line.paste()


def first_size(free: QSize) -> QSize:
    """The initial size of the window, all of it visible. `free`: the free area of the screen."""
    return FIRST_SIZE.boundedTo(free - FRAME)
