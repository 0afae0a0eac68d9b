"""The bar below the picture: the position in the results and in the document, and the zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from gui import strings
from gui.override import override
from gui.preview.model.navigator import DocumentPosition, Navigator
from gui.strings import preview as words
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.button_base import ToolButton
from gui.widgets.controls.buttons import IconButton

NARROW = 75 * GRID


class ZoomButton(ToolButton):
    """Shows the zoom; a click toggles between fitting and actual size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "flat")
        self.setToolTip(strings.tip(words.ZOOM_TOGGLE))
        self.setFixedWidth(8 * GRID)
        self.show_scale(1.0)

    def show_scale(self, scale: float) -> None:
        """Show the zoom relative to the actual size, 1.0."""
        self.setText(words.zoom(scale))
        self.setAccessibleName(words.zoom_described(scale))


class PageLine(QLineEdit):
    """An edit for the number of the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setValidator(QIntValidator(1, 9_999_999, self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(7 * GRID)
        self.setAccessibleName(words.PAGE_NUMBER)
        self.setToolTip(strings.tip(words.PAGE_NUMBER))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from reaching the preview, which would open the file."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class PreviewFooter(QWidget):
    """Buttons and labels for the position of the preview."""

    page_requested = Signal(int)  # the number of a page
    page_edit_ended = Signal()  # editing the number has ended

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("PreviewFooter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.previous_button = IconButton("left", strings.PREVIOUS_RESULT, style)
        self.next_button = IconButton("right", strings.NEXT_RESULT, style)
        self.result = QLabel()
        self.out_button = IconButton("zoom-out", strings.ZOOM_OUT, style)
        self.zoom_button = ZoomButton()
        self.in_button = IconButton("zoom-in", strings.ZOOM_IN, style)
        self.page_caption = QLabel(words.PAGE)
        self.page_line = PageLine()
        self.page_line.returnPressed.connect(self._page_typed)
        self.pages = QLabel()
        self.above_button = IconButton("up", words.PREVIOUS_PAGE, style)
        self.below_button = IconButton("down", words.NEXT_PAGE, style)
        self.match_above_button = IconButton("match-up", words.PREVIOUS_MATCH, style)
        self.match_below_button = IconButton("match-down", words.NEXT_MATCH, style)
        self._several = self._matching = False
        self._lay_out()

    def describe(self, navigator: Navigator, asks: bool) -> None:
        """Show the position. `asks`: there is a query that pages can match."""
        self._describe_result(navigator, asks)
        self._describe_document(navigator.document(), asks)

    def edit_page(self) -> None:
        """Focus the page number, if it is shown."""
        if self.page_line.isVisibleTo(self):
            self.page_line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.page_line.selectAll()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _lay_out(self) -> None:
        """Give both sides the same width, so that the zoom stays in the middle."""
        left, middle, right = (QHBoxLayout() for _part in range(3))
        for widget in (self.previous_button, self.next_button, self.result):
            left.addWidget(widget)
        left.addStretch(1)
        for button in (self.out_button, self.zoom_button, self.in_button):
            middle.addWidget(button)
        right.addStretch(1)
        for part in (self.page_caption, self.page_line, self.pages, self.above_button, self.below_button):
            right.addWidget(part)
        for button in (self.match_above_button, self.match_below_button):
            right.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        for place, stretch in ((left, 1), (middle, 0), (right, 1)):
            place.setSpacing(GRID // 2)
            row.addLayout(place, stretch)
        for label in (self.result, self.page_caption, self.pages):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("kind", "muted")

    def _describe_result(self, navigator: Navigator, asks: bool) -> None:
        row = navigator.index.row()
        if row < 0:
            self.result.clear()
        elif not navigator.in_ranking and asks:
            self.result.setText(words.NO_MATCH)
        elif not navigator.ranked:
            self.result.setText(strings.result_of(row + 1, navigator.count, navigator.more))
        elif match := navigator.match:
            more = navigator.more and navigator.matching == navigator.count  # matches come first
            self.result.setText(words.match_of(match, navigator.matching, more))
        else:
            self.result.setText(words.far_off(row + 1))
        self.previous_button.setEnabled(navigator.can_step_back)
        self.next_button.setEnabled(navigator.can_step_on)

    def _describe_document(self, document: DocumentPosition, asks: bool) -> None:
        self._several = len(document.pages) > 1
        self._matching = self._several and asks and bool(document.matching)
        if self._several:
            last = document.pages[-1].page or len(document.pages)
            self.page_line.setText(str(document.pages[document.place].page or document.place + 1))
            self.pages.setText(words.pages_of(last, len(document.matching) if asks else 0))
        for button, by in ((self.above_button, -1), (self.below_button, 1)):
            button.setEnabled(document.step(by) is not None)
        for button, by in ((self.match_above_button, -1), (self.match_below_button, 1)):
            button.setEnabled(document.step_to_match(by) is not None)
        self._make_room()

    def _make_room(self) -> None:
        """In a narrow preview, hide the buttons that have shortcuts."""
        narrow = self.width() < NARROW
        for widget in (self.page_line, self.pages, self.above_button, self.below_button):
            widget.setVisible(self._several)
        self.page_caption.setVisible(self._several and not narrow)
        for widget in (self.match_above_button, self.match_below_button):
            widget.setVisible(self._matching)
        for widget in (self.out_button, self.in_button):
            widget.setVisible(not narrow)

    def _page_typed(self) -> None:
        page = int("".join(filter(str.isdecimal, self.page_line.text())))  # accept "1,234"
        self.page_edit_ended.emit()
        self.page_requested.emit(page)
