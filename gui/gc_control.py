"""Runs Python's cyclic garbage collection while nobody uses the window.

With 100,000 results, a full collection takes a few hundred milliseconds, during which no thread runs.
Automatic collection would do that in the middle of a scroll.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QCursor

STILL_MILLISECONDS = 20_000
OLDEST_RARELY = 10_000  # collections of young objects between two full ones


class GarbageControl(QObject):
    """Defers full collections to idle times. Main thread only; `end` restores Python's defaults."""

    def __init__(
        self, trace: Callable[[], object], parent: QObject, still_milliseconds: int = STILL_MILLISECONDS
    ) -> None:
        """`trace`: returns something that changes when the user does something; the mouse is watched too.

        `still_milliseconds`: how long nothing may change before a collection.
        """
        super().__init__(parent)
        self._trace = trace
        self._last: object = None
        self._clean = False
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(still_milliseconds)
        self._timer.timeout.connect(self._look)

    def begin(self) -> None:
        """Start, once the program is loaded."""
        gc.freeze()  # the objects of the program itself stay
        gc.set_threshold(*self._thresholds[:2], OLDEST_RARELY)
        self._timer.start()

    def end(self) -> None:
        """Stop, and restore Python's own settings."""
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
