"""Letters for drawing on pictures: Pillow's own font, and the machine's where that one lacks a letter."""

from __future__ import annotations

from PIL import ImageDraw, ImageFont

# Pillow looks for them in the machine's own folders of fonts.
FONTS = (
    "DejaVuSans.ttf",
    "arial.ttf",
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "PingFang.ttc",
)
UNASSIGNED = "\U0010ffff"  # what a font draws for it is its sign for a missing letter
BASELINE = 0.8  # of the height of a line, from its top


class FontSet:
    """One size of letters, each text in the first font that has all of its letters."""

    def __init__(self, size: int) -> None:
        """`size`: pixels."""
        self.line = size
        self._fonts = [
            font for font in (_pillow_font(size), *(_system_font(name, size) for name in FONTS)) if font
        ]

    def can_write(self, text: str) -> bool:
        return bool(text.strip()) and any(_has_all(font, text) for font in self._fonts)

    def width(self, text: str) -> int:
        """Pixels."""
        return round(self._font(text).getlength(text))

    def write(
        self, pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, colour: str | tuple[int, int, int]
    ) -> None:
        """`place`: the left end and the top of the line."""
        left, top = place
        pen.text((left, top + round(self.line * BASELINE)), text, colour, self._font(text), anchor="ls")

    def _font(self, text: str) -> ImageFont.FreeTypeFont:
        return next((font for font in self._fonts if _has_all(font, text)), self._fonts[0])


def _pillow_font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


def _system_font(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _has_all(font: ImageFont.FreeTypeFont, text: str) -> bool:
    missing = bytes(font.getmask(UNASSIGNED))
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in set(text))
