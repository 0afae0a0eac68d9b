"""Decodes JPEGs of our own making, in threads, without keeping the window waiting.

Qt's own way, QImage.fromData, keeps the interpreter until it is done, and with it the main thread: for 144
of the 156 ms that twelve megapixels take. It also asks for its decoder under a lock, and an event sent under
that lock may need the interpreter again. Pillow lets go of it while it decodes, and has no such lock; to hand
the pixels over still keeps it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decoded(encoded: bytes | None, box: QSize | None = None, ratio: float = 1.0) -> QImage:
    """As a picture that paints fast, fitted into `box` (device pixels) where one is given, never enlarged.

    `ratio`: device pixels to a logical one. A null image where there is nothing, or nothing that can be read.
    """
    picture = _opened(encoded, box) if encoded else None
    if picture is None:
        return QImage()
    width, height = picture.size
    # Blue, green, red and a byte that has to be full: Qt's RGB32, on machines that put the low byte first.
    pixels = picture.tobytes("raw", "BGRA")
    # A copy, since Qt would read on in bytes that are nobody's any more.
    image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _opened(encoded: bytes, box: QSize | None) -> Image | None:
    # Here, so that the window is there before Pillow is.
    from PIL import Image

    try:
        picture: Image.Image = Image.open(io.BytesIO(encoded), formats=("JPEG",))
        if box is not None:
            picture.thumbnail((max(box.width(), 1), max(box.height(), 1)))
        return picture.convert("RGBA")
    # What Pillow says of bytes that are no whole JPEG, or claim to be too large a one.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
