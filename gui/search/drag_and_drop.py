"""Accepts drags over the window and shows what a drop will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from gui.override import override
from gui.search.drop_handler import DropHandler
from gui.search.picture_query import has_files_or_image
from gui.widgets.appearance.style import Style
from gui.widgets.drop_overlay import DropOverlay


class DragAndDropController(QObject):
    """Filters the drag events of the window and hands drops to the drop handler."""

    def __init__(
        self,
        drop_handler: DropHandler,
        asks: Callable[[], bool],
        style: Style,
        window: QWidget,
        content: QWidget,
    ) -> None:
        """`content`: the widget to cover during a drag.

        `asks`: returns whether there is a search to which a picture can be added.
        """
        super().__init__(window)
        self._drop_handler = drop_handler
        self._asks = asks
        self._content = content
        self.overlay = DropOverlay(style, content)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragEnter:
            self._enter(cast(QDropEvent, event))
        elif kind == QEvent.Type.DragMove:
            self._move(cast(QDropEvent, event))
        elif kind == QEvent.Type.DragLeave:
            self.overlay.hide()
        elif kind == QEvent.Type.Drop:
            self._drop(cast(QDropEvent, event))
        else:
            return super().eventFilter(watched, event)
        return True

    def _enter(self, event: QDropEvent) -> None:
        """Accept files and images, except a drag that started in this window."""
        if event.source() is None and has_files_or_image(event.mimeData()):
            _accept(event)
            self.overlay.cover(self._asks())
        else:
            event.ignore()

    def _move(self, event: QDropEvent) -> None:
        self.overlay.point_at(self._place(event))
        _accept(event)

    def _drop(self, event: QDropEvent) -> None:
        adds = self.overlay.isVisible() and self.overlay.adds(self._place(event))
        self.overlay.hide()
        if self._drop_handler.take(event.mimeData(), adds):
            _accept(event)

    def _place(self, event: QDropEvent) -> QPoint:
        window = cast(QWidget, self.parent())
        return self._content.mapFrom(window, event.position().toPoint())


def _accept(event: QDropEvent) -> None:
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
