"""Painting a screen of new cards is spread over frames, so that nothing else has to wait for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.records import Verdict
from gui.results import cards
from gui.results.page import ResultsPage
from tests.gui.conftest import SECONDS
from tests.gui.results.answers import hits


@pytest.fixture
def busy_page(page: ResultsPage, monkeypatch: pytest.MonkeyPatch) -> ResultsPage:
    """On a machine so slow that a frame has time for a single card."""
    monkeypatch.setattr(cards, "FRAME_SECONDS", 0.0)
    page.model.set_hits(hits(300), complete=True)
    return page


def test_each_frame_draws_some_of_what_is_left(busy_page: ResultsPage) -> None:
    view = busy_page.view
    in_view = sum(
        view.visualRect(busy_page.model.index(row)).intersects(view.viewport().rect()) for row in range(300)
    )
    frames = 1
    view.viewport().repaint()
    while not view.finished:
        view.viewport().repaint()
        frames += 1
    assert 5 < frames <= in_view


def test_what_is_left_is_drawn_by_itself(qtbot: QtBot, busy_page: ResultsPage) -> None:
    view = busy_page.view
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.viewport().repaint()
    assert not view.finished
    qtbot.waitUntil(lambda: view.finished, timeout=SECONDS)


def test_a_screen_that_takes_more_than_is_kept_is_drawn_all_the_same(
    qtbot: QtBot, busy_page: ResultsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "FACES_BYTES", 1)
    view = busy_page.view
    view.viewport().repaint()
    assert not view.finished
    qtbot.waitUntil(lambda: view.finished, timeout=SECONDS)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.viewport().repaint()
    assert not view.finished
    qtbot.waitUntil(lambda: view.finished, timeout=SECONDS)


def test_cards_that_look_as_before_are_not_drawn_again_for_another_answer(busy_page: ResultsPage) -> None:
    view, model = busy_page.view, busy_page.model
    while not view.finished:
        view.viewport().repaint()
    model.set_hits([replace(hit, score=hit.score / 2) for hit in hits(300)], complete=True)
    view.viewport().repaint()
    assert view.finished
    model.set_hits([replace(hit, verdict=Verdict.WEAK) for hit in hits(300)], complete=True)
    view.viewport().repaint()
    assert not view.finished
