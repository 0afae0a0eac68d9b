"""Smaller copies of a picture: a large one drawn small in one step leaves pixels out, and is ragged."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage


class DownscaledPicture:
    """Halves of one picture, and of these, made as they are asked for."""

    def __init__(self) -> None:
        self._levels: list[QImage] = []

    def fitting(self, image: QImage, size: QSize) -> QImage:
        """The smallest that is no smaller than `size` (device pixels)."""
        if not self._levels or self._levels[0].cacheKey() != image.cacheKey():
            self._levels = [image]
        level = 0
        while (half := _half(self._levels[level].size())).width() >= max(size.width(), 1):
            if level + 1 == len(self._levels):
                self._levels.append(_scaled(self._levels[level], half))
            level += 1
        return self._levels[level]


def _half(size: QSize) -> QSize:
    """Rounded down, so that it comes to an end; a side stays one pixel at least."""
    return QSize(size.width() // 2, max(size.height() // 2, 1))


def _scaled(image: QImage, size: QSize) -> QImage:
    ignore, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, ignore, smooth)
