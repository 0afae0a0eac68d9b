"""Searching, as a person does it: with keys, clicks, drops and the clipboard."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.records import ItemKind, Query, Scope
from gui import strings
from gui.app import build_window
from gui.files import desktop
from gui.main_window import MainWindow
from gui.search.bar.chips import Chip
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, names, open_library, paint, wait_until_idle
from tests.gui.input_events import click, double_click, drop, files, paste, press, type_text


class OpenedCatalogue(QObject):
    """Stands where the desktop's own programs would open a file."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def receive(self, url: QUrl) -> None:
        self.urls.append(url)

    def __enter__(self) -> OpenedCatalogue:
        QDesktopServices.setUrlHandler("file", self, "receive")  # type: ignore[arg-type]  # bytes are refused
        return self

    def __exit__(self, *_reason: object) -> None:
        QDesktopServices.unsetUrlHandler("file")

    def paths(self) -> list[Path]:
        return [Path(url.toLocalFile()) for url in self.urls]


def plain_image(colour: str, width: int = 64) -> QImage:
    image = QImage(width, 48, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


def place_of(window: MainWindow, row: int) -> QPoint:
    return window.results.view.visualRect(window.results.model.index(row)).center()


def test_enter_shows_the_best_matches_first(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    photographs = [name for name in names(window) if name.endswith(".png")]
    assert set(photographs[:4]) == {f"red {number}.png" for number in range(4)}
    assert window.pages.currentWidget() is window.results


def test_the_heading_says_how_many_match(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    assert window.results.title.text() == "4 photographs · 1 document"
    ask(qtbot, window, "black")
    assert window.results.title.text() == strings.NOTHING_MATCHES_WELL


def test_a_pause_in_typing_is_enough_to_search(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        type_text(window.search_bar.line, "blue")
    assert names(window)[0].startswith("blue")


def test_only_the_newest_question_is_answered(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    answered: list[str] = []
    window.search_runner.found.connect(lambda query, _results: answered.append(query.text))
    for text in ("red", "green", "blue"):
        window.search_bar.set_text(text)
    qtbot.waitUntil(lambda: bool(answered), timeout=SECONDS)
    ask(qtbot, window, "white")
    assert answered == ["blue", "white"]


def test_escape_clears_the_question_and_the_answer(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    press(window.results.view, Qt.Key.Key_Escape)
    assert window.search_bar.query() is None
    assert window.pages.currentWidget() is window.ready
    assert names(window) == []


def test_control_f_and_slash_go_to_the_search_box(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    line, view = window.search_bar.line, window.results.view
    for key, modifier in (
        (Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.NoModifier),
    ):
        view.setFocus()
        press(view, key, modifier)
        assert line.hasFocus()
        assert line.selectedText() == "red"


def test_a_slash_can_be_typed_into_a_question(open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    type_text(window.search_bar.line, "and/or")
    assert window.search_bar.line.text() == "and/or"
    window.search_bar.clear()


def test_pages_only_shows_pages_with_their_numbers(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.search_bar.scope_buttons[Scope.PAGES])
    hits = window.results.model.hits
    assert [(hit.path.name, hit.page) for hit in hits] == [("three pages.pdf", 1)]
    card = window.results.model.index(0)
    assert "Page 1" in card.data(Qt.ItemDataRole.AccessibleTextRole)


def test_photographs_only_shows_no_page(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(window.search_bar.scope_buttons[Scope.PHOTOS])
    assert {hit.kind for hit in window.results.model.hits} == {ItemKind.PHOTO}


def test_a_dropped_picture_is_searched_by_and_its_chip_takes_it_out_again(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    green = paint(tmp_path / "elsewhere" / "mine.png", "green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(green))
    assert names(window)[0].startswith("green")
    (picture,) = window.search_bar.pictures()
    assert (picture.source, picture.label) == (green, "mine.png")
    assert not picture.thumbnail.isNull()
    chip = window.search_bar.frame.findChild(Chip)
    assert isinstance(chip, Chip)
    click(chip.remove_button)
    assert window.search_bar.query() is None
    assert window.pages.currentWidget() is window.ready


def test_a_pasted_picture_is_searched_by(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    QGuiApplication.clipboard().setImage(plain_image("blue", 3000))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        paste(window.search_bar.line)
    assert names(window)[0].startswith("blue")
    assert window.search_bar.line.text() == ""


def test_a_picture_is_pasted_wherever_the_focus_is(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    window.results.view.setFocus()
    QGuiApplication.clipboard().setMimeData(files(pictures / "red 1.png"))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        paste(window.results.view)
    query = window.search_runner.query
    assert query is not None
    assert (query.text, query.like) == ("red", (pictures / "red 1.png",))


def test_a_pasted_picture_takes_the_place_of_selected_words(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    QGuiApplication.clipboard().setImage(plain_image("blue", 300))
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)  # which selects what is there
    paste(window.search_bar.line)
    qtbot.waitUntil(lambda: "blue" in str(names(window)[:1]), timeout=SECONDS)
    assert window.search_bar.line.text() == ""
    assert len(window.search_bar.chip_list.parts()) == 1


def test_selected_words_stay_where_what_is_pasted_is_no_picture(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("words")
    window = open_window(indexed)
    ask(qtbot, window, "red")
    found = names(window)
    QGuiApplication.clipboard().setMimeData(files(note))
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    paste(window.search_bar.line)
    qtbot.waitUntil(lambda: bool(window.banners.banners()), timeout=SECONDS)
    assert window.search_bar.line.text() == "red"
    assert names(window) == found


def test_pasted_words_stay_words(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    QGuiApplication.clipboard().setText("green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        paste(window.search_bar.line)
    assert window.search_bar.line.text() == "green"
    assert window.search_bar.pictures() == []


def test_words_that_were_copied_with_a_picture_of_them_are_pasted_as_words(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    copied = QMimeData()  # as office programs put a cell of a table on the clipboard
    copied.setText("green")
    copied.setImageData(plain_image("blue", 30))
    QGuiApplication.clipboard().setMimeData(copied)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        paste(window.search_bar.line)
    assert (window.search_bar.line.text(), window.search_bar.pictures()) == ("green", [])
    ask(qtbot, window, "red")
    window.results.view.setFocus()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        paste(window.results.view)
    assert (window.search_bar.line.text(), window.search_bar.pictures()) == ("green", [])
    QGuiApplication.clipboard().clear()


def test_a_picked_picture_is_searched_by(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    click(window.search_bar.pick_button)
    dialog = window.drop_handler.dialog
    assert dialog is not None
    dialog.selectFile(str(pictures / "red 0.png"))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        dialog.accept()
    assert names(window)[0].startswith("red")


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    drop(window, files(pictures / "no picture.png"))
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert window.banners.banners()[0].message.text.startswith("no picture.png cannot be searched by")
    assert window.search_bar.pictures() == []
    assert window.banners.bug_dialog is None
    ask(qtbot, window, "red")
    assert window.banners.banners() == []


def test_what_is_no_file_is_refused_and_stops_nothing(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    os.mkfifo(tmp_path / "pipe.png")
    drop(window, files(tmp_path / "pipe.png", tmp_path / "gone.png", pictures / "red 0.png"))
    qtbot.waitUntil(lambda: window.search_runner.query is not None, timeout=SECONDS)
    assert [picture.label for picture in window.search_bar.pictures()] == ["red 0.png"]
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 2, timeout=SECONDS)
    said = " ".join(banner.message.text for banner in window.banners.banners())
    assert "pipe.png" in said
    assert "gone.png" in said
    assert window.banners.bug_dialog is None


def test_the_window_itself_decodes_no_file(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    picture = tmp_path / "circle.jpg"  # a format that only the toolkit would draw, under a picture's name
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>', "utf-8"
    )
    drop(window, files(picture))
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert window.search_bar.pictures() == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always Unicode there")
def test_a_picture_whose_name_is_no_utf8_is_searched_by(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    green = paint(tmp_path / "caf.png", "green").rename(tmp_path / os.fsdecode(b"caf\xe9 #1%.png"))
    data = QMimeData()
    data.setUrls([desktop.file_url(green)])
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, data)
    assert [picture.source for picture in window.search_bar.pictures()] == [green]
    assert names(window)[0].startswith("green")


def test_a_picture_given_before_the_library_is_open_is_searched_by(
    qtbot: QtBot, indexed: Path, pictures: Path
) -> None:
    window = build_window(indexed, open_library)
    drop(window, files(pictures / "red 0.png"))
    assert not window.session.is_open
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.show()
    assert names(window)[0].startswith("red")
    wait_until_idle(qtbot, window)
    close(qtbot, window)


def test_a_dropped_picture_is_another_question_and_joins_this_one_only_where_that_is_offered(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(pictures / "green 0.png"))
    assert (bar.line.text(), [picture.label for picture in bar.pictures()]) == ("", ["green 0.png"])
    assert names(window)[0].startswith("green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(pictures / "blue 0.png"), to_add=True)
    assert [picture.label for picture in bar.pictures()] == ["green 0.png", "blue 0.png"]
    bar.clear()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(pictures / "red 0.png"), to_add=True)  # there is nothing to add to
    assert [picture.label for picture in bar.pictures()] == ["red 0.png"]


def test_too_many_pictures_are_left_out_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(*sorted(pictures.glob("*[0-3].png"))))
    assert len(window.search_bar.pictures()) == 6
    assert "at most 6" in window.banners.banners()[0].message.text


def test_double_click_opens_the_file(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    with OpenedCatalogue() as opened:
        double_click(window.results.view.viewport(), place_of(window, 1))
        qtbot.waitUntil(lambda: bool(opened.urls), timeout=SECONDS)
    assert opened.paths() == [window.results.model.hits[1].path]


def test_the_keyboard_alone_reaches_and_opens_a_result(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    press(window.search_bar.line, Qt.Key.Key_Down)
    view = window.results.view
    assert view.hasFocus()
    press(view, Qt.Key.Key_Right)
    with OpenedCatalogue() as opened:
        press(view, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(opened.urls), timeout=SECONDS)
    assert opened.paths() == [window.results.model.hits[1].path]


def test_a_file_that_is_gone_is_not_opened_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    with OpenedCatalogue() as opened:
        window.files.open(tmp_path / "gone.png")
        qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert opened.urls == []
    assert "gone.png" in window.banners.banners()[0].message.text


def test_what_is_like_a_result_is_asked_for_alone(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    hit = window.results.model.hits[0]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.search_by_hit(hit)
    query = window.search_runner.query
    assert query is not None
    assert (query.text, query.like_items) == ("", (hit.item,))


def test_a_question_that_fails_says_why(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    window.search_bar.set_text("no colour at all")
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.unanswered, timeout=SECONDS)
    assert window.unanswered.text.text() == "The query names no colour."
    assert names(window) == []
    with qtbot.waitSignal(window.search_runner.failed, timeout=SECONDS):
        click(window.unanswered.retry_button)


def test_a_question_that_fails_is_not_asked_again_by_itself(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.search_runner.failed, timeout=SECONDS):
        window.search_bar.set_text("no colour at all")
    again: list[None] = []
    window.search_runner.started.connect(lambda: again.append(None))
    paint(tmp_path / "later" / "black.png", "black")
    window.session.add_folders([tmp_path / "later"])
    qtbot.waitUntil(lambda: window.status_line.holdings.text().startswith("13"), timeout=SECONDS)
    assert again == []


def test_a_question_without_a_result_is_asked_again_when_files_come(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path, tmp_path: Path
) -> None:
    paint(tmp_path / "first" / "black.png", "black")
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([tmp_path / "first"])
    click(window.search_bar.scope_buttons[Scope.PAGES])
    ask(qtbot, window, "red")
    assert window.pages.currentWidget() is window.nothing
    window.session.add_folders([pictures])
    qtbot.waitUntil(lambda: names(window) == ["three pages.pdf"], timeout=SECONDS)
    assert window.pages.currentWidget() is window.results


def test_results_stay_when_the_rest_of_them_cannot_be_had(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, many: Path, tmp_path: Path
) -> None:
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([many])
    mine = paint(tmp_path / "mine.png", "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(mine))
    assert len(names(window)) == 200
    mine.unlink()
    for count in range(1, 20):  # until the library no longer keeps how that answer goes on
        window.session.library.search(Query("red " * count))
    window.search_runner.extend()
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert len(names(window)) == 200
    assert window.search_runner.complete
    assert window.pages.currentWidget() is window.results


def test_a_thumbnail_that_could_not_be_had_is_tried_again_with_the_next_question(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    unknown = 999_999
    qtbot.waitUntil(lambda: window.thumbnails.image(unknown) is not None, timeout=SECONDS)
    ask(qtbot, window, "red")
    assert window.thumbnails.image(unknown) is None
    qtbot.waitUntil(lambda: window.thumbnails.image(unknown) is not None, timeout=SECONDS)


def test_an_example_can_be_clicked(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    window.ready.example_chosen.emit("red")
    qtbot.waitUntil(lambda: bool(names(window)), timeout=SECONDS)
    assert window.search_bar.line.text() == "red"


def test_cards_are_there_again_when_their_drive_is(
    qtbot: QtBot, open_window: OpenWindow, empty: Path, pictures: Path, tmp_path: Path
) -> None:
    drive, away = tmp_path / "drive", tmp_path / "away"
    shutil.copytree(pictures, drive)
    window = open_window(empty)
    with qtbot.waitSignal(window.indexing.finished, timeout=SECONDS):
        window.session.add_folders([drive])
    drive.rename(away)
    with qtbot.waitSignal(window.session.changed, timeout=SECONDS):
        window.session.refresh_status()
    ask(qtbot, window, "red")
    assert not window.results.model.hits[0].available
    window.results.view.go_to(window.results.model.index(2))
    chosen = window.results.view.selected_hits()[0].item
    away.rename(drive)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.session.refresh_status()
    assert window.results.model.hits[0].available
    assert [hit.item for hit in window.results.view.selected_hits()] == [chosen]
