"""Ten thousand results: a model, a view that paints cards, and thumbnails that come as they are needed."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.records import Hit, Kind, SearchResults, Verdict
from gui import strings
from gui.jobs import Jobs
from gui.parts.style import DARK, LIGHT, Style
from gui.results.cards import GAP, PADDING
from gui.results.model import ResultsModel
from gui.results.page import ResultsPage, heading
from gui.results.thumbnails import WAITING_LIMIT, ThumbnailStore, scaled
from tests.gui.conftest import SECONDS

BOX = QSize(200, 152)


def hits(count: int, verdict: Verdict = Verdict.STRONG) -> tuple[Hit, ...]:
    return tuple(
        Hit(
            rank=row + 1,
            item=1000 + row,
            path=Path(f"/pictures/{row:05}.jpg"),
            page=None,
            kind=Kind.PHOTO,
            score=1 - row / count,
            verdict=verdict,
            width=40,
            height=30,
            available=True,
            copies=0,
        )
        for row in range(count)
    )


def jpeg(width: int = 320, height: int = 240) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(stream, "JPEG")
    return stream.getvalue()


class Fetcher:
    """Stands where the library gives its stored thumbnails, and writes down what was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.picture: bytes | None = jpeg()
        self.open = threading.Event()
        self.open.set()

    def __call__(self, item: int) -> bytes | None:
        self.open.wait()
        self.asked.append(item)
        self.threads.add(threading.current_thread())
        return self.picture


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def thumbnails(fetcher: Fetcher) -> Iterator[ThumbnailStore]:
    def fail(error: Exception) -> None:
        raise error

    jobs = Jobs(fail)
    yield ThumbnailStore(jobs, fetcher, BOX, cache_bytes=200 * 152 * 4 * 50)
    fetcher.open.set()
    assert jobs.shutdown(60)


@pytest.fixture
def style(qapp: QApplication) -> Iterator[Style]:
    style = Style(qapp)
    yield style
    style.deleteLater()


@pytest.fixture
def page(qtbot: QtBot, thumbnails: ThumbnailStore, style: Style) -> Iterator[ResultsPage]:
    page = ResultsPage(thumbnails, style)
    page.resize(1000, 700)
    page.show()
    yield page
    page.close()
    page.deleteLater()
    qtbot.wait(0)


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


@pytest.mark.parametrize("stored", [None, b"", b"no picture", jpeg()[:80]])
def test_a_picture_that_cannot_be_decoded_leaves_a_card_without_one(stored: bytes | None) -> None:
    assert scaled(stored, BOX).isNull()


@pytest.mark.parametrize(
    ("stored", "shown"), [((320, 240), (200, 150)), ((100, 320), (47, 152)), ((30, 20), (30, 20))]
)
def test_a_picture_keeps_its_shape_and_is_never_enlarged(
    stored: tuple[int, int], shown: tuple[int, int]
) -> None:
    image = scaled(jpeg(*stored), BOX)
    assert (image.width(), image.height()) == pytest.approx(shown, abs=1)


def test_sharp_screens_get_sharp_thumbnails() -> None:
    image = scaled(jpeg(), BOX * 1.5, 1.5)
    assert image.deviceIndependentSize().width() == pytest.approx(200, abs=1)
    assert image.width() == pytest.approx(300, abs=1)


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


def test_cards_follow_the_style(qtbot: QtBot, page: ResultsPage, style: Style) -> None:
    page.model.set_hits(hits(1), complete=True)
    qtbot.waitUntil(lambda: page.view.visualRect(page.model.index(0)).isValid(), timeout=SECONDS)
    inside = page.view.visualRect(page.model.index(0)).topLeft() + QPoint(GAP + 4, GAP + PADDING)
    light = page.view.viewport().grab().toImage()
    style.dress(DARK)
    dark = page.view.viewport().grab().toImage()
    assert light.pixelColor(inside) == QColor(LIGHT.surface)
    assert dark.pixelColor(inside) == QColor(DARK.surface)


def test_more_of_the_ranking_is_asked_for_at_its_end(qtbot: QtBot, page: ResultsPage) -> None:
    page.model.set_hits(hits(200), complete=False)
    bar = page.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=SECONDS)
    with qtbot.waitSignal(page.more_wanted, timeout=SECONDS):
        bar.setValue(bar.maximum())


def test_a_longer_ranking_keeps_the_rows_that_are_there(page: ResultsPage) -> None:
    page.model.set_hits(hits(200), complete=False)
    page.view.setCurrentIndex(page.model.index(150))
    page.model.extend(hits(1000), complete=True)
    assert page.model.rowCount() == 1000
    assert page.view.currentIndex().row() == 150
    assert page.model.index_of(1999).row() == 999


def test_a_ranking_that_changed_meanwhile_is_shown_as_it_is_now(page: ResultsPage) -> None:
    page.model.set_hits(hits(3), complete=False)
    changed = hits(5)[::-1]
    page.model.extend(changed, complete=True)
    assert list(page.model.hits) == list(changed)


def test_the_verdict_is_said_in_words() -> None:
    model = ResultsModel()
    model.set_hits([replace(hits(1)[0], verdict=verdict) for verdict in Verdict], complete=True)
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    words = (strings.VERDICT_STRONG, strings.VERDICT_WEAK, strings.VERDICT_NONE)
    assert all(word in text for word, text in zip(words, spoken, strict=True))


def test_a_tool_tip_shows_a_file_named_like_a_tag() -> None:
    model = ResultsModel()
    model.set_hits([replace(hits(1)[0], path=Path("/x/<b>bold</b>\n.jpg"))], complete=True)
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;bold&lt;/b&gt;\ufffd.jpg" in tip


def test_the_heading_counts_what_matches() -> None:
    found = hits(128) + hits(20, Verdict.NONE)
    assert heading(SearchResults(found, Verdict.STRONG, "m"), complete=True) == "128 matches · strong"
    assert heading(SearchResults(hits(1), Verdict.WEAK, "m"), complete=True) == "1 match · weak"
    assert "200" in heading(SearchResults(hits(200), Verdict.STRONG, "m"), complete=False)


def test_the_heading_is_honest_when_nothing_matches() -> None:
    found = hits(20, Verdict.NONE)
    assert heading(SearchResults(found, Verdict.NONE, "m"), complete=True) == strings.NOTHING_MATCHES_WELL
