"""The sidebar leads to folders, to everything, and to searches; by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from engine.records import Query, Theme
from gui import strings
from gui.indexing import IndexState
from gui.main_window import MainWindow
from gui.sidebar.entries import Entry, EntryKind, SidebarSection
from gui.strings import sidebar as words
from tests.fakes import COLOURS
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, names, paint, wait_until_idle
from tests.gui.input_events import NO_MODIFIER, click, drop, files, press, type_text
from tests.gui.paint_log import Painted


def line(window: MainWindow, title: str) -> QTreeWidgetItem:
    found = window.sidebar.tree.line_of(title)
    assert found is not None, title
    return found


def click_line(window: MainWindow, title: str) -> None:
    tree = window.sidebar.tree
    item = line(window, title)
    tree.scrollToItem(item)
    place = tree.visualItemRect(item).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, place)


def entries(window: MainWindow, section: SidebarSection) -> list[Entry]:
    return window.sidebar.tree.entries(section)


def titles(window: MainWindow, section: SidebarSection) -> list[str]:
    return [entry.title for entry in entries(window, section)]


def marked(window: MainWindow) -> object:
    """Which entry's view is on the screen."""
    return window.sidebar.tree.marked


def two_folders(tmp_path: Path) -> tuple[Path, Path]:
    """One with two pictures, one with one."""
    paint(tmp_path / "harbour" / "red.png", "red")
    paint(tmp_path / "harbour" / "blue.png", "blue")
    paint(tmp_path / "garden" / "green.png", "green")
    return tmp_path / "harbour", tmp_path / "garden"


def test_a_folder_shows_what_is_in_it_and_everything_shows_all(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    harbour, garden = two_folders(tmp_path)
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(harbour, garden))
    qtbot.waitUntil(lambda: len(titles(window, SidebarSection.FOLDERS)) == 2, timeout=SECONDS)
    assert titles(window, SidebarSection.FOLDERS) == ["garden", "harbour"]
    wait_until_idle(qtbot, window)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "garden")
    assert names(window) == ["green.png"]
    assert marked(window) == (EntryKind.FOLDER, garden)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "harbour")
    assert sorted(names(window)) == ["blue.png", "red.png"]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, words.EVERYTHING)
    assert sorted(names(window)) == ["blue.png", "green.png", "red.png"]
    assert marked(window) == (EntryKind.EVERYTHING, None)
    ask(qtbot, window, "red")
    qtbot.waitUntil(
        lambda: titles(window, SidebarSection.RECENT) == ["red"], timeout=SECONDS
    )  # a place is no search


