"""Somebody at the window, and an eye on how long the window keeps them waiting."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

from gui.main_window import MainWindow

TICK_MILLISECONDS = 5
TURN_MILLISECONDS = 50  # for a scroll or a key
SCROLLS_A_SEARCH = 40


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the event loop did not come round."""

    at: float  # seconds since the watch began
    wall: float  # milliseconds
    processor: float  # milliseconds of the main thread's own work in it: what others took is the rest


class LoopWatch(QObject):
    """Notes every gap of the main thread's event loop. Make and stop it there."""

    def __init__(self, shortest: float, parent: QObject) -> None:
        """`shortest`: milliseconds of wall time that are worth a note."""
        super().__init__(parent)
        self.gaps: list[Gap] = []
        self._shortest = shortest
        self._began = self._last = time.perf_counter()
        self._worked = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def start_over(self) -> None:
        """Forget the gaps until now, the present one included."""
        self.gaps.clear()
        self._last, self._worked = time.perf_counter(), time.thread_time()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        wall = (now - self._last) * 1000 - TICK_MILLISECONDS
        if wall > self._shortest:
            self.gaps.append(Gap(self._last - self._began, wall, (worked - self._worked) * 1000))
        self._last, self._worked = now, worked


class Person(QObject):
    """Scrolls through the results, and asks something else after every two seconds: a key at a time."""

    def __init__(self, window: MainWindow, questions: tuple[str, ...]) -> None:
        super().__init__(window)
        self._window = window
        self._questions = cycle(questions)
        self._scrolls = 0
        self._keys = ""  # still to be typed
        self.asked = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MILLISECONDS)
        self._timer.timeout.connect(self._act)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _act(self) -> None:
        if self._keys:
            self._type()
            return
        self._scrolls += 1
        if self._scrolls % SCROLLS_A_SEARCH:
            self._scroll()
        else:
            self._keys = next(self._questions)
            line = self._window.search_bar.line
            line.setFocus()
            line.selectAll()

    def _type(self) -> None:
        key, self._keys = self._keys[0], self._keys[1:]
        line = self._window.search_bar.line
        QTest.keyClicks(line, key)
        if not self._keys:
            QTest.keyClick(line, Qt.Key.Key_Return)
            self.asked += 1

    def _scroll(self) -> None:
        bar = self._window.results.view.verticalScrollBar()
        bar.setValue(bar.value() + bar.pageStep() // 3 if bar.value() < bar.maximum() else 0)
