"""The geometry that picture models were trained with, in Pillow alone.

The same arithmetic and the same Pillow calls as torchvision's Resize and CenterCrop and open_clip's
ResizeKeepRatio and CenterCropOrPad, so that the result is the same to the bit, without loading torch in a
decoding process.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from engine.records import PictureInput, Pixels

THUMBNAIL_SIDE = 320

# Beyond this ratio of the sides, scaling the whole picture would cost more memory than the picture itself;
# then only the part that the cut keeps is scaled.
_LONGEST_RATIO_SCALED_WHOLE = 16
_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def prepare(image: Image.Image, wanted: PictureInput) -> Pixels:
    """An upright RGB picture -> (size, size, 3) uint8, as open_clip's `image_transform` would make it.

    With "fit" the shape is the picture's own.
    """
    if wanted.resize == "fit":
        fitted = _resized(image, fit_within(*image.size, wanted.size), wanted)
    elif wanted.resize == "squash":
        fitted = _resized(image, (wanted.size, wanted.size), wanted)
    elif wanted.resize == "longest":
        fitted = _pad_longest(image, wanted)
    else:
        fitted = _cut_shortest(image, wanted)
    return np.asarray(fitted, dtype=np.uint8)


def useful_scale(width: float, height: float, wanted: PictureInput | None) -> float:
    """The scale at which a picture of this size is worth decoding or drawing: twice what the model and the
    thumbnail need, so that the last step down still filters well. Without `wanted`, for a thumbnail alone."""
    shorter, longer = min(width, height), max(width, height)
    scale = 2 * THUMBNAIL_SIDE / longer
    if wanted is not None:
        decisive = longer if wanted.resize in ("longest", "fit") else shorter
        scale = max(scale, (1 if wanted.resize == "fit" else 2) * wanted.size / decisive)
    return scale


def fit_within(width: int, height: int, side: int) -> tuple[int, int]:
    """The size with the longer side at most `side`, the shape kept, nothing enlarged, no side below 1."""
    scale = min(side / max(width, height), 1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def cap_pixels(width: float, height: float, scale: float, pixels: int, side: int) -> float:
    """The largest scale up to `scale` that keeps the area within `pixels` and both sides within `side`."""
    return min(scale, math.sqrt(pixels / (width * height)), side / max(width, height))


def _cut_shortest(image: Image.Image, wanted: PictureInput) -> Image.Image:
    size = wanted.size
    width, height = image.size
    shorter, longer = min(width, height), max(width, height)
    scaled_longer = int(size * longer / shorter)
    start = round((scaled_longer - size) / 2.0)
    if scaled_longer > _LONGEST_RATIO_SCALED_WHOLE * size:
        first = start * longer / scaled_longer
        last = min((start + size) * longer / scaled_longer, longer)
        box = (0, first, width, last) if height > width else (first, 0, last, height)
        return image.resize((size, size), _FILTERS[wanted.interpolation], box=box)
    if width <= height:
        scaled = _resized(image, (size, scaled_longer), wanted)
        return scaled.crop((0, start, size, start + size))
    scaled = _resized(image, (scaled_longer, size), wanted)
    return scaled.crop((start, 0, start + size, size))


def _pad_longest(image: Image.Image, wanted: PictureInput) -> Image.Image:
    size = wanted.size
    ratio = max(image.width / size, image.height / size)
    width, height = max(round(image.width / ratio), 1), max(round(image.height / ratio), 1)
    scaled = _resized(image, (width, height), wanted)
    padded = Image.new("RGB", (size, size), (wanted.fill,) * 3)
    padded.paste(scaled, ((size - width) // 2, (size - height) // 2))
    return padded


def _resized(image: Image.Image, size: tuple[int, int], wanted: PictureInput) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, _FILTERS[wanted.interpolation])
