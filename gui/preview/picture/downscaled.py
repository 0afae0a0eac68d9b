"""Smaller copies of a picture: drawing a large one small in one step skips pixels and looks ragged."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage


class DownscaledPicture:
    """Successive halves of a picture, made on demand."""

    def __init__(self) -> None:
        self._levels: list[QImage] = []

    def fitting(self, image: QImage, size: QSize) -> QImage:
        """The smallest copy that is at least `size`, in device pixels."""
        if not self._levels or self._levels[0].cacheKey() != image.cacheKey():
            self._levels = [image]
        level = 0
        while (half := _half(self._levels[level].size())).width() >= max(size.width(), 1):
            if level + 1 == len(self._levels):
                self._levels.append(_scaled(self._levels[level], half))
            level += 1
        return self._levels[level]


def _half(size: QSize) -> QSize:
    """Half the size, rounded down, at least one pixel."""
    return QSize(size.width() // 2, max(size.height() // 2, 1))


def _scaled(image: QImage, size: QSize) -> QImage:
    ignore, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, ignore, smooth)
