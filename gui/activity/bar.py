"""The bar at the foot of the window: how far reading the files is, and how to pause or stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from engine.progress import Snapshot
from engine.records import LibraryStatus
from gui import strings
from gui.activity.indexing import Indexing, IndexState
from gui.parts.buttons import LinkButton, TextButton
from gui.parts.style import GRID, Style

_FULL = 1000


class ActivityBar(QFrame):
    """Visible while there is work, or work left undone."""

    def __init__(self, indexing: Indexing, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indexing = indexing
        self._pending = 0
        self.setObjectName("ActivityBar")
        self.phase = QLabel()
        self.phase.setProperty("kind", "heading")
        self.details = QLabel()
        self.details.setProperty("kind", "muted")
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(strings.INDEX_PROGRESS)
        self.pause_button = TextButton(strings.PAUSE, style, "pause")
        self.pause_button.clicked.connect(self._toggle)
        self.stop_button = TextButton(strings.STOP, style, "stop")
        self.stop_button.clicked.connect(indexing.stop)
        self.continue_button = TextButton(strings.CONTINUE, style, "play")
        self.continue_button.clicked.connect(indexing.start)
        self._lay_out()
        indexing.state_changed.connect(self._show_state)
        indexing.advanced.connect(self._show_snapshot)
        self._show_state(indexing.state)

    def show_status(self, status: LibraryStatus) -> None:
        self._pending = status.pending
        if not self._indexing.active:
            self._show_state(IndexState.IDLE)

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(GRID)
        words.addWidget(self.phase)
        words.addWidget(self.details, 1)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addLayout(words)
        left.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        row.setSpacing(GRID)
        row.addLayout(left, 1)
        for button in (self.pause_button, self.stop_button, self.continue_button):
            row.addWidget(button)

    def _toggle(self) -> None:
        if self._indexing.state is IndexState.PAUSED:
            self._indexing.resume()
        else:
            self._indexing.pause()

    def _show_state(self, state: IndexState) -> None:
        active = state is not IndexState.IDLE
        paused = state is IndexState.PAUSED
        self.setVisible(active or self._pending > 0)
        self.bar.setVisible(active)
        for button in (self.pause_button, self.stop_button):
            button.setVisible(active)
            button.setEnabled(state is not IndexState.STOPPING)
        self.continue_button.setVisible(not active)
        self.pause_button.setText(strings.RESUME if paused else strings.PAUSE)
        self.pause_button.set_icon("play" if paused else "pause")
        if active:
            self._show_snapshot(self._indexing.snapshot())
            self._pending = 0  # what was known before the run; the status after it tells anew
        else:
            self.phase.setText(strings.pending(self._pending))
            self.details.clear()

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        state = self._indexing.state
        if state is IndexState.IDLE:
            return
        finished = snapshot.done + snapshot.failed
        known = snapshot.found > 0
        self.bar.setRange(0, _FULL if known else 0)
        if known:
            self.bar.setValue(min(round(_FULL * finished / snapshot.found), _FULL))
        running = state is IndexState.RUNNING
        titles = {IndexState.PAUSED: strings.PAUSED, IndexState.STOPPING: strings.STOPPING}
        self.phase.setText(titles.get(state, strings.phase(snapshot.phase)))
        parts = [strings.done_of(finished, snapshot.found, snapshot.unit)]
        if snapshot.failed:
            parts.append(strings.failed(snapshot.failed))
        if running:
            parts += [strings.rate(snapshot.rate), strings.remaining(snapshot.remaining_seconds)]
        self.details.setText(" · ".join(part for part in parts if part))


class StatusLine(QFrame):
    """What the library holds, what could not be read, and which model answers."""

    failures_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("StatusLine")
        self.holdings = QLabel()
        self.holdings.setProperty("kind", "muted")
        self.failures_link = LinkButton()
        self.failures_link.clicked.connect(self.failures_wanted)
        self.failures_link.hide()
        self.model = QLabel()
        self.model.setProperty("kind", "muted")
        self.model.setTextFormat(Qt.TextFormat.PlainText)
        self.model.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.model.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        row.addWidget(self.holdings)
        row.addWidget(self.failures_link)
        row.addWidget(self.model, 1)

    def show_status(self, status: LibraryStatus) -> None:
        self.holdings.setText(strings.holdings(status.photos, status.pages) if status.folders else "")
        self.failures_link.setText(strings.not_read(status.failed))
        self.failures_link.setVisible(status.failed > 0)

    def show_model(self, title: str, better: bool) -> None:
        sentences = [strings.MODEL_LINE.format(title=strings.plain(title))]
        if better:
            sentences.append(strings.MODEL_BETTER)
        self.model.setText(" ".join(sentences))
        self.model.setToolTip(strings.tip(" ".join(sentences)))
