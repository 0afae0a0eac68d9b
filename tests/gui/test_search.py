"""Searching, as a person does it: with keys, clicks, drops and the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.records import Kind, Scope
from gui import strings
from gui.main_window import MainWindow
from gui.search_bar import PictureChip
from tests.gui.conftest import SECONDS, OpenWindow, ask, names, paint
from tests.gui.hands import click, double_click, drop, files, paste, press, type_text


class Opened(QObject):
    """Stands where the desktop's own programs would open a file."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def receive(self, url: QUrl) -> None:
        self.urls.append(url)

    def __enter__(self) -> Opened:
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


def test_the_heading_says_how_many_match_and_how_sure_that_is(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    assert any(
        word in window.results.title.text()
        for word in (strings.VERDICT_STRONG, strings.VERDICT_WEAK, strings.NOTHING_MATCHES_WELL)
    )


def test_a_pause_in_typing_is_enough_to_search(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        type_text(window.search_bar.line, "blue")
    assert names(window)[0].startswith("blue")


def test_only_the_newest_question_is_answered(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    answered: list[str] = []
    window.searching.found.connect(lambda query, _results: answered.append(query.text))
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
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        click(window.search_bar.scope_buttons[Scope.PAGES])
    hits = window.results.model.hits
    assert [(hit.path.name, hit.page) for hit in hits] == [("three pages.pdf", 1)]
    card = window.results.model.index(0)
    assert "Page 1" in card.data(Qt.ItemDataRole.AccessibleTextRole)


def test_photographs_only_shows_no_page(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        click(window.search_bar.scope_buttons[Scope.PHOTOS])
    assert {hit.kind for hit in window.results.model.hits} == {Kind.PHOTO}


def test_a_dropped_picture_is_searched_by_and_its_chip_takes_it_out_again(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    green = paint(tmp_path / "elsewhere" / "mine.png", "green")
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        drop(window, files(green))
    assert names(window)[0].startswith("green")
    (picture,) = window.search_bar.pictures()
    assert (picture.source, picture.label) == (green, "mine.png")
    assert not picture.thumbnail.isNull()
    chip = window.search_bar.frame.findChild(PictureChip)
    assert isinstance(chip, PictureChip)
    click(chip.remove_button)
    assert window.search_bar.query() is None
    assert window.pages.currentWidget() is window.ready


def test_a_pasted_picture_is_searched_by(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    QGuiApplication.clipboard().setImage(plain_image("blue", 3000))
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
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
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        paste(window.results.view)
    query = window.searching.query
    assert query is not None
    assert (query.text, query.like) == ("red", (pictures / "red 1.png",))


def test_pasted_words_stay_words(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    QGuiApplication.clipboard().setText("green")
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        paste(window.search_bar.line)
    assert window.search_bar.line.text() == "green"
    assert window.search_bar.pictures() == []


def test_a_picked_picture_is_searched_by(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    click(window.search_bar.pick_button)
    dialog = window.intake.dialog
    assert dialog is not None
    dialog.selectFile(str(pictures / "red 0.png"))
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        dialog.accept()
    assert names(window)[0].startswith("red")


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.searching.failed, timeout=SECONDS):
        drop(window, files(pictures / "no picture.png"))
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert window.banners.bug_dialog is None


def test_too_many_pictures_are_left_out_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        drop(window, files(*sorted(pictures.glob("*[0-3].png"))))
    assert len(window.search_bar.pictures()) == 6
    assert "at most 6" in window.banners.banners()[0].message.text


def test_double_click_opens_the_file(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    with Opened() as opened:
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
    with Opened() as opened:
        press(view, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(opened.urls), timeout=SECONDS)
    assert opened.paths() == [window.results.model.hits[1].path]


def test_a_file_that_is_gone_is_not_opened_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    with Opened() as opened:
        window.files.open(tmp_path / "gone.png")
        qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert opened.urls == []
    assert "gone.png" in window.banners.banners()[0].message.text


def test_a_result_can_be_shown_copied_and_searched_by(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask(qtbot, window, "red")
    hit = window.results.model.hits[0]
    menu = window.results.view.menu_for(hit)
    actions = {action.text(): action for action in menu.actions()}
    with Opened() as opened:
        actions[strings.SHOW_IN_FOLDER].trigger()
        qtbot.waitUntil(lambda: bool(opened.urls), timeout=SECONDS)
    assert opened.paths() == [hit.path.parent]
    actions[strings.COPY_PATH].trigger()
    assert QGuiApplication.clipboard().text() == str(hit.path)
    with qtbot.waitSignal(window.searching.found, timeout=SECONDS):
        actions[strings.FIND_SIMILAR].trigger()
    query = window.searching.query
    assert query is not None
    assert (query.text, query.like_items) == ("", (hit.item,))
    menu.deleteLater()


def test_a_question_that_fails_says_why(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    window.search_bar.set_text("no colour at all")
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert window.banners.banners()[0].message.text == "The query names no colour."


def test_an_example_can_be_clicked(qtbot: QtBot, open_window: OpenWindow, indexed: Path) -> None:
    window = open_window(indexed)
    window.ready.example_chosen.emit("red")
    qtbot.waitUntil(lambda: bool(names(window)), timeout=SECONDS)
    assert window.search_bar.line.text() == "red"
