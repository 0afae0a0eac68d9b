"""Fonts for drawing on pictures: Pillow's own, and the machine's for letters that it lacks."""

from __future__ import annotations

from PIL import ImageDraw, ImageFont

# Pillow searches the machine's font folders for them.
FONTS = (
    "DejaVuSans.ttf",
    "arial.ttf",
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "PingFang.ttc",
)
UNASSIGNED = "\U0010ffff"  # a font draws it as its glyph for missing letters
BASELINE = 0.8  # of the line height, from the top


class FontSet:
    """Fonts of one size; each text is drawn in the first one that has all its letters."""

    def __init__(self, size: int) -> None:
        """`size`: in pixels."""
        self.line = size
        self._fonts = [
            font for font in (_pillow_font(size), *(_system_font(name, size) for name in FONTS)) if font
        ]

    def can_write(self, text: str) -> bool:
        """Whether any font has all letters of the text."""
        return bool(text.strip()) and any(_has_all(font, text) for font in self._fonts)

    def width(self, text: str) -> int:
        """The width of a text in pixels."""
        return round(self._font(text).getlength(text))

    def write(
        self, pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, colour: str | tuple[int, int, int]
    ) -> None:
        """Draw a text. `place`: the left end and the top of the line."""
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
