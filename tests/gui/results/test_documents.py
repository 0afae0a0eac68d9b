"""Documents among the results: one card for each, with the words that match, its other pages behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.records import Filters, Hit, ItemKind, MatchedWord, Order, Query, Scope, SearchResults, Verdict
from gui.results.cards.passages import window
from gui.results.hits.sections import FAR_OFF, LESS_CERTAIN, ROW
from gui.results.page import ResultsPage
from gui.widgets.appearance.style import HIGHLIGHT
from tests.gui.conftest import SECONDS
from tests.gui.input_events import click, press
from tests.gui.results.conftest import EmptyPages
from tests.gui.results.synthetic_results import hits, pages


def documents(count: int, verdict: Verdict = Verdict.STRONG) -> list[Hit]:
    """One page of each of so many documents."""
    page = pages(1, verdict)[0]
    return [
        replace(page, item=600_000 + number, path=Path(f"/documents/{number:03}.pdf"))
        for number in range(count)
    ]


def show(page: ResultsPage, *found: Hit, complete: bool = True, query: Query | None = None) -> None:
    page.show_results(SearchResults(found, Verdict.STRONG, "m"), complete, query)


def cards(page: ResultsPage) -> list[int]:
    """The items that have a card, in order."""
    grid = page.view.grid
    return [page.model.hits[grid.row_of(card)].item for card in range(grid.layout.count)]


def press_badge(page: ResultsPage, row: int) -> None:
    place = page.view.scene.badge_place(row).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


# ---- one card for each


def test_pages_of_one_document_are_one_card_that_opens_in_place(page: ResultsPage) -> None:
    found = pages(17)
    show(page, *found)
    best = found[0].item
    assert cards(page) == [best]
    assert page.title.text() == "1 document"
    press_badge(page, 0)
    assert cards(page) == [hit.item for hit in found[:4]]  # three further ones
    press_badge(page, 0)
    assert cards(page) == [hit.item for hit in found]
    press_badge(page, 0)
    assert cards(page) == [best]
    page.view.setFocus()
    page.view.go_to(page.model.index(0))
    press(page.view, Qt.Key.Key_E)
    assert len(cards(page)) == 4


def test_a_page_that_comes_later_goes_behind_the_card_of_its_document(page: ResultsPage) -> None:
    first, second, third = pages(3)
    other = documents(1)[0]
    show(page, first, other, complete=False)
    page.extend_results(SearchResults((second, third), Verdict.STRONG, "m"), complete=True)
    assert cards(page) == [first.item, other.item]
    assert len(page.model.alike(0)) == 3


def test_a_document_is_one_card_by_date_as_well(page: ResultsPage) -> None:
    dated = [replace(hit, dated="2024-05-01") for hit in pages(5, Verdict.NONE)]
    page.show_results(SearchResults(tuple(dated), Verdict.NONE, "m", ranked=False), complete=True)
    assert cards(page) == [dated[0].item]


def test_a_page_that_is_gone_to_has_a_card_of_its_own(page: ResultsPage) -> None:
    found = pages(17)
    show(page, *found)
    page.view.go_to(page.model.index_of(found[9].item))
    assert found[9].item in cards(page)
    assert page.view.viewport().rect().intersects(page.view.visualRect(page.view.currentIndex()))


# ---- both kinds, and how sure


@pytest.mark.parametrize("size", [(1100, 560), (1100, 700), (1700, 900)])
def test_both_kinds_are_on_the_first_screen(page: ResultsPage, size: tuple[int, int]) -> None:
    page.resize(*size)
    for first, second in ((hits(60), documents(30)), (documents(30), hits(60))):
        show(page, *first, *second)
        heading = page.view.headings.place(1, 0)
        assert heading.bottom() + 40 < page.view.viewport().height()  # and enough of it to be told
        assert page.view.grid.layout.sections[0].is_cut


def test_all_of_a_kind_that_is_cut_short_is_a_click_away(page: ResultsPage) -> None:
    wanted: list[Scope] = []
    page.scope_requested.connect(wanted.append)
    show(page, *hits(60), *documents(2))
    link = page.view.headings.links[ItemKind.PHOTO.value]
    assert link.text() == "All 60 ›"  # noqa: RUF001
    click(link)
    assert wanted == [Scope.PHOTOS]
    assert not page.view.headings.links[ItemKind.PAGE.value].isVisible()  # both are here


def test_what_is_less_certain_stands_behind_one_divider(page: ResultsPage) -> None:
    photographs = [*hits(3), *hits(12, Verdict.WEAK, first=3)]
    show(page, *photographs)
    assert [len(section.hits) for section in page.model.sections] == [3, 12]
    assert page.view.headings.title(1) == "Less certain"
    show(page, *photographs, *documents(1), *pages(4, Verdict.WEAK))
    assert [section.key for section in page.model.sections] == ["photo", "page", LESS_CERTAIN]
    assert [len(section.hits) for section in page.model.sections] == [ROW, 1, 13]  # a row of photographs
    assert page.view.headings.title(2) == "Less certain"
    assert page.title.text() == "15 photographs · 2 documents"


def test_where_nothing_of_a_kind_is_surer_it_stands_in_its_place(page: ResultsPage) -> None:
    show(page, *hits(5, Verdict.WEAK), *documents(2))
    assert [section.key for section in page.model.sections] == ["photo", "page"]


def test_a_less_certain_page_stays_behind_the_card_of_its_document(page: ResultsPage) -> None:
    sure, *others = pages(4)
    show(page, sure, *(replace(hit, verdict=Verdict.WEAK) for hit in others))
    assert [section.key for section in page.model.sections] == ["page"]
    assert cards(page) == [sure.item]


def test_in_the_order_of_dates_nothing_is_moved_and_cards_say_when(page: ResultsPage) -> None:
    verdicts = (Verdict.WEAK, Verdict.STRONG, Verdict.WEAK)
    found = [
        replace(hit, verdict=verdict, dated=f"2024-05-0{9 - row}")
        for row, (hit, verdict) in enumerate(zip(hits(3), verdicts, strict=True))
    ]
    show(page, *found, query=Query("dog", filters=Filters(order=Order.NEWEST)))
    assert [hit.item for hit in page.model.hits] == [hit.item for hit in found]
    spoken = page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "9 May 2024" in str(spoken)


def test_what_is_far_off_is_folded_and_not_asked_for(page: ResultsPage) -> None:
    asked: list[None] = []
    page.model.more_requested.connect(lambda: asked.append(None))
    show(page, *hits(4), *hits(60, Verdict.NONE, first=4), complete=False)
    assert len(cards(page)) == 4
    assert asked == []
    link = page.view.headings.links[FAR_OFF]
    click(link)
    assert len(cards(page)) == 64
    page.view.verticalScrollBar().setValue(page.view.verticalScrollBar().maximum())
    assert asked
    page.view.go_to(page.model.index(50))
    page.view.toggle_section(FAR_OFF)
    assert len(cards(page)) == 4
    assert page.view.currentIndex().row() < 4  # nobody stands on a card that is not there


def test_arrows_go_from_one_kind_to_the_other_and_not_into_what_is_folded(page: ResultsPage) -> None:
    show(page, *hits(60), *documents(3), *hits(20, Verdict.NONE, first=60))
    page.view.setFocus()
    press(page.view, Qt.Key.Key_Home)
    seen: list[str] = []
    for _step in range(6):
        seen.append(page.model.sections[page.model.section_of(page.view.currentIndex().row())].key)
        press(page.view, Qt.Key.Key_Down)
    assert list(dict.fromkeys(seen)) == ["photo", "page"]
    press(page.view, Qt.Key.Key_End)
    assert page.view.current_hit() == page.model.hits[62]  # the last that matches


# ---- the words on the page


def test_a_card_shows_the_words_that_match_marked_on_their_page(
    qtbot: QtBot, page: ResultsPage, page_source: EmptyPages
) -> None:
    show(page, *documents(1), query=Query("word"))

    def marked() -> bool:
        image = page.view.viewport().grab().toImage()
        card = page.view.visualRect(page.model.index(0))
        row = [
            image.pixelColor(x, y)
            for x in range(card.left(), card.right(), 4)
            for y in range(card.top(), card.bottom(), 4)
        ]
        return any(abs(colour.hue() - HIGHLIGHT.hue()) < 8 and colour.saturation() > 150 for colour in row)

    qtbot.waitUntil(lambda: bool(page_source.boxes), timeout=SECONDS)
    qtbot.waitUntil(marked, timeout=SECONDS)
    show(page, *documents(1), query=Query("word"))  # the same again: nothing is drawn anew
    page.view.viewport().grab()
    assert page_source.asked == [600_000]


def test_only_cards_that_are_seen_ask_for_their_words(page: ResultsPage, page_source: EmptyPages) -> None:
    show(page, *documents(200), query=Query("word"))
    page.view.viewport().grab()
    assert len(set(page_source.asked)) < 30


def test_without_words_a_card_says_what_is_known_of_the_page(
    qtbot: QtBot, page: ResultsPage, page_source: EmptyPages
) -> None:
    page_source.words = ()
    show(page, *documents(1), query=Query("word"))
    page.view.viewport().grab()
    qtbot.waitUntil(lambda: page_source.asked == [600_000], timeout=SECONDS)
    assert page_source.boxes == []
    assert not page.view.indexAt(QPoint(40, 10)).isValid() or page.view.grid.layout.count == 1


def word(text: str, x: float, y: float, asked: str = "", score: float = 1.0) -> MatchedWord:
    return MatchedWord(text, (x, y, x + 0.05, y + 0.01), asked or text, score)


def test_the_part_of_a_page_that_is_shown_holds_the_most_of_what_was_asked() -> None:
    alone = [word("watch", 0.1, 0.1)] * 5
    together = [word("watch", 0.4, 0.7), word("strap", 0.5, 0.71)]
    box = window([*alone, *together], 595, 842, QSize(300, 100))
    assert box is not None
    left, top, right, bottom = box
    assert left <= 0.4 < 0.55 <= right
    assert top <= 0.7 < 0.72 <= bottom
    assert (right - left) * 595 / ((bottom - top) * 842) == pytest.approx(3.0, rel=0.01)


@pytest.mark.parametrize("x", [0.0, 0.95])
def test_it_stays_on_the_page(x: float) -> None:
    box = window([word("edge", x, x)], 595, 842, QSize(300, 100))
    assert box is not None
    assert min(box) >= 0
    assert max(box) <= 1
    assert window([word("small", x, x)], 595, 842, QSize(5000, 5000)) == (0, 0, 1, 1)
    assert window([], 595, 842, QSize(300, 100)) is None
