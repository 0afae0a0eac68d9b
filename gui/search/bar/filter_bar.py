"""The filters below the search box: menus to set them, and a token for each that is set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMenu,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.records import Filters, Orientation
from gui import strings
from gui.override import override
from gui.search.bar.chips import shorten
from gui.search.bar.date_range import DateRange
from gui.search.filters import FILE_KINDS, ORDERS, SHAPES, filter_tokens, kinds_of, spans
from gui.strings import search as words
from gui.widgets.appearance import resources
from gui.widgets.appearance.style import GRID, Style
from gui.widgets.controls.button_base import ToolButton
from gui.widgets.controls.buttons import LinkButton, TextButton, forget_mouse
from gui.widgets.flow_layout import FlowLayout
from gui.widgets.focus_order import set_focus_order

LONGEST_TOKEN = 32  # characters
_SIGN = QSize(14, 14)


class EndIconButton(ToolButton):
    """Text with a small icon after it: an arrow if it opens a menu, a cross if it removes something."""

    def __init__(self, text: str, icon: str, kind: str, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._sign = icon
        self._style = style
        self.setText(text)
        self.setProperty("kind", kind)
        self.setIconSize(_SIGN)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        style.changed.connect(self._draw)
        self._draw()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon after the text by painting in the opposite layout direction.

        Setting the direction of the widget would open its menu at the wrong side.
        """
        del event
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        backwards = Qt.LayoutDirection.LeftToRight if self.isRightToLeft() else Qt.LayoutDirection.RightToLeft
        option.direction = backwards
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.end()

    def _draw(self) -> None:
        self.setIcon(resources.icon(self._sign, self._style.colour("muted")))


class MenuButton(EndIconButton):
    """A button whose menu is filled each time it opens."""

    def __init__(self, text: str, fill: Callable[[QMenu], None], style: Style, parent: QWidget) -> None:
        super().__init__(text, "down", "menu", style, parent)
        self._fill = fill
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.list.aboutToShow.connect(self.refill)
        self.list.aboutToHide.connect(lambda: forget_mouse(self))
        self.setMenu(self.list)

    def refill(self) -> None:
        """Fill the menu now."""
        self.list.clear()
        self._fill(self.list)


