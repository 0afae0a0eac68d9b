"""Icons of the program: line icons in any colour, and the application's own icon."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QIcon, QImageReader, QPixmap, QPixmapCache

_RATIOS = (1.0, 2.0)  # device pixels per logical pixel; Qt picks the nearest


def icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """Load the line icon `assets/icons/<name>.svg` in one colour.

    `disabled` is the colour of the icon on a disabled button; None lets Qt choose. Raises FileNotFoundError.
    """
    result = QIcon()
    for ratio in _RATIOS:
        result.addPixmap(pixmap(name, 20, colour, ratio))
        if disabled is not None:
            result.addPixmap(pixmap(name, 20, disabled, ratio), QIcon.Mode.Disabled)
    return result


def application_icon() -> QIcon:
    """The program's own icon in all usual sizes, 16 to 256 pixels."""
    result = QIcon()
    for size in (16, 32, 48, 64, 128, 256):
        result.addPixmap(pixmap("findling", size))
    return result


def pixmap(name: str, size: int, colour: QColor | None = None, ratio: float = 1.0) -> QPixmap:
    """Draw `assets/icons/<name>.svg` at `size` logical pixels square, or take it from Qt's cache."""
    key = f"findling {name} {size} {colour.name() if colour is not None else ''} {ratio}"
    known = QPixmap()
    if QPixmapCache.find(key, known):
        return known
    drawn = _drawn(name, round(size * ratio), colour)
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def _drawn(name: str, pixels: int, colour: QColor | None) -> QPixmap:
    drawing = files("assets").joinpath("icons", f"{name}.svg").read_bytes()
    if colour is not None:
        drawing = drawing.replace(b"currentColor", colour.name().encode("ascii"))
    buffer = QBuffer()
    buffer.setData(QByteArray(drawing))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(pixels, pixels))
    return QPixmap.fromImageReader(reader)
