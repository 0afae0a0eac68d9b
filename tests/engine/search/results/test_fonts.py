"""Letters on pictures: within their line, and honest about those that no font has."""

from __future__ import annotations

from PIL import Image, ImageDraw

from engine.search.results.fonts import FontSet


def test_letters_are_written_within_their_line() -> None:
    letters = FontSet(40)
    canvas = Image.new("L", (400, 100))
    letters.write(ImageDraw.Draw(canvas), (20, 20), "Hxgq", "white")
    box = canvas.getbbox()
    assert box is not None
    assert box[0] >= 18
    assert box[1] >= 18
    assert box[2] <= 22 + letters.width("Hxgq")
    assert box[3] <= 64


def test_what_no_font_has_cannot_be_written() -> None:
    letters = FontSet(12)
    assert letters.can_write("cat")
    assert not letters.can_write("")
    assert not letters.can_write("cat \U000f1234")
