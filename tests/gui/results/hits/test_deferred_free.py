"""A long answer that makes room for another goes a part at a time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from weakref import WeakSet

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.results.hits.deferred_free import AT_ONCE
from gui.results.hits.results_model import ResultsModel
from gui.results.page import ResultsPage
from tests.gui.conftest import SECONDS
from tests.gui.results.synthetic_results import hits


class Words(str):
    """Goes with the hit that has them, and can be watched."""

    __slots__ = ("__weakref__",)


def watched(model: ResultsModel, count: int) -> WeakSet[Words]:
    alive: WeakSet[Words] = WeakSet()
    answer = []
    for hit in hits(count):
        words = Words(hit.item)  # each its own: a set of them
        alive.add(words)
        answer.append(replace(hit, snippet=words))
    model.set_hits(answer, complete=True)
    return alive


def test_a_long_answer_does_not_go_at_once(qapp: QApplication, qtbot: QtBot, page: ResultsPage) -> None:
    alive = watched(page.model, 3 * AT_ONCE)
    page.model.set_hits(hits(10), complete=True)
    there = [len(alive)]
    while len(there) < 10 and there[-1]:
        qapp.processEvents()
        there.append(len(alive))
    assert there[0] > 2 * AT_ONCE
    assert max(before - after for before, after in pairwise(there)) <= AT_ONCE
    qtbot.waitUntil(lambda: not alive, timeout=SECONDS)


def test_a_short_answer_goes_with_the_next(page: ResultsPage) -> None:
    alive = watched(page.model, 100)
    page.model.set_hits(hits(10), complete=True)
    assert not alive
