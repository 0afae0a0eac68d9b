"""Long lists of objects that nobody wants any more go a part at a time.

To free a hundred thousand hits at once, as when somebody has scrolled through everything and asks something
else, holds the window for a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

AT_ONCE = 2000  # objects; a few milliseconds


class DeferredFree(QObject):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lists: list[list[object]] = []
        self._turn = QTimer(self)
        self._turn.setInterval(0)  # with every round of the event loop
        self._turn.timeout.connect(self._free_some)

    def free_later(self, objects: Sequence[object]) -> None:
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
