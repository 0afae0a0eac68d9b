"""Takes pictures of the window with what lies over it, and writes them as small PNG files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from engine.settings import Appearance
from gui.main_window import MainWindow
from gui.widgets.appearance.style import DARK, GRID, LIGHT, Colours
from tests.screens.wait import until

LOOKS: tuple[tuple[Appearance, Colours], ...] = (("light", LIGHT), ("dark", DARK))
SAME = 3  # pictures in a row that are the same: nothing is on its way any more
COLOURS = (256, 144, 112)  # as many as leave the file small
KEPT_COLOURS = 32
EDGE_SHARES = (0.25, 0.5, 0.75)
SMALL_BYTES = 135_000
TITLE_HEIGHT = 4 * GRID
SHADOW = 12

Levels: TypeAlias = tuple[int, int, int]  # red, green, blue


class Camera:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.taken: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, window: MainWindow, still: bool = True) -> None:
        """`name`-light.png and `name`-dark.png. Raises Unreached where the window does not come to rest.

        `still` False: something goes on moving, and is taken as it is.
        """
        for look, colours in LOOKS:
            window.preferences.change(appearance=look)
            QApplication.processEvents()
            image = _still_image(window, colours, name) if still else _image(window, colours)
            path = self._folder / f"{name}-{look}.png"
            path.write_bytes(_small_png(image, colours))
            self.taken.append(path)

    def forget_others(self) -> None:
        """What an earlier run took and this one did not."""
        for path in self._folder.glob("*.png"):
            if path not in self.taken:
                path.unlink()

    def wait(self, window: MainWindow) -> None:
        """Until nothing moves. Raises Unreached."""
        _still_image(window, LIGHT, "the window")


def _still_image(window: MainWindow, colours: Colours, name: str) -> QImage:
    images: list[QImage] = []

    def is_still() -> bool:
        image = _image(window, colours)
        if window.results.view.waits_for_words or (images and images[-1] != image):
            images.clear()
        images.append(image)
        return len(images) >= SAME

    until(is_still, f"{name}, at rest")
    return images[-1]


def _image(window: MainWindow, colours: Colours) -> QImage:
    """The window, then dialogs, then menus, as they lie on the screen."""
    picture = window.grab()
    painter = QPainter(picture)
    over = [
        widget for widget in QApplication.topLevelWidgets() if widget is not window and widget.isVisible()
    ]
    for widget in sorted(over, key=_is_popup):
        if _is_popup(widget):
            painter.drawPixmap(window.mapFromGlobal(widget.pos()), widget.grab())
        else:
            _draw_dialog(painter, picture.rect(), widget, colours)
    painter.end()
    return picture.toImage().convertToFormat(QImage.Format.Format_RGB888)


def _is_popup(widget: QWidget) -> bool:
    return widget.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)


def _draw_dialog(painter: QPainter, area: QRect, dialog: QWidget, colours: Colours) -> None:
    """In the middle, with a plain frame such as a desktop gives it."""
    content: QPixmap = dialog.grab()
    frame = QRect(0, 0, content.width() + 2, content.height() + TITLE_HEIGHT + 1)
    frame.moveCenter(area.center())
    for step in range(SHADOW, 0, -1):
        painter.fillRect(frame.adjusted(-step, 4 - step, step, 4 + step), QColor(0, 0, 0, 6))
    painter.fillRect(frame, QColor(colours.border))
    title = QRect(frame.left() + 1, frame.top() + 1, content.width(), TITLE_HEIGHT - 1)
    painter.fillRect(title, QColor(colours.mat))
    painter.setPen(QColor(colours.text))
    painter.drawText(title, Qt.AlignmentFlag.AlignCenter, dialog.windowTitle())
    painter.drawPixmap(frame.topLeft() + QPoint(1, TITLE_HEIGHT), content)


def _small_png(image: QImage, colours: Colours) -> bytes:
    width, height, line = image.width(), image.height(), image.bytesPerLine()
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(height, line)[:, : 3 * width]
    picture = Image.fromarray(whole.reshape(height, width, 3))
    small = b""
    for count in COLOURS:
        small = _with_colours(picture, colours, count)
        if len(small) <= SMALL_BYTES:
            break
    return small


def _with_colours(picture: Image.Image, colours: Colours, count: int) -> bytes:
    """A PNG of so many colours. Those of the window itself, and what covers most of it, are kept."""
    pixels = np.asarray(picture)
    packed = (pixels.astype(np.uint32) * (1 << 16, 1 << 8, 1)).sum(axis=2)
    every, covers = np.unique(packed, return_counts=True)
    own = [_packed(colour) for colour in astuple(colours)]
    covers[np.isin(every, own)] += picture.width * picture.height
    kept = every[np.argsort(-covers, kind="stable")][:KEPT_COLOURS]
    fixed = [*_levels(kept), *_edges(colours)]
    indices = np.zeros(packed.shape, np.uint8)
    for number, colour in enumerate(kept):
        indices[packed == colour] = number
    palette = [level for levels in fixed for level in levels]
    others = ~np.isin(packed, kept)  # photographs, and the edges of letters
    if others.any():
        row = Image.fromarray(pixels[others][np.newaxis])
        few = row.quantize(count - len(fixed), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        palette = (palette + (few.getpalette() or []))[: 3 * count]
        all_of_them = Image.new("P", (1, 1))
        all_of_them.putpalette(palette)
        indices[others] = np.asarray(row.quantize(palette=all_of_them, dither=Image.Dither.NONE))[0]
    small = Image.fromarray(indices)
    small.putpalette(palette)
    written = io.BytesIO()
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


def _levels(packed: Iterable[int]) -> list[Levels]:
    return [(int(colour) >> 16 & 255, int(colour) >> 8 & 255, int(colour) & 255) for colour in packed]


def _edges(colours: Colours) -> list[Levels]:
    """What lies between letters and the ground that they stand on."""
    edges: list[Levels] = []
    for letters in (colours.text, colours.muted, colours.accent):
        for ground in (colours.window, colours.surface):
            (one,), (other,) = _levels([_packed(letters)]), _levels([_packed(ground)])
            for share in EDGE_SHARES:
                red, green, blue = (
                    round(share * a + (1 - share) * b) for a, b in zip(one, other, strict=True)
                )
                edges.append((red, green, blue))
    return edges


def _packed(colour: str) -> int:
    """ "#1c6470" as one number."""
    return int(colour.removeprefix("#"), 16)
