"""The bar at the bottom of the window: the progress of indexing, with pause and stop, and a status line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from engine.progress import Snapshot
from engine.records import LibraryStatus, ModelStatus
from gui import strings
from gui.activity.activity_panel import ActivityPanel
from gui.activity.progress_steps import progress_words, steps
from gui.indexing import IndexingController, IndexState
from gui.override import override
from gui.preferences import Preferences
from gui.session import Session
from gui.strings import activity as words
from gui.strings import settings as setting_words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import ElidedLink, IconButton, LinkButton, TextButton
from gui.widgets.controls.labels import ElidedLabel

_FULL = 1000


class ActivityBar(QFrame):
    """Shows the progress of indexing; visible while there is work, unfinished work, or open details."""

    left = Signal()  # it was hidden while it had the focus

    def __init__(
        self,
        indexing: IndexingController,
        session: Session,
        preferences: Preferences,
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._indexing = indexing
        self._preferences = preferences
        self._style = style
        self._status: LibraryStatus | None = None
        self._page_model = False
        self._pending = 0
        self._state = indexing.state
        self._only_looks = False  # a scan has begun, and it is not known yet whether there is work
        self.setObjectName("ActivityBar")
        self.phase = QLabel()
        self.phase.setProperty("kind", "heading")
        self.details = ElidedLabel("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(strings.INDEX_PROGRESS)
        self.panel = ActivityPanel(style)
        self.panel.hide()
        self._build_buttons(style)
        self._lay_out()
        indexing.state_changed.connect(self._show_state)
        indexing.advanced.connect(self._show_snapshot)
        session.models_changed.connect(self._models_changed)
        preferences.changed.connect(self._describe_steps)
        self._show_state(indexing.state)

    def show_status(self, status: LibraryStatus) -> None:
        """Show the counts of the library in the details."""
        self._status = status
        self._pending = status.pending
        self.panel.show_status(status, self._preferences.settings.read_text)
        self._describe_steps()
        if not self._indexing.active:
            self._show_state(self._indexing.state)

    def toggle_details(self) -> None:
        """Open or close the details."""
        opened = self.panel.isHidden()
        self.panel.setVisible(opened)
        self.details_button.describe(
            "down" if opened else "up", words.HIDE_DETAILS if opened else words.SHOW_DETAILS
        )
        self._describe_steps()
        self._show_state(self._indexing.state)

    def step_back(self) -> bool:
        """Close the details. Returns False if they are closed."""
        if self.panel.isHidden():
            return False
        if self.panel.isAncestorOf(self.window().focusWidget() or self):
            self.details_button.setFocus()  # otherwise Qt focuses whatever comes next
        self.toggle_details()
        return True

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Give the stop button its largest width, so that Pause does not move under the pointer.

        That width is known only after the style sheet is set.
        """
        super().showEvent(event)
        widest = TextButton(words.STOP_WATCHING, self._style, "stop")
        self.stop_button.setMinimumWidth(widest.sizeHint().width())

    def _build_buttons(self, style: Style) -> None:
        self.pause_button = TextButton(strings.PAUSE, style, "pause")
        self.pause_button.clicked.connect(self._toggle)
        self.stop_button = TextButton(strings.STOP, style, "stop")
        self.stop_button.clicked.connect(self._indexing.hold)
        self.continue_button = TextButton(strings.CONTINUE, style, "play")
        self.continue_button.clicked.connect(self._indexing.start)
        self.details_button = IconButton("up", words.SHOW_DETAILS, style)
        self.details_button.clicked.connect(self.toggle_details)

    def _lay_out(self) -> None:
        texts = QHBoxLayout()
        texts.setSpacing(GRID)
        texts.addWidget(self.phase)
        texts.addWidget(self.details, 1)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addLayout(texts)
        left.addWidget(self.bar)
        row = QHBoxLayout()
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        row.setSpacing(GRID)
        row.addLayout(left, 1)
        for button in (self.pause_button, self.stop_button, self.continue_button, self.details_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.panel)
        column.addLayout(row)

    def _toggle(self) -> None:
        if self._indexing.state is IndexState.PAUSED:
            self._indexing.resume()
        else:
            self._indexing.pause()

    def _show_state(self, state: IndexState) -> None:
        if state is not self._state:
            self._only_looks = state is IndexState.RUNNING and self._state is IndexState.WATCHING
        self._state = state
        active, paused = self._indexing.active, state is IndexState.PAUSED
        self.bar.setVisible(active)
        if not active and self.pause_button.hasFocus():
            self.details_button.setFocus()  # otherwise Qt focuses whatever comes next
        self.pause_button.setVisible(state is not IndexState.IDLE)
        self.pause_button.setText(strings.RESUME if paused else strings.PAUSE)
        self.pause_button.set_icon("play" if paused else "pause")
        self.stop_button.setVisible(state is not IndexState.IDLE)
        self.stop_button.setText(words.STOP_WATCHING if state is IndexState.WATCHING else strings.STOP)
        self.pause_button.setEnabled(active and state is not IndexState.STOPPING)
        self.stop_button.setEnabled(state is not IndexState.STOPPING)
        self.continue_button.setVisible(
            state is IndexState.IDLE and (self._pending > 0 or self._indexing.held)
        )
        if active:
            self._pending = 0  # outdated; the status after the run has the new number
            self._show_snapshot(self._indexing.snapshot())
        else:
            self._show_rest()
        self._describe_steps()

    def _show_rest(self) -> None:
        sentences = [strings.pending(self._pending)] if self._pending else []
        if self._indexing.held:
            sentences.append(words.HELD)
        self.phase.setText(sentences[0] if sentences else words.phase("watching"))
        self.details.say(" ".join(sentences[1:]))
        self._show_or_hide()

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if not self._indexing.active:
            return
        self._only_looks = self._only_looks and snapshot.phase in ("scanning", "watching")
        known = snapshot.found > 0
        self.bar.setRange(0, _FULL if known else 0)
        if known:
            finished = snapshot.done + snapshot.failed
            self.bar.setValue(min(round(_FULL * finished / snapshot.found), _FULL))
        titles = {IndexState.PAUSED: strings.PAUSED, IndexState.STOPPING: strings.STOPPING}
        self.phase.setText(titles.get(self._state, words.phase(snapshot.phase)))
        self.details.say(progress_words(snapshot, self._state is IndexState.RUNNING))
        self._describe_steps()
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        work = self._indexing.active and not self._only_looks
        undone = self._state is IndexState.IDLE and (self._pending > 0 or self._indexing.held)
        shown = work or undone or not self.panel.isHidden()
        leaving = not shown and self.isAncestorOf(self.window().focusWidget() or self)
        self.setVisible(shown)
        if leaving:
            self.left.emit()  # otherwise Qt focuses whatever comes next

    def _describe_steps(self) -> None:
        if self._status is not None and not self.panel.isHidden():
            read_text = self._preferences.settings.read_text
            snapshot = self._indexing.snapshot()
            self.panel.show_steps(
                steps(self._indexing.state, snapshot, self._status, read_text, self._page_model)
            )

    def _models_changed(self, models: Sequence[ModelStatus]) -> None:
        self._page_model = any(
            model.kind == "pages" and model.download_bytes and (model.active or model.pending)
            for model in models
        )
        self._describe_steps()


