"""The parts of the preview, each alone: what it holds, where it steps, how it draws."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.records import Explanation, HeatMap, Hit, ItemFacts, ItemKind, MatchedWord, Query, Verdict
from gui.jobs import Jobs
from gui.preview.explanation import can_explain
from gui.preview.model.loader import PreviewLoader
from gui.preview.model.navigator import DocumentPosition, Navigator
from gui.preview.panels.legend import MOST_CHIPS, WhyLegend
from gui.preview.picture.overlay import heat_image, marks_of_word, paint_words, query_words
from gui.results.hits.results_model import ResultsModel
from gui.widgets.appearance.style import Style
from tests.gui.conftest import SECONDS

QUERY = Query(text="cat")
PICTURE_BYTES = 1024 * 512 * 4


def hit(item: int, page: int | None = None, path: str = "/x/a.pdf") -> Hit:
    kind = ItemKind.PHOTO if page is None else ItemKind.PAGE
    return Hit(item, item, Path(path), page, kind, 1.0, Verdict.STRONG, 200, 100, available=True, copies=0)


def word(text: str, score: float = 1.0) -> MatchedWord:
    return MatchedWord(text, (0.2, 0.2, 0.4, 0.3), text, score)


class Previews:
    """Stands where the library gives pictures and reasons, and writes down what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.asked_why: list[int] = []
        self.damaged = False
        self.most = 10_000  # pixels that there are, along the longer side
        self.open = threading.Event()
        self.open.set()

    def picture(self, item: int, side: int) -> bytes:
        self.open.wait()
        self.asked.append((item, side))
        side = min(side, self.most)
        stream = io.BytesIO()
        Image.new("RGB", (side, side // 2), "teal").save(stream, "JPEG")
        return stream.getvalue()[:100] if self.damaged else stream.getvalue()

    def explanation(self, query: Query, item: int) -> Explanation:
        self.asked_why.append(item)
        return Explanation((word(query.text),))

    def document(self, item: int) -> tuple[Hit, ...]:
        if self.damaged:
            raise UserError("It is no longer in the library.")
        return (hit(item, 1), hit(item + 100, 2))

    def facts(self, item: int) -> ItemFacts:
        return ItemFacts(item, (Path("/x/a.pdf"),), None, None, 0, "", 1, 1, None)


@pytest.fixture
def source() -> Previews:
    return Previews()


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    def fail(error: Exception) -> None:
        raise error

    jobs = Jobs(fail)
    yield jobs
    assert jobs.shutdown(60)


@pytest.fixture
def loader(jobs: Jobs, source: Previews) -> Iterator[PreviewLoader]:
    yield PreviewLoader(jobs, lambda: source, cache_bytes=3 * PICTURE_BYTES)
    source.open.set()


@pytest.fixture
def style(qapp: QApplication) -> Iterator[Style]:
    style = Style(qapp)
    style.put_on()
    yield style
    style.deleteLater()


# ---- holding pictures


def test_few_pictures_are_held_the_newest_of_them(qtbot: QtBot, loader: PreviewLoader) -> None:
    pictures = loader.pictures
    for item in range(8):
        with qtbot.waitSignal(loader.picture_ready, timeout=SECONDS):
            pictures.ask(item, 1000)
    assert pictures.held_bytes <= 3 * PICTURE_BYTES
    assert pictures.picture(7) is not None
    assert pictures.picture(0) is None


def test_a_picture_that_is_large_enough_is_not_asked_for_again(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    for wanted in (300, 1024, 1025):
        loader.pictures.ask(1, wanted)
        qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert source.asked == [(1, 1024), (1, 2048)]


def test_a_picture_without_more_pixels_is_not_asked_for_again(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    source.most = 600
    for wanted in (300, 4000):
        loader.pictures.ask(1, wanted)
        qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert source.asked == [(1, 1024)]


def test_only_what_is_asked_for_last_is_delivered(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    came: list[int] = []
    loader.picture_ready.connect(came.append)
    source.open.clear()
    for item in range(20):
        loader.pictures.ask(item, 1000)
    source.open.set()
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert came == [19]
    assert len(source.asked) <= 3  # two may have been at work already


def test_what_is_fetched_ahead_is_silent_and_pushes_nothing_out(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    came: list[int] = []
    loader.picture_ready.connect(came.append)
    pictures = loader.pictures
    pictures.ask(5, 1000)
    pictures.ask_ahead((6, 4), 1000)  # dropped: something is waited for
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)

    def fetch(*items: int) -> None:
        pictures.ask_ahead(items, 1000)
        qtbot.waitUntil(lambda: all(map(pictures.picture, items)), timeout=SECONDS)

    for neighbours in ((6, 4), (7, 8), (9, 10)):
        fetch(*neighbours)
    assert came == [5]
    assert pictures.picture(5) is not None
    assert pictures.held_bytes <= 3 * PICTURE_BYTES
    assert source.asked[0] == (5, 1024)


def test_a_step_takes_over_what_is_being_fetched_ahead(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    came: list[int] = []
    loader.picture_ready.connect(came.append)
    source.open.clear()
    loader.pictures.ask_ahead((6, 4), 1000)
    loader.pictures.ask(6, 1000)
    source.open.set()
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert came == [6]
    assert source.asked.count((6, 1024)) == 1


def test_reasons_are_kept_for_one_question(qtbot: QtBot, loader: PreviewLoader, source: Previews) -> None:
    for query in (QUERY, replace(QUERY, limit=1000), Query(text="dog")):
        loader.ask_why(query, 5)
        qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert source.asked_why == [5, 5]
    assert loader.why(5) == Explanation((word("dog"),))


def test_who_looks_again_later_gets_the_reasons_of_then(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    """A page that was not read before may have been read meanwhile."""
    for _ in range(2):
        loader.ask_why(QUERY, 5)
        qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
        loader.stop()
    assert source.asked_why == [5, 5]


def test_a_picture_that_is_none_is_a_failure(qtbot: QtBot, loader: PreviewLoader, source: Previews) -> None:
    source.damaged = True
    with qtbot.waitSignal(loader.picture_failed, timeout=SECONDS):
        loader.pictures.ask(1, 1000)
    assert loader.pictures.picture(1) is None


# ---- stepping


def test_matching_pages_are_found_on_either_side_of_one_that_does_not() -> None:
    pages = [hit(page, page) for page in (1, 2, 3, 5, 8)]
    document = DocumentPosition(pages, matching=(1, 4), place=2)
    assert (document.step_to_match(-1), document.step_to_match(1)) == (pages[1], pages[4])
    assert DocumentPosition(pages, (1, 4), 4).step_to_match(1) is None
    assert DocumentPosition(pages, (1, 4), 1).step_to_match(-1) is None
    assert [document.numbered(number).page for number in (-3, 5, 6, 7, 99)] == [1, 5, 5, 8, 8]
    assert (document.step(3), document.step(-3)) == (None, None)


def test_beyond_the_last_result_there_may_be_more(qtbot: QtBot, loader: PreviewLoader) -> None:
    model = ResultsModel()
    model.set_hits([hit(1)], complete=False)
    navigator = Navigator(model, loader)
    navigator.start(hit(1))
    assert navigator.can_step_on
    with qtbot.waitSignal(model.more_requested, timeout=SECONDS):
        navigator.next()
    model.append([hit(2), hit(3)], complete=True)
    assert navigator.hit == hit(2)
    model.set_hits([hit(9), hit(2)], complete=True)
    assert (navigator.index.row(), navigator.can_step_on, navigator.can_step_back) == (1, False, True)
    with qtbot.waitSignal(navigator.lost, timeout=SECONDS):
        model.set_hits([hit(9)], complete=True)
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)


def test_an_answer_that_ends_where_more_was_hoped_for_is_told(qtbot: QtBot, loader: PreviewLoader) -> None:
    model = ResultsModel()
    model.set_hits([hit(1)], complete=False)
    navigator = Navigator(model, loader)
    navigator.start(hit(1))
    navigator.next()
    with qtbot.waitSignal(navigator.position_changed, timeout=SECONDS):
        model.append([], complete=True)
    assert (navigator.hit, navigator.can_step_on) == (hit(1), False)
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)


def test_what_is_taken_away_gives_its_place_to_the_next(qtbot: QtBot, loader: PreviewLoader) -> None:
    model = ResultsModel()
    model.set_hits([hit(1), hit(2), hit(3)], complete=True)
    navigator = Navigator(model, loader)
    navigator.start(hit(2))
    model.remove(frozenset({2}))
    assert navigator.hit == hit(3)
    model.remove(frozenset({3}))
    assert navigator.hit == hit(1)
    with qtbot.waitSignal(navigator.lost, timeout=SECONDS):
        model.remove(frozenset({1}))
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)


def test_a_document_that_cannot_be_read_is_its_one_page(
    qtbot: QtBot, loader: PreviewLoader, source: Previews
) -> None:
    source.damaged = True
    model = ResultsModel()
    model.set_hits([hit(1, 4)], complete=True)
    navigator = Navigator(model, loader)
    navigator.start(hit(1, 4))
    navigator.step_page(1)
    qtbot.waitUntil(lambda: not loader.waiting, timeout=SECONDS)
    assert navigator.hit == hit(1, 4)
    assert navigator.document() == DocumentPosition((hit(1, 4),), (0,), 0)


def test_reasons_are_asked_for_only_where_there_may_be_some() -> None:
    assert can_explain(hit(1, 3), Query(like_items=(1,)))
    assert can_explain(hit(1), QUERY)
    assert not can_explain(hit(1), Query(like_items=(1,)))


# ---- marks


def test_words_of_the_query_come_in_order_and_once() -> None:
    heat = HeatMap("red", ((1.0,),))
    nowhere = MatchedWord("x", (2.0, 2.0, 3.0, 3.0), "x", 1.0)
    why = Explanation((word("fox"), word("quick"), word("fox"), nowhere), (HeatMap("", ((1.0,),)), heat))
    assert query_words(why, "A quick brown fox") == ("quick", "fox", "red")
    assert marks_of_word(why, "red") == Explanation((), (heat,))
    assert marks_of_word(why, "").heat_maps[0].query_word == ""


def test_the_word_itself_is_marked_more_strongly_than_one_like_it(qapp: QApplication) -> None:
    def blue(score: float) -> int:
        page = QImage(400, 300, QImage.Format.Format_RGB32)
        page.fill(Qt.GlobalColor.white)
        painter = QPainter(page)
        paint_words(painter, QRectF(page.rect()), [word("cat", score)], qapp.font())
        painter.end()
        return page.pixelColor(120, 75).blue()

    assert 255 > blue(0.2) > blue(0.8) > blue(1.0)


def test_heat_lies_where_it_is_hot() -> None:
    cells = tuple(tuple(float(row == 0 and column == 3) for column in range(4)) for row in range(4))
    image = heat_image(HeatMap("", cells), QSize(300, 400))
    width, height = image.width(), image.height()
    assert abs(width / height - 0.75) < 0.01
    assert image.pixelColor(width * 7 // 8, height // 8).alpha() > 80
    assert image.pixelColor(width // 8, height * 7 // 8).alpha() == 0


@pytest.mark.parametrize(
    "cells",
    [(), ((),), ((0.5,),), ((1.0,) * 700,), ((1.0, 0.5), (), (0.2,)), ((math.nan, math.inf), (-5.0, 9.0))],
)
def test_grids_of_any_shape_are_drawn(cells: tuple[tuple[float, ...], ...]) -> None:
    image = heat_image(HeatMap("", cells), QSize(3, 9000))
    assert image.isNull() == (not any(cells))


def test_many_words_leave_the_window_as_wide_as_it_is(qtbot: QtBot, qapp: QApplication) -> None:
    legend = WhyLegend(Style(qapp))
    qtbot.addWidget(legend)
    legend.show_words([f"a very long word of many letters, {number}" for number in range(99)])
    assert len(legend.chips) == MOST_CHIPS + 1
    assert legend.minimumSizeHint().width() > 800  # it would be wide
    assert legend.sizePolicy().horizontalPolicy() is legend.sizePolicy().Policy.Ignored
