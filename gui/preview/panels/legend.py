"""Below the picture: the words of the query that are marked on it, or a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui import strings
from gui.override import override
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import ChoiceButton

MOST_CHIPS = 10
LONGEST = 24  # characters of a word on a chip


class WhyLegend(QWidget):
    """A chip for each word and one for all. Hovering shows a word's marks, a click keeps them."""

    word_shown = Signal(str)  # a word of the query; "" for all

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.sentence = QLabel()
        self.sentence.setProperty("kind", "muted")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.chips: list[ChoiceButton] = []
        self._group = QButtonGroup(self)
        self._wish = ""  # the word picked last
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        self._row.setSpacing(GRID)
        self._row.addWidget(self.sentence)
        self._row.addStretch(1)
        # Chips beyond the edge are cut off; they do not widen the window.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.fontMetrics().height() + 3 * GRID)

    @property
    def picked(self) -> str:
        """The picked word; "" for all."""
        checked = self._group.checkedButton()
        return _word(checked) if checked is not None else ""

    def reset_words(self) -> None:
        """Forget the picked word, for a new query."""
        self._wish = ""

    def say(self, sentence: str) -> None:
        """Show only a sentence; "" for nothing."""
        self._remove_chips()
        self.sentence.setText(sentence)

    def show_words(self, words: Sequence[str]) -> None:
        """Show chips for these words of the query; if there are none, only a sentence on the marks."""
        words = words[:MOST_CHIPS]
        self.say(strings.WHY_MATCHES if words else strings.WHY_PLACES)
        if len(words) == 1:
            self._add("", words[0])  # no chip for all if there is a single word
        else:
            for word in ("", *words) if words else ():
                self._add(word, word or strings.WHY_ALL_WORDS)
        if self.chips:
            wished = (chip for chip in self.chips if _word(chip) == self._wish)
            next(wished, self.chips[0]).setChecked(True)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, ChoiceButton) and watched in self.chips:
            if event.type() == QEvent.Type.Enter:
                self.word_shown.emit(_word(watched))
            elif event.type() == QEvent.Type.Leave:
                self.word_shown.emit(self.picked)
        return super().eventFilter(watched, event)

    def _add(self, word: str, text: str) -> None:
        """Add a chip with `text` that shows the marks of `word`; "" for all marks."""
        chip = ChoiceButton("chip", self._style)
        short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        chip.setText(strings.plain(short).replace("&", "&&"))
        chip.setProperty("word", word)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setAccessibleName(strings.show_word(word) if word else strings.plain(text))
        chip.installEventFilter(self)
        chip.clicked.connect(lambda: self._pick(word))
        self._group.addButton(chip)
        self._row.insertWidget(self._row.count() - 1, chip)
        self.chips.append(chip)

    def _pick(self, word: str) -> None:
        self._wish = word
        self.word_shown.emit(word)

    def _remove_chips(self) -> None:
        chips, self.chips = self.chips, []
        for chip in chips:
            self._group.removeButton(chip)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()


def _word(chip: QObject) -> str:
    return str(chip.property("word"))
