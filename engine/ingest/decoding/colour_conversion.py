"""Converts any picture that Pillow opens to 8-bit RGB on white."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_DEPTHS = (255, 1023, 4095, 16383, 65535)  # the maxima of 8, 10, 12, 14 and 16 bits
_STRIP_PIXELS = 1 << 20
_MAX_PROFILE_BYTES = 4 << 20
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert a loaded picture to RGB; transparency becomes white.

    RGB is returned unchanged, whatever its profile, because picture models are trained that way. Raises
    ValueError for a mode that cannot be converted.
    """
    if image.mode in _PREMULTIPLIED:
        image = image.convert(_PREMULTIPLIED[image.mode])
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _deep_grey_to_rgb(image)
    if image.mode == "CMYK":
        return _convert_by_profile(image, "CMYK") or image.convert("RGB")
    if image.mode == "LAB":
        return _lab_to_rgb(image)
    if image.has_transparency_data:
        return _on_white(image if image.mode == "RGBA" else image.convert("RGBA"))
    return image.convert("RGB")


def to_srgb(image: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """Convert an RGB picture to sRGB by its profile; unchanged without a profile, or with a broken one."""
    if icc_profile is None:
        return image
    tagged = image.copy()
    tagged.info["icc_profile"] = icc_profile
    return _convert_by_profile(tagged, "RGB") or image


def _on_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, (255, 255, 255))
    paper.paste(image, mask=image)
    return paper


def _convert_by_profile(image: Image.Image, mode: str) -> Image.Image | None:
    """The picture in sRGB by its embedded profile; None if it has none, or one that does not fit."""
    icc_profile = image.info.get("icc_profile")
    if not isinstance(icc_profile, bytes) or not 128 <= len(icc_profile) <= _MAX_PROFILE_BYTES:
        return None
    if icc_profile[16:20].decode("latin-1").strip() != mode:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _lab_to_rgb(image: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    converted = ImageCms.applyTransform(image, transform)
    if converted is None:
        raise ValueError("conversion from LAB to RGB failed")
    return converted


def _deep_grey_to_rgb(image: Image.Image) -> Image.Image:
    """More than 8 bits of grey. Works in strips, since a whole picture as floats would need too much memory.

    Integers of up to 16 bits keep their meaning: 0 is black, and white is the maximum of the smallest
    sufficient bit depth (scanners and microscopes store 12 bits in 16). Other numbers are stretched from
    minimum to maximum, unless they fit 0 to 1 or 0 to 255.
    """
    low, high = _value_range(image)
    factor = 255.0 / (high - low)
    grey = Image.new("L", image.size)
    for top, rows in _strips(image):
        scaled = np.nan_to_num((rows - low) * factor, nan=0.0, posinf=255.0, neginf=0.0)
        grey.paste(Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8)), (0, top))
    return grey.convert("RGB")


def _value_range(image: Image.Image) -> tuple[float, float]:
    least, greatest = np.inf, -np.inf
    for _, rows in _strips(image):
        finite = rows[np.isfinite(rows)]
        if finite.size:
            least, greatest = min(least, float(finite.min())), max(greatest, float(finite.max()))
    if not np.isfinite(least):
        return 0.0, 1.0
    if image.mode == "F" and least >= 0 and greatest <= 1:
        return 0.0, 1.0
    if least >= 0 and greatest <= _DEPTHS[-1]:
        return 0.0, float(next(depth for depth in _DEPTHS if greatest <= depth))
    return least, greatest if greatest > least else least + 1.0


def _strips(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(top row, (rows, width) numbers), from the top."""
    height = max(_STRIP_PIXELS // image.width, 1)
    for top in range(0, image.height, height):
        strip = image.crop((0, top, image.width, min(top + height, image.height)))
        yield top, np.asarray(strip).astype(np.float64)
