"""The window of the tour, and what a person does with it again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.library import Library
from engine.records import Hit, Scope
from gui.app import build_window
from gui.main_window import MainWindow
from gui.session import open_library
from gui.sidebar.tree import SidebarTree
from tests.gui.input_events import NO_MODIFIER, press, type_text
from tests.screens.sample_home import Home
from tests.screens.screenshots import Camera
from tests.screens.wait import Unreached, after, until

SIZE = (1280, 860)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Step = Callable[["Stage"], None]


@dataclass(slots=True)
class Stage:
    home: Home
    camera: Camera
    window: MainWindow = field(init=False)
    may_open: threading.Event = field(default_factory=threading.Event)

    def show(self, location: Path) -> None:
        """A window on that library, which is opened once `may_open` says so."""

        def opener(place: Path) -> Library:
            self.may_open.wait()
            return open_library(place)

        self.window = build_window(location, opener)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()

    def close(self) -> None:
        window = self.window
        window.close()
        until(lambda: not window.isVisible(), "the window closed")
        window.deleteLater()
        until(lambda: not shiboken6.isValid(window), "the window gone")

    def take(self, name: str, still: bool = True) -> None:
        self.camera.take(name, self.window, still)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """A key for the window, which is in front again, as a desktop sees to when a dialog is gone."""
        self.window.activateWindow()
        until(self.window.isActiveWindow, "the window in front")
        press(self.window, key, modifier)

    # asking

    def ask(self, text: str) -> None:
        """Type it in place of all that is asked, and press Enter."""
        self.rest()
        self.press(Qt.Key.Key_F, CONTROL)
        type_text(self.window.search_bar.line, text)
        self.answered(lambda: press(self.window.search_bar.line, Qt.Key.Key_Return), text)

    def answered(self, act: Callable[[], object], what: str) -> None:
        after(act, self.window.search_runner.found, f"an answer: {what}")

    def rest(self) -> None:
        """Nothing is asked."""
        self.window.preview_controller.close()
        self.window.search_bar.scopes.show_scope(Scope.ALL)
        self.window.search_bar.clear()

    @property
    def hits(self) -> list[Hit]:
        return list(self.window.results.model.hits)

    def row(self, wanted: Callable[[Hit], bool], what: str) -> int:
        """Of the first card like that. Raises Unreached."""
        found = next((row for row, hit in enumerate(self.hits) if wanted(hit)), None)
        if found is None:
            raise Unreached(f"No result is like this: {what}.")
        return found

    def card(self, row: int) -> QPoint:
        """The middle of a card, in the viewport."""
        view = self.window.results.view
        view.scrollTo(view.results.index(row))
        return view.visualRect(view.results.index(row)).center()

    def click_card(self, row: int, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        QTest.mouseClick(
            self.window.results.view.viewport(), Qt.MouseButton.LeftButton, modifier, self.card(row)
        )

    def look_at(self, row: int) -> None:
        """Large, with Space; its picture and its reasons are there in the end."""
        self.click_card(row)
        press(self.window.results.view, Qt.Key.Key_Space)
        self.picture_ready()

    def picture_ready(self) -> None:
        loader, preview = self.window.preview_controller.loader, self.window.preview_controller.preview
        until(
            lambda: (
                preview.hit is not None
                and loader.pictures.picture(preview.hit.item) is not None
                and not loader.waiting
            ),
            "the picture in the preview",
        )

    # the rest of the window

    def choose_line(self, title: str) -> None:
        """Click a line of the sidebar. Raises Unreached."""
        tree: SidebarTree = self.window.sidebar.tree
        line = tree.line_of(title)
        if line is None:
            raise Unreached(f"The sidebar has no line {title}.")
        tree.scrollToItem(line)
        place = tree.visualItemRect(line).center()
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, place)

    def at_rest(self) -> None:
        """All there is to read is read, and what was found in it is known."""
        until(lambda: not self.window.indexing.active, "the files read")


def ask_for_menu(widget: QWidget, place: QPoint) -> QWidget:
    """By a click of the right button. Raises Unreached."""
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    until(lambda: QApplication.activePopupWidget() is not None, "a menu")
    menu = QApplication.activePopupWidget()
    assert menu is not None
    return menu
