"""The results with their heading: how many, how sure, what is selected, and whether there are newer ones."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.records import Order, Query, SearchResults, Verdict
from gui import strings
from gui.preferences import Preferences
from gui.results.cards.passages import PassageImages
from gui.results.cards.thumbnails import ThumbnailStore
from gui.results.grid.scroll_anchor import ViewMemory
from gui.results.grid.view import ResultsView
from gui.results.grid.zoom import CardZoom
from gui.results.hits.results_model import ResultsModel
from gui.results.view_history import ViewHistory, without_range
from gui.strings import results as words
from gui.strings import settings as setting_words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import ElidedLink, LinkButton


class ResultsPage(QWidget):
    more_requested = Signal()
    refresh_requested = Signal()
    scope_requested = Signal(object)  # Scope
    models_requested = Signal()
    everywhere_requested = Signal()
    left = Signal()  # by Esc: the question stays

    def __init__(
        self, thumbnails: ThumbnailStore, passages: PassageImages, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = ResultsModel(self)
        self.model.more_requested.connect(self.more_requested)
        self.model.hits_removed.connect(self._describe)
        self.view = ResultsView(self.model, thumbnails, passages, style, self)
        self._passages = passages
        self.view.scope_requested.connect(self.scope_requested)
        self.view.selection_changed.connect(self._count_selected)
        self._query: Query | None = None  # that the results answer
        self.view_history = ViewHistory()
        self._note = ""
        self._unread = 0  # pictures and scans whose text nobody has looked for yet
        self._language: str | None = None  # of a question that the model does not understand
        self.title = QLabel()
        self.title.setProperty("kind", "heading")
        self.selected = QLabel()
        self.selected.setProperty("kind", "muted")
        self.note = QLabel()
        self.note.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.hide()
        self.language_link = ElidedLink()  # in a narrow window the rest is in the tool tip
        self.language_link.setAccessibleName(setting_words.STATUS_HINT)  # until there is a sentence
        self.language_link.clicked.connect(self.models_requested)
        self.language_link.hide()
        self.refresh_link = LinkButton(strings.REFRESH_RESULTS)
        self.refresh_link.clicked.connect(self.refresh_requested)
        self.refresh_link.hide()
        self.everywhere_link = LinkButton(words.EVERYWHERE)
        self.everywhere_link.clicked.connect(self.everywhere_requested)
        self.everywhere_link.hide()
        self.zoom = CardZoom(self.view, style, self)
        self.setFocusProxy(self.view)
        self._lay_out()

    def follow(self, preferences: Preferences) -> None:
        """The size of the pictures, and whether those that look alike are folded, are kept there."""

        def take() -> None:
            self.zoom.take(preferences.settings.card_height)
            self.view.set_folding(preferences.settings.fold_alike)

        preferences.changed.connect(take)
        self.zoom.zoomed.connect(lambda height: preferences.change(card_height=height))
        take()

    def show_unread(self, count: int) -> None:
        """So many pictures and scans cannot be found by their words yet."""
        if count != self._unread:
            self._unread = count
            self._show_note()

    def show_waiting(self) -> None:
        self.title.setText(strings.SEARCHING)

    def show_results(self, results: SearchResults, complete: bool, query: Query | None = None) -> None:
        """A new answer begins at its top; the same question, asked again, stays where it was, and one that is
        come back to is where it was left."""
        asked = without_range(query) if query is not None else None
        memory = self._leave()
        if asked is None or asked != self._query:
            memory = self.view_history.come(asked)
        self._query = asked
        self._note, self._language = results.note, results.question_language
        self._passages.begin(query)
        by_match = query is None or query.filters.order is Order.RELEVANCE
        self.model.set_hits(results.hits, complete, results.ranked, by_match)
        if memory is not None:
            self.view.recall(memory)
        self._withdraw_refresh()
        self._describe()

    def extend_results(self, results: SearchResults, complete: bool) -> None:
        """`results`: what comes after those that are here."""
        self.model.append(results.hits, complete)
        self._note, self._language = results.note, results.question_language
        self._describe()

    def clear(self) -> None:
        self._leave()
        self._query = self._language = None
        self.model.set_hits((), complete=True)
        self.title.clear()
        self.note.hide()
        self._hide(self.language_link)
        self._withdraw_refresh()

    @property
    def is_untouched(self) -> bool:
        """Whether the answer is as it came: at its top, nothing selected, not entered by keyboard."""
        view = self.view
        return not (view.verticalScrollBar().value() or view.selected_count() or view.hasFocus())

    def step_back(self) -> bool:
        """From several selected cards to the current one, and from that out of the grid; False elsewhere."""
        several = self.isVisible() and self.view.selected_count() > 1
        inside = self.view.hasFocus()
        if several:
            self.view.card_selection.only(self.view.currentIndex().row())
        elif inside:
            self.view.clearSelection()
            self.left.emit()
        return several or inside

    def offer_refresh(self, reason: str) -> None:
        self.refresh_link.setText(reason)
        self.refresh_link.show()

    def offer_everywhere(self, count: int, complete: bool) -> None:
        """So many results there are beyond the place that was searched; of none nothing is said."""
        if count:
            self.everywhere_link.setText(words.everywhere(count, complete))
            self.everywhere_link.show()
        else:
            self._hide(self.everywhere_link)

    def withdraw_refresh(self, reason: str) -> None:
        """There is none any more; another may stand."""
        if self.refresh_link.text() == reason:
            self._withdraw_refresh()

    def _leave(self) -> ViewMemory | None:
        """Where one is, kept for who comes back."""
        if self._query is None or not self.model.hits:
            return None
        memory = self.view.remember()
        self.view_history.leave(self._query, memory)
        return memory

    def _withdraw_refresh(self) -> None:
        self._hide(self.refresh_link)

    def _hide(self, link: LinkButton) -> None:
        if link.hasFocus():
            self.view.setFocus()  # or Qt gives it to whatever comes next in the window
        link.hide()

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        heading.setSpacing(2 * GRID)
        heading.addWidget(self.title)
        heading.addWidget(self.selected)
        heading.addWidget(self.everywhere_link)
        heading.addWidget(self.refresh_link)
        heading.addStretch(1)
        heading.addWidget(self.zoom)
        self.note.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        language = QHBoxLayout()
        language.setContentsMargins(GRID, 0, 2 * GRID, 0)  # a link has room before its words
        language.addWidget(self.language_link)
        language.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(heading)
        column.addWidget(self.note)
        column.addLayout(language)
        column.addWidget(self.view, 1)

    def _describe(self) -> None:
        self.title.setText(heading(self.model))
        self._show_note()
        if self._language is None:
            self._hide(self.language_link)
            return
        sentence = words.foreign_question(self._language)
        self.language_link.setAccessibleName(sentence)
        self.language_link.set_words(sentence)
        self.language_link.setToolTip(strings.tip(f"{sentence}\n{setting_words.STATUS_HINT}"))
        self.language_link.show()

    def _show_note(self) -> None:
        """What limits the answer, where there is one."""
        asked = bool(self.model.hits) and self.model.ranked
        unread = words.unread(self._unread) if asked and self._unread else ""
        self.note.setText(strings.plain(" ".join(part for part in (self._note, unread) if part)))
        self.note.setVisible(bool(self.note.text()))

    def _count_selected(self) -> None:
        count = self.view.selected_count()
        self.selected.setText(words.selected(count) if count else "")


def heading(model: ResultsModel) -> str:
    """ "12 photographs · 3 documents"; where nothing reaches what chance would, that is said instead."""
    if not model.ranked:
        if not model.complete:
            return words.browsed(len(model.hits))
        return strings.holdings(model.photos, len(model.hits) - model.photos)
    if model.verdict is Verdict.NONE:
        return strings.NOTHING_MATCHES_WELL
    complete = model.complete or model.matching < len(model.hits)
    return words.results(model.matching_photos, model.documents, complete)
