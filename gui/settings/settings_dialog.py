"""The settings dialog. Changes apply at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.settings import Appearance
from gui import strings
from gui.override import override
from gui.preferences import Preferences, SettingsChanges
from gui.settings.model_controller import ModelController
from gui.strings import settings as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import ChoiceButton, TextButton
from gui.widgets.controls.check_box import WORDS, CheckBox
from gui.widgets.controls.labels import label

_APPEARANCES: tuple[Appearance, ...] = ("system", "light", "dark")


class SettingsDialog(QDialog):
    """The settings. Not modal, so that their effect is visible in the window."""

    models_requested = Signal()
    library_requested = Signal()

    def __init__(
        self, preferences: Preferences, work: ModelController, location: Path, style: Style, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.TITLE)
        self.setFixedWidth(70 * GRID)
        self._preferences = preferences
        self._work = work
        self._style = style
        self.appearance = self._build_appearance()
        self.watch = self._box(words.WATCH, lambda on: {"watch": on})
        self.read_text = self._box(words.READ_TEXT, lambda on: {"read_text": on})
        self.fold = self._box(words.FOLD, lambda on: {"fold_alike": on})
        self.history = self._box(words.HISTORY, lambda on: {"keep_history": on})
        self.models_text = label("", "muted")
        self.models_button = TextButton(words.CHOOSE_MODELS, style)
        self.models_button.clicked.connect(self.models_requested)
        self.library_button = TextButton(words.SHOW_LIBRARY, style, "folder")
        self.library_button.clicked.connect(self.library_requested)
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)
        self._lay_out(location)
        preferences.changed.connect(self._show_settings)
        work.changed.connect(self._show_models)
        self._show_settings()
        self._show_models()
        self.appearance[preferences.settings.appearance].setFocus()  # otherwise the first one would get it

    # building

    def _build_appearance(self) -> dict[Appearance, ChoiceButton]:
        group = QButtonGroup(self)
        buttons: dict[Appearance, ChoiceButton] = {}
        for name in _APPEARANCES:
            button = buttons[name] = ChoiceButton("segment", self._style)
            button.setText(words.APPEARANCES[name])
            button.setAccessibleName(f"{words.APPEARANCE}: {words.APPEARANCES[name]}")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(
                lambda _checked=False, chosen=name: self._preferences.change(appearance=chosen)
            )
            group.addButton(button)
        buttons[_APPEARANCES[0]].setProperty("place", "first")
        buttons[_APPEARANCES[-1]].setProperty("place", "last")
        return buttons

    def _box(self, text: str, changes: Callable[[bool], SettingsChanges]) -> CheckBox:
        box = CheckBox(text, self._style)
        box.clicked.connect(lambda on: self._preferences.change(**changes(on)))
        return box

    def _lay_out(self, location: Path) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        segments = QHBoxLayout()
        segments.setSpacing(0)
        for button in self.appearance.values():
            segments.addWidget(button)
        segments.addStretch(1)
        self._section(column, words.APPEARANCE)
        column.addLayout(segments)
        self._section(column, words.FILES)
        self._explained(column, self.watch, words.WATCH_TEXT)
        self._explained(column, self.read_text, words.READ_TEXT_TEXT)
        self._section(column, words.RESULTS)
        self._explained(column, self.fold, words.FOLD_TEXT)
        self._section(column, words.PRIVACY)
        self._explained(column, self.history, words.HISTORY_TEXT)
        self._section(column, words.MODELS_ROW)
        column.addLayout(_row(self.models_text, self.models_button))
        self._section(column, words.LIBRARY)
        column.addLayout(_row(label(strings.plain(str(location)), "muted"), self.library_button))
        column.addSpacing(GRID)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.close_button)
        column.addLayout(end)

    @staticmethod
    def _section(column: QVBoxLayout, title: str) -> None:
        if column.count():
            column.addSpacing(GRID)
        column.addWidget(label(title, "heading"))

    @staticmethod
    def _explained(column: QVBoxLayout, box: CheckBox, sentence: str) -> None:
        text = label(sentence, "muted")
        text.setContentsMargins(WORDS, 0, 0, 0)  # aligned with the text of the box
        box.setAccessibleDescription(sentence)
        pair = QVBoxLayout()
        pair.setSpacing(0)
        pair.addWidget(box)
        pair.addWidget(text)
        column.addLayout(pair)

    # showing

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Set the height that the texts need at this width; a dialog would cut them off."""
        column = self.layout()
        if column is not None:
            self.setFixedHeight(column.totalHeightForWidth(self.width()))

    def _show_settings(self) -> None:
        settings = self._preferences.settings
        self.appearance[settings.appearance].setChecked(True)
        for box, on in (
            (self.watch, settings.watch),
            (self.read_text, settings.read_text),
            (self.fold, settings.fold_alike),
            (self.history, settings.keep_history),
        ):
            box.setChecked(on)

    def _show_models(self) -> None:
        titles = {
            kind: strings.plain(model.title) if (model := self._work.answering(kind)) is not None else "…"
            for kind in words.KINDS
        }
        self.models_text.setText(words.MODELS_ROW_TEXT.format(**titles))
        if self.isVisible():
            self._fit()


def _row(text: QLabel, button: TextButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * GRID)
    row.addWidget(text, 1)
    row.addWidget(button)
    return row
