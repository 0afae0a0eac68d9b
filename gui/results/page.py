"""The results page: the grid with its heading, notes and links."""

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
    """Shows results and offers what can be done with them."""

    more_requested = Signal()
    refresh_requested = Signal()
    scope_requested = Signal(object)  # Scope
    models_requested = Signal()
    everywhere_requested = Signal()
    left = Signal()  # by Esc; the search stays

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
        self._query: Query | None = None  # the query of the results
        self.view_history = ViewHistory()
        self._note = ""
        self._unread = 0  # items whose text is not recognised yet
        self._language: str | None = None  # of a query that the model does not understand
        self.title = QLabel()
        self.title.setProperty("kind", "heading")
        self.selected = QLabel()
        self.selected.setProperty("kind", "muted")
        self.note = QLabel()
        self.note.setProperty("kind", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.hide()
        self.language_link = ElidedLink()  # elided in a narrow window; the tool tip has the whole text
        self.language_link.setAccessibleName(setting_words.STATUS_HINT)  # until it has a text
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
        """Apply the size of pictures and the stacking from the settings, and store changes of the size."""

        def take() -> None:
            self.zoom.take(preferences.settings.card_height)
            self.view.set_folding(preferences.settings.fold_alike)

        preferences.changed.connect(take)
        self.zoom.zoomed.connect(lambda height: preferences.change(card_height=height))
        take()

    def show_unread(self, count: int) -> None:
        """Show that the text of `count` items is not searchable yet."""
        if count != self._unread:
            self._unread = count
            self._show_note()

    def show_waiting(self) -> None:
        """Show that a search is running."""
        self.title.setText(strings.SEARCHING)

    def show_results(self, results: SearchResults, complete: bool, query: Query | None = None) -> None:
        """Show new results from the top.

        Results of the same query keep the scroll position, and those of a query reached by Back or Forward
        get theirs back.
        """
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
        """Append further results."""
        self.model.append(results.hits, complete)
        self._note, self._language = results.note, results.question_language
        self._describe()

    def clear(self) -> None:
        """Remove all results."""
        self._leave()
        self._query = self._language = None
        self.model.set_hits((), complete=True)
        self.title.clear()
        self.note.hide()
        self._hide(self.language_link)
        self._withdraw_refresh()

    @property
    def is_untouched(self) -> bool:
        """Whether the user has not scrolled, selected or focused anything since the results came."""
        view = self.view
        return not (view.verticalScrollBar().value() or view.selected_count() or view.hasFocus())

    def step_back(self) -> bool:
        """Reduce the selection to the current card, or leave the grid. Returns False if neither applies."""
        several = self.isVisible() and self.view.selected_count() > 1
        inside = self.view.hasFocus()
        if several:
            self.view.card_selection.only(self.view.currentIndex().row())
        elif inside:
            self.view.clearSelection()
            self.left.emit()
        return several or inside

    def offer_refresh(self, reason: str) -> None:
        """Show a link that repeats the search, with the reason as its text."""
        self.refresh_link.setText(reason)
        self.refresh_link.show()

    def offer_everywhere(self, count: int, complete: bool) -> None:
        """Offer a search in the whole library, which has `count` results; none for 0."""
        if count:
            self.everywhere_link.setText(words.everywhere(count, complete))
            self.everywhere_link.show()
        else:
            self._hide(self.everywhere_link)

    def withdraw_refresh(self, reason: str) -> None:
        """Remove the link shown for `reason`; one for another reason stays."""
        if self.refresh_link.text() == reason:
            self._withdraw_refresh()

    def _leave(self) -> ViewMemory | None:
        """Record the view of the current results, to restore it later."""
        if self._query is None or not self.model.hits:
            return None
        memory = self.view.remember()
        self.view_history.leave(self._query, memory)
        return memory

    def _withdraw_refresh(self) -> None:
        self._hide(self.refresh_link)

    def _hide(self, link: LinkButton) -> None:
        if link.hasFocus():
            self.view.setFocus()  # otherwise Qt focuses whatever comes next
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
        language.setContentsMargins(GRID, 0, 2 * GRID, 0)  # a link has padding before its text
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
        """Show what limits the results, if anything."""
        asked = bool(self.model.hits) and self.model.ranked
        unread = words.unread(self._unread) if asked and self._unread else ""
        self.note.setText(strings.plain(" ".join(part for part in (self._note, unread) if part)))
        self.note.setVisible(bool(self.note.text()))

    def _count_selected(self) -> None:
        count = self.view.selected_count()
        self.selected.setText(words.selected(count) if count else "")


def heading(model: ResultsModel) -> str:
    """The heading of the results: "12 photographs · 3 documents", or that nothing matches well."""
    if not model.ranked:
        if not model.complete:
            return words.browsed(len(model.hits))
        return strings.holdings(model.photos, len(model.hits) - model.photos)
    if model.verdict is Verdict.NONE:
        return strings.NOTHING_MATCHES_WELL
    complete = model.complete or model.matching < len(model.hits)
    return words.results(model.matching_photos, model.documents, complete)
