"""Opens the preview over the results and leads back to them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtWidgets import QStackedWidget

from engine.records import Hit
from gui.files.file_actions import FileActions
from gui.parts.style import Style
from gui.preview.loader import PreviewLoader
from gui.preview.preview import Preview
from gui.preview.state import PreviewState
from gui.results.page import ResultsPage
from gui.results.thumbnails import ThumbnailStore
from gui.search.searching import Searching
from gui.session import Session


class Previewing(QObject):
    """Makes the preview a page of `pages`, beside the results, which stay as they are behind it."""

    def __init__(
        self,
        session: Session,
        searching: Searching,
        pages: QStackedWidget,
        results: ResultsPage,
        thumbnails: ThumbnailStore,
        style: Style,
    ) -> None:
        super().__init__(pages)
        self._searching = searching
        self._pages = pages
        self._results = results
        self._state = PreviewState(session.location)
        self.loader = PreviewLoader(session.jobs, lambda: session.library)
        self.preview = Preview(results.model, self.loader, thumbnails, style)
        self.preview.header.why_button.setChecked(self._state.shows_why())
        self.preview.why_toggled.connect(self._state.remember)
        pages.addWidget(self.preview)
        results.view.preview_wanted.connect(self.show)
        pages.currentChanged.connect(self._page_changed)
        self.preview.close_wanted.connect(self.close)
        self.preview.stepped.connect(self._follow)
        self.preview.broken.connect(session.messages.report)

    @property
    def is_open(self) -> bool:
        return self._pages.currentWidget() is self.preview

    def connect_files(self, files: FileActions) -> None:
        self.preview.open_wanted.connect(lambda hit: files.open(hit.path))
        self.preview.show_wanted.connect(lambda hit: files.show_in_folder(hit.path))

    def show(self, hit: Hit) -> None:
        row = self._results.model.index_of(hit.item).row()
        query = self._searching.query
        if row < 0 or query is None:
            return
        self._pages.setCurrentWidget(self.preview)
        self.preview.begin(row, query)
        self.preview.canvas.setFocus()

    def close(self) -> bool:
        """Back to the card of what was looked at last; False when there is nothing to close."""
        if not self.is_open:
            return False
        self._pages.setCurrentWidget(self._results)
        self._results.view.setFocus()
        return True

    def _follow(self, index: QModelIndex) -> None:
        self._results.view.setCurrentIndex(index)

    def _page_changed(self) -> None:
        if not self.is_open:
            self.preview.leave()
