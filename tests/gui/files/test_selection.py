"""The selection is opened, shown, copied, exported and searched by, with the keys and from the menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from gui import strings
from gui.files.confirm_many import MANY
from gui.files.desktop import copy_paths
from gui.files.open_with import ProgramDialog
from gui.strings import file_work as words
from gui.widgets.file_drag import COPIED_FILES, file_mime
from tests.gui.conftest import SECONDS, ask, close, paint
from tests.gui.files.conftest import CONTROL, SHIFT, OwnWindow, answer, said, select
from tests.gui.input_events import click, press


class Desktop(QObject):
    """Stands where the system's programs are: Qt hands it what is to be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []
        QDesktopServices.setUrlHandler("file", self, "take")  # type: ignore[arg-type]  # the stub wants bytes, Qt text

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    desktop = Desktop()
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


def test_copied_files_are_files_and_text(qtbot: QtBot, own_window: OwnWindow) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_C, CONTROL)
    copied = "2 files copied, to be pasted where you want."
    qtbot.waitUntil(lambda: said(window) == [copied], timeout=SECONDS)
    data = QGuiApplication.clipboard().mimeData()
    paths = [hit.path for hit in window.results.view.selected_hits()]
    assert [Path(url.toLocalFile()) for url in data.urls()] == paths
    assert data.text() == "\n".join(map(str, paths))
    assert bytes(data.data(COPIED_FILES).data()).startswith(b"copy\nfile:///")
    press(window.results.view, Qt.Key.Key_C, CONTROL | SHIFT)
    data = QGuiApplication.clipboard().mimeData()
    assert (data.text(), data.hasUrls()) == ("\n".join(map(str, paths)), False)
    assert "2 paths copied as text." in said(window)


def test_a_name_that_is_no_utf8_is_dragged_as_it_is() -> None:
    data = file_mime([Path("/x/caf\udce9 #1.jpg")])
    assert [url.toEncoded().data() for url in data.urls()] == [b"file:///x/caf%E9%20%231.jpg"]
    assert data.text() == "/x/caf\ufffd #1.jpg"


def test_the_selection_is_exported_and_the_folder_shown(
    qtbot: QtBot, own_window: OwnWindow, tmp_path: Path, desktop: Desktop
) -> None:
    window = own_window()
    target = tmp_path / "exported"
    target.mkdir()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_S, CONTROL)
    dialog = window.file_operations.export_controller.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(target))
    dialog.accept()
    qtbot.waitUntil(lambda: said(window) == ["2 files copied to “exported”."], timeout=SECONDS)
    assert {path.name for path in target.iterdir()} == {"a.png", "b.png"}
    assert not window.file_operations.export_controller.strip.isVisible()
    click(window.banners.banners()[0].action_button)
    qtbot.waitUntil(lambda: desktop.opened == [target], timeout=SECONDS)


def test_an_export_can_be_stopped(qtbot: QtBot, own_window: OwnWindow, tmp_path: Path) -> None:
    window = own_window()
    target = tmp_path / "exported"
    target.mkdir()
    sources = [paint(tmp_path / "more" / f"{number}.png", "green") for number in range(500)]
    window.file_operations.export_controller.start(sources, target)
    strip = window.file_operations.export_controller.strip
    assert strip.isVisible()
    click(strip.cancel_button)
    qtbot.waitUntil(lambda: not window.file_operations.export_controller.running, timeout=SECONDS)
    copied = len(list(target.glob("*.png")))
    assert copied < len(sources)
    assert said(window) == [words.export_stopped(copied, target)]


def test_closing_the_window_ends_an_export_with_whole_files(
    qtbot: QtBot, own_window: OwnWindow, tmp_path: Path
) -> None:
    window = own_window()
    target = tmp_path / "exported"
    target.mkdir()
    sources = [paint(tmp_path / "more" / f"{number}.png", "green") for number in range(500)]
    window.file_operations.export_controller.start(sources, target)
    close(qtbot, window)
    sizes = {path.stat().st_size for path in target.iterdir()}
    assert sizes <= {sources[0].stat().st_size}
    assert len(list(target.iterdir())) < len(sources)


def test_opening_and_showing_many(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path, desktop: Desktop
) -> None:
    for number in range(MANY):
        paint(own_pictures / f"{number}.png", "green", (60 + number, 40))
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    hits = window.results.view.selected_hits()
    window.file_operations.actions.open(hits)
    qtbot.waitUntil(lambda: len(desktop.opened) == 2, timeout=SECONDS)
    assert window.file_operations.actions.dialog is None
    press(window.results.view, Qt.Key.Key_O, CONTROL | SHIFT)  # no file manager here: the folder is opened
    qtbot.waitUntil(lambda: desktop.opened[2:] == [own_pictures], timeout=SECONDS)
    window.file_operations.actions.open(window.results.model.hits)
    assert len(desktop.opened) == 3
    answer(window.file_operations.actions.dialog, words.OPEN_CONFIRM)
    qtbot.waitUntil(lambda: len(desktop.opened) == 3 + MANY + 4, timeout=SECONDS)