class StatusLine(QFrame):
    """What the library contains, whether it is watched, how many files failed, and which model answers."""

    failures_requested = Signal()
    details_requested = Signal()
    models_requested = Signal()

    def __init__(self, indexing: IndexingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indexing = indexing
        self._folders = 0
        self.setObjectName("StatusLine")
        self.holdings = QLabel()
        self.holdings.setProperty("kind", "muted")
        self.watching_link = LinkButton()
        self.watching_link.setToolTip(strings.tip(words.WATCHING_HINT))
        self.watching_link.clicked.connect(self.details_requested)
        self.watching_link.hide()
        self.failures_link = LinkButton()
        self.failures_link.clicked.connect(self.failures_requested)
        self.failures_link.hide()
        self.model = ElidedLink()  # elided in a narrow window; the tool tip has the whole text
        self.model.setAccessibleName(setting_words.STATUS_HINT)
        self.model.clicked.connect(self.models_requested)
        self.model.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        row.addWidget(self.holdings)
        row.addWidget(self.watching_link)
        row.addWidget(self.failures_link)
        row.addStretch(1)
        row.addWidget(self.model)
        indexing.state_changed.connect(self._show_watching)

    def show_status(self, status: LibraryStatus) -> None:
        """Show the counts of the library."""
        self._folders = sum(folder.available for folder in status.folders)
        self.holdings.setText(strings.holdings(status.photos, status.pages) if status.folders else "")
        self.failures_link.setText(strings.not_read(status.failed))
        self.failures_link.setVisible(status.failed > 0)
        self._show_watching()

    def show_models(self, models: Sequence[ModelStatus]) -> None:
        """Show which picture model answers, and which one is being prepared."""
        pictures = [model for model in models if model.kind == "pictures"]
        active = next((model for model in pictures if model.active), None)
        if active is None:
            return
        text = setting_words.answering(active, next((other for other in models if other.pending), None))
        if not active.download_bytes and any(model.download_bytes for model in pictures):
            text = f"{text} {strings.MODEL_BETTER}"
        self.model.setAccessibleName(text)
        self.model.set_words(text)
        self.model.setToolTip(strings.tip(f"{text}\n{setting_words.STATUS_HINT}"))
        self.model.show()

    def _show_watching(self) -> None:
        """Show whether folders are watched, unless the bar above shows work."""
        watches = self._indexing.state is IndexState.WATCHING
        at_rest = watches or self._indexing.state is IndexState.IDLE
        self.watching_link.setText(words.watching(self._folders) if watches else words.NOT_WATCHING)
        self.watching_link.setVisible(at_rest and self._folders > 0)
