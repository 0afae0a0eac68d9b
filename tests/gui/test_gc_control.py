"""Cyclic garbage waits until nobody does anything, and no longer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.gc_control import OLDEST_RARELY, GarbageControl
from tests.gui.conftest import SECONDS

TICK = 20  # milliseconds


class Knot:
    """Refers to itself: only the collector can let go of it."""

    def __init__(self) -> None:
        self.itself = self


class Somebody:
    """What they do, one thing at every look."""

    def __init__(self) -> None:
        self.still = False
        self.done = 0

    def trace(self) -> int:
        self.done += not self.still
        return self.done


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()


@pytest.fixture
def housekeeping(qtbot: QtBot, somebody: Somebody) -> Iterator[GarbageControl]:
    del qtbot  # timers need its application
    thresholds = gc.get_threshold()
    parent = QObject()
    housekeeping = GarbageControl(somebody.trace, parent, TICK)
    housekeeping.begin()
    assert gc.get_threshold()[2] == OLDEST_RARELY
    yield housekeeping
    housekeeping.end()
    assert gc.get_threshold() == thresholds
    gc.freeze()  # as it was for all tests of the window
    parent.deleteLater()


def old_knot() -> weakref.ref[Knot]:
    """Garbage that has outlived the collections of younger objects."""
    knot = Knot()
    gc.collect(1)
    return weakref.ref(knot)


@pytest.mark.usefixtures("housekeeping")
def test_garbage_goes_when_nobody_does_anything(qtbot: QtBot, somebody: Somebody) -> None:
    knot = old_knot()
    qtbot.waitUntil(lambda: somebody.done > 5, timeout=SECONDS)
    assert knot() is not None  # somebody was at it all the time
    somebody.still = True
    qtbot.waitUntil(lambda: knot() is None, timeout=SECONDS)
