"""The card of a model: what it is good for, its size and state, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from engine.progress import Snapshot
from engine.records import ModelStatus
from gui import strings
from gui.settings.model_controller import ModelController
from gui.strings import settings as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton
from gui.widgets.controls.labels import label

_FULL = 1000


class ModelCard(QFrame):
    """Shows one model. Its signals carry the name of the model."""

    activate_requested = Signal(str)
    download_requested = Signal(str)
    cancel_requested = Signal(str)

    def __init__(self, name: str, style: Style) -> None:
        super().__init__()
        self.setObjectName("ModelCard")
        self.name = name
        self.title = _label("heading")
        self.state = _label("muted")
        self.good_for = _label("")
        self.facts = _label("muted")
        self.details = _label("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.use_button = TextButton(words.USE, style, "check")
        self.use_button.clicked.connect(lambda: self.activate_requested.emit(self.name))
        self.download_button = TextButton(words.DOWNLOAD, style, "download")
        self.download_button.clicked.connect(lambda: self.download_requested.emit(self.name))
        self.cancel_button = TextButton(words.CANCEL_DOWNLOAD, style, "stop")
        self.cancel_button.clicked.connect(lambda: self.cancel_requested.emit(self.name))
        self.buttons = (self.use_button, self.download_button, self.cancel_button)
        self._lay_out()

    def show_model(self, model: ModelStatus, work: ModelController) -> None:
        """Show the state of the model and of its download."""
        title = strings.plain(model.title)
        snapshot, failure = work.snapshot(model.name), work.failure(model.name)
        self.title.setText(title)
        self.state.setText(_state(model, work))
        self.good_for.setText(strings.plain(model.good_for))
        size = strings.size(model.download_bytes) if model.download_bytes else words.BUILT_IN
        self.facts.setText(" · ".join(strings.plain(part) for part in (size, model.languages, model.licence)))
        chosen = model.active or model.pending
        self.download_button.setText(words.CONTINUE if work.can_continue(model.name) else words.DOWNLOAD)
        for button in self.buttons:
            button.setAccessibleName(f"{button.text()}: {title}")
        offered = {
            self.use_button: model.installed and not model.pending and not model.active,
            self.download_button: not model.installed and snapshot is None,
            self.cancel_button: snapshot is not None,
        }
        self._offer([button for button, wanted in offered.items() if wanted])
        self.bar.setVisible(snapshot is not None)
        self.bar.setAccessibleName(words.PROGRESS.format(title=title))
        self.details.setText(strings.plain(failure))
        self.details.setVisible(bool(failure))
        if self.property("chosen") != chosen:
            self.setProperty("chosen", chosen)
            self.style().polish(self)
        if snapshot is not None:
            self.show_progress(snapshot, work.waits(model.name))

    def _offer(self, offered: Sequence[TextButton]) -> None:
        """Show the buttons that apply.

        A focus stays on this card: Qt would move it to the next model's button.
        """
        for button in offered:
            button.show()
        gone = [button for button in self.buttons if button not in offered]
        if self.window().focusWidget() in gone:
            (offered[0] if offered else self.window()).setFocus()
        for button in gone:
            button.hide()

    def show_progress(self, snapshot: Snapshot, waits: bool) -> None:
        """Show the progress of the download. `waits`: it is queued behind another one."""
        known = snapshot.found > 0
        self.bar.setRange(0, _FULL if known else 0)
        if known:
            self.bar.setValue(min(round(_FULL * snapshot.done / snapshot.found), _FULL))
        self.details.setText(words.WAITING if waits else _how_far(snapshot))
        self.details.show()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.title)
        top.addWidget(self.state, 1)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        texts = QVBoxLayout()
        texts.setSpacing(GRID // 2)
        for widget in (self.good_for, self.facts, self.bar, self.details):
            texts.addWidget(widget)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addLayout(texts, 1)
        for button in self.buttons:
            middle.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addLayout(middle)


def _label(kind: str) -> QLabel:
    line = label("", kind)
    line.setWordWrap(kind != "heading")
    return line


def _how_far(snapshot: Snapshot) -> str:
    if snapshot.phase == "waiting":
        return words.CONNECTING
    if 0 < snapshot.found <= snapshot.done:
        return words.CHECKING
    return words.arrived(snapshot.done, snapshot.found, snapshot.rate, snapshot.remaining_seconds)


def _state(model: ModelStatus, work: ModelController) -> str:
    answering = work.answering(model.kind)
    other = strings.plain(answering.title) if answering is not None else words.EARLIER
    if model.pending and not model.installed:
        return words.MISSING.format(other=other)
    if model.pending and model.active:
        return words.PREPARING_AGAIN.format(percent=words.percent(model.prepared))
    if model.pending:
        return words.PREPARING.format(percent=words.percent(model.prepared), other=other)
    if model.active:
        return words.ANSWERS
    if work.snapshot(model.name) is not None:
        return words.DOWNLOADING
    return words.INSTALLED if model.installed else words.TO_DOWNLOAD
