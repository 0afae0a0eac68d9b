"""Decides whether one of two pictures was made from the other: saved again, resized, cropped or edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from PIL import Image

from engine.clustering.duplicates.alignment import Box, align
from engine.clustering.duplicates.differences import PictureDifferences, compare_pictures
from engine.clustering.duplicates.image_similarity import ComparedImage, ImageSimilarity
from engine.clustering.duplicates.palette import has_few_colours
from engine.clustering.duplicates.print_agreement import LEAST_AGREEMENT, ink_agreement

SIDE_LOOKED_AT = 960  # pixels: a digit on a page then has eleven rows
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
NEARLY_WHOLE = 0.02  # of a side

# Returns both as RGB, the longer side at most SIDE_LOOKED_AT; None if a file is not accessible.
OpenBoth: TypeAlias = Callable[[], tuple[Image.Image, Image.Image] | None]


@dataclass(frozen=True, slots=True)
class CopyThresholds:
    """The largest differences that an edit of the whole picture may leave in any one place."""

    detail: float
    tone: float
    colour: float
    stroke: float
    flat_tone: float = 6.0  # of flat art
    flat_colour: float = 12.0
    faint_stroke: float = 12.0  # up to here a stroke may be noise from saving, if nearly all else is even
    faint_detail: float = 6.5

    def allow(self, rest: PictureDifferences) -> bool:
        """Whether the differences are small enough for a copy."""
        tone, colour = (self.flat_tone, self.flat_colour) if rest.flat else (self.tone, self.colour)
        stroke = max(rest.lighter, rest.darker)
        detail = max(self.detail, self.faint_detail) if stroke <= self.faint_stroke else self.detail
        return rest.tone <= tone and rest.colour <= colour and rest.detail <= detail and stroke <= self.stroke


# Thumbnails lose the digits of a number, and what is below a thin mark, so they only sort out pairs. Pairs
# that pass are opened. There a sharpened copy reached 2.9 and 36, another digit 3.4 and 44 or more.
SIEVE = CopyThresholds(detail=12.0, tone=20.0, colour=30.0, stroke=110.0)
OPENED = CopyThresholds(detail=3.3, tone=11.0, colour=22.0, stroke=40.0, flat_colour=16.0)
OPENED_PAPER = replace(OPENED, stroke=30.0)  # another digit in small print reached 33, a sharpened copy 27
# Small pages: another digit of six rows left 3.1 and more, their copies at most 2.6 (saved at quality 25).
SMALL_PAPER_SIDE = 700  # pixels of the longer side
LIGHT_GROUND = 128  # level of half of the pixels
OPENED_SMALL_PAPER = replace(OPENED_PAPER, detail=2.8, faint_detail=2.8)
THUMBNAILS_ALONE = CopyThresholds(detail=4.5, tone=11.0, colour=22.0, stroke=45.0)


def is_copy(first: ComparedImage, second: ComparedImage, alike: ImageSimilarity, opened: OpenBoth) -> bool:
    """`alike`: how they align. `opened` is called if thumbnails cannot decide.

    If a file is not accessible, the thumbnails of photographs decide, more strictly; those of print cannot.
    """
    paper = first.paper or second.paper
    thumbnails = first.picture(), second.picture()
    laid = _refine(*thumbnails, alike, SIEVE, least_agreement=LEAST_AGREEMENT if paper else None)
    if laid is None:
        return False
    pictures = opened()
    if pictures is None:
        return not paper and _refine(*thumbnails, alike, THUMBNAILS_ALONE) is not None
    return _refine(*pictures, laid, _opened_thresholds(paper, *pictures), near=True) is not None


def _opened_thresholds(paper: bool, *pictures: Image.Image) -> CopyThresholds:
    if not paper:
        return OPENED
    is_small = min(max(picture.size) for picture in pictures) < SMALL_PAPER_SIDE
    return OPENED_SMALL_PAPER if is_small and all(map(_is_light, pictures)) else OPENED_PAPER


def _is_light(picture: Image.Image) -> bool:
    """Slides have a dark background with large letters."""
    return float(np.median(np.asarray(picture.convert("L")))) >= LIGHT_GROUND


def _refine(
    first: Image.Image,
    second: Image.Image,
    alike: ImageSimilarity,
    limits: CopyThresholds,
    near: bool = False,
    least_agreement: float | None = None,
) -> ImageSimilarity | None:
    """A more exact alignment if one may be made from the other, else None. `near`: `alike` is already exact.

    `least_agreement`: of the ink of pages; it can spare the closer comparison. Either may be the original,
    since what an edit lost, such as bright detail, cannot be restored.
    """
    larger, crop = (second, first) if alike.swapped else (first, second)
    if larger.size == crop.size and _is_nearly_whole(alike.box) and has_few_colours(larger):
        # Resampling interpolates between pixels, after which a picture no longer has few colours.
        larger, crop = crop, larger
        alike = replace(alike, swapped=not alike.swapped, box=_invert_box(alike.box))
    laid = align(larger, crop, alike.box, near)
    if least_agreement is not None and ink_agreement(laid.part, laid.whole) < least_agreement:
        return None
    if any(
        limits.allow(compare_pictures(*pair, blurred=limits is SIEVE))
        for pair in ((laid.part, laid.whole), (laid.whole, laid.part))
    ):
        return replace(alike, box=laid.box)
    return None


def _is_nearly_whole(box: Box) -> bool:
    return max(abs(side - whole) for side, whole in zip(box, WHOLE, strict=True)) <= NEARLY_WHOLE


def _invert_box(box: Box) -> Box:
    """Where the second shows what the first shows, as far as it does."""
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    return max(-left / across, 0), max(-top / down, 0), min((1 - left) / across, 1), min((1 - top) / down, 1)
