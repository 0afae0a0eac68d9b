"""The duplicates page: totals, the groups, and one picture enlarged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from gui import strings
from gui.duplicates.detail_view import DetailView
from gui.duplicates.model import ArrangedGroups, DuplicatesModel
from gui.duplicates.view import DuplicatesView
from gui.jobs import Jobs
from gui.results.cards.thumbnails import ThumbnailStore
from gui.strings import duplicates as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton
from gui.widgets.controls.combo_box import ComboBox
from gui.widgets.empty_states import EmptyState


class DuplicatesPage(QWidget):
    """Shows the groups of duplicates, or one of their pictures enlarged."""

    close_requested = Signal()
    kind_chosen = Signal()

    def __init__(
        self, jobs: Jobs, fetch: Callable[[int, int], bytes], thumbnails: ThumbnailStore, style: Style
    ) -> None:
        super().__init__()
        self.model = DuplicatesModel(self)
        self.view = DuplicatesView(self.model, thumbnails, style)
        self.look = DetailView(self.model, jobs, fetch, thumbnails, style)
        self.nothing = EmptyState("findling", words.NONE_TITLE, words.NONE_TEXT)
        self.title, self.hint = QLabel(words.TITLE), QLabel(words.HINT)
        self.title.setProperty("kind", "heading")
        self.hint.setProperty("kind", "muted")
        self.hint.setWordWrap(True)
        self.kinds = ComboBox(style)
        self.kinds.setAccessibleName(words.SHOWN)
        self.kinds.addItem(words.ALL_KINDS, "")
        self.kinds.currentIndexChanged.connect(lambda _index: self.kind_chosen.emit())
        self.back_button = IconButton("close", words.BACK, style)
        self.back_button.clicked.connect(self.close_requested)
        self.parts = QStackedWidget()
        for part in (self.nothing, self.view, self.look):
            self.parts.addWidget(part)
        self.view.detail_requested.connect(self._show_detail)
        self.look.closed.connect(self._back_to_list)
        self.look.moved.connect(lambda row: self.view.setCurrentIndex(self.model.index(row)))
        self._lay_out()

    @property
    def kind(self) -> str:
        """The kind of groups to show; "" for all."""
        return str(self.kinds.currentData() or "")

    def show_groups(self, arranged: ArrangedGroups) -> None:
        """Show these groups, keeping the current file and the scroll position if possible."""
        row = self.view.currentIndex().row()
        before = self.model.arranged.files[row].path if row >= 0 else None
        place = self.view.verticalScrollBar().value()
        looked_at = self.look.path if self.parts.currentWidget() is self.look else None
        self.model.show(arranged)
        self._offer_kinds(arranged.kinds)
        self.title.setText(words.heading(len(arranged.groups), arranged.freed))
        if looked_at is not None and looked_at in arranged.rows:
            self.look.show_row(arranged.rows[looked_at])
        else:
            self._close_detail(self.view if arranged.groups else self.nothing)
        self.hint.setVisible(bool(arranged.groups))
        self.title.setVisible(bool(arranged.groups))
        self.kinds.setVisible(self.kinds.count() > 2)
        if before is not None and arranged.files:
            again = arranged.rows.get(before, min(row, len(arranged.files) - 1))
            self.view.setCurrentIndex(self.model.index(again))
        self.view.verticalScrollBar().setValue(place)  # after the current row is set, which scrolls to it

    def show_empty(self, busy: bool) -> None:
        """Show that there are no duplicates. `busy`: the search for them is going on."""
        self.nothing.text.setText(words.BUSY_TEXT if busy else words.NONE_TEXT)

    def enter(self) -> None:
        """Focus the current group, or the first."""
        if not self.model.rowCount():
            self.back_button.setFocus()
            return
        self.view.setFocus()
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))

    def step_back(self) -> bool:
        """Return from an enlarged picture to the groups. Returns False if there is none."""
        if self.parts.currentWidget() is not self.look:
            return False
        self._back_to_list()
        return True

    def _show_detail(self, row: int) -> None:
        self.parts.setCurrentWidget(self.look)
        self.look.show_row(row)
        self.look.picture.setFocus()

    def _back_to_list(self) -> None:
        self._close_detail(self.view)
        self.view.setFocus()

    def _close_detail(self, part: QWidget) -> None:
        """Show `part` instead of the enlarged picture, passing on its focus."""
        had_focus = self.look.isAncestorOf(QApplication.focusWidget() or self)
        self.look.leave()
        self.parts.setCurrentWidget(part)
        if had_focus:
            part.setFocus()

    def _offer_kinds(self, counts: Mapping[str, int]) -> None:
        chosen = self.kind
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItem(f"{words.ALL_KINDS} ({strings.number(sum(counts.values()))})", "")
        for kind in words.KINDS:
            if count := counts.get(kind):
                self.kinds.addItem(words.kind_counted(kind, count), kind)
        self.kinds.setCurrentIndex(max(self.kinds.findData(chosen), 0))
        self.kinds.blockSignals(False)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(2 * GRID, GRID, 2 * GRID, 0)
        top.setSpacing(2 * GRID)
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.kinds)
        top.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        self.hint.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        column.addWidget(self.hint)
        column.addWidget(self.parts, 1)
