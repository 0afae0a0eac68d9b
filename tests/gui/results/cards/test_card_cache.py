"""A card is drawn once, and again only when it looks otherwise, or its picture may be had after all; and no
frame draws so many that the window would have to wait for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.records import Hit, Verdict
from gui.results.cards import card_cache
from gui.results.cards.card_cache import Card
from gui.results.cards.card_painter import STRIP, CardPainter
from gui.results.cards.thumbnails import WAITING_LIMIT, ThumbnailStore
from gui.results.layout.grid_layout import CardBox
from gui.results.page import ResultsPage
from gui.widgets.appearance.style import Style
from tests.gui.conftest import SECONDS
from tests.gui.paint_log import Painted
from tests.gui.results.conftest import Fetcher, jpeg
from tests.gui.results.synthetic_results import hits, pages

MANY = 400  # more than may wait for their pictures while few are in view


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The items whose cards were drawn."""
    items: list[int] = []
    draw = CardPainter._draw

    def noting(
        self: CardPainter, card: Card, box: CardBox, image: QImage | None, before: QPixmap | None
    ) -> QPixmap:
        items.append(card.hit.item)
        return draw(self, card, box, image, before)

    monkeypatch.setattr(CardPainter, "_draw", noting)
    return items


def show(page: ResultsPage, verdict: Verdict, score: float) -> None:
    page.model.set_hits([replace(hit, verdict=verdict, score=score) for hit in hits(12)], complete=True)
    paint_all(page)


def show_pictured(qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore) -> None:
    """As above, each card with its picture."""
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: all(thumbnails.is_sharp(hit.item) for hit in hits(12)), timeout=SECONDS)
    paint_all(page)


def paint_all(page: ResultsPage) -> None:
    page.view.viewport().repaint()
    while not page.view.is_painted:
        page.view.viewport().repaint()


def test_cards_that_look_as_before_are_not_drawn_again_for_another_answer(
    qtbot: QtBot, drawn: list[int], page: ResultsPage, thumbnails: ThumbnailStore
) -> None:
    show_pictured(qtbot, page, thumbnails)
    drawn.clear()
    show(page, Verdict.STRONG, 0.4)
    assert drawn == []
    show(page, Verdict.WEAK, 0.4)
    assert len(drawn) == 12


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75])
@pytest.mark.parametrize("height", [91, 200])
def test_a_picture_that_comes_is_drawn_into_its_card(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    page: ResultsPage,
    fetcher: Fetcher,
    ratio: float,
    height: int,
) -> None:
    """The words stay as they are, and all looks as if it had been drawn at once."""
    monkeypatch.setattr(page.view, "devicePixelRatioF", lambda: ratio)
    words: list[str] = []
    caption = CardPainter._paint_caption

    def noting(self: CardPainter, painter: QPainter, picture: QRect, card: Card) -> None:
        words.append(card.hit.path.name)
        caption(self, painter, picture, card)

    monkeypatch.setattr(CardPainter, "_paint_caption", noting)
    page.view.set_card_height(height)
    fetcher.open.clear()
    alike = [replace(hit, group=7) for hit in hits(3, Verdict.WEAK)]
    answer = [*alike, *hits(4, first=3), *pages(3)]
    page.model.set_hits(answer, complete=True)
    paint_all(page)
    cards = len(words)
    without = page.view.viewport().grab().toImage()
    fetcher.open.set()
    has_picture = page.view._cards._faces._faces
    qtbot.waitUntil(
        lambda: all(card_pixmap.has_picture for card_pixmap in has_picture.values()), timeout=SECONDS
    )
    paint_all(page)
    image = page.view.viewport().grab().toImage()
    assert len(words) == cards
    assert image != without
    page.view._cards.update_colours()
    paint_all(page)
    assert len(words) == 2 * cards
    assert page.view.viewport().grab().toImage() == image


def test_a_picture_that_could_not_be_had_is_asked_for_again_with_the_next_answer(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore, fetcher: Fetcher
) -> None:
    fetcher.picture = None
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: all(thumbnails.image(hit.item) is not None for hit in hits(12)), timeout=SECONDS)
    paint_all(page)
    thumbnails.forget_failures()
    fetcher.asked.clear()
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: sorted(fetcher.asked) == [hit.item for hit in hits(12)], timeout=SECONDS)


def test_a_frame_draws_what_it_has_time_for_and_the_next_ones_the_rest(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, drawn: list[int], page: ResultsPage, fetcher: Fetcher
) -> None:
    fetcher.open.clear()  # so that no picture that comes has its card painted again
    monkeypatch.setattr(card_cache, "DRAW_SECONDS", 1e-9)
    page.model.set_hits(hits(12), complete=True)
    page.view.viewport().repaint()
    assert len(drawn) == 1
    assert not page.view.is_painted
    qtbot.waitUntil(lambda: page.view.is_painted, timeout=SECONDS)
    assert sorted(set(drawn)) == [hit.item for hit in hits(12)]


def test_a_card_of_another_size_is_stretched_until_there_is_time_to_draw_it(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[int],
    page: ResultsPage,
    thumbnails: ThumbnailStore,
) -> None:
    show_pictured(qtbot, page, thumbnails)
    monkeypatch.setattr(card_cache, "DRAW_SECONDS", -1.0)
    page.view.set_card_height(page.view.card_height + 20)
    drawn.clear()
    image = page.view.viewport().grab().toImage()
    assert len(drawn) == 1  # a frame draws one at least
    for row in range(3):
        seen = image.pixelColor(page.view.visualRect(page.model.index(row)).center())
        assert (seen.red(), seen.green(), seen.blue()) == pytest.approx((0, 128, 128), abs=6)


