"""Pictures with words on them, drawn for the tests of reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

RECEIPT = ("HARBOUR BAKERY", "14 Mill Lane, Whitby", "Rye bread 3.40", "Butter croissant 2.10", "TOTAL 5.50")
LEFT_COLUMN = (
    "Storks leave the north in",
    "August and fly to Africa,",
    "most of them by way of",
    "the Bosporus and Suez.",
)
RIGHT_COLUMN = (
    "Their young find the road",
    "without any help from the",
    "older birds, it is said in",
    "every book about storks.",
)


def font(size: int) -> ImageFont.FreeTypeFont:
    loaded = ImageFont.load_default(size)
    assert isinstance(loaded, ImageFont.FreeTypeFont)
    return loaded


def receipt(lines: Sequence[str] = RECEIPT, size: tuple[int, int] = (420, 300)) -> Image.Image:
    """Dark lines on paper, one below the other, each 28 pixels high from 20 + 52 times its number on."""
    image = Image.new("RGB", size, "#f8f6f0")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((24, 20 + 52 * number), line, font=font(28), fill="#202020")
    return image


def two_columns() -> Image.Image:
    """A title across both columns, then the columns."""
    image = Image.new("RGB", (760, 300), "white")
    draw = ImageDraw.Draw(image)
    draw.text((150, 16), "How the white stork finds its way", font=font(30), fill="black")
    for left, column in ((20, LEFT_COLUMN), (400, RIGHT_COLUMN)):
        for number, line in enumerate(column):
            draw.text((left, 80 + 48 * number), line, font=font(26), fill="black")
    return image


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path
