"""Whether one of two pictures was made from the other: saved again, resized, cropped, edited as a whole."""

from __future__ import annotations

from PIL import Image

from engine.discover.differences import Differences, differences
from engine.discover.likeness import Likeness, View
from engine.discover.overlay import laid_over

# Measured on 400 photographs in 40 altered versions each, and on 1,520 pairs of made pictures that differ in
# one colour, word, digit or thing.
MOST_DETAIL = 4.5  # times what is to be expected; a digit on a sign reached 4.6 and more
MOST_TONE, MOST_COLOUR = 11.0, 22.0  # levels
MOST_FLAT_TONE, MOST_FLAT_COLOUR = 6.0, 12.0  # of flat art
MOST_STROKE = 45.0  # levels of a stroke, whatever the noise; a sharpened copy reached 37
MOST_STROKE_OF_PRINT = 30.0  # another digit of a page at 960 pixels reached 33 and more, a sharpened copy 27
# A watermark: strokes that let the picture through, all lighter or all darker, on a photograph.
MOST_MARK, MOST_MARK_DETAIL, MOST_OPPOSITE = 60.0, 10.0, 0.2


def is_copy(first: View, second: View, alike: Likeness) -> bool:
    """`alike`: how they lie over one another.

    Either may be the original: what an edit lost, such as bright detail, cannot be made again.
    """
    larger, crop = (second, first) if alike.swapped else (first, second)
    part, whole = laid_over(larger.picture(), crop.picture(), alike.box)
    return _explained(differences(part, whole)) or _explained(differences(whole, part))


def is_copy_in_print(first: Image.Image, second: Image.Image, alike: Likeness) -> bool:
    """Whether a digit or a word differs on paper: RGB pictures, larger than thumbnails are."""
    larger, crop = (second, first) if alike.swapped else (first, second)
    part, whole = laid_over(larger, crop, alike.box)
    return any(
        _explained(rest) and max(rest.lighter, rest.darker) <= MOST_STROKE_OF_PRINT
        for rest in (differences(part, whole), differences(whole, part))
    )


def _explained(rest: Differences) -> bool:
    tone, colour = (MOST_FLAT_TONE, MOST_FLAT_COLOUR) if rest.flat else (MOST_TONE, MOST_COLOUR)
    if rest.tone > tone or rest.colour > colour:
        return False
    stroke, opposite = max(rest.lighter, rest.darker), min(rest.lighter, rest.darker)
    if rest.detail <= MOST_DETAIL and stroke <= MOST_STROKE:
        return True
    marked = stroke <= MOST_MARK and opposite <= MOST_OPPOSITE * stroke and rest.detail <= MOST_MARK_DETAIL
    return marked and not rest.flat
