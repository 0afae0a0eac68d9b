"""The results with their heading: how many, how sure, and whether there is something newer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.records import SearchResults, Verdict
from gui import strings
from gui.parts.buttons import LinkButton
from gui.parts.style import GRID, Style
from gui.results.model import ResultsModel, verdict_word
from gui.results.thumbnails import ThumbnailStore
from gui.results.view import ResultsView


class ResultsPage(QWidget):
    more_wanted = Signal()
    refresh_wanted = Signal()

    def __init__(self, thumbnails: ThumbnailStore, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ResultsModel(self)
        self.model.more_wanted.connect(self.more_wanted)
        self.view = ResultsView(self.model, thumbnails, style, self)
        self.title = QLabel()
        self.title.setProperty("kind", "heading")
        self.note = QLabel()
        self.note.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.hide()
        self.refresh_link = LinkButton(strings.REFRESH_RESULTS)
        self.refresh_link.clicked.connect(self.refresh_wanted)
        self.refresh_link.hide()
        self._lay_out()

    def show_waiting(self) -> None:
        self.title.setText(strings.SEARCHING)

    def show_results(self, results: SearchResults, complete: bool) -> None:
        self.model.set_hits(results.hits, complete)
        self.view.scrollToTop()
        self.refresh_link.hide()
        self._describe(results, complete)

    def extend_results(self, results: SearchResults, complete: bool) -> None:
        self.model.extend(results.hits, complete)
        self._describe(results, complete)

    def clear(self) -> None:
        self.model.set_hits((), complete=True)
        self.title.clear()
        self.note.hide()
        self.refresh_link.hide()

    def offer_refresh(self) -> None:
        self.refresh_link.show()

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        heading.setSpacing(2 * GRID)
        heading.addWidget(self.title)
        heading.addWidget(self.refresh_link)
        heading.addStretch(1)
        self.note.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(heading)
        column.addWidget(self.note)
        view = QHBoxLayout()
        view.setContentsMargins(GRID, 0, 0, 0)
        view.addWidget(self.view)
        column.addLayout(view, 1)

    def _describe(self, results: SearchResults, complete: bool) -> None:
        self.title.setText(heading(results, complete))
        self.note.setText(strings.plain(results.note))
        self.note.setVisible(bool(results.note))


def heading(results: SearchResults, complete: bool) -> str:
    """ "128 matches · strong"; where nothing reaches what chance would, that is said instead."""
    if results.verdict is Verdict.NONE:
        return strings.NOTHING_MATCHES_WELL
    matching = sum(hit.verdict is not Verdict.NONE for hit in results.hits)
    more = not complete and matching == len(results.hits)
    return strings.matches(matching, verdict_word(results.verdict), more)
