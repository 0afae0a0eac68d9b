"""Clears away Python's cyclic garbage while nobody is at the window.

To look through everything that is alive takes Python a few hundred milliseconds once there are a hundred
thousand results, and no thread runs meanwhile. By itself it would do so in the middle of a scroll.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QCursor

STILL_MILLISECONDS = 20_000
OLDEST_RARELY = 10_000  # collections of the younger objects between two of the oldest


class GarbageControl(QObject):
    """Make and use it in the main thread. `end` restores how Python is by itself."""

    def __init__(
        self, trace: Callable[[], object], parent: QObject, still_milliseconds: int = STILL_MILLISECONDS
    ) -> None:
        """`trace`: something that differs when somebody has done something; the mouse is watched besides."""
        super().__init__(parent)
        self._trace = trace
        self._last: object = None
        self._clean = False
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(still_milliseconds)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """When the program is loaded."""
        gc.freeze()  # what it consists of stays anyway
        gc.set_threshold(*self._thresholds[:2], OLDEST_RARELY)
        self._timer.start()

    def end(self) -> None:
        self._timer.stop()
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _look(self) -> None:
        place = QCursor.pos()
        trace = (place.x(), place.y(), self._trace())
        if trace != self._last:
            self._last, self._clean = trace, False
        elif not self._clean:
            gc.collect()
            self._clean = True
