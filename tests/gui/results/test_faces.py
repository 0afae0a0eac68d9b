"""A card is drawn once, and again only when it looks otherwise, or its picture may be had after all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage, QPixmap
from pytestqt.qtbot import QtBot

from engine.records import Verdict
from gui.results.cards import Card, CardPainter
from gui.results.layout import Box
from gui.results.page import ResultsPage
from gui.results.thumbnails import ThumbnailStore
from tests.gui.conftest import SECONDS
from tests.gui.results.answers import hits
from tests.gui.results.conftest import Fetcher


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The items whose cards were drawn."""
    items: list[int] = []
    draw = CardPainter._draw

    def noting(self: CardPainter, card: Card, box: Box, image: QImage | None) -> QPixmap:
        items.append(card.hit.item)
        return draw(self, card, box, image)

    monkeypatch.setattr(CardPainter, "_draw", noting)
    return items


def show(page: ResultsPage, verdict: Verdict, score: float) -> None:
    page.model.set_hits([replace(hit, verdict=verdict, score=score) for hit in hits(12)], complete=True)
    page.view.viewport().repaint()


def test_cards_that_look_as_before_are_not_drawn_again_for_another_answer(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore, drawn: list[int]
) -> None:
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: all(thumbnails.is_sharp(hit.item) for hit in hits(12)), timeout=SECONDS)
    page.view.viewport().repaint()
    drawn.clear()
    show(page, Verdict.STRONG, 0.4)
    assert drawn == []
    show(page, Verdict.WEAK, 0.4)
    assert len(drawn) == 12


def test_a_picture_that_could_not_be_had_is_asked_for_again_with_the_next_answer(
    qtbot: QtBot, page: ResultsPage, thumbnails: ThumbnailStore, fetcher: Fetcher
) -> None:
    fetcher.picture = None
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: all(thumbnails.image(hit.item) is not None for hit in hits(12)), timeout=SECONDS)
    page.view.viewport().repaint()
    thumbnails.forget_failures()
    fetcher.asked.clear()
    show(page, Verdict.STRONG, 0.5)
    qtbot.waitUntil(lambda: sorted(fetcher.asked) == [hit.item for hit in hits(12)], timeout=SECONDS)
