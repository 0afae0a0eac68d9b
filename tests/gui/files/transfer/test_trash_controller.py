"""Results go to the bin after a question, leave the window at once, and come back by Ctrl+Z."""

from __future__ import annotations

import os
import random
from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.library import Library
from gui.app import build_window
from gui.main_window import MainWindow
from gui.strings import file_work as words
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, ask, close, draw_document, names, paint, wait_until_idle
from tests.gui.files.conftest import CONTROL, EVERYTHING, OwnWindow, answer, holds, said, select
from tests.gui.input_events import click, press


def test_to_the_bin_and_back(qtbot: QtBot, own_window: OwnWindow, own_pictures: Path) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_Delete)
    box = window.file_operations.trash_controller.dialog
    assert box is not None
    assert box.windowTitle() == words.BIN_CONFIRM
    assert box.text() == "Move 2 files to the bin?"
    assert set(box.informativeText().split("\n")) == {"a.png", "b.png", "", str(own_pictures)}
    answer(box, words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: not {"a.png", "b.png"} & set(names(window)), timeout=SECONDS)
    assert not (own_pictures / "a.png").exists()
    assert said(window)[0] == "2 files moved to the bin."
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING - 2, timeout=SECONDS)
    press(window.results.view, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: {"a.png", "b.png"} <= set(names(window)), timeout=SECONDS)
    assert (own_pictures / "a.png").exists()
    assert (own_pictures / "b.png").exists()
    assert said(window) == ["2 files are back."]
    press(window.results.view, Qt.Key.Key_Z, CONTROL)
    assert said(window)[0] == words.NOTHING_TO_UNDO


def test_files_of_one_name_are_told_apart_by_their_folders(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    other = paint(own_pictures / "other" / "a.png", "red", (90, 40))
    window = own_window()
    ask(qtbot, window, "red")
    press(window.search_bar.line, Qt.Key.Key_Down)
    press(window.results.view, Qt.Key.Key_A, CONTROL)
    press(window.results.view, Qt.Key.Key_Delete)
    box = window.file_operations.trash_controller.dialog
    assert box is not None
    lines = box.informativeText().split("\n")
    assert {f"a.png, in {own_pictures}", f"a.png, in {other.parent}"} <= set(lines)
    answer(box, words.CANCEL)


def test_nothing_moves_without_a_yes(qtbot: QtBot, own_window: OwnWindow, own_pictures: Path) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_Delete)
    box = window.file_operations.trash_controller.dialog
    assert box is not None
    press(box, Qt.Key.Key_Return)  # which presses the default button
    qtbot.waitUntil(lambda: not box.isVisible(), timeout=SECONDS)
    assert (own_pictures / "a.png").exists()
    assert said(window) == []


def test_what_went_wrong_is_said_until_something_else_is_tried(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    window.file_operations.trash_controller.move([own_pictures / "gone.png"])
    qtbot.waitUntil(lambda: "gone.png" in " ".join(said(window)), timeout=SECONDS)
    window.file_operations.trash_controller.move([own_pictures / "a.png"])
    qtbot.waitUntil(lambda: said(window) == ["“a.png” moved to the bin."], timeout=SECONDS)
    wait_until_idle(qtbot, window)


def test_pages_stand_for_their_document_and_its_banner_brings_it_back(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    document = draw_document(own_pictures / "three pages.pdf")
    window.indexing.start()
    qtbot.waitUntil(lambda: holds(window) == EVERYTHING + 3, timeout=SECONDS)
    ask(qtbot, window, "page")
    window.file_operations.trash_controller.confirm_trash(
        [hit for hit in window.results.model.hits if hit.path == document]
    )
    box = window.file_operations.trash_controller.dialog
    assert box is not None
    assert box.text() == "Move “three pages.pdf” to the bin?"
    assert words.BIN_DOCUMENTS in box.informativeText()
    answer(box, words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: "three pages.pdf" not in names(window), timeout=SECONDS)
    click(window.banners.banners()[0].action_button)
    qtbot.waitUntil(document.exists, timeout=SECONDS)
    qtbot.waitUntil(lambda: names(window).count("three pages.pdf") == 3, timeout=SECONDS)


def test_what_is_looked_at_large_goes_to_the_bin_too(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_Space)
    preview = window.preview_controller.preview
    hit = preview.hit
    assert hit is not None
    press(preview.canvas, Qt.Key.Key_Delete)
    answer(window.file_operations.trash_controller.dialog, words.BIN_CONFIRM)
    qtbot.waitUntil(lambda: hit.path.name not in names(window), timeout=SECONDS)
    assert len(list(own_pictures.glob("*.png"))) == 1
    assert preview.hit is None or preview.hit.path != hit.path


def test_undo_in_a_text_box_is_the_text_boxs_own(own_window: OwnWindow) -> None:
    window = own_window()
    line = window.search_bar.line
    line.setText("red")
    line.insert(" green")
    press(line, Qt.Key.Key_Z, CONTROL)
    assert line.text() == "red"
    assert said(window) == []


def test_what_comes_back_is_seen_while_text_is_being_read(
    qtbot: QtBot, empty: Path, own_pictures: Path
) -> None:
    for number in range(30 * (os.cpu_count() or 1)):  # to be read side by side
        write_page(own_pictures / "letters" / f"{number}.png", number)
    window = build_window(empty, reading_library)
    try:
        window.show()
        qtbot.waitUntil(lambda: window.session.status is not None, timeout=SECONDS)
        window.session.add_folders([own_pictures])
        qtbot.waitUntil(lambda: window.indexing.snapshot().phase == "reading text", timeout=SECONDS)
        ask(qtbot, window, "red")
        files = known(window)
        window.file_operations.trash_controller.move([own_pictures / "a.png"])
        qtbot.waitUntil(lambda: known(window) == files - 1, timeout=SECONDS)
        assert "a.png" not in names(window)
        press(window.results.view, Qt.Key.Key_Z, CONTROL)
        qtbot.waitUntil(lambda: "a.png" in names(window), timeout=SECONDS)
        assert window.session.status is not None
        assert window.session.status.unread > 0
    finally:
        close(qtbot, window)


PATCHES = ("black", "navy", "darkred", "olive", "gold", "teal")


def write_page(path: Path, number: int) -> None:
    """A letter that takes a while to be read. Letters that look alike would be compared in pairs before."""
    page = Image.new("RGB", (1200, 1600), "white")
    pen = ImageDraw.Draw(page)
    chance = random.Random(number)
    for _ in range(9):
        left, top = chance.randrange(600, 1000), chance.randrange(1300)
        pen.rectangle((left, top, left + chance.randrange(60, 200), top + 250), chance.choice(PATCHES))
    for line in range(30):
        pen.text((80, 40 + 50 * line), f"Line {line} of letter {number} to nobody", "black", font_size=32)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.save(path)


def reading_library(location: Path) -> Library:
    library = Library(location, ColourRegistry(location.parent / "models"), None, read_text=True)
    library.use_model("colours")
    return library


def known(window: MainWindow) -> int:
    status = window.session.status
    return status.files if status is not None else 0
