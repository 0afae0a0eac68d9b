"""What a person does to look at a result large."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.preview.preview import Preview
from tests.gui.conftest import SECONDS
from tests.gui.input_events import press


def preview_of(window: MainWindow) -> Preview:
    return window.preview_controller.preview


def open_preview(qtbot: QtBot, window: MainWindow, row: int = 0) -> Preview:
    """By Space on a card; the picture is there in the end."""
    view = window.results.view
    view.setFocus()
    view.setCurrentIndex(window.results.model.index(row))
    press(view, Qt.Key.Key_Space)
    wait_for_picture(qtbot, window)
    return preview_of(window)


def wait_for_picture(qtbot: QtBot, window: MainWindow) -> None:
    """The large one of what is looked at now, and its reasons where they are shown."""
    loader, hit = window.preview_controller.loader, preview_of(window).hit
    assert hit is not None
    qtbot.waitUntil(
        lambda: loader.pictures.picture(hit.item) is not None and not loader.waiting, timeout=SECONDS
    )


def open_page(qtbot: QtBot, window: MainWindow, page: int) -> Preview:
    """The best result that is this page of a document."""
    hits = window.results.model.hits
    return open_preview(qtbot, window, next(row for row, hit in enumerate(hits) if hit.page == page))


def wait_for_document(qtbot: QtBot, window: MainWindow) -> None:
    """All pages of the document that is looked at are known."""
    qtbot.waitUntil(lambda: len(preview_of(window).navigator.document().pages) > 1, timeout=SECONDS)
