"""The dialog that tells why files are not found, and offers remedies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.records import FileDiagnosis, FileSituation
from gui import strings
from gui.override import override
from gui.search.picture_query import offer
from gui.strings import activity as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton
from gui.widgets.controls.icon_label import IconLabel

_SIGNS = {
    FileSituation.SEARCHABLE: ("check", "strong"),
    FileSituation.PARTLY: ("warning", "weak"),
    FileSituation.PENDING: ("clock", "muted"),
    FileSituation.FAILED: ("error", "error"),
    FileSituation.GONE: ("error", "error"),
    FileSituation.FOLDER: ("folder", "muted"),
}
_OTHER_SIGN = ("info", "accent")


@dataclass(frozen=True, slots=True)
class Remedy:
    """An action offered as a button beside an answer."""

    text: str
    act: Callable[[], None]


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """The diagnosis of a file with its remedies."""

    trace: FileDiagnosis
    remedies: tuple[Remedy, ...] = ()

    def same_text_as(self, other: FileAnswer) -> bool:
        """Whether both show the same texts."""
        texts = [[remedy.text for remedy in answer.remedies] for answer in (self, other)]
        return self.trace == other.trace and texts[0] == texts[1]


class AnswerRow(QFrame):
    """The answer for one file."""

    def __init__(self, answer: FileAnswer, style: Style) -> None:
        super().__init__()
        self.answer = answer
        trace = answer.trace
        self.setObjectName("AnswerRow")
        sign = IconLabel(*_SIGNS.get(trace.situation, _OTHER_SIGN), style)
        self.title = QLabel(words.answer(trace.path, trace.situation))
        self.title.setProperty("kind", "heading")
        self.message = QLabel(strings.plain(trace.message))
        for label in (self.title, self.message):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setToolTip(strings.tip(str(trace.path)))
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts = QVBoxLayout()
        texts.setSpacing(GRID // 2)
        texts.addWidget(self.title)
        texts.addWidget(self.message)
        self.buttons = [TextButton(remedy.text, style) for remedy in answer.remedies]
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button, remedy in zip(self.buttons, answer.remedies, strict=True):
            button.setAccessibleDescription(strings.file_name(trace.path))
            button.clicked.connect(partial(_act, remedy))
            buttons.addWidget(button)
        buttons.addStretch(1)
        if self.buttons:
            texts.addSpacing(GRID // 2)
            texts.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID + 4, GRID + 4, GRID + 4)
        row.setSpacing(GRID + 4)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)


class DiagnosisDialog(QDialog):
    """The answers for dropped or picked files. Not modal, so that files can be dragged into it."""

    asked = Signal(object)  # tuple[Path, ...]

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self.setWindowTitle(words.TRACE_TITLE)
        self.setAcceptDrops(True)
        self.resize(88 * GRID, 72 * GRID)
        self.picker: QFileDialog | None = None
        self.text = QLabel(words.TRACE_TEXT)
        self.text.setWordWrap(True)
        self.pick_button = TextButton(words.TRACE_PICK, style, kind="primary")
        self.pick_button.clicked.connect(self.pick)
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)
        self.note = QLabel()
        self.note.setProperty("kind", "muted")
        self.note.hide()
        self._shown: list[AnswerRow] = []
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(GRID)
        self._rows.addStretch(1)
        self.area = self._build_area()
        self.area.hide()
        self.empty = QLabel(words.TRACE_DROP)
        self.empty.setObjectName("DropHere")
        self.empty.setProperty("kind", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def rows(self) -> list[AnswerRow]:
        """The rows of answers that are shown."""
        return list(self._shown)

    def show_waiting(self) -> None:
        """Show that the answers are on their way."""
        self.note.setText(words.TRACE_WAITING)
        self.note.show()

    def show_answers(self, answers: Sequence[FileAnswer], left_out: int) -> None:
        """Replace the answers; rows whose texts do not change are kept.

        `left_out`: how many files have no answer because there were too many.
        """
        self.empty.hide()
        self.area.show()
        self.note.setText(words.more_not_asked(left_out) if left_out else "")
        self.note.setVisible(left_out > 0)
        for place, answer in enumerate(answers):
            if place < len(self._shown):
                if self._shown[place].answer.same_text_as(answer):
                    continue
                self._remove(place)
            row = AnswerRow(answer, self._style)
            self._shown.insert(place, row)
            self._rows.insertWidget(place, row)
        while len(self._shown) > len(answers):
            self._remove(len(answers))

    def _remove(self, place: int) -> None:
        row = self._shown.pop(place)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()

    def pick(self) -> None:
        """Let the user pick files to diagnose."""
        dialog = QFileDialog(self, words.TRACE_PICK_TITLE, str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._picked)
        dialog.open()
        self.picker = dialog

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        if paths := offer(event.mimeData()).paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.asked.emit(paths)

    def _picked(self, names: list[str]) -> None:
        self.asked.emit(tuple(Path(name) for name in names))

    def _build_area(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("Answers")
        content.setLayout(self._rows)
        area = QScrollArea()
        area.setObjectName("AnswersArea")
        area.setAccessibleName(words.TRACE_ANSWERS)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2 * GRID)
        top.addWidget(self.text, 1)
        top.addWidget(self.pick_button, 0, Qt.AlignmentFlag.AlignTop)
        bottom = QHBoxLayout()
        bottom.addWidget(self.note)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(top)
        column.addWidget(self.empty, 1)
        column.addWidget(self.area, 1)
        column.addLayout(bottom)


def _act(remedy: Remedy, _checked: bool = False) -> None:
    remedy.act()
