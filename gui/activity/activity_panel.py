"""The details of the activity bar: the steps of indexing, and counts of the library."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.records import LibraryStatus
from gui import strings
from gui.activity.progress_steps import Step, StepState
from gui.strings import activity as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import LinkButton
from gui.widgets.controls.labels import ElidedLabel

SIGN = 16  # pixels
_SIGNS = {
    StepState.DONE: ("check", "strong"),
    StepState.NOW: ("play", "accent"),
    StepState.PAUSED: ("pause", "weak"),
    StepState.TO_COME: ("clock", "muted"),
    StepState.UNFINISHED: ("warning", "weak"),
    StepState.OFF: ("remove", "muted"),
}


class ActivityPanel(QFrame):
    """The steps at one side, the counts at the other."""

    failures_requested = Signal()
    diagnosis_requested = Signal()

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._shown: tuple[Step, ...] = ()
        self._rows: list[tuple[QLabel, QLabel, ElidedLabel]] = []
        self._figures: dict[str, QLabel] = {}
        self.setObjectName("ActivityPanel")
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(GRID)
        self._steps.setVerticalSpacing(GRID // 2)
        self._steps.setColumnStretch(2, 1)
        self.failures_link = LinkButton(words.SHOW_FAILURES)
        self.failures_link.clicked.connect(self.failures_requested)
        self.trace_link = LinkButton(words.TRACE)
        self.trace_link.clicked.connect(self.diagnosis_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID // 2)
        row.setSpacing(5 * GRID)
        left = QVBoxLayout()
        left.addLayout(self._steps)
        left.addStretch(1)
        row.addLayout(left, 3)  # sentences left, numbers right
        row.addLayout(self._build_figures(), 2)
        style.changed.connect(self._draw)

    @property
    def shown(self) -> tuple[Step, ...]:
        """The steps that are shown."""
        return self._shown

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these steps; nothing is painted if they have not changed."""
        if tuple(steps) == self._shown:
            return
        self._shown = tuple(steps)
        while len(self._rows) < len(self._shown):
            self._add_row()
        self._draw()

    def show_status(self, status: LibraryStatus, reads_text: bool = True) -> None:
        """Show the counts of the library. `reads_text`: text recognition is turned on."""
        for name, text in (
            (words.FOUND, words.found_files(status.files, status.copies)),
            (words.SEARCHABLE, strings.holdings(status.photos, status.pages)),
            (words.NOT_YET, words.files_or_none(status.pending)),
            (words.UNREAD, words.items_or_none(status.unread) if reads_text else StepState.OFF.words),
            (words.FAILED, words.files_or_none(status.failed)),
        ):
            self._figures[name].setText(text)
        self.failures_link.setVisible(status.failed > 0)

    def figure(self, name: str) -> str:
        """The value shown for `name`, a caption of the counts."""
        return self._figures[name].text()

    def _build_figures(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(2, 1)
        for line, name in enumerate(
            (words.FOUND, words.SEARCHABLE, words.NOT_YET, words.UNREAD, words.FAILED)
        ):
            label = QLabel(name)
            label.setProperty("kind", "muted")
            grid.setRowMinimumHeight(line, SIGN)  # aligned with the steps
            grid.addWidget(label, line, 0)
            self._figures[name] = QLabel()
            grid.addWidget(self._figures[name], line, 1)
        grid.addWidget(self.failures_link, line, 2, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addWidget(self.trace_link, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return column

    def _add_row(self) -> None:
        line = len(self._rows)
        # Elided if needed: a label of changing width would move everything beside it.
        sign, name, state = QLabel(), QLabel(), ElidedLabel("muted")
        sign.setFixedSize(SIGN, SIGN)
        state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for column, label in enumerate((sign, name, state)):
            label.setTextFormat(Qt.TextFormat.PlainText)
            self._steps.addWidget(label, line, column)
        self._rows.append((sign, name, state))

    def _draw(self) -> None:
        for number, (sign, name, state) in enumerate(self._rows):
            there = number < len(self._shown)
            for label in (sign, name, state):
                label.setVisible(there)
            if there:
                step = self._shown[number]
                icon, colour = _SIGNS[step.state]
                sign.setPixmap(resources.pixmap(icon, SIGN, self._style.colour(colour), 2.0))
                name.setText(words.STEPS[step.phase])
                said = step.state.words
                state.say(f"{said} · {step.details}" if step.details else said)
