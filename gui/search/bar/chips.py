"""The parts of a search as chips: a picture or text, a sign to toggle, and a button to remove it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget

from gui import strings
from gui.override import override
from gui.search.picture_query import CHIP, QueryPicture
from gui.search.query_draft import DraftPart
from gui.strings import search as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.buttons import IconButton
from gui.widgets.flow_layout import FlowLayout

LONGEST_LABEL = 18
MOST_ROWS = 2  # of chips visible at once; the others are reached by scrolling


class Chip(QFrame):
    """A part of the search. Arrow keys move between chips, Space toggles the sign, Delete removes it."""

    removed = Signal()
    turned = Signal()
    neighbour_requested = Signal(int)  # -1: the chip before this one, 1: the next

    def __init__(self, part: DraftPart, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.part = part
        self._style = style
        self.setObjectName("Chip")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the buttons
        self.sign_button = IconButton("plus", "", style, self)
        self.sign_button.clicked.connect(self.turned)
        self._face = QLabel()
        self._name = QLabel(strings.plain(shorten(part.label)))
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self.remove_button = IconButton("close", words.take_out(part.label), style, self)
        self.remove_button.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(GRID // 2)
        for widget in (self.sign_button, self._face, self._name, self.remove_button):
            row.addWidget(widget)
        self.setFixedHeight(CHIP.height() + 4)
        self._show_face()
        self.show_part(part)

    @property
    def buttons(self) -> tuple[IconButton, IconButton]:
        """The sign and the remove button, in tab order."""
        return (self.sign_button, self.remove_button)

    def show_part(self, part: DraftPart) -> None:
        """Show `part`, which is the chip's own with the same or the other sign."""
        self.part = part
        say = words.look_for if part.minus else words.keep_away
        self.sign_button.describe("minus" if part.minus else "plus", say(part.label))
        described = (words.unwanted if part.minus else words.wanted)(part.label)
        self.setAccessibleName(described)
        self.setToolTip(strings.tip(described))
        for widget in (self, self._name):
            widget.setProperty("sign", "minus" if part.minus else "plus")
            widget.style().polish(widget)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.neighbour_requested.emit(-1 if event.key() == Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit()
            case Qt.Key.Key_Space | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.turned.emit()
            case _:
                super().keyPressEvent(event)

    def _show_face(self) -> None:
        content = self.part.content
        self._face.setVisible(isinstance(content, QueryPicture))
        if not isinstance(content, QueryPicture):
            return
        self._face.setFixedSize(CHIP)
        self._face.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if content.thumbnail.isNull():
            self._face.setPixmap(resources.pixmap("picture", 20, self._style.colour("muted"), 2.0))
        else:
            self._face.setPixmap(QPixmap.fromImage(content.thumbnail))


class ChipList(QScrollArea):
    """The row of chips; where they do not fit it wraps to a few rows that scroll."""

    parts_changed = Signal()
    left = Signal()  # the arrow keys went past the last chip

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style
        self._chips: list[Chip] = []
        self.setObjectName("ChipList")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._inside.setObjectName("ChipListInside")
        self._inside.setAccessibleName(words.CHIPS)
        self._flow = FlowLayout(self._inside, GRID // 2)
        self.setWidget(self._inside)
        self.hide()

    def chips(self) -> list[Chip]:
        """The chips from first to last."""
        return list(self._chips)

    def parts(self) -> tuple[DraftPart, ...]:
        """The parts of the search that the chips stand for."""
        return tuple(chip.part for chip in self._chips)

    def show_parts(self, parts: tuple[DraftPart, ...]) -> None:
        """Replace all chips. `parts_changed` is emitted only for changes by the user."""
        if parts == self.parts():
            return
        for chip in self.chips():
            self._drop(chip)
        for part in parts:
            self.add(part)

    def add(self, part: DraftPart) -> None:
        """Append a chip, unless there is one with an equal part."""
        if part in self.parts():
            return
        chip = Chip(part, self._style, self._inside)
        chip.removed.connect(partial(self.take_out, chip))
        chip.turned.connect(partial(self._turn, chip))
        chip.neighbour_requested.connect(partial(self._go_from, chip))
        self._chips.append(chip)
        self._flow.addWidget(chip)
        chip.show()
        self.show()

    def take_out(self, chip: Chip) -> None:
        """Remove a chip; if it had the focus, the previous chip or the text gets it."""
        place = self._chips.index(chip)
        had_focus = chip.isAncestorOf(QApplication.focusWidget() or self) or chip.hasFocus()
        self._drop(chip)
        if had_focus and self._chips:
            self._chips[max(place - 1, 0)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif had_focus:
            self.left.emit()
        self.parts_changed.emit()

    def take_last(self) -> None:
        """Remove the last chip, if any."""
        if self._chips:
            self.take_out(self._chips[-1])

    def enter(self) -> None:
        """Focus the last chip, coming from the text."""
        if self._chips:
            self._focus(self._chips[-1])

    def row_width(self) -> int:
        """The width of all chips side by side, in pixels."""
        return self._flow.sizeHint().width()

    def rows_height(self, width: int) -> int:
        """The height in pixels of the visible rows when they are `width` pixels wide."""
        wanted = self._flow.heightForWidth(width)
        most = MOST_ROWS * (self._flow.minimumSize().height() + self._flow.spacing())
        return min(wanted, most)

    def _turn(self, chip: Chip) -> None:
        chip.show_part(DraftPart(chip.part.content, not chip.part.minus))
        self.parts_changed.emit()

    def _go_from(self, chip: Chip, step: int) -> None:
        place = self._chips.index(chip) + step
        if place >= len(self._chips):
            self.left.emit()
        elif place >= 0:
            self._focus(self._chips[place])

    def _focus(self, chip: Chip) -> None:
        chip.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(chip, 0, 0)

    def _drop(self, chip: Chip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.setVisible(bool(self._chips))


def shorten(label: str, longest: int = LONGEST_LABEL) -> str:
    """Replace the middle of a long label by an ellipsis; its end tells the type of a file."""
    if len(label) <= longest:
        return label
    half = longest // 2
    return f"{label[:half]}…{label[-half:]}"