def test_a_program_that_takes_one_file_at_a_time_is_not_started_many_times_unasked(
    qtbot: QtBot, own_window: OwnWindow, own_environment: Path, own_pictures: Path, tmp_path: Path
) -> None:
    paths = [paint(own_pictures / f"{number}.png", "green", (60 + number, 40)) for number in range(MANY + 1)]
    window = own_window()
    target = tmp_path / "taken"
    target.mkdir()
    applications = own_environment / "data" / "applications"
    applications.mkdir(parents=True)
    (applications / "copier.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName=Copier\nMimeType=image/png;\nExec=cp -t {target} %f\n"
    )
    file_operations = window.file_operations.open_with
    file_operations.ask(paths)
    qtbot.waitUntil(lambda: file_operations.dialog is not None, timeout=SECONDS)
    assert isinstance(file_operations.dialog, ProgramDialog)
    press(file_operations.dialog.list, Qt.Key.Key_Return)
    assert isinstance(file_operations.dialog, QMessageBox)
    assert file_operations.dialog.text() == words.open_many(MANY + 1)
    answer(file_operations.dialog, words.OPEN_CONFIRM)
    qtbot.waitUntil(lambda: len(list(target.iterdir())) == MANY + 1, timeout=SECONDS)


def test_many_folders_are_not_shown_unasked(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path, desktop: Desktop
) -> None:
    for number in range(MANY):
        paint(own_pictures / str(number) / "green.png", "green", (60 + number, 40))
    window = own_window()
    ask(qtbot, window, "green")
    actions = window.file_operations.actions
    actions.show_in_folder(window.results.model.hits)
    assert isinstance(actions.dialog, QMessageBox)
    assert actions.dialog.text() == words.show_many(MANY + 2)
    assert desktop.opened == []
    answer(actions.dialog, words.OPEN_CONFIRM)
    qtbot.waitUntil(lambda: bool(desktop.opened), timeout=SECONDS)  # no file manager here: one is opened


def test_a_folder_is_called_in_the_menu_as_it_is_called(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    paint(own_pictures / "Mum & Dad" / "e.png", "green")
    window = own_window()
    ask(qtbot, window, "green")
    menu = window.file_operations.actions.menu_for(window.results.model.hits[:1])
    assert "Leave out the folder “Mum && Dad”" in [
        action.text() for action in menu.actions()
    ]  # as Qt writes &
    menu.deleteLater()


def test_a_path_is_copied_as_it_is_but_for_what_breaks_the_line() -> None:
    copy_paths([Path("/x/\u202eright to left.jpg"), Path("/x/two\nlines.jpg"), Path("/x/no utf8 \udcff.jpg")])
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines == ["/x/\u202eright to left.jpg", "/x/two\ufffdlines.jpg", "/x/no utf8 \ufffd.jpg"]


def test_what_was_found_becomes_the_question(qtbot: QtBot, own_window: OwnWindow) -> None:
    window = own_window()
    select(qtbot, window, "blue", "c.png", "d.png")
    items = {hit.item for hit in window.results.view.selected_hits()}
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(window.results.view, Qt.Key.Key_E, CONTROL)
    qtbot.waitUntil(
        lambda: (
            window.search_runner.query is not None and set(window.search_runner.query.like_items) == items
        ),
        timeout=SECONDS,
    )
    assert window.search_bar.line.text() == ""


def test_the_menu_offers_what_there_is_with_its_keys(qtbot: QtBot, own_window: OwnWindow) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    menu = window.file_operations.actions.menu_for(window.results.view.selected_hits())
    offered = {action.text(): action.shortcut().toString() for action in menu.actions() if action.text()}
    assert offered["Copy 2 files"] == "Ctrl+C"
    assert offered[words.MOVE_TO_BIN] == "Del"
    assert words.PREVIEW in offered
    assert all(action.isEnabled() for action in menu.actions())
    in_preview = window.file_operations.actions.menu_for(window.results.view.selected_hits(), preview=False)
    assert words.PREVIEW not in [action.text() for action in in_preview.actions()]
    for each in (menu, in_preview):
        each.deleteLater()


def test_a_program_is_chosen_to_open_a_file_with(
    qtbot: QtBot, own_window: OwnWindow, own_environment: Path, own_pictures: Path, tmp_path: Path
) -> None:
    window = own_window()
    applications = own_environment / "data" / "applications"
    applications.mkdir(parents=True)
    (applications / "copier.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Copier\nMimeType=image/png;\n"
        f"Exec=cp %f {tmp_path / 'taken.png'}\n"
    )
    window.file_operations.open_with.ask([own_pictures / "a.png"])
    qtbot.waitUntil(lambda: window.file_operations.open_with.dialog is not None, timeout=SECONDS)
    dialog = window.file_operations.open_with.dialog
    assert isinstance(dialog, ProgramDialog)
    press(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil((tmp_path / "taken.png").exists, timeout=SECONDS)
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=SECONDS)


def test_a_file_that_is_gone_is_said(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path, desktop: Desktop
) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    gone = window.results.view.selected_hits()[0].path
    gone.rename(own_pictures.parent / "elsewhere.png")
    press(window.results.view, Qt.Key.Key_O, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: said(window) == [strings.FILE_GONE.format(name=gone.name)], timeout=SECONDS)
    assert desktop.opened == [own_pictures]  # where the other one is
    many = [own_pictures / f"{number}.png" for number in range(20)]
    window.files.show_in_folder(*many)
    qtbot.waitUntil(lambda: "17 more" in said(window)[0], timeout=SECONDS)
    assert len(said(window)) == 1  # one message, and the one before is withdrawn
    ask(qtbot, window, "blue")
    assert said(window) == []
