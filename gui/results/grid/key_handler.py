"""Keyboard handling of the grid, following the conventions of file managers."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

from gui.results.grid.card_view import CardView

Action = QAbstractItemView.CursorAction
_MOVES = {
    Qt.Key.Key_Left: Action.MoveLeft,
    Qt.Key.Key_Right: Action.MoveRight,
    Qt.Key.Key_Up: Action.MoveUp,
    Qt.Key.Key_Down: Action.MoveDown,
    Qt.Key.Key_Home: Action.MoveHome,
    Qt.Key.Key_End: Action.MoveEnd,
    Qt.Key.Key_PageUp: Action.MovePageUp,
    Qt.Key.Key_PageDown: Action.MovePageDown,
}
_UPRIGHT = {Action.MoveUp, Action.MoveDown, Action.MovePageUp, Action.MovePageDown}


class KeyHandler:
    """Translates keys into movements, selection and actions of the grid."""

    def __init__(self, view: CardView) -> None:
        self._view = view
        self._end = QPersistentModelIndex()  # the last row when End was pressed
        self._modifiers = Qt.KeyboardModifier.NoModifier  # the modifiers of that press
        view.results.hits_added.connect(self._go_on)

    def press(self, event: QKeyEvent) -> None:
        """Handle a key; one without a meaning here is ignored, for the window to handle."""
        key = Qt.Key(event.key())
        if key in _MOVES and self._view.grid.layout.count:
            self._move(_MOVES[key], event.modifiers())
        elif not (self._act(key, event.modifiers()) or self._select_all(event)):
            event.ignore()

    def target(self, action: Action) -> QModelIndex:
        """The card that a movement leads to from the current one; the first if there is no current card."""
        view, layout = self._view, self._view.grid.layout
        if not layout.count:
            return QModelIndex()
        index = view.currentIndex()
        card = self._beyond(action, view.grid.card_of(index.row())) if index.isValid() else 0
        return view.results.index(view.grid.row_of(card))

    def _move(self, action: Action, modifiers: Qt.KeyboardModifier) -> None:
        view = self._view
        middle = self._middle() if action in _UPRIGHT and view.currentIndex().isValid() else None
        view.card_selection.go(self.target(action).row(), modifiers, middle)
        self._end = QPersistentModelIndex(view.currentIndex() if action is Action.MoveEnd else QModelIndex())
        self._modifiers = modifiers

    def _go_on(self) -> None:
        """Continue to the new end after more results, unless the user has moved."""
        if self._end.isValid() and self._end.row() == self._view.currentIndex().row():
            self._move(Action.MoveEnd, self._modifiers)
            self._view.scrollTo(self._view.currentIndex())  # a heading may have been added, but no card

    def _beyond(self, action: Action, card: int) -> int:
        view, layout = self._view, self._view.grid.layout
        steps = {
            Action.MoveLeft: card - 1,
            Action.MovePrevious: card - 1,
            Action.MoveRight: card + 1,
            Action.MoveNext: card + 1,
            Action.MoveHome: 0,
            Action.MoveEnd: layout.count - 1,
        }
        if action in steps:
            return min(max(steps[action], 0), layout.count - 1)
        up = action in (Action.MoveUp, Action.MovePageUp)
        if action in (Action.MoveUp, Action.MoveDown):
            return layout.beside(card, -1 if up else 1, self._middle())
        box = layout.box(card)
        screen = max(view.viewport().height() - box.height, box.height)
        return layout.card_near(box.y + box.height // 2 + (-screen if up else screen), self._middle())

    def _middle(self) -> int:
        view = self._view
        box = view.grid.layout.box(view.grid.card_of(view.currentIndex().row()))
        return view.card_selection.goal(box.middle)

    def _act(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Handle a key that acts on the current card. Returns whether it did."""
        view = self._view
        hit, row = view.current_hit(), view.currentIndex().row()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if hit is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            view.open_requested.emit(hit)
        elif key == Qt.Key.Key_Space and control:
            view.card_selection.toggle(row)
        elif key == Qt.Key.Key_Space:
            view.preview_requested.emit(hit)
        elif key == Qt.Key.Key_E and not control:
            view.alike_toggled.emit(row)
        else:
            return False
        return True

    def _select_all(self, event: QKeyEvent) -> bool:
        if not event.matches(QKeySequence.StandardKey.SelectAll):
            return False
        self._view.card_selection.everything()
        return True
