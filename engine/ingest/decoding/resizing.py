"""Resizes pictures as in the models' training, with Pillow only.

The same arithmetic and Pillow calls as torchvision's Resize and CenterCrop and open_clip's ResizeKeepRatio
and CenterCropOrPad, so that the result is bitwise the same without loading torch in a decoding process.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from engine.records import PictureInput, Pixels

THUMBNAIL_SIDE = 320

# Beyond this ratio of the sides, scaling the whole picture would take more memory than the picture itself, so
# only the part that the crop keeps is scaled.
_MAX_RATIO_SCALED_WHOLE = 16
_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def resize_for_model(image: Image.Image, picture_input: PictureInput) -> Pixels:
    """An upright RGB picture -> (size, size, 3) uint8, like open_clip's `image_transform`.

    With "fit" the result has the picture's own shape.
    """
    if picture_input.resize == "fit":
        fitted = _resize(image, fit_within(*image.size, picture_input.size), picture_input)
    elif picture_input.resize == "squash":
        fitted = _resize(image, (picture_input.size, picture_input.size), picture_input)
    elif picture_input.resize == "longest":
        fitted = _pad_to_square(image, picture_input)
    else:
        fitted = _crop_to_square(image, picture_input)
    return np.asarray(fitted, dtype=np.uint8)


def useful_scale(width: float, height: float, picture_input: PictureInput | None) -> float:
    """The scale at which to decode or render a picture of this size.

    Twice what the model and the thumbnail need, so that the final reduction still filters well. Without
    `picture_input`, only for a thumbnail.
    """
    shorter, longer = min(width, height), max(width, height)
    scale = 2 * THUMBNAIL_SIDE / longer
    if picture_input is not None:
        decisive = longer if picture_input.resize in ("longest", "fit") else shorter
        scale = max(scale, (1 if picture_input.resize == "fit" else 2) * picture_input.size / decisive)
    return scale


def fit_within(width: int, height: int, side: int) -> tuple[int, int]:
    """The size with the longer side at most `side`, same shape, never enlarged, no side below 1."""
    scale = min(side / max(width, height), 1.0)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def cap_pixels(width: float, height: float, scale: float, pixels: int, side: int) -> float:
    """The largest scale up to `scale` that keeps the area within `pixels` and both sides within `side`."""
    return min(scale, math.sqrt(pixels / (width * height)), side / max(width, height))


def _crop_to_square(image: Image.Image, picture_input: PictureInput) -> Image.Image:
    size = picture_input.size
    width, height = image.size
    shorter, longer = min(width, height), max(width, height)
    scaled_longer = int(size * longer / shorter)
    start = round((scaled_longer - size) / 2.0)
    if scaled_longer > _MAX_RATIO_SCALED_WHOLE * size:
        first = start * longer / scaled_longer
        last = min((start + size) * longer / scaled_longer, longer)
        box = (0, first, width, last) if height > width else (first, 0, last, height)
        return image.resize((size, size), _FILTERS[picture_input.interpolation], box=box)
    if width <= height:
        scaled = _resize(image, (size, scaled_longer), picture_input)
        return scaled.crop((0, start, size, start + size))
    scaled = _resize(image, (scaled_longer, size), picture_input)
    return scaled.crop((start, 0, start + size, size))


def _pad_to_square(image: Image.Image, picture_input: PictureInput) -> Image.Image:
    size = picture_input.size
    ratio = max(image.width / size, image.height / size)
    width, height = max(round(image.width / ratio), 1), max(round(image.height / ratio), 1)
    scaled = _resize(image, (width, height), picture_input)
    padded = Image.new("RGB", (size, size), (picture_input.fill,) * 3)
    padded.paste(scaled, ((size - width) // 2, (size - height) // 2))
    return padded


def _resize(image: Image.Image, size: tuple[int, int], picture_input: PictureInput) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, _FILTERS[picture_input.interpolation])