def test_a_folder_says_how_it_stands(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    qtbot.waitUntil(lambda: window.indexing.state is IndexState.WATCHING, timeout=SECONDS)
    (entry,) = entries(window, SidebarSection.FOLDERS)
    assert entry.details == "15 · watching · 2 not read"
    assert entry.spoken == f"{pictures}, 15 pictures and pages, watching, 2 not read"
    gone = tmp_path / "gone"
    paint(gone / "red.png", "red", (33, 33))
    window.session.add_folders([gone])
    qtbot.waitUntil(lambda: len(entries(window, SidebarSection.FOLDERS)) == 2, timeout=SECONDS)
    qtbot.waitUntil(lambda: window.status_line.holdings.text().startswith("13"), timeout=SECONDS)
    gone.rename(tmp_path / "elsewhere")
    window.session.refresh_status()
    qtbot.waitUntil(
        lambda: any(strings.FOLDER_UNAVAILABLE in e.details for e in entries(window, SidebarSection.FOLDERS)),
        timeout=SECONDS,
    )


def test_everything_in_the_sidebar_is_reached_by_the_keyboard(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    tree = window.sidebar.tree
    tree.setFocus()
    press(tree, Qt.Key.Key_Home)
    for title in (words.DUPLICATES, words.FOLDERS, pictures.name):
        press(tree, Qt.Key.Key_Down)
        assert tree.currentItem() is line(window, title)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(tree, Qt.Key.Key_Return)
    assert len(names(window)) == 15
    press(tree, Qt.Key.Key_Up)
    press(tree, Qt.Key.Key_Left)
    assert tree.folded() == [SidebarSection.FOLDERS.value]
    press(tree, Qt.Key.Key_Space)
    assert tree.folded() == []


def test_removing_a_folder_asks_first_and_touches_no_file(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    before = sorted(path.name for path in pictures.iterdir())
    tree = window.sidebar.tree
    tree.setCurrentItem(line(window, pictures.name))
    press(tree, Qt.Key.Key_Delete)
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    assert "not touched" in box.informativeText()
    assert box.defaultButton().text() == strings.CANCEL
    with qtbot.waitSignal(window.session.folder_removed, timeout=SECONDS):
        click(box.buttons()[0])
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.welcome, timeout=SECONDS)
    wait_until_idle(qtbot, window)
    assert window.session.library.folders() == ()
    assert sorted(path.name for path in pictures.iterdir()) == before


def test_a_removal_that_is_cancelled_removes_nothing(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    menu = window.sidebar.menu_for(entries(window, SidebarSection.FOLDERS)[0])
    next(action for action in menu.actions() if action.text() == strings.REMOVE_FOLDER).trigger()
    box = window.folders.dialog
    assert isinstance(box, QMessageBox)
    press(box, Qt.Key.Key_Escape)
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()  # the library's jobs run in order: a removal would be over by then
    assert [folder.path for folder in window.session.library.folders()] == [pictures]
    assert window.indexing.state is IndexState.WATCHING


def test_lines_stay_while_their_counts_change(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    paint(mine / "red.png", "red")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([mine])
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "1 photograph", timeout=SECONDS)
    tree = window.sidebar.tree
    item = line(window, "mine")
    tree.setCurrentItem(item)
    tree.setFocus()
    paint(mine / "blue.png", "blue")
    qtbot.waitUntil(lambda: window.status_line.holdings.text() == "2 photographs", timeout=SECONDS)
    assert entries(window, SidebarSection.FOLDERS)[0].details.startswith("2 · ")
    assert line(window, "mine") is item
    assert tree.currentItem() is item
    assert tree.hasFocus()


def test_only_lines_that_changed_are_painted_again(
    qtbot: QtBot, qapp: QApplication, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for text in ("red", "green"):
        ask(qtbot, window, text)
    wait_until_idle(qtbot, window)
    qtbot.waitUntil(lambda: titles(window, SidebarSection.RECENT) == ["green", "red"], timeout=SECONDS)
    qapp.processEvents()
    tree = window.sidebar.tree
    painted = Painted(tree.viewport())
    ask(qtbot, window, "red")
    qtbot.waitUntil(lambda: titles(window, SidebarSection.RECENT) == ["red", "green"], timeout=SECONDS)
    qapp.processEvents()
    recent = tree.visualItemRect(line(window, "red")) | tree.visualItemRect(line(window, "green"))
    assert painted.regions
    assert all((region - QRegion(recent)).isEmpty() for region in painted.regions)
    painted.regions.clear()
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()
    qapp.processEvents()
    assert painted.regions == []


def test_a_click_opens_nothing_where_another_line_came_under_the_mouse(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for text in ("red", "green"):
        ask(qtbot, window, text)
    qtbot.waitUntil(lambda: titles(window, SidebarSection.RECENT) == ["green", "red"], timeout=SECONDS)
    tree = window.sidebar.tree
    chosen: list[Entry] = []
    tree.chosen.connect(chosen.append)
    tree.scrollToItem(line(window, "red"))
    place = tree.visualItemRect(line(window, "red")).center()
    QTest.mousePress(tree.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, place)
    tree.show_entries(SidebarSection.RECENT, list(reversed(entries(window, SidebarSection.RECENT))))
    QTest.mouseRelease(tree.viewport(), Qt.MouseButton.LeftButton, NO_MODIFIER, place)
    assert chosen == []
    click_line(window, "red")
    assert [entry.title for entry in chosen] == ["red"]


def test_only_the_latest_searches_stand_in_the_sidebar_and_older_ones_under_the_box(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    asked = [f"{one} {other}" for one in COLOURS for other in COLOURS if one != other][:10]
    for text in asked:
        ask(qtbot, window, text)
    qtbot.waitUntil(lambda: len(window.memory.recent()) == len(asked), timeout=SECONDS)
    newest = list(reversed(asked))
    assert titles(window, SidebarSection.RECENT) == newest[:8]
    window.search_bar.clear()
    press(window.search_bar.line, Qt.Key.Key_Up)
    offered = window.search_controller.history.rows
    assert [offered.item(row).text() for row in range(offered.count())] == newest


def test_recent_searches_are_asked_again_saved_renamed_and_forgotten(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for colour in ("red", "green"):
        ask(qtbot, window, colour)
    qtbot.waitUntil(lambda: titles(window, SidebarSection.RECENT) == ["green", "red"], timeout=SECONDS)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "red")
    assert names(window)[0].startswith("red")
    tree = window.sidebar.tree
    for title, name in (("red", "Roses"), ("Roses", "Tulips")):
        tree.setCurrentItem(line(window, title))
        press(tree, Qt.Key.Key_F2)
        dialog = window.search_controller.save_dialogs.dialog
        assert isinstance(dialog, QInputDialog)
        box = dialog.findChild(QLineEdit)
        assert isinstance(box, QLineEdit)
        box.clear()
        type_text(box, name)
        with qtbot.waitSignal(window.memory.changed, timeout=SECONDS):
            press(box, Qt.Key.Key_Return)
        assert titles(window, SidebarSection.SAVED) == [name]
    tree.setCurrentItem(line(window, "Tulips"))
    press(tree, Qt.Key.Key_Delete)
    assert titles(window, SidebarSection.SAVED) == []
    click(window.sidebar.clear_link)
    assert titles(window, SidebarSection.RECENT) == []


def test_a_theme_narrows_to_what_belongs_to_it_and_is_kept_apart_from_folders(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    assert window.sidebar.tree.line_of("reds") is None
    cover = window.session.library.search(Query("red")).hits[0].item
    window.sidebar.show_themes([Theme(3, "reds", cover, 4), Theme(5, "blues", cover, 4)])
    assert [(entry.title, entry.count) for entry in entries(window, SidebarSection.THEMES)] == [
        ("reds", "4"),
        ("blues", "4"),
    ]
    click_line(window, pictures.name)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "blues")
    query = window.search_runner.query
    assert query is not None
    assert (query.filters.theme, query.filters.folders) == (5, ())
    assert marked(window) == (EntryKind.THEME, 5)
    tree = window.sidebar.tree
    tree.setCurrentItem(line(window, "blues"))
    window.sidebar.show_themes([Theme(5, "skies", cover, 6), Theme(3, "reds", cover, 4)])
    assert tree.currentItem() is line(window, "skies")  # the same one under another name
    assert marked(window) == (EntryKind.THEME, 5)


def test_width_and_folded_sections_are_as_they_were_left(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    first = open_window(indexed)
    splitter = first.navigation.splitter
    width = first.sidebar.width()
    handle = splitter.handle(1)
    grip = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, NO_MODIFIER, grip)
    QTest.mouseMove(handle, grip + QPoint(-40, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, NO_MODIFIER, grip + QPoint(-40, 0))
    narrow = first.sidebar.width()
    assert narrow < width
    click_line(first, words.FOLDERS)
    close(qtbot, first)
    second = open_window(indexed)
    assert second.sidebar.width() == narrow
    assert second.sidebar.tree.folded() == [SidebarSection.FOLDERS.value]


def test_a_place_is_not_that_of_the_next_question_unless_it_is_kept(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, tmp_path: Path
) -> None:
    harbour, garden = two_folders(tmp_path)
    window = open_window(empty)
    bar, everywhere = window.search_bar, window.results.everywhere_link
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        drop(window, files(harbour, garden))
    wait_until_idle(qtbot, window)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "garden")
    assert bar.filters.keep_button.isVisible()
    assert not bar.filters.keep_button.isChecked()
    ask(qtbot, window, "red")
    assert names(window)[0] == "red.png"  # which is not in the garden
    assert not bar.question().filters.has_place
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click_line(window, "garden")  # what is asked stays, and is asked there
    assert (bar.line.text(), names(window)) == ("red", ["green.png"])
    QTest.keyClicks(bar.line, "d")
    assert bar.question().filters.has_place  # it is still that question
    click(bar.filters.keep_button)
    ask(qtbot, window, "blue")
    assert names(window) == ["green.png"]
    qtbot.waitUntil(everywhere.isVisible, timeout=SECONDS)
    assert everywhere.text() == "Search everywhere (1)"
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(everywhere)
    assert names(window)[0] == "blue.png"
    assert not everywhere.isVisible()