class FilterBar(QFrame):
    """Shows the filters it is given; `changed` carries what the user makes of them. It stores no others."""

    changed = Signal(object)  # Filters
    keep_place_toggled = Signal(bool)  # whether the place also applies to the next search
    show_all_cleared = Signal()
    folder_pick_requested = Signal()

    def __init__(self, style: Style, today: Callable[[], date] = date.today) -> None:
        super().__init__()
        self._style = style
        self._today = today
        self._filters = Filters()
        self._shown: tuple[list[tuple[str, Filters]], bool, bool] = ([], False, False)
        self._open = False
        self._folders: tuple[Path, ...] = ()
        self.setObjectName("FilterBar")
        self._controls = QWidget(self)
        self.folder_button = MenuButton(words.FOLDER, self._fill_folders, style, self._controls)
        self.taken_button = MenuButton(words.TAKEN, self._fill_taken, style, self._controls)
        self.type_button = MenuButton(words.FILE_TYPE, self._fill_types, style, self._controls)
        self.shape_button = MenuButton(words.SHAPE, self._fill_shapes, style, self._controls)
        self.sort_button = MenuButton(words.SORT, self._fill_orders, style, self._controls)
        self.dates = DateRange(style, self)
        self.dates.chosen.connect(self._choose_days)
        self.dates.closed.connect(self.close_date_range)
        self.dates.hide()
        self._row = QWidget(self)
        self._tokens: list[EndIconButton] = []
        self.keep_button = TextButton(words.KEEP_PLACE, style, "pin", "toggle", self._row)
        self.keep_button.setCheckable(True)
        self.keep_button.setToolTip(strings.tip(words.KEEP_PLACE_HINT))
        self.keep_button.clicked.connect(self.keep_place_toggled)
        self.clear_link = LinkButton(words.CLEAR_FILTERS, self._row)
        self.clear_link.clicked.connect(lambda: self.changed.emit(Filters(order=self._filters.order)))
        self._lay_out()
        self._show_rows()

    @property
    def is_open(self) -> bool:
        """Whether the menus are shown; tokens are always shown."""
        return self._open

    def tokens(self) -> list[EndIconButton]:
        """The buttons that stand for the filters that are set."""
        return list(self._tokens)

    def set_open(self, wanted: bool) -> None:
        """Show or hide the menus."""
        self._open = wanted
        if not wanted:
            self.dates.hide()
        self._show_rows()

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Set the library's folders, for the folder menu."""
        self._folders = tuple(folders)

    def show_filters(self, filters: Filters, place_passes: bool, everything: bool) -> None:
        """Show these filters as tokens.

        `place_passes`: the next search is not limited to this place. `everything`: there is no query, and all
        items are shown by date.
        """
        tokens = filter_tokens(filters)
        if (tokens, place_passes, everything) == self._shown:
            return
        self._shown = (tokens, place_passes, everything)
        had_focus = self._row.isAncestorOf(QApplication.focusWidget() or self)
        self._filters = filters
        for token in self._tokens:
            self._token_row.removeWidget(token)
            token.hide()
            token.deleteLater()
        for widget in (self.keep_button, self.clear_link):
            self._token_row.removeWidget(widget)
        self._tokens = [self._token(label, left) for label, left in tokens]
        if everything:
            self._tokens.insert(0, self._everything_token())
        for shown in (*self._tokens, self.keep_button, self.clear_link):
            self._token_row.addWidget(shown)
            shown.show()
        set_focus_order((*self._menu_buttons(), *self._tokens, self.keep_button, self.clear_link))
        self.keep_button.setVisible(filters.has_place)
        self.keep_button.setChecked(filters.has_place and not place_passes)
        self.clear_link.setVisible(filters.excludes_items)
        self._show_rows()
        if had_focus and self._tokens:
            self._tokens[0].setFocus()

    def close_date_range(self) -> bool:
        """Close the choice of dates without applying it. Returns False if it is not open."""
        shown = self.dates.isVisible()
        if shown:
            self.dates.hide()
            self.taken_button.setFocus()
        return shown

    # building

    def _lay_out(self) -> None:
        buttons = FlowLayout(self._controls, GRID)
        for button in self._menu_buttons():
            buttons.addWidget(button)
        self._token_row = FlowLayout(self._row, GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        column.setSpacing(GRID)
        for widget in (self._controls, self.dates, self._row):
            column.addWidget(widget)

    def _menu_buttons(self) -> tuple[MenuButton, ...]:
        return (self.folder_button, self.taken_button, self.type_button, self.shape_button, self.sort_button)

    def _show_rows(self) -> None:
        self._controls.setVisible(self._open)
        self._row.setVisible(bool(self._tokens))
        self.setVisible(self._open or bool(self._tokens))

    def _token(self, label: str, left: Filters) -> EndIconButton:
        shown = strings.plain(shorten(label, LONGEST_TOKEN))
        token = EndIconButton(shown.replace("&", "&&"), "close", "token", self._style, self._row)
        token.setToolTip(strings.tip(words.remove_filter(label)))
        token.setAccessibleName(words.remove_filter(label))
        token.clicked.connect(partial(self._choose, left))
        return token

    def _everything_token(self) -> EndIconButton:
        token = self._token(words.EVERYTHING, self._filters)
        token.clicked.disconnect()
        token.clicked.connect(self.show_all_cleared)
        return token

    # menus

    def _fill_folders(self, menu: QMenu) -> None:
        chosen = self._filters.folders
        offered = dict.fromkeys((*self._folders, *chosen))
        for folder in offered:
            left = replace(self._filters, folders=tuple(f for f in chosen if f != folder))
            wanted = left if folder in chosen else self._filters.with_folder(folder)
            action = self._offer(menu, strings.file_name(folder), folder in chosen, wanted)
            action.setToolTip(strings.tip(str(folder)))
        if not offered:
            menu.addAction(words.NO_FOLDERS).setEnabled(False)
            return
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        menu.addAction(words.OTHER_FOLDER).triggered.connect(self.folder_pick_requested)

    def _fill_taken(self, menu: QMenu) -> None:
        now = (self._filters.taken_from, self._filters.taken_to)
        for name, (first, last) in spans(self._today()).items():
            wanted = replace(self._filters, taken_from=first, taken_to=last)
            self._offer(menu, name, now == (first, last), wanted)
        menu.addSeparator()
        menu.addAction(words.BETWEEN).triggered.connect(lambda: self.dates.begin(*now, self._today()))

    def _fill_types(self, menu: QMenu) -> None:
        chosen = kinds_of(self._filters.file_types)
        self._offer(menu, words.ANY_TYPE, not chosen, replace(self._filters, file_types=()))
        menu.addSeparator()
        for name, types in FILE_KINDS.items():
            change = self._filters.without_types if name in chosen else self._filters.with_types
            self._offer(menu, name, name in chosen, change(types))

    def _fill_shapes(self, menu: QMenu) -> None:
        shapes: list[tuple[Orientation | None, str]] = [(None, words.ANY_SHAPE), *SHAPES.items()]
        for shape, name in shapes:
            now = self._filters.orientation is shape
            self._offer(menu, name, now, replace(self._filters, orientation=shape))

    def _fill_orders(self, menu: QMenu) -> None:
        for order, name in ORDERS.items():
            self._offer(menu, name, self._filters.order is order, replace(self._filters, order=order))

    def _offer(self, menu: QMenu, name: str, chosen: bool, wanted: Filters) -> QAction:
        action = menu.addAction(name.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(chosen)
        action.triggered.connect(partial(self._choose, wanted))
        return action

    # changes

    def _choose(self, wanted: Filters, _checked: bool = False) -> None:
        self.changed.emit(wanted)

    def _choose_days(self, first: str, last: str) -> None:
        self.close_date_range()
        self.changed.emit(replace(self._filters, taken_from=first, taken_to=last))
