"""Pictures that are part of a question: dropped, pasted or picked ones, and items of the library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from engine.errors import QueryError
from gui import strings
from gui.thumbnails import read_scaled, scaled

CHIP = QSize(32, 32)  # logical pixels
LONGEST_SIDE = 2048  # of a pasted picture; no model looks at more, and a smaller one is encoded sooner
PICTURE_LIMIT = 6


@dataclass(frozen=True, slots=True)
class QueryPicture:
    """A picture file, the encoded bytes of a picture, or an item of the library."""

    source: Path | bytes | int
    label: str
    thumbnail: QImage  # null where the window cannot draw it; the engine may read it all the same


def from_file(path: Path, ratio: float) -> QueryPicture:
    """Reads the file: not for the main thread."""
    thumbnail = read_scaled(QImageReader(str(path)), CHIP * ratio, ratio)
    return QueryPicture(path, strings.file_name(path), thumbnail)


def from_image(image: QImage, ratio: float) -> QueryPicture:
    """Encodes the picture as PNG, which takes a while: not for the main thread. Raises QueryError."""
    if max(image.width(), image.height()) > LONGEST_SIDE:
        image = image.scaled(
            QSize(LONGEST_SIDE, LONGEST_SIDE),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    encoded = QByteArray()
    buffer = QBuffer(encoded)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stub wants bytes, Qt text
        raise QueryError(strings.PICTURE_NOT_ENCODED)
    content = bytes(encoded.data())
    return QueryPicture(content, strings.PASTED_PICTURE, scaled(content, CHIP * ratio, ratio))


def from_item(item: int, label: str, encoded: bytes | None, ratio: float) -> QueryPicture:
    return QueryPicture(item, label, scaled(encoded, CHIP * ratio, ratio))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a drop or the clipboard holds for us."""

    paths: tuple[Path, ...] = ()
    image: QImage | None = None

    @property
    def empty(self) -> bool:
        return not self.paths and self.image is None


def holds_something(data: QMimeData) -> bool:
    """Cheap, for a drag that only moves over the window."""
    return data.hasImage() or any(url.isLocalFile() for url in data.urls())


def offer(data: QMimeData) -> Offer:
    """Files first: a file manager that copies a picture often adds a bitmap of its icon."""
    paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    if paths:
        return Offer(paths=paths)
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Offer(image=image)
    return Offer()
