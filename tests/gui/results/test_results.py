"""Ten thousand results: a model, a view that paints cards, and thumbnails that come as they are needed."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.records import ItemKind, SearchResults, Verdict
from gui import strings
from gui.results.cards.card_cache import Card
from gui.results.cards.card_painter import shown_size, wrap_two_lines
from gui.results.cards.thumbnails import WAITING_LIMIT, ThumbnailStore
from gui.results.hits.captions import CardOrder, describe, first_line
from gui.results.hits.results_model import ResultsModel
from gui.results.page import ResultsPage
from gui.strings import results as words
from gui.widgets.appearance.style import DARK, LIGHT, Style
from tests.gui.conftest import SECONDS
from tests.gui.input_events import click
from tests.gui.results.conftest import Fetcher
from tests.gui.results.synthetic_results import hits, pages


def visible_items(page: ResultsPage) -> list[int]:
    area = page.view.viewport().rect()
    model = page.model
    return [
        hit.item
        for row, hit in enumerate(model.hits)
        if page.view.visualRect(model.index(row)).intersects(area)
    ]


def test_ten_thousand_results_are_scrolled_through_without_a_widget_each(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore
) -> None:
    page.model.set_hits(hits(10_000), complete=True)
    widgets = len(page.findChildren(QWidget))
    bar = page.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100_000, timeout=SECONDS)
    for share in (0.25, 0.5, 0.75, 1.0):
        bar.setValue(round(bar.maximum() * share))
        qtbot.waitUntil(
            lambda: all(thumbnails.image(item) is not None for item in visible_items(page)), timeout=SECONDS
        )
    assert 1000 + 9_999 in visible_items(page)
    assert len(page.findChildren(QWidget)) == widgets


def test_thumbnails_are_decoded_off_the_main_thread_and_only_where_one_looks(
    qtbot: QtBot, page: ResultsPage, fetcher: Fetcher, thumbnails: ThumbnailStore
) -> None:
    page.model.set_hits(hits(10_000), complete=True)
    qtbot.waitUntil(lambda: bool(fetcher.asked), timeout=SECONDS)
    qtbot.waitUntil(
        lambda: all(thumbnails.image(item) is not None for item in visible_items(page)), timeout=SECONDS
    )
    assert threading.main_thread() not in fetcher.threads
    assert len(set(fetcher.asked)) < 100


def test_what_was_scrolled_past_is_not_decoded_any_more(
    qtbot: QtBot, fetcher: Fetcher, thumbnails: ThumbnailStore
) -> None:
    fetcher.open.clear()
    for item in range(1000):
        thumbnails.image(item)
    oldest_wanted = 1000 - WAITING_LIMIT  # asked for first among what still counts, so it comes last
    with qtbot.waitSignal(
        thumbnails.arrived, timeout=SECONDS, check_params_cb=lambda item: bool(item == oldest_wanted)
    ):
        fetcher.open.set()
    already_begun = 2
    assert len(fetcher.asked) <= WAITING_LIMIT + already_begun
    assert oldest_wanted - 1 not in fetcher.asked


def test_old_thumbnails_make_room_for_new_ones(
    qtbot: QtBot, fetcher: Fetcher, thumbnails: ThumbnailStore
) -> None:
    for item in range(80):
        thumbnails.image(item)
        qtbot.waitUntil(lambda item=item: thumbnails.image(item) is not None, timeout=SECONDS)  # type: ignore[misc]
    assert len(fetcher.asked) == 80
    assert thumbnails.image(79) is not None
    assert len(fetcher.asked) == 80
    assert thumbnails.image(0) is None
    qtbot.waitUntil(lambda: fetcher.asked.count(0) == 2, timeout=SECONDS)


def test_a_card_is_painted_again_when_its_picture_arrives(
    qtbot: QtBot, page: ResultsPage, fetcher: Fetcher, thumbnails: ThumbnailStore
) -> None:
    fetcher.open.clear()
    page.model.set_hits(hits(1), complete=True)
    qtbot.waitUntil(lambda: page.view.visualRect(page.model.index(0)).isValid(), timeout=SECONDS)
    place = page.view.visualRect(page.model.index(0)).center()
    before = page.view.viewport().grab().toImage().pixelColor(place)
    fetcher.open.set()
    qtbot.waitUntil(lambda: thumbnails.image(1000) is not None, timeout=SECONDS)
    after = page.view.viewport().grab().toImage().pixelColor(place)
    assert before != after


def test_cards_follow_the_style(page: ResultsPage, style: Style) -> None:
    page.model.set_hits([replace(hits(1)[0], width=10, height=200)], complete=True)
    inside = page.view.visualRect(page.model.index(0)).topLeft() + QPoint(12, 60)  # beside a slim picture
    light = page.view.viewport().grab().toImage()
    style.apply_colours(DARK)
    dark = page.view.viewport().grab().toImage()
    assert light.pixelColor(inside) == QColor(LIGHT.mat)
    assert dark.pixelColor(inside) == QColor(DARK.mat)


def test_more_is_asked_for_before_the_end_is_reached(page: ResultsPage) -> None:
    asked: list[None] = []
    page.more_requested.connect(lambda: asked.append(None))
    page.model.set_hits(hits(400), complete=False)
    bar, screen = page.view.verticalScrollBar(), page.view.viewport().height()
    assert asked == []
    bar.setValue(bar.maximum() - 2 * screen)
    assert asked == []
    bar.setValue(bar.maximum() - 2 * screen + 1)
    assert len(asked) == 1


def test_a_longer_answer_keeps_the_rows_that_are_there(page: ResultsPage) -> None:
    page.model.set_hits(hits(200), complete=False)
    page.view.setCurrentIndex(page.model.index(150))
    scrolled = page.view.verticalScrollBar().value()
    page.model.append([*hits(5, first=100), *hits(800, first=200)], complete=True)
    assert [hit.item for hit in page.model.hits] == [1000 + row for row in range(1000)]
    assert page.view.currentIndex().row() == 150
    assert page.view.verticalScrollBar().value() == scrolled > 0
    assert page.model.index_of(1999).row() == 999


def test_what_is_gone_is_taken_out_and_the_rest_stays(page: ResultsPage) -> None:
    page.model.set_hits(hits(400), complete=True)
    page.view.setCurrentIndex(page.model.index(200))
    place = page.view.visualRect(page.model.index(200)).top()
    page.model.remove({1000, 1001, 1002, 1399})
    assert len(page.model.hits) == 396
    assert [hit.item for hit in page.view.selected_hits()] == [1200]
    assert page.model.index_of(1200).row() == 197
    assert abs(page.view.visualRect(page.model.index(197)).top() - place) <= page.view.viewport().height()
    assert page.view.viewport().rect().intersects(page.view.visualRect(page.model.index(197)))


def test_what_takes_the_place_of_what_is_gone_is_where_one_goes_on(page: ResultsPage) -> None:
    page.model.set_hits(hits(400), complete=True)
    view = page.view
    view.scrollTo(page.model.index(200), view.ScrollHint.PositionAtTop)
    first = view.indexAt(QPoint(40, 40)).row()
    view.setCurrentIndex(page.model.index(first))
    place = view.visualRect(page.model.index(first)).top()
    page.model.remove({1000 + first})
    assert view.currentIndex().row() == first
    assert view.selected_hits() == []
    assert abs(view.visualRect(page.model.index(first)).top() - place) <= 400
    page.model.remove(set(visible_items(page)))
    assert view.verticalScrollBar().value() > 0


def test_what_is_sought_in_vain_does_not_bring_all_of_a_ranking(page: ResultsPage) -> None:
    page.model.set_hits(hits(1000), complete=False)
    page.view.verticalScrollBar().setValue(2000)
    gone = set(visible_items(page))
    asked: list[None] = []
    page.model.more_requested.connect(lambda: asked.append(None))
    page.model.remove(gone)
    page.model.append(hits(1000, first=1000), complete=False)
    page.model.append(hits(1000, first=2000), complete=False)
    assert len(asked) <= 1


def test_a_ranking_that_ends_without_another_hit_is_known_to_have_ended(page: ResultsPage) -> None:
    page.show_results(SearchResults(hits(200), Verdict.STRONG, "m"), complete=False)
    assert page.title.text() == "The best 200 photographs"
    page.extend_results(SearchResults((), Verdict.NONE, ""), complete=True)
    assert page.title.text() == "200 photographs"


def test_the_verdict_is_said_in_words() -> None:
    model = ResultsModel()
    model.set_hits(
        [replace(hit, verdict=verdict) for hit, verdict in zip(hits(3), Verdict, strict=True)], complete=True
    )
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    said = (words.STRONG, words.WEAK, words.NONE)
    assert all(word in text for word, text in zip(said, spoken, strict=True))


def test_a_card_says_how_many_copies_its_file_has() -> None:
    (first, second, third) = hits(3)
    assert describe(first) == ""  # a mark says how sure it is
    assert describe(replace(second, copies=1)) == "1 copy"
    assert describe(replace(third, copies=2, page=7, kind=ItemKind.PAGE)) == "Page 7 · 2 copies"
    card = Card(first, CardOrder.MATCH)
    assert not card.looks_like(Card(replace(first, copies=1), CardOrder.MATCH))


def test_a_tool_tip_shows_a_file_named_like_a_tag() -> None:
    model = ResultsModel()
    model.set_hits([replace(hits(1)[0], path=Path("/x/<b>bold</b>\n.jpg"))], complete=True)
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;bold&lt;/b&gt;\ufffd.jpg" in tip


def test_the_heading_counts_what_matches(page: ResultsPage) -> None:
    def shown(results: SearchResults, complete: bool) -> str:
        page.show_results(results, complete)
        return page.title.text()

    found = hits(128) + hits(20, Verdict.NONE, first=128)
    assert shown(SearchResults(found, Verdict.STRONG, "m"), complete=True) == "128 photographs"
    assert shown(SearchResults(hits(1, Verdict.WEAK), Verdict.WEAK, "m"), complete=True) == "1 photograph"
    assert "200" in shown(SearchResults(hits(200), Verdict.STRONG, "m"), complete=False)
    page.extend_results(SearchResults(hits(50, first=200), Verdict.STRONG, "m"), complete=True)
    assert page.title.text() == "250 photographs"


def test_what_is_taken_out_is_no_longer_counted(page: ResultsPage) -> None:
    found = (*hits(3), *hits(5, Verdict.WEAK, first=3))
    page.show_results(SearchResults(found, Verdict.STRONG, "m"), complete=True)
    page.model.remove({found[0].item})
    assert page.title.text() == "7 photographs"
    page.model.remove({hit.item for hit in found[:3]})
    assert page.title.text() == "5 photographs"


def test_what_is_not_read_yet_is_said_over_an_answer(page: ResultsPage) -> None:
    page.show_unread(24)
    assert not page.note.isVisible()  # nothing is asked
    page.show_results(SearchResults(hits(3), Verdict.WEAK, "m"), complete=True)
    assert "24 pictures or scans" in page.note.text()
    assert page.note.isVisible()
    page.show_unread(0)
    assert not page.note.isVisible()


def test_the_heading_is_honest_when_nothing_matches(page: ResultsPage) -> None:
    page.show_results(SearchResults(hits(20, Verdict.NONE), Verdict.NONE, "m"), complete=True)
    assert page.title.text() == strings.NOTHING_MATCHES_WELL


def test_a_question_in_another_language_is_told_until_another_is_asked(
    qtbot: QtBot, page: ResultsPage
) -> None:
    page.show_results(
        SearchResults(hits(3), Verdict.WEAK, "starter", question_language="German"), complete=False
    )
    link = page.language_link
    assert link.isVisible()
    assert link.accessibleName() == words.foreign_question("German")
    with qtbot.waitSignal(page.models_requested, timeout=SECONDS):
        click(link)
    page.extend_results(
        SearchResults(hits(3, first=3), Verdict.WEAK, "starter", question_language="German"), complete=True
    )
    assert link.isVisible()
    link.setFocus()
    page.show_results(SearchResults(hits(3), Verdict.WEAK, "starter"), complete=True)
    assert not link.isVisible()
    assert page.view.hasFocus()
    page.show_results(
        SearchResults(hits(3), Verdict.WEAK, "starter", question_language="German"), complete=True
    )
    page.clear()
    assert not link.isVisible()


def test_without_a_question_nothing_is_said_to_match(page: ResultsPage) -> None:
    found = hits(3, Verdict.NONE) + pages(2, Verdict.NONE)
    page.show_results(SearchResults(found, Verdict.NONE, "m", ranked=False), complete=True)
    assert page.title.text() == "3 photographs · 2 pages"
    spoken = [page.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(5)]
    assert spoken[0] == "00000.jpg"
    assert spoken[4] == "report.pdf, Page 2, 2 pages"


def test_a_snippet_takes_two_lines_at_most(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    long = "The quick brown fox jumps over the lazy dog and goes on for ever and a day " * 3
    lines = wrap_two_lines(long, qapp.font(), metrics, 180)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(metrics.horizontalAdvance(line) <= 182 for line in lines)
    assert wrap_two_lines("fox", qapp.font(), metrics, 180) == ["fox"]


def test_small_cards_of_one_document_are_told_apart() -> None:
    first, second = pages(2)
    assert first_line(first, alone=True) != first_line(second, alone=True)
    assert first_line(first, alone=True).startswith(f"{first.page} · ")
    assert first_line(first, alone=False) == first.path.name
    assert first_line(hits(1)[0], alone=True) == hits(1)[0].path.name


def test_a_picture_is_never_drawn_larger_than_it_is() -> None:
    small, large = replace(hits(1)[0], width=60, height=40), hits(1)[0]
    assert shown_size(small, QSize(60, 40), QSize(300, 200)) == QSize(60, 40)
    assert shown_size(large, QSize(320, 240), QSize(400, 300)) == QSize(400, 300)
    assert shown_size(pages(1)[0], QSize(226, 320), QSize(400, 480)) == QSize(339, 480)


def test_a_card_that_is_gone_to_is_seen_however_little_room_messages_leave(page: ResultsPage) -> None:
    page.resize(1000, 320)
    page.model.set_hits(hits(100), complete=True)
    page.view.set_covered_height(1000)
    for _time in range(2):
        page.view.go_to(page.model.index(50))
        assert page.view.visualRect(page.model.index(50)).top() >= 0
        assert page.view.visualRect(page.model.index(50)).top() < page.view.viewport().height() // 2
