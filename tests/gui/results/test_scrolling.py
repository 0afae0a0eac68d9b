"""A scroll moves what is painted already, and leaves on the screen what painting all of it would."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.records import ItemKind
from gui.results.cards import card_cache
from gui.results.page import ResultsPage
from tests.gui.conftest import SECONDS
from tests.gui.paint_log import Painted
from tests.gui.results.conftest import Fetcher
from tests.gui.results.synthetic_results import hits, pages

STEPS = (37, 120, 11, -60, -200, 301, 5000, -9, -333, -5000, 80)


@pytest.fixture
def full(qtbot: QtBot, page: ResultsPage) -> ResultsPage:
    """Photographs and pages under their headings, each card with its picture."""
    page.model.set_hits([*hits(120), *pages(20)], complete=True)
    for section in ItemKind:
        page.view.toggle_section(section.value)
    settle(qtbot, page)
    return page


@pytest.fixture
def painted(full: ResultsPage) -> Iterator[Painted]:
    painted = Painted(full.view.viewport())
    yield painted
    full.view.viewport().removeEventFilter(painted)


def settle(qtbot: QtBot, page: ResultsPage) -> None:
    def done() -> bool:
        faces_kept = page.view._cards._faces._faces.values()
        return page.view.is_painted and all(card_pixmap.finished for card_pixmap in faces_kept)

    QApplication.processEvents()
    qtbot.waitUntil(done, timeout=SECONDS)
    QApplication.processEvents()


def on_screen(page: ResultsPage) -> QImage:
    return page.screen().grabWindow(page.winId()).toImage()


def painted_anew(page: ResultsPage) -> QImage:
    page.view.viewport().repaint()
    return on_screen(page)


def scroll(page: ResultsPage, by: int) -> None:
    bar = page.view.verticalScrollBar()
    bar.setValue(bar.value() + by)


def share(regions: list[QRegion], page: ResultsPage) -> float:
    """How much of the view was painted, by what lies at every tenth pixel."""
    view = page.view.viewport()
    places = [QPoint(x, y) for x in range(0, view.width(), 10) for y in range(0, view.height(), 10)]
    return sum(region.contains(place) for region in regions for place in places) / len(places)


def point_at(page: ResultsPage, place: QPoint) -> None:
    viewport = page.view.viewport()
    where = QPointF(viewport.mapTo(page, place))
    none, no_keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there, global_place = QPointF(place), QPointF(page.mapToGlobal(where.toPoint()))
    QApplication.sendEvent(
        viewport, QMouseEvent(QEvent.Type.MouseMove, there, global_place, none, none, no_keys)
    )


def select_some(page: ResultsPage) -> None:
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_Right)
    QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)


def hover_one(page: ResultsPage) -> None:
    point_at(page, QPoint(250, 300))
    assert page.view._mouse_handler.hovered is not None


def do_nothing(page: ResultsPage) -> None:
    del page


@pytest.mark.parametrize("before", [do_nothing, select_some, hover_one])
def test_what_is_seen_after_a_scroll_is_what_painting_all_of_it_gives(
    qtbot: QtBot, full: ResultsPage, before: Callable[[ResultsPage], None]
) -> None:
    before(full)
    seen = set()
    for step in STEPS:
        scroll(full, step)
        settle(qtbot, full)
        image = on_screen(full)
        assert image == painted_anew(full), step
        seen.add(full.view.verticalScrollBar().value())
    assert len(seen) > len(STEPS) // 2


def test_scrolls_that_come_together_are_painted_as_one(qtbot: QtBot, full: ResultsPage) -> None:
    for step in STEPS:
        scroll(full, step)
    settle(qtbot, full)
    assert on_screen(full) == painted_anew(full)


def test_the_ring_of_a_card_that_comes_into_view_is_whole(qtbot: QtBot, full: ResultsPage) -> None:
    """It was just beyond the edge, where a ring that looks out of its card would have had to be painted."""
    view = full.view
    view.setFocus()
    view.card_selection.only(40)
    for edge, by in ((-view.viewport().height(), 60), (view.visualRect(view.currentIndex()).height(), -60)):
        scroll(full, view.visualRect(view.currentIndex()).top() + edge)
        settle(qtbot, full)
        scroll(full, by)
        settle(qtbot, full)
        assert on_screen(full) == painted_anew(full)


def test_only_what_comes_into_view_is_painted(qtbot: QtBot, full: ResultsPage, painted: Painted) -> None:
    """And the headings, and the cards between which the mouse goes over where it happens to be."""
    scroll(full, 400)
    settle(qtbot, full)
    painted.regions.clear()
    scroll(full, 60)
    QApplication.processEvents()
    view = full.view.viewport()
    assert any(region.contains(QPoint(100, view.height() - 1)) for region in painted.regions)
    assert share(painted.regions, full) < 0.5


def test_all_is_painted_where_edges_fall_between_two_pixels(
    monkeypatch: pytest.MonkeyPatch, full: ResultsPage
) -> None:
    viewport = full.view.viewport()
    monkeypatch.setattr(viewport, "devicePixelRatioF", lambda: 1.25)
    assert full.view.scene.scroll(viewport, 40) == QRegion(viewport.rect())


def test_another_card_under_the_pointer_leaves_the_others_as_they_are(
    qtbot: QtBot, full: ResultsPage, painted: Painted
) -> None:
    hover_one(full)
    settle(qtbot, full)
    painted.regions.clear()
    first = full.view._mouse_handler.hovered
    point_at(full, QPoint(650, 300))
    QApplication.processEvents()
    assert full.view._mouse_handler.hovered not in (None, first)
    whole = full.view.viewport().rect()
    assert painted.regions
    assert all(region.boundingRect().height() < whole.height() for region in painted.regions)
    assert on_screen(full) == painted_anew(full)


def test_a_rubber_band_scrolls_with_the_cards(qtbot: QtBot, full: ResultsPage) -> None:
    viewport = full.view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(2, 100))
    QTest.mouseMove(viewport, QPoint(300, 300))
    settle(qtbot, full)
    seen = on_screen(full)
    scroll(full, 90)
    settle(qtbot, full)
    assert on_screen(full) == painted_anew(full) != seen
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))


def test_what_there_was_no_time_to_paint_comes_at_its_new_place(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, full: ResultsPage, fetcher: Fetcher
) -> None:
    full.view.set_card_height(60)  # rows that are lower than the strip that the next frame paints
    settle(qtbot, full)
    fetcher.open.clear()  # so that no picture that comes has its card painted again
    monkeypatch.setattr(card_cache, "DRAW_SECONDS", 1e-9)
    scroll(full, 350)
    QApplication.processEvents()
    assert not full.view.is_painted
    scroll(full, 100)
    qtbot.waitUntil(lambda: full.view.is_painted, timeout=SECONDS)
    QApplication.processEvents()
    assert on_screen(full) == painted_anew(full)


def test_a_picture_that_was_dropped_is_asked_for_again_where_it_is_in_view(
    qtbot: QtBot, page: ResultsPage, fetcher: Fetcher
) -> None:
    """Who scrolls back while pictures are slow: each that is asked for again pushes out one beside it."""
    fetcher.open.clear()
    page.view.set_card_height(90)
    page.model.set_hits(hits(3000), complete=True)
    scroll(page, 5000)
    height = page.view.viewport().height()
    for step in [height // 10] * 40 + [-height // 10] * 32:
        scroll(page, step)
        QApplication.processEvents()
        qtbot.waitUntil(lambda: page.view.is_painted, timeout=SECONDS)
    fetcher.open.set()

    def in_view() -> list[int]:
        view, offset = page.view, page.view.verticalOffset()
        boxes = view.grid.layout.boxes_between(offset, offset + height)
        return [page.model.hits[view.grid.row_of(card)].item for card, _box in boxes]

    def all_pictured() -> bool:
        kept = page.view._cards._faces._faces
        return all(item in kept and kept[item].has_picture for item in in_view())

    qtbot.waitUntil(all_pictured, timeout=SECONDS)
