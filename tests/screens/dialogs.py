"""Settings, models, shortcuts; and a library that cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.screens.wait import until
from tests.screens.window_driver import CONTROL, Stage


def shortcuts(stage: Stage) -> None:
    stage.press(Qt.Key.Key_F1)
    dialog = stage.window.help.shortcuts_dialog
    assert dialog is not None
    until(dialog.isVisible, "the shortcuts")
    stage.take("30-shortcuts")
    dialog.close()


def about(stage: Stage) -> None:
    stage.window.help.show_about()
    dialog = stage.window.help.about_dialog
    assert dialog is not None
    until(dialog.isVisible, "what the program says of itself")
    stage.take("31-about")
    dialog.close()


def models(stage: Stage) -> None:
    stage.window.settings_controller.show_models()
    dialog = stage.window.settings_controller.models_dialog
    assert dialog is not None
    until(lambda: bool(stage.window.settings_controller.work.models), "the models")
    stage.take("32-models")
    dialog.close()


def settings(stage: Stage) -> None:
    stage.press(Qt.Key.Key_Comma, CONTROL)
    dialog = stage.window.settings_controller.settings_dialog
    assert dialog is not None
    until(dialog.isVisible, "the settings")
    stage.take("33-settings")
    dialog.close()


def cannot_be_opened(stage: Stage) -> None:
    """The library's place is taken by something else. The last of all: it is another window."""
    stage.close()
    place = stage.home.library.with_name("old library")
    place.write_text("a file, where a folder should be", "utf-8")
    stage.show(place)
    window = stage.window
    until(lambda: window.pages.currentWidget() is window.problem, "a library that cannot be opened")
    stage.take("34-cannot-be-opened")
    stage.close()
