"""The dialog with all models, to choose and download them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui import strings
from gui.settings.model_card import ModelCard
from gui.settings.model_controller import ModelController
from gui.strings import settings as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import TextButton
from gui.widgets.controls.labels import label
from gui.widgets.focus_order import set_focus_order


class ModelsDialog(QDialog):
    """A card for each model. Not modal; downloads continue when it is closed."""

    add_requested = Signal(object)  # Path

    def __init__(self, work: ModelController, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.MODELS_TITLE)
        self.resize(88 * GRID, 84 * GRID)
        self._work = work
        self._style = style
        self.cards: dict[str, ModelCard] = {}
        self._columns: dict[str, QVBoxLayout] = {}
        self._adding = False
        self.note = label("", "muted")
        self.note.hide()
        self.picker: QFileDialog | None = None
        self.add_button = TextButton(words.ADD_MODEL, style, "folder-add")
        self.add_button.clicked.connect(self._pick)
        self.close_button = TextButton(strings.CLOSE, style)
        self.close_button.clicked.connect(self.close)
        self._lay_out()
        work.changed.connect(self._show_models)
        work.advanced.connect(self._show_progress)
        work.added.connect(self._added)
        self._show_models()

    def _lay_out(self) -> None:
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, GRID, 0)
        cards.setSpacing(GRID)
        for kind, (title, text) in words.KINDS.items():
            cards.addWidget(label(title, "heading"))
            cards.addWidget(label(text, "muted"))
            self._columns[kind] = QVBoxLayout()
            self._columns[kind].setSpacing(GRID)
            cards.addLayout(self._columns[kind])
            cards.addSpacing(GRID)
        cards.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("DialogScroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons take the focus and scroll it
        scroll.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.note, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID + 4)
        column.addWidget(label(words.MODELS_TEXT, "muted"))
        column.addWidget(scroll, 1)
        column.addLayout(buttons)

    def _show_models(self) -> None:
        known = len(self.cards)
        self.add_button.setEnabled(bool(self._work.models) and not self._adding)
        for model in self._work.models:
            card = self.cards.get(model.name)
            if card is None:
                card = self.cards[model.name] = ModelCard(model.name, self._style)
                card.activate_requested.connect(self._work.use)
                card.download_requested.connect(self._work.download)
                card.cancel_requested.connect(self._work.cancel)
                self._columns[model.kind].addWidget(card)
            card.show_model(model, self._work)
        if len(self.cards) > known:
            self._order()

    def _order(self) -> None:
        """Make Tab go through the cards in display order, then to the buttons below."""
        kinds = {model.name: model.kind for model in self._work.models}
        names = [name for kind in words.KINDS for name in self.cards if kinds.get(name) == kind]
        order = [button for name in names for button in self.cards[name].buttons]
        set_focus_order([*order, self.add_button, self.close_button])

    def _show_progress(self) -> None:
        for name, card in self.cards.items():
            if (snapshot := self._work.snapshot(name)) is not None:
                card.show_progress(snapshot, self._work.waits(name))

    def _pick(self) -> None:
        picker = QFileDialog(self, words.PICK_MODEL, str(Path.home()))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.fileSelected.connect(lambda chosen: self._add(Path(chosen)))
        picker.open()
        self.picker = picker

    def _add(self, folder: Path) -> None:
        self._adding = True
        self.add_button.setEnabled(False)
        self._tell(words.ADDING.format(name=strings.file_name(folder)))
        self._work.add(folder)

    def _added(self, name: str, failure: str) -> None:
        self._adding = False
        self.add_button.setEnabled(True)
        self._tell(failure or words.ADDED.format(name=strings.plain(name)))

    def _tell(self, text: str) -> None:
        self.note.setText(strings.plain(text))
        self.note.show()
