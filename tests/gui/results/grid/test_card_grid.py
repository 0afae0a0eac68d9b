"""The grid as a person uses it: with the mouse, the wheel and the keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.records import LEAD, Hit, ItemKind, Query, SearchResults, Verdict
from gui.results.hits.sections import FAR_OFF
from gui.results.page import ResultsPage
from gui.strings import results as words
from tests.gui.conftest import SECONDS
from tests.gui.input_events import NO_MODIFIER, press
from tests.gui.results.synthetic_results import hits, pages

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def burst(count: int, *members: int) -> list[Hit]:
    """Hits of which some look alike."""
    return [replace(hit, group=9) if row in members else hit for row, hit in enumerate(hits(count))]


def place(page: ResultsPage, row: int) -> QRect:
    return page.view.visualRect(page.model.index(row))


def click_card(page: ResultsPage, row: int, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    QTest.mouseClick(page.view.viewport(), LEFT, modifier, place(page, row).center())


def turn_wheel(page: ResultsPage, at: QPoint, notches: int) -> None:
    viewport = page.view.viewport()
    turn = QWheelEvent(
        QPointF(at),
        viewport.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, turn)


def draw_band(
    page: ResultsPage, start: QPoint, end: QPoint, modifier: Qt.KeyboardModifier = NO_MODIFIER
) -> None:
    viewport = page.view.viewport()
    QTest.mousePress(viewport, LEFT, modifier, start)
    QTest.mouseMove(viewport, end)
    QTest.mouseRelease(viewport, LEFT, modifier, end)


def chosen(page: ResultsPage) -> list[int]:
    """The items that are selected, counted from 0."""
    return [hit.item - 1000 for hit in page.view.selected_hits()]


def first_seen(page: ResultsPage) -> int:
    return page.view.indexAt(QPoint(40, 40)).row()


# ---- selecting


def test_clicks_select_as_in_a_file_manager(page: ResultsPage) -> None:
    page.model.set_hits(hits(12), complete=True)
    click_card(page, 1)
    assert chosen(page) == [1]
    click_card(page, 4, SHIFT)
    assert chosen(page) == [1, 2, 3, 4]
    click_card(page, 2, CONTROL)
    click_card(page, 7, CONTROL)
    assert chosen(page) == [1, 3, 4, 7]
    assert page.selected.text() == "4 selected"
    click_card(page, 3)  # one of several: the others are let go with the button
    assert chosen(page) == [3]
    QTest.mouseClick(page.view.viewport(), LEFT, NO_MODIFIER, QPoint(3, 3))
    assert chosen(page) == []
    assert page.selected.text() == ""


def test_arrows_go_where_they_point_and_shift_takes_along(page: ResultsPage) -> None:
    page.model.set_hits(hits(60), complete=True)
    page.view.setFocus()
    click_card(page, 2)
    middle = place(page, 2).center().x()
    press(page.view, KEY.Key_Down)
    below = page.view.currentIndex().row()
    assert place(page, below).top() > place(page, 2).top()
    assert place(page, below).left() <= middle <= place(page, below).right()
    press(page.view, KEY.Key_Up)
    assert chosen(page) == [2]
    press(page.view, KEY.Key_Right, SHIFT)
    press(page.view, KEY.Key_Right, SHIFT)
    assert chosen(page) == [2, 3, 4]
    press(page.view, KEY.Key_Left, SHIFT)
    assert chosen(page) == [2, 3]
    press(page.view, KEY.Key_End)
    assert chosen(page) == [59]
    assert page.view.viewport().rect().contains(place(page, 59))
    press(page.view, KEY.Key_Home, SHIFT)
    assert len(chosen(page)) == 60
    press(page.view, KEY.Key_PageDown)
    screen = page.view.viewport().height()
    moved = place(page, page.view.currentIndex().row()).top() + page.view.verticalOffset()
    assert 0.3 * screen < moved <= screen


def test_the_end_is_the_end_of_all_that_is_found(page: ResultsPage) -> None:
    page.model.set_hits(hits(60), complete=False)
    press(page.view, KEY.Key_Home)
    press(page.view, KEY.Key_End, SHIFT)
    page.model.append(hits(60, first=60), complete=False)
    page.model.append(hits(10, Verdict.NONE, first=120), complete=False)
    assert chosen(page) == list(range(120))  # what is far off is folded
    assert page.view.viewport().rect().contains(place(page, 119))
    press(page.view, KEY.Key_Left)
    page.model.append(hits(10, Verdict.NONE, first=130), complete=True)
    assert chosen(page) == [118]


def test_up_and_down_keep_to_their_column(page: ResultsPage) -> None:
    page.model.set_hits(hits(200), complete=True)
    page.view.setFocus()
    click_card(page, 1)
    for _step in range(12):
        press(page.view, KEY.Key_Down)
    assert page.view.currentIndex().row() > 30
    for _step in range(12):
        press(page.view, KEY.Key_Up)
    assert chosen(page) == [1]


def test_control_moves_without_selecting_and_space_takes_in_what_it_is_at(page: ResultsPage) -> None:
    page.model.set_hits(hits(12), complete=True)
    page.view.setFocus()
    click_card(page, 0)
    press(page.view, KEY.Key_Right, CONTROL)
    press(page.view, KEY.Key_Right, CONTROL)
    press(page.view, KEY.Key_Space, CONTROL)
    assert chosen(page) == [0, 2]
    press(page.view, KEY.Key_A, CONTROL)
    assert page.selected.text() == "12 selected"


def test_all_is_selected_that_matches(page: ResultsPage) -> None:
    page.model.set_hits([*hits(3, Verdict.WEAK), *hits(9, Verdict.NONE, first=3)], complete=True)
    page.view.setFocus()
    press(page.view, KEY.Key_A, CONTROL)
    assert chosen(page) == [0, 1, 2]
    page.model.set_hits(hits(4, Verdict.NONE), complete=True)
    press(page.view, KEY.Key_A, CONTROL)
    assert chosen(page) == [0, 1, 2, 3]


def test_what_matches_stands_before_what_is_far_off(page: ResultsPage) -> None:
    verdicts = (Verdict.NONE, Verdict.WEAK, Verdict.NONE, Verdict.STRONG)
    mixed = [replace(hit, verdict=verdict) for hit, verdict in zip(hits(4), verdicts, strict=True)]
    rest = hits(LEAD, Verdict.NONE, first=4)
    page.model.set_hits([*mixed, *pages(2, Verdict.WEAK), *rest], complete=False)
    shown = [(hit.kind, hit.verdict) for hit in page.model.hits]
    of_photographs = [verdict for kind, verdict in shown if kind is ItemKind.PHOTO]
    assert of_photographs[:2] == [Verdict.STRONG, Verdict.WEAK]
    assert set(of_photographs[2:]) == {Verdict.NONE}
    assert shown[0] == (ItemKind.PHOTO, Verdict.STRONG)
    counts = [page.view.headings.count(section) for section in range(2)]
    assert counts == ["2", "1"]  # nothing further matches: none is "more than"


def test_a_rubber_band_selects_what_it_touches(page: ResultsPage) -> None:
    page.model.set_hits(hits(12), complete=True)
    across = place(page, 1).center()
    draw_band(page, QPoint(2, 2), across)
    assert chosen(page) == [0, 1]
    below = page.view.grid.layout.beside(0, 1, 0)
    draw_band(
        page, QPoint(2, place(page, below).bottom() - 5), QPoint(30, place(page, below).top() + 5), CONTROL
    )
    assert chosen(page) == [0, 1, below]
    draw_band(page, QPoint(2, 2), across, CONTROL)
    assert chosen(page) == [below]


def test_a_rubber_band_scrolls_when_it_leaves_the_grid(qtbot: QtBot, page: ResultsPage) -> None:
    page.model.set_hits(hits(300), complete=True)
    viewport, bar = page.view.viewport(), page.view.verticalScrollBar()
    QTest.mousePress(viewport, LEFT, NO_MODIFIER, QPoint(2, 2))
    outside = QPoint(300, viewport.height() + 2000)
    QTest.mouseMove(viewport, outside)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=SECONDS)
    QTest.mouseRelease(viewport, LEFT, NO_MODIFIER, outside)
    assert 0 in chosen(page)
    assert place(page, chosen(page)[-1]).bottom() == place(page, 299).bottom()
    assert len(chosen(page)) > 100


# ---- doing


def test_keys_and_clicks_open_preview_and_ask_for_the_menu(page: ResultsPage) -> None:
    page.model.set_hits(hits(12), complete=True)
    done: list[tuple[str, object]] = []
    view = page.view
    view.open_requested.connect(lambda hit: done.append(("open", hit.item)))
    view.preview_requested.connect(lambda hit: done.append(("preview", hit.item)))
    view.menu_requested.connect(lambda asked, _place: done.append(("menu", [hit.item for hit in asked])))
    view.setFocus()
    click_card(page, 2)
    press(view, KEY.Key_Return)
    press(view, KEY.Key_Space)
    QTest.mouseDClick(view.viewport(), LEFT, NO_MODIFIER, place(page, 5).center())
    QTest.mouseClick(view.viewport(), LEFT, NO_MODIFIER, view.eye_place(page.model.index(1)).center())
    assert done == [("open", 1002), ("preview", 1002), ("open", 1005), ("preview", 1001)]
    done.clear()
    click_card(page, 3)
    click_card(page, 4, SHIFT)
    for at in (place(page, 4).center(), place(page, 8).center(), QPoint(2, 2)):
        search_controller = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at)
        )
        QApplication.sendEvent(view.viewport(), search_controller)
    press(view, KEY.Key_Right)
    search_controller = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(view.viewport(), search_controller)
    assert done == [("menu", [1003, 1004]), ("menu", [1008]), ("menu", [1009])]


def test_files_are_dragged_out_once_each_and_only_copied(page: ResultsPage) -> None:
    page.model.set_hits([*hits(2), *pages(3)], complete=True)
    data = page.model.mimeData([page.model.index(row) for row in range(5)])
    assert [url.toLocalFile() for url in data.urls()] == [
        "/pictures/00000.jpg",
        "/pictures/00001.jpg",
        "/documents/report.pdf",
    ]
    assert page.model.supportedDragActions() == Qt.DropAction.CopyAction


# ---- size


def test_the_wheel_zooms_and_keeps_what_is_under_the_pointer(page: ResultsPage) -> None:
    page.model.set_hits(hits(2000), complete=True)
    page.view.verticalScrollBar().setValue(9000)
    at = QPoint(500, 300)
    row, before = page.view.indexAt(at).row(), page.zoom.slider.value()
    heights: list[int] = []
    page.zoom.zoomed.connect(heights.append)
    for notches in (1, 1, -1, -1, -1, -1):
        turn_wheel(page, at, notches)
        card = place(page, row)
        assert card.top() <= at.y() <= card.bottom()
    assert heights[:2] == [230, 264]  # a sixth more with each notch
    assert heights[-1] < 200
    assert page.zoom.slider.value() < before


def test_keys_and_the_slider_zoom_within_bounds(page: ResultsPage) -> None:
    page.model.set_hits(hits(200), complete=True)
    page.view.setFocus()
    usual = place(page, 0).height()
    press(page.view, KEY.Key_Plus, CONTROL)
    assert place(page, 0).height() > usual
    press(page.view, KEY.Key_0, CONTROL)
    assert place(page, 0).height() == usual
    for _step in range(30):
        press(page.view, KEY.Key_Minus, CONTROL)
    assert page.view.card_height == 80
    page.zoom.slider.setValue(page.zoom.slider.maximum())
    assert page.view.card_height == 480


def test_a_narrower_window_keeps_what_is_looked_at(qtbot: QtBot, page: ResultsPage) -> None:
    page.model.set_hits(hits(2000), complete=True)
    page.view.verticalScrollBar().setValue(20_000)
    seen = first_seen(page)
    for width in (900, 700, 640, 1000):
        page.resize(width, 700)
        qtbot.waitUntil(lambda width=width: page.view.width() == width, timeout=SECONDS)  # type: ignore[misc]
        assert page.view.viewport().rect().intersects(place(page, seen))
    assert first_seen(page) == seen


# ---- what looks alike


def test_what_looks_alike_is_one_card_and_opens_in_place(page: ResultsPage) -> None:
    page.model.set_hits(burst(12, 1, 4, 5), complete=True)
    view, index = page.view, page.model.index
    assert place(page, 4) == place(page, 5) == place(page, 1)
    assert "3 alike" in index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "alike" not in index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    badge = view.scene.badge_place(1).center()
    QTest.mouseClick(view.viewport(), LEFT, NO_MODIFIER, badge)
    assert len({place(page, row).topLeft().toTuple() for row in range(12)}) == 12
    assert view.grid.card_of(4) == 2
    assert view.grid.card_of(2) == 4  # after the members
    view.setFocus()
    click_card(page, 4)
    press(view, KEY.Key_E)
    assert place(page, 4) == place(page, 1)
    assert chosen(page) == [1]  # what is folded away does not stay selected
    press(view, KEY.Key_E)
    assert place(page, 4) != place(page, 1)


def test_a_folded_card_stands_for_the_hit_that_it_shows(page: ResultsPage) -> None:
    page.model.set_hits(burst(12, 1, 4, 5), complete=True)
    page.view.setFocus()
    click_card(page, 1)
    assert chosen(page) == [1]
    press(page.view, KEY.Key_A, CONTROL)
    assert chosen(page) == [0, 1, 2, 3, 6, 7, 8, 9, 10, 11]
    click_card(page, 3)
    press(page.view, KEY.Key_Right)
    assert chosen(page) == [6]


def test_hits_that_come_later_join_their_card(page: ResultsPage) -> None:
    first, more = burst(40, 1)[:20], burst(40, 1, 30)[20:]
    page.model.set_hits(first, complete=False)
    assert page.view.scene.badge_place(1).isEmpty()
    page.model.append(more, complete=True)
    assert place(page, 30) == place(page, 1)
    assert not page.view.scene.badge_place(1).isEmpty()
    assert page.view.grid.layout.count == 39
    page.view.set_folding(False)
    assert page.view.grid.layout.count == 40
    assert page.view.scene.badge_place(1).isEmpty()


def test_who_steps_to_a_folded_hit_elsewhere_finds_it_opened(page: ResultsPage) -> None:
    page.model.set_hits(burst(12, 1, 4, 5), complete=True)
    page.view.hide()
    page.view.setCurrentIndex(page.model.index(4))
    page.view.show()
    assert page.view.grid.card_of(4) == 2
    assert chosen(page) == [4]


# ---- sections


def test_the_kind_that_comes_first_stands_first_though_nothing_of_it_matches(page: ResultsPage) -> None:
    found = (*hits(2, Verdict.NONE), *pages(3, Verdict.WEAK))
    page.show_results(SearchResults(found, Verdict.WEAK, "m"), complete=False)
    page.extend_results(SearchResults(hits(4, Verdict.NONE, first=2), Verdict.NONE, "m"), complete=True)
    headings = page.view.headings
    assert [headings.title(section) for section in range(2)] == ["Photographs", "Documents"]
    assert [headings.count(section) for section in range(2)] == [words.NEAREST, "1"]
    assert [hit.kind for hit in page.model.hits] == [ItemKind.PHOTO] * 6 + [ItemKind.PAGE] * 3


def test_photographs_and_pages_stand_apart_under_headings(page: ResultsPage) -> None:
    mixed = [hit for pair in zip(pages(8), hits(8, Verdict.WEAK), strict=True) for hit in pair]
    page.show_results(SearchResults(tuple(mixed), Verdict.STRONG, "m"), complete=True)
    assert [hit.page for hit in page.model.hits] == [*range(1, 9), *[None] * 8]  # as the answer has them
    headings = page.view.headings
    assert [headings.title(section) for section in range(2)] == ["Documents", "Photographs"]
    assert [headings.count(section) for section in range(2)] == ["1", "8"]
    page.model.append([*hits(3, Verdict.NONE, first=8), *pages(9)], complete=True)
    assert [hit.page for hit in page.model.hits] == [*range(1, 10), *[None] * 11]
    assert place(page, 9).top() > place(page, 8).bottom() + page.view.grid.layout.heading - 10


def test_what_is_far_off_stands_after_all_that_matches(page: ResultsPage) -> None:
    found = [*pages(2), *hits(2, Verdict.WEAK), *hits(LEAD, Verdict.NONE, first=2)]
    far_page = replace(pages(3)[2], verdict=Verdict.NONE)
    page.show_results(SearchResults((*found, far_page), Verdict.STRONG, "m"), complete=False)
    headings = page.view.headings
    assert [headings.title(section) for section in range(3)] == ["Documents", "Photographs", "Far off"]
    assert [headings.count(section) for section in range(3)] == ["1", "2", "more than 6"]
    assert [hit.verdict for hit in page.model.hits[-6:]] == [Verdict.NONE] * 6
    page.extend_results(SearchResults(hits(5, Verdict.NONE, first=7), Verdict.NONE, "m"), complete=True)
    assert [headings.count(section) for section in range(3)] == ["1", "2", "11"]


def test_far_off_pictures_of_one_kind_stand_apart_without_a_link_to_it(page: ResultsPage) -> None:
    page.show_results(
        SearchResults((*hits(2), *hits(3, Verdict.NONE, first=2)), Verdict.STRONG, "m"), complete=True
    )
    headings = page.view.headings
    assert [headings.title(section) for section in range(2)] == ["Photographs", "Far off"]
    assert [headings.count(section) for section in range(2)] == ["", "3"]  # the line above says how many
    assert [key for key, link in headings.links.items() if link.isVisible()] == [FAR_OFF]


def test_a_far_off_look_alike_stays_with_the_one_that_matches(page: ResultsPage) -> None:
    alike = [replace(hit, group=7) for hit in (hits(1)[0], *hits(1, Verdict.NONE, first=1))]
    found = (*alike, *hits(2, Verdict.NONE, first=2))
    page.show_results(SearchResults(found, Verdict.STRONG, "m"), complete=True)
    assert [len(section.hits) for section in page.model.sections] == [2, 2]
    page.view.toggle_section(FAR_OFF)
    assert page.view.grid.layout.count == 3  # one of the two is folded


def test_where_nothing_matches_the_nearest_stand_by_their_kind(page: ResultsPage) -> None:
    found = (*hits(2, Verdict.NONE), *pages(2, Verdict.NONE))
    page.show_results(SearchResults(found, Verdict.NONE, "m"), complete=True)
    headings = page.view.headings
    assert [headings.title(section) for section in range(2)] == ["Photographs", "Documents"]
    assert [headings.count(section) for section in range(2)] == ["", ""]  # the line above says it


def test_one_kind_alone_needs_no_heading(page: ResultsPage) -> None:
    page.model.set_hits(hits(5), complete=True)
    assert page.view.grid.layout.heading == 0
    assert not any(link.isVisible() for link in page.view.headings.links.values())


def test_without_a_question_the_months_stay_at_the_top_while_scrolling(page: ResultsPage) -> None:
    found = [
        replace(hit, taken=f"2024-{6 - row // 30:02}-09 10:00:00")
        for row, hit in enumerate(hits(90, Verdict.NONE))
    ]
    page.show_results(SearchResults(tuple(found[:70]), Verdict.NONE, "m", ranked=False), complete=False)
    page.extend_results(SearchResults(tuple(found[70:]), Verdict.NONE, "m", ranked=False), complete=True)
    view, headings = page.view, page.view.headings
    assert [headings.title(section) for section in range(3)] == ["June 2024", "May 2024", "April 2024"]
    assert [headings.count(section) for section in range(3)] == ["30", "30", "30"]
    view.verticalScrollBar().setValue(300)
    assert headings.place(0, 300).top() == 0
    assert not view.indexAt(QPoint(60, 10)).isValid()  # the heading covers what is behind it
    view.scrollTo(page.model.index(30), view.ScrollHint.PositionAtTop)
    assert place(page, 30).top() >= headings.place(1, view.verticalOffset()).bottom()


# ---- coming back


def test_the_same_question_again_keeps_the_place_and_the_selection(page: ResultsPage) -> None:
    query = Query(text="dog")
    page.show_results(SearchResults(hits(600), Verdict.STRONG, "m"), True, replace(query, limit=1000))
    page.view.setCurrentIndex(page.model.index(400))
    before = place(page, 400).top()
    longer = (replace(hits(1)[0], item=5), *hits(600))
    page.show_results(SearchResults(longer, Verdict.STRONG, "m"), True, query)
    assert chosen(page) == [400]
    assert page.view.currentIndex().row() == 401
    assert abs(place(page, 401).top() - before) < 400
    page.show_results(SearchResults(longer, Verdict.STRONG, "m"), True, Query(text="cat"))
    assert page.view.verticalScrollBar().value() == 0
    assert chosen(page) == []


def test_the_place_is_found_again_in_what_comes_later(page: ResultsPage) -> None:
    query = Query(text="dog")
    page.show_results(SearchResults(hits(2000), Verdict.STRONG, "m"), True, query)
    page.view.scrollTo(page.model.index(1500), page.view.ScrollHint.PositionAtTop)
    seen = first_seen(page)
    page.more_requested.connect(lambda: None)
    page.show_results(SearchResults(hits(200), Verdict.STRONG, "m"), False, query)
    for first in range(200, 2000, 600):
        page.extend_results(SearchResults(hits(600, first=first), Verdict.STRONG, "m"), first == 1400)
    assert page.view.viewport().rect().intersects(place(page, seen))


# ---- for those who cannot see it


def test_a_screen_reader_hears_what_a_card_says(page: ResultsPage) -> None:
    page.model.set_hits([*burst(6, 1, 2), replace(hits(1, first=50)[0], available=False)], complete=True)
    click_card(page, 1)
    grid = QAccessible.queryAccessibleInterface(page.view)
    cards = [grid.child(number) for number in range(7)]
    said = [card.text(QAccessible.Text.Name) for card in cards]
    assert said[0] == "00000.jpg, Good match"
    assert said[1] == "00001.jpg, Good match, 2 alike"
    assert said[6].endswith("drive not connected")
    assert [bool(card.state().selected) for card in cards[:3]] == [False, True, False]


def test_an_answer_that_comes_while_a_button_is_down_takes_no_card_for_another(page: ResultsPage) -> None:
    page.model.set_hits(hits(300), complete=True)
    QTest.mouseMove(page.view.viewport(), place(page, 5).center())
    page.view.selectAll()
    click_at = place(page, 5).center()
    QTest.mousePress(page.view.viewport(), LEFT, NO_MODIFIER, click_at)
    page.model.set_hits(hits(3), complete=True)
    QTest.mouseRelease(page.view.viewport(), LEFT, NO_MODIFIER, place(page, 1).center())
    assert chosen(page) == []


@pytest.mark.parametrize("scrolled", [0, 500])
def test_the_pointer_finds_the_card_it_is_over_after_scrolling(page: ResultsPage, scrolled: int) -> None:
    page.model.set_hits(hits(300), complete=True)
    for at in (QPoint(20, 20), QPoint(200, 300)):  # nothing is told of a pointer that is there already
        QTest.mouseMove(page.view.viewport(), at)
    page.view.verticalScrollBar().setValue(scrolled)
    over = page.view.indexAt(QPoint(200, 300))
    eye = page.view.eye_place(over).center()
    lit = page.view.viewport().grab().toImage().pixelColor(eye + QPoint(11, 11))
    QApplication.sendEvent(page.view.viewport(), QEvent(QEvent.Type.Leave))
    unlit = page.view.viewport().grab().toImage().pixelColor(eye + QPoint(11, 11))
    assert lit != unlit
