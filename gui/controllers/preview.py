"""Opens the preview over the results, and closes it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from engine.records import Hit, Query
from gui.files.file_actions import FileActions
from gui.preview.model.loader import PreviewLoader
from gui.preview.preview import Preview
from gui.preview.saved_state import FACTS, WHY, PreviewState
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.page import ResultsPage
from gui.search.drop_handler import DropHandler
from gui.search.search_runner import SearchRunner
from gui.session import Session
from gui.widgets.appearance.style import Style


class PreviewController(QObject):
    """Adds the preview to `pages`; the results are unchanged behind it."""

    def __init__(
        self,
        session: Session,
        search_runner: SearchRunner,
        pages: QStackedWidget,
        results: ResultsPage,
        thumbnails: ThumbnailStore,
        style: Style,
    ) -> None:
        super().__init__(pages)
        self._search_runner = search_runner
        self._pages = pages
        self._results = results
        self._behind: QWidget = results  # the page that the preview was opened from
        self._state = PreviewState(session.location)
        self.loader = PreviewLoader(session.jobs, lambda: session.library)
        self.preview = Preview(results.model, self.loader, thumbnails, style)
        header = self.preview.header
        header.why_button.setChecked(self._state.shows(WHY, otherwise=True))
        header.facts_button.setChecked(self._state.shows(FACTS, otherwise=False))
        pages.addWidget(self.preview)
        results.view.preview_requested.connect(self.show)
        pages.currentChanged.connect(self._on_page_changed)
        self.preview.close_requested.connect(self.close)
        self.preview.stepped.connect(self._follow)
        self.preview.broken.connect(session.messages.report)

    @property
    def is_open(self) -> bool:
        """Whether the preview is shown."""
        return self._pages.currentWidget() is self.preview

    @property
    def controls_height(self) -> int:
        """The height in pixels of what is below the picture; 0 while the preview is closed."""
        below = (self.preview.legend, self.preview.footer)
        return sum(widget.sizeHint().height() for widget in below) if self.is_open else 0

    def connect_files(self, files: FileActions) -> None:
        """Connect what the preview requests to what opens and shows files."""
        self.preview.open_requested.connect(lambda hit: files.open(hit.path))
        self.preview.show_requested.connect(files.show_in_folder)

    def connect_drop_handler(self, drop_handler: DropHandler) -> None:
        """Let the preview search for similar items and by regions of a picture."""
        self.preview.similar_requested.connect(drop_handler.search_by_hit)
        self.preview.region_requested.connect(drop_handler.search_by_region)

    def show(self, hit: Hit) -> None:
        """Open the preview for a hit of the results, or any other hit on its own."""
        behind = self._pages.currentWidget()
        if behind is not None and behind is not self.preview:
            self._behind = behind
        self._pages.setCurrentWidget(self.preview)
        self.preview.begin(hit, self._search_runner.query or Query())
        self.preview.canvas.setFocus()

    def close(self) -> bool:
        """Return to the card of the current hit. Returns False if the preview is closed."""
        if not self.is_open:
            return False
        self._pages.setCurrentWidget(self._behind)
        self._behind.setFocus()
        return True

    def remember(self) -> None:
        """Store which parts of the preview are shown, for the next start."""
        header = self.preview.header
        self._state.remember({WHY: header.why_button.isChecked(), FACTS: header.facts_button.isChecked()})

    def step_back(self) -> bool:
        """Cancel what is under way in the preview, or close it. Returns False if it is closed."""
        return (self.is_open and self.preview.step_back()) or self.close()

    def _follow(self, index: QModelIndex) -> None:
        """Make the card of the current hit current; the selection stays if it includes that card."""
        self._results.view.go_to(index)

    def _on_page_changed(self) -> None:
        if not self.is_open:
            self.preview.leave()
