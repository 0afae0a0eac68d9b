"""The first minutes: the window opens, asks for a folder, and reads what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gui.sidebar.entries import SidebarSection
from tests.gui.input_events import click, drop, files
from tests.screens.wait import Unreached, until
from tests.screens.window_driver import CONTROL, Stage


def opening(stage: Stage) -> None:
    stage.show(stage.home.library)
    window = stage.window
    until(lambda: window.pages.currentWidget() is window.opening, "the library being opened")
    stage.take("01-opening", still=False)
    stage.may_open.set()


def first_start(stage: Stage) -> None:
    window = stage.window
    until(lambda: window.pages.currentWidget() is window.welcome, "the first start")
    stage.take("02-first-start")


def indexing(stage: Stage) -> None:
    window = stage.window
    drop(window, files(stage.home.pictures, stage.home.documents))
    until(window.activity.isVisible, "the bar of the index")
    click(window.activity.details_button)

    def in_the_middle() -> bool:
        snapshot = window.indexing.snapshot()
        known = window.session.status is not None and window.session.status.files > 0
        return known and snapshot.phase == "indexing" and 0 < snapshot.done < snapshot.found

    until(in_the_middle, "the index in the middle of its work")
    stage.take("03-indexing", still=False)
    if not window.indexing.active:
        raise Unreached("The index was done before its picture was taken.")


def ready(stage: Stage) -> None:
    window = stage.window
    stage.at_rest()
    until(lambda: bool(window.sidebar.tree.entries(SidebarSection.THEMES)), "themes")
    until(lambda: bool(window.duplicates.page.model.arranged.groups), "duplicates")
    stage.take("04-at-rest-with-details")
    click(window.activity.details_button)
    stage.press(Qt.Key.Key_F, CONTROL)
    stage.take("05-ready")
