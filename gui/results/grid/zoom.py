"""The size of the pictures: a slider, shortcuts and the wheel."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from engine.settings import HIGHEST_CARD, LOWEST_CARD
from gui import strings
from gui.results.grid.view import USUAL_HEIGHT, ResultsView
from gui.strings import results as words
from gui.widgets import shortcut_table
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton

STEP = 1.15  # factor for a notch of the wheel or a key
POSITIONS = 100  # of the slider, on a logarithmic scale
WIDTH = 14 * GRID


class CardZoom(QWidget):
    """The slider and its buttons. `zoomed` is emitted only for changes by the user."""

    zoomed = Signal(int)  # height of the pictures in pixels

    def __init__(self, view: ResultsView, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._wanted = float(view.card_height)  # unrounded, so that small wheel movements add up
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, POSITIONS)
        self.slider.setFixedWidth(WIDTH)
        self.slider.setAccessibleName(words.CARD_SIZE)
        self.slider.setToolTip(strings.tip(words.CARD_SIZE_HINT))
        self.smaller_button = IconButton("zoom-out", words.SMALLER, style)
        self.larger_button = IconButton("zoom-in", words.LARGER, style)
        for button, by in ((self.smaller_button, -1), (self.larger_button, 1)):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click does not take the focus from the cards
            button.clicked.connect(lambda _checked=False, by=by: self.step(by))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.smaller_button, self.slider, self.larger_button):
            row.addWidget(widget)
        self._show()
        self.slider.valueChanged.connect(self._slid)
        view.zoom_requested.connect(self.step)
        self._add_shortcuts()

    def take(self, height: int) -> None:
        """Show a height that was set elsewhere."""
        if height != round(self._wanted):
            self._go(height, None)

    def step(self, by: float, at: QPoint | None = None) -> None:
        """Enlarge by `by` steps, or reduce if negative. `at`: the point of the viewport to keep in place."""
        self._change(self._wanted * STEP**by, at)

    def usual(self) -> None:
        """Return to the default size."""
        self._change(USUAL_HEIGHT, None)

    def _add_shortcuts(self) -> None:
        for name, act in (
            ("larger cards", lambda: self.step(1)),
            ("smaller cards", lambda: self.step(-1)),
            ("usual cards", self.usual),
        ):
            for sequence in shortcut_table.sequences(name):
                QShortcut(sequence, self, act)

    def _slid(self, position: int) -> None:
        self._change(LOWEST_CARD * (HIGHEST_CARD / LOWEST_CARD) ** (position / POSITIONS), None)

    def _change(self, height: float, at: QPoint | None) -> None:
        before = round(self._wanted)
        self._go(height, at)
        if round(self._wanted) != before:
            self.zoomed.emit(round(self._wanted))

    def _go(self, height: float, at: QPoint | None) -> None:
        self._wanted = min(max(float(height), LOWEST_CARD), HIGHEST_CARD)
        self._view.set_card_height(round(self._wanted), at)
        self._show()

    def _show(self) -> None:
        share = math.log(self._wanted / LOWEST_CARD) / math.log(HIGHEST_CARD / LOWEST_CARD)
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * POSITIONS))
        self.slider.blockSignals(False)
