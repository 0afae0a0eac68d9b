"""Frees long lists of objects a part at a time.

Freeing 100,000 hits at once, as when a new search follows after scrolling through everything, blocks the
window for a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

AT_ONCE = 2000  # objects, which take a few milliseconds


class DeferredFree(QObject):
    """Holds lists and frees a part of them in each round of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lists: list[list[object]] = []
        self._turn = QTimer(self)
        self._turn.setInterval(0)  # once per round of the event loop
        self._turn.timeout.connect(self._free_some)

    def free_later(self, objects: Sequence[object]) -> None:
        """Take over a list; a short one is freed at once by the caller."""
        if len(objects) > AT_ONCE:
            self._lists.append(list(objects))
            self._turn.start()

    def _free_some(self) -> None:
        last = self._lists[-1]
        del last[-AT_ONCE:]
        if not last:
            self._lists.pop()
        if not self._lists:
            self._turn.stop()
