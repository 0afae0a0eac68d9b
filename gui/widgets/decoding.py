"""Decodes the program's own JPEGs in any thread without blocking the window.

QImage.fromData holds the interpreter lock while it decodes: 144 of 156 ms for twelve megapixels, during which
the main thread waits. It also looks up its decoder under a lock of its own, and an event sent under that lock
may need the interpreter again. Pillow releases the interpreter lock while it decodes; only handing over the
pixels holds it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PIL.Image import Image


def decoded(encoded: bytes | None, box: QSize | None = None, ratio: float = 1.0) -> QImage:
    """Decode into a format that paints fast, scaled down to fit `box` (device pixels) if given.

    `ratio`: device pixels per logical pixel. Returns a null image if `encoded` is empty or cannot be decoded.
    """
    picture = _opened(encoded, box) if encoded else None
    if picture is None:
        return QImage()
    width, height = picture.size
    # Blue, green, red and an opaque byte: the layout of Qt's RGB32 on little-endian machines.
    pixels = picture.tobytes("raw", "BGRA")
    # A copy, since Qt does not keep the bytes alive.
    image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _opened(encoded: bytes, box: QSize | None) -> Image | None:
    # Imported here so that the window appears before Pillow is loaded.
    from PIL import Image

    try:
        picture: Image.Image = Image.open(io.BytesIO(encoded), formats=("JPEG",))
        if box is not None:
            picture.thumbnail((max(box.width(), 1), max(box.height(), 1)))
        return picture.convert("RGBA")
    # Pillow's errors for truncated, damaged or oversized JPEGs.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
