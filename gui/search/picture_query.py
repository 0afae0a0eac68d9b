"""Pictures as part of a search: dropped, pasted or picked files, and items of the library."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QImage

from engine.errors import QueryError
from gui import strings
from gui.widgets.decoding import decoded

CHIP = QSize(32, 32)  # logical pixels
LONGEST_SIDE = 2048  # pixels of a pasted picture; models use less, and a smaller one is encoded faster
PICTURE_LIMIT = 6


@dataclass(frozen=True, slots=True)
class QueryPicture:
    """A picture to search by: the path of a file, an encoded picture, or the number of an item."""

    source: Path | bytes | int
    label: str
    thumbnail: QImage = field(compare=False)  # null if there is none


def from_file(path: Path, preview: Callable[[Path], bytes], ratio: float) -> QueryPicture:
    """Make a query picture of a file. Reads it, so not for the main thread. Raises QueryError.

    `preview` returns a small JPEG made by the library: the file itself is never decoded in this process.
    """
    label = strings.file_name(path)
    if not os.path.isfile(path):  # noqa: PTH113  # Path.is_file raises where a folder may not be entered
        raise QueryError(strings.NOT_A_FILE.format(name=label))
    return QueryPicture(path, label, decoded(preview(path), CHIP * ratio, ratio))


def from_image(image: QImage, ratio: float) -> QueryPicture:
    """Make a query picture of pixels, as PNG. Slow, so not for the main thread. Raises QueryError."""
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
    return QueryPicture(bytes(encoded.data()), strings.PASTED_PICTURE, _fitted(image, CHIP * ratio, ratio))


def _fitted(image: QImage, box: QSize, ratio: float) -> QImage:
    """Scale `image` down to fit `box`, in device pixels."""
    if image.width() > box.width() or image.height() > box.height():
        image = image.scaled(
            box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def from_item(item: int, label: str, encoded: bytes | None, ratio: float) -> QueryPicture:
    """Make a query picture of an item.

    `encoded`: its thumbnail as JPEG, or None. `ratio`: device pixels per logical pixel.
    """
    return QueryPicture(item, label, decoded(encoded, CHIP * ratio, ratio))


@dataclass(frozen=True, slots=True)
class DropOffer:
    """The files or the image of a drop or the clipboard."""

    paths: tuple[Path, ...] = ()
    image: QImage | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to handle."""
        return not self.paths and self.image is None


def has_files_or_image(data: QMimeData) -> bool:
    """Whether a drag has anything to handle; cheap enough for every move."""
    return data.hasImage() or any(url.isLocalFile() for url in data.urls())


def is_plain_text(data: QMimeData) -> bool:
    """Whether the data is text, perhaps with a picture of it, as office programs copy it."""
    return data.hasFormat("text/plain") and not any(url.isLocalFile() for url in data.urls())


def offer(data: QMimeData) -> DropOffer:
    """Extract files, or else an image: file managers often add a bitmap of the icon to a copied file."""
    paths = tuple(_path_of(url) for url in data.urls() if url.isLocalFile())
    if paths:
        return DropOffer(paths=paths)
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return DropOffer(image=image)
    return DropOffer()


def _path_of(url: QUrl) -> Path:
    """The path of a local URL, also for names that are not valid UTF-8, which QUrl.toLocalFile garbles."""
    if os.name == "nt":
        return Path(url.toLocalFile())
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))
