"""The search bar: text and pictures in one box, the scope, and the filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.records import Filters, Query
from gui import strings
from gui.override import override
from gui.search.bar.filter_bar import FilterBar
from gui.search.bar.scope_buttons import ScopeButtons
from gui.search.bar.search_box import SearchBox
from gui.search.filters import filter_count
from gui.search.picture_query import PICTURE_LIMIT, QueryPicture
from gui.search.query_draft import DraftPart, QueryDraft, text_part
from gui.strings import search as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton
from gui.widgets.focus_order import set_focus_order

PAUSE_MILLISECONDS = 400  # after the last key, before the search starts by itself
SHORTEST_TEXT = 2  # characters; a single letter does not start a search
WORDS_LIMIT = 10  # parts of text
NARROW = 105 * GRID  # below this width, the scope and the filter button go below the box


class SearchBar(QWidget):
    """Emits `asked` when there is something to search or show, `emptied` when there no longer is."""

    asked = Signal(object)  # Query
    emptied = Signal()
    paste_requested = Signal()
    pick_requested = Signal()
    results_requested = Signal()
    history_requested = Signal()
    save_requested = Signal()
    repeat_requested = Signal(object)  # Query, whose pictures must be loaded again
    too_many = Signal(str)  # a sentence for the user

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last: Query | None = None
        self._filters = Filters()
        self._place_passes = False  # the place filters apply to this search only
        self._everything = False
        self._narrow: bool | None = None  # None before the first layout
        self.deliberate = False  # whether the last search was started by the user, not by a pause in typing
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._ask_after_pause)
        self.frame = SearchBox(style)
        self.line = self.frame.line
        self.clear_button = self.frame.clear_button
        self.pick_button = self.frame.pick_button
        self.chip_list = self.frame.chip_list
        self._typed = ""  # the text before the last edit
        self._giving_way = ""  # selected text that a pasted picture will replace
        self.scopes = ScopeButtons(style)
        self.scope_buttons = self.scopes.buttons
        self.filters = FilterBar(style)
        self.filter_button = TextButton(words.FILTERS, style, "filter", "toggle", self)
        self.filter_button.setCheckable(True)
        self.filter_button.setMinimumHeight(5 * GRID)
        self.filter_button.setToolTip(words.FILTERS_HINT)
        self._lay_out()
        self._connect_box()
        self._connect_filters()
        self._show_state()

    def tab_stops(self) -> tuple[QWidget, ...]:
        """The widgets in tab order, from left to right; in a narrow window row by row."""
        scopes = tuple(self.scope_buttons.values())
        beside = (*scopes, self.filter_button) if self._narrow else (self.filter_button, *scopes)
        return (*self.frame.tab_stops(), *beside)

    # state

    def question(self) -> QueryDraft:
        """The search as it stands in the bar."""
        return QueryDraft(
            self.line.text(),
            self.chip_list.parts(),
            self.scopes.scope,
            self._filters,
            self._place_passes,
            self._everything,
        )

    def query(self) -> Query | None:
        """The query of the bar, or None if there is nothing to search or show."""
        return self.question().query()

    def pictures(self) -> list[QueryPicture]:
        """The pictures among the chips, in order."""
        return [part.content for part in self.chip_list.parts() if isinstance(part.content, QueryPicture)]

    # searching

    def set_text(self, text: str) -> None:
        """Search for `text`, as if the user had typed and entered it."""
        self.line.setText(text)
        self.ask()

    def add_picture(self, picture: QueryPicture, minus: bool = False) -> None:
        """Add a picture to the search and run it. `minus`: search for what does not look like it."""
        self.add_pictures([picture], minus)

    def add_pictures(self, pictures: list[QueryPicture], minus: bool = False) -> None:
        """Add pictures and run the search. Those beyond the limit are dropped, with `too_many`."""
        room = PICTURE_LIMIT - len(self.pictures())
        for picture in pictures[:room]:
            self.chip_list.add(DraftPart(picture, minus))
        if len(pictures) > room:
            self.too_many.emit(strings.too_many_pictures(PICTURE_LIMIT))
        if pictures[:room]:
            self._give_way()
            self._show_state()
            self.ask()

    def ask_for(self, pictures: list[QueryPicture]) -> None:
        """Search for these pictures alone, without filters."""
        parts = tuple(DraftPart(picture) for picture in pictures)
        self.show_question(QueryDraft(parts=parts, scope=self.scopes.scope))

    def show_folder(self, folder: Path) -> None:
        """Limit the current search to `folder`; without a search, show what is in it."""
        self._filter(replace(self._filters, folders=(folder,)), place_passes=True)

    def add_folder(self, folder: Path) -> None:
        """Add `folder` to the folders to which the search is limited."""
        self._filter(self._filters.with_folder(folder))

    def show_theme(self, number: int, name: str) -> None:
        """Limit the current search to a theme; without a search, show its photographs."""
        self._filter(replace(self._filters, theme=number, theme_name=name), place_passes=True)

    def search_everywhere(self) -> None:
        """Remove the folder and theme filters and run the search."""
        self._filter(self._filters.anywhere())

    def name_themes(self, names: Mapping[int, str]) -> None:
        """Update the name of the theme filter from names by theme number, without searching."""
        name = names.get(self._filters.theme, self._filters.theme_name)
        if name != self._filters.theme_name:
            self._filters = replace(self._filters, theme_name=name)
            self._show_filters()

    def browse(self) -> None:
        """Show all items by date."""
        self.show_question(QueryDraft(everything=True))

    def ask_again(self, query: Query) -> None:
        """Run an earlier query; its pictures are loaded first."""
        self.repeat_requested.emit(query)

    def show_question(self, question: QueryDraft) -> None:
        """Replace the contents of the bar by `question` and run it."""
        self.line.setText(question.line)
        self.chip_list.show_parts(question.parts)
        self.scopes.show_scope(question.scope)
        self._filters, self._place_passes = question.filters, question.place_passes
        self._everything = question.everything
        self._show_state()
        self.ask()

    def ask(self) -> None:
        """Run the search in the bar at once."""
        self._ask(deliberate=True)

    # clearing

    def start_over(self) -> None:
        """Clear the text and the chips and focus the box; filters stay."""
        self.line.clear()
        self.chip_list.show_parts(())
        self._show_state()
        self.ask()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step_back(self) -> None:
        """Clear the first that is set: the text, the chips, the filters, or browsing."""
        if self.line.text():
            self.line.clear()
        elif self.chip_list.parts():
            self.chip_list.show_parts(())
        elif self._filters != Filters():
            self._filters, self._place_passes = Filters(), False
        else:
            self._everything = False
        self._show_state()
        self.ask()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        """Clear the search and the filters; the sort order stays. Emits `emptied`."""
        self._pause.stop()
        self.line.clear()
        self.chip_list.show_parts(())
        self._filters, self._place_passes = Filters(order=self._filters.order), False
        self._everything = False
        self._last = None
        self._show_state()
        self.emptied.emit()

    def expect_picture(self) -> None:
        """Remember the selected text, which a pasted picture replaces when it is ready."""
        self._giving_way = self.line.selectedText() if self.line.hasFocus() else ""

    def _give_way(self) -> None:
        words, self._giving_way = self._giving_way, ""
        if words and self.line.selectedText() == words:
            text, start = self.line.text(), self.line.selectionStart()
            self.line.setText(text[:start] + text[start + len(words) :])

    def focus(self) -> None:
        """Focus the text and select it."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # building

    def _lay_out(self) -> None:
        self._upper, self._lower = QHBoxLayout(), QHBoxLayout()
        for row in (self._upper, self._lower):
            row.setSpacing(GRID)
        self._upper.addWidget(self.frame, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._upper)
        self._column.addLayout(self._lower)
        self._lower.addStretch(1)
        self._place()

    def _place(self) -> None:
        """Lay out the scope and the filter button beside the box, or below it in a narrow window."""
        narrow = self.width() < NARROW
        beside = (self.filter_button, self.scopes)
        if narrow is not self._narrow:
            self._narrow = narrow
            for place, widget in enumerate(reversed(beside) if narrow else beside):
                (self._lower if narrow else self._upper).insertWidget(
                    place + (not narrow), widget, 0, Qt.AlignmentFlag.AlignTop
                )
            self._column.setSpacing(GRID if narrow else 0)
            set_focus_order(self.tab_stops())
        taken = 0 if narrow else sum(widget.sizeHint().width() + GRID for widget in beside)
        self.frame.place_chips(self.width() - taken)

    def _connect_box(self) -> None:
        line = self.line
        line.textEdited.connect(self._edited)
        line.textChanged.connect(self._text_changed)
        line.returnPressed.connect(self.ask)
        line.files_pasted.connect(self.paste_requested)
        line.left_downwards.connect(self._go_down)
        line.history_requested.connect(self.history_requested)
        line.make_chip_requested.connect(self.make_chip)
        line.chips_focused.connect(self.chip_list.enter)
        line.remove_last_chip_requested.connect(self.chip_list.take_last)
        self.chip_list.parts_changed.connect(self._parts_changed)
        self.chip_list.left.connect(line.setFocus)
        self.clear_button.clicked.connect(self.start_over)
        self.pick_button.clicked.connect(self.pick_requested)
        self.frame.chip_button.clicked.connect(self.make_chip)
        self.frame.history_button.clicked.connect(self.history_requested)
        self.frame.save_button.clicked.connect(self.save_requested)
        self.scopes.chosen.connect(self._ask_if_new)

    def _connect_filters(self) -> None:
        self.filter_button.toggled.connect(self.filters.set_open)
        self.filters.changed.connect(self._on_filters_chosen)
        self.filters.keep_place_toggled.connect(self._on_keep_place_toggled)
        self.filters.show_all_cleared.connect(self.clear)

    # changes

    def make_chip(self) -> None:
        """Turn the typed text into a chip. Emits `too_many` if there are too many parts of text."""
        text = self.line.text().strip()
        if not text:
            return
        if len(self.chip_list.parts()) - len(self.pictures()) >= WORDS_LIMIT:
            self.too_many.emit(words.too_many_parts(WORDS_LIMIT))
            return
        self.chip_list.add(text_part(text))
        self.line.clear()
        self.line.setFocus()
        self._parts_changed()

    def _on_filters_chosen(self, filters: Filters) -> None:
        adds_folder = not set(filters.folders) <= set(self._filters.folders)
        self._filter(filters, self._place_passes and not adds_folder)

    def _on_keep_place_toggled(self, kept: bool) -> None:
        self._filter(self._filters, place_passes=not kept)

    def _filter(self, filters: Filters, place_passes: bool = False) -> None:
        self._filters, self._place_passes = filters, place_passes
        self._show_state()
        self._ask_if_new()

    def _parts_changed(self) -> None:
        self._show_state()
        self.ask()

    def _text_changed(self) -> None:
        self._show_buttons()
        if not self.line.isModified():  # set by the program
            self._typed = self.line.text()

    def _edited(self) -> None:
        self._leave_place()
        self._show_filters()
        if self.query() is None:
            self.clear()
        else:
            self._pause.start()

    def _leave_place(self) -> None:
        """Remove a temporary place filter when a new text is typed, rather than an edit of the old."""
        before, now = self._typed.strip(), self.line.text().strip()
        self._typed = now
        goes_on = bool(before) and (now.startswith(before) or before.startswith(now))
        if now and not (goes_on or self.chip_list.parts()) and self._place_passes:
            self._filters, self._place_passes = self._filters.anywhere(), False

    def _go_down(self) -> None:
        if self.query() is None:
            self.history_requested.emit()
        else:
            self.results_requested.emit()

    def _ask(self, deliberate: bool) -> None:
        self._pause.stop()
        query = self.query()
        if query is None:
            self.clear()
            return
        self.deliberate = deliberate
        self._last = query
        self._show_filters()
        self.asked.emit(query)

    def _ask_after_pause(self) -> None:
        if self.query() != self._last and not self._one_letter():
            self._ask(deliberate=False)

    def _ask_if_new(self) -> None:
        """Run the search after a click; if there is nothing left to search, clear the results."""
        query = self.query()
        if query is None and self._last is not None:
            self.clear()
        elif query != self._last and not self._one_letter():
            self.ask()

    def _one_letter(self) -> bool:
        return 0 < len(self.line.text().strip()) < SHORTEST_TEXT and not self.chip_list.parts()

    # showing

    def _show_state(self) -> None:
        set_focus_order(self.tab_stops())  # chips were added or removed
        self._show_buttons()
        self._show_filters()
        self._place()

    def _show_buttons(self) -> None:
        typed = bool(self.line.text().strip())
        self.frame.chip_button.setVisible(typed)
        self.clear_button.setVisible(bool(self.line.text() or self.chip_list.parts()))

    def _show_filters(self) -> None:
        count = filter_count(self._filters)
        self.filter_button.setText(words.filters(count))
        self.filter_button.setAccessibleName(words.filters_set(count))
        question = self.question()
        browsing = self._everything and not question.has_parts and not self._filters.excludes_items
        self.filters.show_filters(self._filters, self._place_passes, browsing)
