"""The list of shortcuts says what the window does, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from engine import __version__
from gui import strings
from gui.main_window import MainWindow
from gui.strings import menu as menu_words
from gui.widgets.shortcut_table import GROUPS, shown
from tests.gui.conftest import SECONDS, OpenWindow
from tests.gui.input_events import click, press, type_text


def in_force(window: MainWindow) -> set[str]:
    """The keys that the window has taken, for the whole of it or a part."""
    keys = [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    for action in (action for widget in everything(window) for action in widget.actions()):
        if action.shortcutContext() is not Qt.ShortcutContext.WidgetShortcut:
            keys += action.shortcuts()
    return {key.toString() for key in keys}


def everything(window: MainWindow) -> list[QWidget]:
    """Menus left out: a text box makes one for itself, with keys that it sees to itself."""
    return [window, *(w for w in window.findChildren(QWidget) if not isinstance(w, QMenu))]


def test_the_list_holds_every_shortcut_of_the_window_and_no_other(
    open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    listed = {
        QKeySequence(keys).toString()
        for group in GROUPS
        for shortcut in group.shortcuts
        if not shortcut.by_widget
        for keys in shortcut.keys
    }
    assert "" not in listed
    assert in_force(window) == listed


def test_no_key_means_two_things_in_one_place() -> None:
    for group in GROUPS:
        keys = Counter(key for shortcut in group.shortcuts if not shortcut.by_widget for key in shortcut.keys)
        assert {key for key, times in keys.items() if times > 1} == set()


def test_f1_shows_the_list_which_can_be_filtered(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    press(window.search_bar.line, Qt.Key.Key_F1)
    dialog = window.help.shortcuts_dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible, timeout=SECONDS)
    assert len(dialog.listed()) == sum(len(group.shortcuts) for group in GROUPS)
    assert ("Copy the paths", "Ctrl+Shift+C") in dialog.listed()
    type_text(dialog.box, "f1")
    assert [keys for _action, keys in dialog.listed()] == ["F1", "F11", "Menu, Shift+F10"]
    dialog.box.clear()
    type_text(dialog.box, "no such thing")
    assert dialog.listed() == []
    assert "no such thing" in dialog.note.text()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=SECONDS)
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_keys_are_written_as_the_system_writes_them() -> None:
    shortcut = next(each for group in GROUPS for each in group.shortcuts if each.name == "focus search")
    assert shown(shortcut).startswith("Ctrl+F, ")


def test_the_menu_of_the_program_leads_to_the_list_and_to_what_it_says_of_itself(
    open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    menu = window.main_menu.menu()
    assert menu is not None

    def choose(text: str) -> None:
        action: QAction = next(action for action in menu.actions() if action.text() == text)
        action.trigger()

    choose(menu_words.SHORTCUTS)
    assert window.help.shortcuts_dialog is not None
    assert window.help.shortcuts_dialog.isVisible()
    click(window.help.shortcuts_dialog.close_button)
    choose(menu_words.ABOUT)
    about = window.help.about_dialog
    assert about is not None
    assert about.isVisible()
    assert about.windowTitle() == f"About {strings.APPLICATION}"
    assert f"Version {__version__}" in [shown.text() for shown in about.findChildren(QLabel)]
    click(about.close_button)
    choose(menu_words.QUIT)
    assert window.closing