def test_a_picture_that_is_there_after_all_is_shown(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore, fetcher: Fetcher
) -> None:
    fetcher.picture = None
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: all(thumbnails.image(hit.item) is not None for hit in hits(12)), timeout=SECONDS)
    paint_all(page)
    fetcher.picture = jpeg()
    thumbnails.forget_failures()
    thumbnails.image(1000)  # somebody else shows it
    qtbot.waitUntil(lambda: is_teal(page, 0), timeout=SECONDS)


def test_a_card_keeps_its_picture_when_memory_drops_it(
    qtbot: QtBot, drawn: list[int], page: ResultsPage, thumbnails: ThumbnailStore
) -> None:
    show_pictured(qtbot, page, thumbnails)
    thumbnails.clear()
    page.view._cards.picture_ready(1000)  # so that its picture is asked for once more
    drawn.clear()
    page.view.viewport().repaint()
    assert drawn == []
    assert is_teal(page, 0)


def test_a_larger_card_keeps_its_picture_until_memory_has_it_again(
    qtbot: QtBot, drawn: list[int], page: ResultsPage, thumbnails: ThumbnailStore, fetcher: Fetcher
) -> None:
    show_pictured(qtbot, page, thumbnails)
    thumbnails.clear()
    fetcher.open.clear()
    page.view.set_card_height(page.view.card_height + 20)
    drawn.clear()
    paint_all(page)
    assert drawn == []
    assert is_teal(page, 0)
    fetcher.open.set()
    qtbot.waitUntil(lambda: hits(1)[0].item in drawn, timeout=SECONDS)


def test_other_colours_do_not_empty_the_grid(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[int],
    page: ResultsPage,
    thumbnails: ThumbnailStore,
    style: Style,
) -> None:
    show_pictured(qtbot, page, thumbnails)
    drawn.clear()
    with monkeypatch.context() as patched:
        patched.setattr(card_cache, "DRAW_SECONDS", -1.0)
        style.changed.emit()
        assert all(is_teal(page, row) for row in range(3))
        assert 0 < len(drawn) < 12
    paint_all(page)
    assert sorted(drawn) == [hit.item for hit in hits(12)]


def test_the_grid_paints_the_ground_between_its_cards(page: ResultsPage, style: Style) -> None:
    show(page, Verdict.STRONG, 0.5)
    viewport = page.view.viewport()
    image = QImage(viewport.size(), QImage.Format.Format_RGB32)
    image.fill("magenta")
    painter = QPainter(image)
    viewport.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    first = page.view.visualRect(page.model.index(0))
    assert image.pixelColor(first.left() - 2, first.center().y()) == style.colour("window")


def test_what_is_on_the_screen_is_kept_however_much_it_is(
    monkeypatch: pytest.MonkeyPatch, drawn: list[int], page: ResultsPage
) -> None:
    monkeypatch.setattr(card_cache, "CACHE_BYTES", 1)
    page.view._cards._faces._capacity = 1
    page.view.resize(page.view.width() + 1, page.view.height())
    show(page, Verdict.STRONG, 0.5)
    drawn.clear()
    paint_all(page)
    assert drawn == []


def test_what_is_left_over_is_painted_a_strip_at_a_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page: ResultsPage
) -> None:
    monkeypatch.setattr(card_cache, "DRAW_SECONDS", 1e-9)
    painted = Painted(page.view.viewport())
    page.model.set_hits(hits(60), complete=True)
    page.view.viewport().repaint()
    painted.regions.clear()
    qtbot.waitUntil(lambda: page.view.is_painted, timeout=SECONDS)
    assert (
        min(region.boundingRect().height() for region in painted.regions) <= STRIP
    )  # which no card is low enough for


def test_a_frame_of_few_cards_does_not_take_the_pictures_from_all_others(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore, fetcher: Fetcher
) -> None:
    fetcher.open.clear()
    page.resize(3000, 2400)
    page.view.set_card_height(90)
    page.model.set_hits(hits(MANY), complete=True)
    viewport = page.view.viewport()
    paint_all(page)
    viewport.repaint()
    in_view = [item for item in map(item_of, hits(MANY)) if viewport.rect().intersects(place_of(page, item))]
    assert len(in_view) > WAITING_LIMIT
    ends = QRegion(0, 0, viewport.width(), 1) + QRegion(0, viewport.height() - 1, viewport.width(), 1)
    viewport.repaint(ends)  # as a strip at the top and a picture at the foot
    thumbnails.image(1)  # somebody else wants one
    fetcher.open.set()
    qtbot.waitUntil(lambda: set(in_view) <= set(fetcher.asked), timeout=SECONDS)


def item_of(hit: Hit) -> int:
    return hit.item


def place_of(page: ResultsPage, item: int) -> QRect:
    return page.view.visualRect(page.model.index_of(item))


def is_teal(page: ResultsPage, row: int) -> bool:
    place = page.view.visualRect(page.model.index(row)).center()
    seen = page.view.viewport().grab().toImage().pixelColor(place)
    return max(abs(seen.red()), abs(seen.green() - 128), abs(seen.blue() - 128)) < 8
