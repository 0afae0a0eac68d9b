"""Results go to the bin after a question, leave the window at once, and come back by Ctrl+Z."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.strings import file_work as words
from tests.gui.conftest import SECONDS, ask, draw_document, names, paint, wait_until_idle
from tests.gui.files.conftest import CONTROL, EVERYTHING, OwnWindow, answer, holds, said, select
from tests.gui.hands import click, press


def test_to_the_bin_and_back(qtbot: QtBot, own_window: OwnWindow, own_pictures: Path) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_Delete)
    box = window.doing.binning.dialog
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
    box = window.doing.binning.dialog
    assert box is not None
    lines = box.informativeText().split("\n")
    assert {f"a.png, in {own_pictures}", f"a.png, in {other.parent}"} <= set(lines)
    answer(box, words.CANCEL)


def test_nothing_moves_without_a_yes(qtbot: QtBot, own_window: OwnWindow, own_pictures: Path) -> None:
    window = own_window()
    select(qtbot, window, "red", "a.png", "b.png")
    press(window.results.view, Qt.Key.Key_Delete)
    box = window.doing.binning.dialog
    assert box is not None
    press(box, Qt.Key.Key_Return)  # which presses the default button
    qtbot.waitUntil(lambda: not box.isVisible(), timeout=SECONDS)
    assert (own_pictures / "a.png").exists()
    assert said(window) == []


def test_what_went_wrong_is_said_until_something_else_is_tried(
    qtbot: QtBot, own_window: OwnWindow, own_pictures: Path
) -> None:
    window = own_window()
    window.doing.binning.move([own_pictures / "gone.png"])
    qtbot.waitUntil(lambda: "gone.png" in " ".join(said(window)), timeout=SECONDS)
    window.doing.binning.move([own_pictures / "a.png"])
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
    window.doing.binning.ask_about([hit for hit in window.results.model.hits if hit.path == document])
    box = window.doing.binning.dialog
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
    preview = window.previewing.preview
    hit = preview.hit
    assert hit is not None
    press(preview.canvas, Qt.Key.Key_Delete)
    answer(window.doing.binning.dialog, words.BIN_CONFIRM)
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
