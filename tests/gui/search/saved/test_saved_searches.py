"""What was searched for is remembered, asked again, saved under a name, and kept between starts."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.records import Filters, Orientation, Query, Scope
from gui import strings
from gui.main_window import MainWindow
from gui.search.saved.saved_search import PictureNote, SavedSearch
from gui.search.saved.saved_searches_file import MEMORY_FILE, Damaged, StoredSearches, load, store
from gui.strings import search as words
from tests.gui.conftest import SECONDS, OpenWindow, ask, close, names, paint
from tests.gui.input_events import click, drop, files, paste, press, type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def labels(window: MainWindow) -> list[str]:
    return [search.label for search in window.memory.recent()]


def ask_and_remember(qtbot: QtBot, window: MainWindow, text: str) -> None:
    ask(qtbot, window, text)
    qtbot.waitUntil(lambda: labels(window)[:1] == [text], timeout=SECONDS)


def save_as(qtbot: QtBot, window: MainWindow, name: str) -> None:
    press(window.search_bar.line, Qt.Key.Key_D, CONTROL)
    dialog = window.search_controller.save_dialogs.dialog
    assert dialog is not None
    dialog.setTextValue(name)
    with qtbot.waitSignal(window.memory.changed, timeout=SECONDS):
        dialog.accept()


def test_what_was_entered_is_offered_in_the_empty_box_and_asked_again(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for text in ("red", "green", "red"):
        ask_and_remember(qtbot, window, text)
    assert labels(window) == ["red", "green"]
    bar, rows = window.search_bar, window.search_controller.history.rows
    bar.clear()
    press(bar.line, Qt.Key.Key_Down)
    assert rows.hasFocus()
    press(rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(rows, Qt.Key.Key_Return)
    assert bar.line.text() == "green"
    assert not window.search_controller.history.isVisible()


def test_the_list_holds_what_is_typed_and_typing_goes_on_from_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for text in ("red", "green", "blue and green"):
        ask_and_remember(qtbot, window, text)
    bar, rows = window.search_bar, window.search_controller.history.rows
    bar.clear()
    type_text(bar.line, "gree")
    press(bar.line, Qt.Key.Key_Up)
    assert [rows.item(row).text() for row in range(rows.count())] == ["blue and green", "green"]
    press(rows, Qt.Key.Key_Delete)
    assert labels(window) == ["green", "red"]
    type_text(rows, "n")
    assert bar.line.hasFocus()
    assert bar.line.text() == "green"
    press(bar.line, Qt.Key.Key_Up)
    press(rows, Qt.Key.Key_Escape)
    assert bar.line.text() == "green"
    assert not window.search_controller.history.isVisible()
    bar.clear()


def test_a_pause_in_typing_alone_is_not_remembered(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for _ in range(2):
        with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
            type_text(window.search_bar.line, "red ")
    ask_and_remember(qtbot, window, "blue")
    assert labels(window) == ["blue"]


def test_of_a_question_that_is_put_together_only_the_whole_is_remembered(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask_and_remember(qtbot, window, "blue")
    ask_and_remember(qtbot, window, "red")
    mine = paint(tmp_path / "mine.png", "green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(mine), to_add=True)
    qtbot.waitUntil(lambda: labels(window) == ["red, mine.png", "blue"], timeout=SECONDS)
    (chip,) = bar.chip_list.chips()
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(chip.sign_button)
    left_out = f"red, {words.leave_out('mine.png')}"
    qtbot.waitUntil(lambda: labels(window) == [left_out, "red, mine.png", "blue"], timeout=SECONDS)
    bar.clear()
    ask_and_remember(qtbot, window, "red")
    assert labels(window) == ["red", left_out, "red, mine.png", "blue"]


def test_a_question_that_is_narrowed_and_widened_is_remembered_once(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask_and_remember(qtbot, window, "red")
    for scope in (Scope.PHOTOS, Scope.PAGES, Scope.ALL):
        with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
            click(bar.scope_buttons[scope])
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_folder(pictures)
    narrowed = f"red · {words.in_folder(pictures)}"
    qtbot.waitUntil(lambda: labels(window) == [narrowed], timeout=SECONDS)


def test_searches_are_there_at_the_next_start_with_their_pictures(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    ask_and_remember(qtbot, window, "red")
    hit = window.results.model.hits[0]
    mine = paint(tmp_path / "mine.png", "green")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        drop(window, files(mine), to_add=True)
    window.search_bar.line.clear()
    window.drop_handler.add_hit_to_query(hit, minus=True)
    pasted = QImage(1500, 900, QImage.Format.Format_RGB32)
    pasted.fill("green")
    QGuiApplication.clipboard().setImage(pasted)
    paste(window.search_bar.line)
    label = f"mine.png, {strings.PASTED_PICTURE}, not: {hit.path.name}"
    qtbot.waitUntil(lambda: label in labels(window), timeout=SECONDS)
    save_as(qtbot, window, "Meadows")
    close(qtbot, window)

    later = open_window(indexed)
    qtbot.waitUntil(lambda: bool(later.memory.saved()), timeout=SECONDS)
    (saved,) = later.memory.saved()
    assert (saved.name, saved.label) == ("Meadows", label)
    with qtbot.waitSignal(later.search_runner.found, timeout=SECONDS):
        later.search_bar.ask_again(saved.query)
    assert [(part.label, part.minus) for part in later.search_bar.chip_list.parts()] == [
        ("mine.png", False),
        (strings.PASTED_PICTURE, False),
        (hit.path.name, True),
    ]
    assert all(not picture.thumbnail.isNull() for picture in later.search_bar.pictures())
    assert names(later)[0].startswith("green")
    assert (later.session.location / MEMORY_FILE).stat().st_size < 100_000


def test_a_picture_that_is_gone_is_named_and_the_rest_is_asked(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, tmp_path: Path
) -> None:
    window = open_window(indexed)
    gone = Query(text="red", like=(tmp_path / "gone.png",), like_items=(999_999,))
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.search_bar.ask_again(gone)
    assert window.search_bar.line.text() == "red"
    assert window.search_bar.pictures() == []
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert "gone.png" in window.banners.banners()[0].message.text
    window.search_bar.ask_again(Query(like=(tmp_path / "lost.png",)))
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 2, timeout=SECONDS)
    assert window.banners.banners()[0].message.remedy == words.MISSING_ALL_REMEDY
    assert window.search_bar.line.text() == "red"


def test_a_saved_search_has_a_full_star_and_can_be_renamed_and_removed(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask_and_remember(qtbot, window, "red")
    star = window.search_bar.frame.save_button
    assert star.accessibleName() == words.SAVE_HINT
    save_as(qtbot, window, "Sunsets")
    assert star.accessibleName() == words.SAVED_HINT
    ask_and_remember(qtbot, window, "blue")
    assert star.accessibleName() == words.SAVE_HINT
    ask(qtbot, window, "red")
    click(star)
    menu, dialog_before = (
        window.search_controller.save_dialogs.menu,
        window.search_controller.save_dialogs.dialog,
    )
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    dialog = window.search_controller.save_dialogs.dialog
    assert dialog is not None
    assert dialog is not dialog_before
    assert dialog.textValue() == "Sunsets"
    dialog.setTextValue("Evenings")
    dialog.accept()
    assert [search.name for search in window.memory.saved()] == ["Evenings"]
    window.memory.forget(window.memory.saved()[0])
    assert star.accessibleName() == words.SAVE_HINT
    assert set(labels(window)) == {"red", "blue"}


def test_nothing_is_remembered_when_that_is_not_wanted(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask_and_remember(qtbot, window, "red")
    save_as(qtbot, window, "Sunsets")
    window.preferences.change(keep_history=False)
    assert labels(window) == []
    ask(qtbot, window, "green")
    window.preferences.change(keep_history=True)
    ask_and_remember(qtbot, window, "blue")
    assert labels(window) == ["blue"]
    assert [search.name for search in window.memory.saved()] == ["Sunsets"]


def test_recent_searches_that_were_cleared_come_back(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    for text in ("red", "green"):
        ask_and_remember(qtbot, window, text)
    window.search_bar.clear()
    press(window.search_bar.line, Qt.Key.Key_Down)
    click(window.search_controller.history.clear_link)
    assert labels(window) == []
    banner = window.banners.banners()[0]
    assert banner.message.text == words.RECENT_CLEARED
    click(banner.action_button)
    assert labels(window) == ["green", "red"]


def test_what_could_not_be_written_is_written_later(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    in_the_way = indexed / f"{MEMORY_FILE}.{os.getpid()}.part"
    in_the_way.mkdir()
    ask_and_remember(qtbot, window, "red")
    qtbot.waitUntil(lambda: bool(window.banners.banners()), timeout=SECONDS)
    in_the_way.rmdir()
    close(qtbot, window)
    assert [search.label for search in load(indexed / MEMORY_FILE).recent] == ["red"]


def test_the_keyboard_reaches_all_of_the_list_and_leaving_it_closes_it(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    ask_and_remember(qtbot, window, "red")
    window.search_bar.clear()
    history = window.search_controller.history
    press(window.search_bar.line, Qt.Key.Key_Down)
    press(history.rows, Qt.Key.Key_Tab)
    assert history.clear_link.hasFocus()
    assert history.isVisible()
    press(history.clear_link, Qt.Key.Key_Tab)
    assert not history.isVisible()


def test_back_and_forward_lead_through_the_questions_with_their_filters(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path, pictures: Path
) -> None:
    window = open_window(indexed)
    bar = window.search_bar
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        bar.show_folder(pictures)
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(bar.scope_buttons[Scope.PHOTOS])
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.search_by_hit(window.results.model.hits[0])
    assert bar.query() != Query()
    seen = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
            press(bar.line, key, ALT)
        query = window.search_runner.query
        assert query is not None
        seen.append((query.text, query.filters.folders, query.scope, len(query.like_items)))
    assert seen == [
        ("red", (pictures,), Scope.PHOTOS, 0),
        ("red", (pictures,), Scope.ALL, 0),
        ("red", (), Scope.ALL, 0),
        ("red", (pictures,), Scope.ALL, 0),
    ]
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        press(bar.line, Qt.Key.Key_Left, ALT)
    press(bar.line, Qt.Key.Key_Left, ALT)
    assert window.pages.currentWidget() is window.ready


def test_a_button_leads_back_as_long_as_there_is_a_question_before(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    window = open_window(indexed)
    bar, back = window.search_bar, window.top.back_button
    assert not back.isEnabled()
    ask(qtbot, window, "red")
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        window.drop_handler.search_by_hit(window.results.model.hits[0])
    with qtbot.waitSignal(window.search_runner.found, timeout=SECONDS):
        click(back)
    assert bar.line.text() == "red"
    click(back)
    assert window.pages.currentWidget() is window.ready
    assert not back.isEnabled()
    press(bar.line, Qt.Key.Key_Right, ALT)
    assert bar.line.text() == "red"
    bar.clear()
    assert back.isEnabled()


def test_a_damaged_file_is_set_aside_and_that_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    (indexed / MEMORY_FILE).write_text('{"version": 1, "recent": [{"text": 3}], "saved": []}', "utf-8")
    window = open_window(indexed)
    qtbot.waitUntil(lambda: len(window.banners.banners()) == 1, timeout=SECONDS)
    assert window.banners.banners()[0].message.text == words.DAMAGED
    assert (indexed / "searches.damaged.json").exists()
    ask_and_remember(qtbot, window, "red")
    qtbot.waitUntil((indexed / MEMORY_FILE).exists, timeout=SECONDS)
    assert json.loads((indexed / MEMORY_FILE).read_bytes())["recent"][0]["text"] == "red"


def test_everything_that_can_be_asked_comes_back_from_the_file(tmp_path: Path) -> None:
    query = Query(
        text="dog",
        like=(tmp_path / "caf\udce9.png", b"\xff\xd8picture"),
        like_items=(7,),
        not_text=("cat", "a beach"),
        not_like=(tmp_path / "not.png",),
        not_like_items=(8, 9),
        scope=Scope.PHOTOS,
        filters=Filters(
            folders=(tmp_path,),
            file_types=(".pdf",),
            taken_from="2020-01-01",
            orientation=Orientation.SQUARE,
            theme=3,
            theme_name="Holidays",
        ),
    )
    notes = (
        *(PictureNote("café.png"), PictureNote("Pasted picture")),
        *(PictureNote("seven", tmp_path / "7.pdf", 7), PictureNote("not.png")),
        *(PictureNote("eight", tmp_path / "8.png"), PictureNote("gone")),
    )
    search = SavedSearch(query, "dog, …", "Dogs", notes)
    store(tmp_path / MEMORY_FILE, StoredSearches(recent=(), saved=(search,)))
    loaded = load(tmp_path / MEMORY_FILE)
    assert loaded == StoredSearches(recent=(), saved=(search,))
    assert loaded.saved[0].query.filters.theme_name == "Holidays"  # no part of what makes two queries equal


def written(path: Path, **content: object) -> Path:
    (path / MEMORY_FILE).write_text(json.dumps(content), "utf-8")
    return path / MEMORY_FILE


@pytest.mark.parametrize("version", [None, 0, 1, 2, 99, "2", 1.5])
def test_searches_of_another_version_are_read(tmp_path: Path, version: object) -> None:
    file = written(tmp_path, version=version, saved=[{"name": "Dogs", "text": "dog"}])
    assert load(file).saved == (SavedSearch(Query(text="dog"), "dog", "Dogs"),)
    written(tmp_path, saved=[{"name": "Dogs", "text": "dog"}])  # no version at all
    assert load(file).saved == (SavedSearch(Query(text="dog"), "dog", "Dogs"),)


def test_what_is_missing_of_a_search_has_its_usual_value(tmp_path: Path) -> None:
    search = SavedSearch(
        Query(text="dog", filters=Filters(folders=(tmp_path,)), scope=Scope.PHOTOS), "dog", "Dogs"
    )
    store(tmp_path / MEMORY_FILE, StoredSearches((), (search,)))
    (whole,) = json.loads((tmp_path / MEMORY_FILE).read_bytes())["saved"]
    for name in whole:
        written(tmp_path, version=1, recent=[], saved=[{key: whole[key] for key in whole if key != name}])
        assert len(load(tmp_path / MEMORY_FILE).saved) == 1
    written(tmp_path, version=1)
    assert load(tmp_path / MEMORY_FILE) == StoredSearches()


def test_what_a_newer_version_wrote_stays_in_the_file(tmp_path: Path) -> None:
    newer = {"name": "Us", "text": "beach", "people": ["Ada"]}
    strange = {"name": "Films", "text": "sea", "scope": "films"}
    file = written(tmp_path, version=3, recent=[strange], saved=[newer, strange], pinned=["Us"])
    found = load(file)
    assert [search.name for search in found.saved] == ["Us"]
    renamed = replace(found.saved[0], name="You").with_theme_named("")
    store(file, StoredSearches((SavedSearch(Query(text="red"), "red"),), (renamed,)))
    content = json.loads(file.read_bytes())
    assert (content["version"], content["pinned"]) == (3, ["Us"])
    assert [(entry["name"], entry.get("people")) for entry in content["saved"]] == [
        ("You", ["Ada"]),
        ("Films", None),
    ]
    assert content["saved"][1] == content["recent"][1] == strange
    store(file, StoredSearches((), (renamed,)))
    assert json.loads(file.read_bytes())["recent"] == []  # cleared is cleared
    assert list(tmp_path.iterdir()) == [file]


def test_one_damaged_search_takes_no_other_along(tmp_path: Path) -> None:
    file = written(tmp_path, version=1, recent=[{"text": 3}, "?"], saved=[{"text": "dog"}, {"theme": None}])
    before = file.read_bytes()
    with pytest.raises(Damaged, match="damaged") as damaged:
        load(file)
    assert [search.query.text for search in damaged.value.rest.saved] == ["dog"]
    assert (tmp_path / "searches.damaged.json").read_bytes() == before
    assert load(file) == damaged.value.rest


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"saved": 3}', b"[" * 100_000])
def test_a_file_that_is_none_of_ours_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MEMORY_FILE).write_bytes(content)
    with pytest.raises(Damaged) as damaged:
        load(tmp_path / MEMORY_FILE)
    assert damaged.value.rest == StoredSearches()
    assert [path.name for path in tmp_path.iterdir()] == ["searches.damaged.json"]


def test_searches_of_a_newer_version_are_there_and_nothing_is_said(
    qtbot: QtBot, open_window: OpenWindow, indexed: Path
) -> None:
    file = written(indexed, version=2, recent=[], saved=[{"name": "Dogs", "text": "dog", "people": ["Ada"]}])
    window = open_window(indexed)
    qtbot.waitUntil(lambda: [search.name for search in window.memory.saved()] == ["Dogs"], timeout=SECONDS)
    ask_and_remember(qtbot, window, "red")
    assert window.banners.banners() == []
    close(qtbot, window)
    (saved,) = json.loads(file.read_bytes())["saved"]
    assert (saved["name"], saved["people"]) == ("Dogs", ["Ada"])
