"""A layout that wraps: widgets stand side by side and continue in a new row when the width is used up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from gui.override import override


class FlowLayout(QLayout):
    """Lays widgets out in rows with `gap` pixels between; `centred` centres each row."""

    def __init__(self, parent: QWidget, gap: int, centred: bool = False) -> None:
        super().__init__(parent)
        self._centred = centred
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins())
        self.setSpacing(gap)

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.update()  # otherwise visible widgets would not move

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    @override
    def setGeometry(self, rectangle: QRect) -> None:
        super().setGeometry(rectangle)
        self._place(rectangle, move=True)

    @override
    def sizeHint(self) -> QSize:
        """The size with all widgets in one row."""
        height = max((size.height() for size in self._sizes()), default=0)
        return self._with_margins(QSize(self._width(self._items), height))

    @override
    def minimumSize(self) -> QSize:
        result = QSize()
        for size in self._sizes():
            result = result.expandedTo(size)
        return self._with_margins(result)

    def _width(self, items: Sequence[QLayoutItem]) -> int:
        """The width of `items` in one row, in pixels."""
        widths = [item.sizeHint().width() for item in items if not item.isEmpty()]
        return sum(widths) + self.spacing() * max(len(widths) - 1, 0)

    def _sizes(self) -> list[QSize]:
        return [item.sizeHint() for item in self._items if not item.isEmpty()]

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rectangle: QRect, move: bool) -> int:
        """Lay out the rows, moving the widgets if `move`. Returns the height in pixels."""
        margins = self.contentsMargins()
        inner = rectangle.marginsRemoved(margins)
        for row, top, height in self._rows(inner):
            left = inner.left()
            if self._centred:
                left += max(inner.width() - self._width(row), 0) // 2
            for item in row if move else ():
                size = item.sizeHint().boundedTo(QSize(inner.width(), height))
                item.setGeometry(QRect(QPoint(left, top + (height - size.height()) // 2), size))
                left += size.width() + self.spacing()
        last = next(reversed(self._rows(inner)), None)
        bottom = last[1] + last[2] - inner.top() if last else 0
        return bottom + margins.top() + margins.bottom()

    def _rows(self, inner: QRect) -> list[tuple[list[QLayoutItem], int, int]]:
        """Split the widgets into rows; each has its top and height in pixels."""
        rows: list[tuple[list[QLayoutItem], int, int]] = []
        left, top, height = 0, inner.top(), 0
        row: list[QLayoutItem] = []
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if row and left + size.width() > inner.width():
                rows.append((row, top, height))
                left, top, height, row = 0, top + height + self.spacing(), 0, []
            row.append(item)
            left += size.width() + self.spacing()
            height = max(height, size.height())
        return [*rows, (row, top, height)] if row else rows
