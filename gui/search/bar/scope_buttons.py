"""The scope of a search: everything, photographs, or pages."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from engine.records import Scope
from gui import strings
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import ChoiceButton

_SCOPES = (
    (Scope.ALL, strings.SCOPE_ALL),
    (Scope.PHOTOS, strings.SCOPE_PHOTOS),
    (Scope.PAGES, strings.SCOPE_PAGES),
)


class ScopeButtons(QWidget):
    """Three exclusive segments; `chosen` is emitted only for a choice of the user."""

    chosen = Signal(object)  # Scope

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.setAccessibleName(strings.SCOPE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(self)
        self.buttons: dict[Scope, ChoiceButton] = {}
        for scope, text in _SCOPES:
            button = ChoiceButton("segment", style)
            button.setText(text)
            button.setMinimumHeight(5 * GRID)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self._choose, scope))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[scope] = button
        self.buttons[_SCOPES[0][0]].setProperty("place", "first")
        self.buttons[_SCOPES[-1][0]].setProperty("place", "last")
        self.show_scope(Scope.ALL)

    @property
    def scope(self) -> Scope:
        """The scope that is chosen."""
        return next(scope for scope, button in self.buttons.items() if button.isChecked())

    def show_scope(self, scope: Scope) -> None:
        """Mark `scope` as chosen, without emitting `chosen`."""
        self.buttons[scope].setChecked(True)

    def _choose(self, scope: Scope, _checked: bool = False) -> None:
        self.chosen.emit(scope)
