"""Settings apply at once, are kept, and reach what they are about."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from engine.settings import SETTINGS_FILE, Settings, SettingsFile
from gui.main_window import MainWindow
from gui.settings.settings_dialog import SettingsDialog
from gui.strings import settings as words
from gui.widgets.appearance.style import DARK, LIGHT
from tests.gui.conftest import SECONDS, OpenWindow, close
from tests.gui.input_events import click, press


def opened(window: MainWindow) -> SettingsDialog:
    press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.settings_controller.settings_dialog
    assert dialog is not None
    return dialog


def stored(location: Path) -> Settings:
    return SettingsFile(location / SETTINGS_FILE).load()


def test_every_setting_applies_at_once_and_is_there_again_after_a_restart(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    dialog = opened(window)
    click(dialog.appearance["dark"])
    assert window._style.colours == DARK
    boxes = {"watch": dialog.watch, "read_text": dialog.read_text, "fold_alike": dialog.fold}
    for box in (*boxes.values(), dialog.history):
        assert box.isChecked()
        assert box.accessibleDescription()
        box.setFocus()
        press(box, Qt.Key.Key_Space)
    chosen = Settings(appearance="dark", fold_alike=False, watch=False, keep_history=False, read_text=False)
    assert window.preferences.settings == chosen
    qtbot.waitUntil(lambda: stored(indexed) == chosen, timeout=SECONDS)
    close(qtbot, window)

    again = open_window(indexed)
    assert again._style.colours == DARK
    dialog = opened(again)
    assert dialog.focusWidget() is dialog.appearance["dark"]
    assert not any(box.isChecked() for box in dialog.findChildren(QCheckBox))
    click(dialog.appearance["light"])
    assert again._style.colours == LIGHT


def test_what_was_set_just_before_the_window_closed_is_kept(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for height in range(100, 140):
        window.preferences.change(card_height=height)
    close(qtbot, window)
    assert stored(indexed).card_height == 139


def test_settings_of_a_library_that_cannot_be_opened_are_not_written(qtbot: QtBot, tmp_path: Path) -> None:
    from gui.app import build_window

    location = tmp_path / "library"
    location.write_text("a file, where a folder should be", "utf-8")
    window = build_window(location)
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problem, timeout=SECONDS)
    window.preferences.change(appearance="dark")
    close(qtbot, window)
    assert [path.name for path in tmp_path.iterdir()] == ["library"]
    assert location.is_file()


def test_a_damaged_file_of_settings_does_no_harm(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    (indexed / SETTINGS_FILE).write_bytes(b'{"theme": "dark", ')
    window = open_window(indexed)
    assert window.preferences.settings == Settings()
    assert [banner.message.text for banner in window.banners.banners()] == [words.DAMAGED]
    window.preferences.change(fold_alike=False)
    close(qtbot, window)
    assert (indexed / "settings.json.damaged").read_bytes() == b'{"theme": "dark", '
    assert json.loads((indexed / SETTINGS_FILE).read_text("utf-8"))["fold_alike"] is False


def test_settings_of_a_newer_version_outlive_a_change_here(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    (indexed / SETTINGS_FILE).write_text('{"version": 9, "theme": "sepia", "wings": 2}', "utf-8")
    window = open_window(indexed)
    window.preferences.change(fold_alike=False)
    close(qtbot, window)
    kept = json.loads((indexed / SETTINGS_FILE).read_text("utf-8"))
    assert (kept["version"], kept["theme"], kept["wings"], kept["fold_alike"]) == (9, "sepia", 2, False)
