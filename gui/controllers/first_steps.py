"""Handles the pages without results: sample pictures, other searches, other models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EmptyQuery, ModelError
from engine.progress import Snapshot
from engine.records import Filters, Query
from gui.activity.progress_steps import progress_words
from gui.files import desktop
from gui.indexing import IndexingController, IndexState
from gui.jobs import Lane
from gui.search.bar.search_bar import SearchBar
from gui.search.search_runner import SearchRunner
from gui.search.suggestions import Suggestions
from gui.session import Session
from gui.strings import activity
from gui.strings import settings as words
from gui.widgets.empty_states import NoResultsPage, ProblemPage, ReadyPage, WelcomePage


@dataclass(frozen=True, slots=True)
class EmptyPages:
    """The pages that show no results."""

    welcome: WelcomePage
    ready: ReadyPage
    nothing: NoResultsPage
    unanswered: ProblemPage
    problem: ProblemPage


class FirstStepsController(QObject):
    """Fills the pages without results and handles their buttons."""

    models_requested = Signal()
    diagnosis_requested = Signal()

    def __init__(
        self,
        session: Session,
        indexing: IndexingController,
        search_runner: SearchRunner,
        bar: SearchBar,
        pages: EmptyPages,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._indexing = indexing
        self._bar = bar
        self._pages = pages
        pages.welcome.samples_requested.connect(self._add_samples)
        pages.nothing.clear_filters_requested.connect(self._clear_filters)
        pages.nothing.diagnosis_requested.connect(self.diagnosis_requested)
        pages.unanswered.help_requested.connect(self.models_requested)
        pages.problem.help_requested.connect(lambda: desktop.open_path(session.location.parent))
        search_runner.found.connect(lambda query, _results: self._found(query))
        for changed in (session.changed, indexing.state_changed):
            changed.connect(lambda _news: self._describe(search_runner.query))
        search_runner.cleared.connect(lambda: pages.welcome.show_text(""))
        session.folder_added.connect(lambda _folder: pages.welcome.show_text(""))
        search_runner.failed.connect(self._failed)
        self.suggestions = Suggestions(session, indexing, search_runner)
        self.suggestions.found.connect(pages.ready.show_examples)
        indexing.advanced.connect(self._show_progress)
        indexing.state_changed.connect(lambda _state: self._show_progress(indexing.snapshot()))

    # sample pictures

    def _add_samples(self) -> None:
        welcome = self._pages.welcome
        self._bar.line.setFocus()  # otherwise Qt moves the focus from the disabled button anywhere
        welcome.samples_button.setEnabled(False)
        welcome.show_text(words.SAMPLES_COMING)
        self._session.jobs.run(
            Lane.FILES,
            self._session.library.add_samples,
            self._on_samples_added,
            self._on_samples_failed,
        )

    def _on_samples_added(self, folder: Path) -> None:
        self._end_samples("")
        self._session.folder_added.emit(folder)

    def _on_samples_failed(self, error: Exception) -> None:
        self._end_samples(str(error))
        if self._bar.line.hasFocus():
            self._pages.welcome.samples_button.setFocus()  # for another attempt

    def _end_samples(self, text: str) -> None:
        self._pages.welcome.samples_button.setEnabled(True)
        self._pages.welcome.show_text(text)

    # nothing found

    def _found(self, query: Query) -> None:
        status = self._session.status
        if status is not None and not status.folders:
            self._pages.welcome.show_text(words.FOLDER_FIRST)
        self._describe(query)

    def _describe(self, query: Query | None) -> None:
        if query is not None:
            filters, status = query.filters, self._session.status
            any_read = status is not None and status.items > 0
            unread = status is not None and status.pending > 0
            reading = self._indexing.active and (unread or not any_read)  # not only scanning
            self._pages.nothing.describe(filters.excludes_items, filters.has_days, reading, any_read)

    def _clear_filters(self) -> None:
        question = self._bar.question()
        self._bar.show_question(replace(question, filters=Filters(order=question.filters.order)))

    def _failed(self, error: Exception) -> None:
        self._pages.unanswered.further_button.setVisible(isinstance(error, ModelError))
        self._pages.unanswered.retry_button.setVisible(not isinstance(error, EmptyQuery))

    # indexing progress

    def _show_progress(self, snapshot: Snapshot) -> None:
        text = ""
        if self._indexing.active and snapshot.phase in ("scanning", "indexing"):
            running = self._indexing.state is IndexState.RUNNING
            parts = (activity.phase(snapshot.phase), progress_words(snapshot, running))
            text = " · ".join(part for part in parts if part)
        self._pages.ready.show_progress(text)
