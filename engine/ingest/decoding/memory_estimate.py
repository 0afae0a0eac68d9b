"""Estimates from a picture's header how much memory decoding it takes.

Measured on pictures of 24 and 49 megapixels, in bytes a pixel at the peak: PNG, TIFF and BMP 4.3 in RGB, 5.3
in 1 bit and grey, 8.3 in RGBA, 8 in 16-bit grey, 12 in grey with transparency; WebP 16; AVIF 9; HEIC 9 to 12;
progressive JPEG 3 to 6 and baseline JPEG .1, both reduced while they are decoded.
"""

from __future__ import annotations

import math
from numbers import Integral

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from engine.ingest.workers.limits import MemoryAllowance

_RGB_BYTES = 4  # Pillow's, for each pixel
_ONE_BYTE_MODES = ("1", "L", "P")
_TWO_BYTE_MODE = "I;16"
_WEBP_BYTES = 12
# Bytes a pixel that readers need besides Pillow's own picture; those that read row by row need none.
_READER_BYTES = {"JPEG": 0, "MPO": 0, "PNG": 0, "BMP": 0, "DIB": 0, "PPM": 0, "TGA": 0, "PCX": 0, "GIF": 4}
_READER_BYTES |= {"HEIF": 9, "AVIF": 9, "WEBP": _WEBP_BYTES, "JPEG2000": 16}
_OTHER_READER_BYTES = 12
_BITS = 258  # the TIFF tag
_DEEP_FACTOR = 2  # for readers of more than 8 bits a sample
# A progressive JPEG needs all its coefficients, however much it is reduced.
_COEFFICIENT_BYTES = 6


def estimate_bytes(image: Image.Image, whole: tuple[int, int]) -> int:
    """The peak memory to decode an open, not yet loaded picture, perhaps reduced from its `whole` size."""
    pixels = image.width * image.height
    if image.format == "JPEG2000" and isinstance(getattr(image, "reduce", None), Integral):
        pixels >>= 2 * int(image.reduce)  # type: ignore[call-overload]  # a number there, a method elsewhere
    turning = _RGB_BYTES  # turning it upright makes a copy
    needed = pixels * (_stored_bytes(image) + _conversion_bytes(image) + turning + _reading_bytes(image))
    if image.info.get("progressive"):
        needed += math.prod(whole) * _COEFFICIENT_BYTES
    return needed


def check_webp(header: bytes, allowance: MemoryAllowance) -> None:
    """Check a WebP before it is opened, since its reader allocates the pixels then.

    Raises like `MemoryAllowance.check`.
    """
    width, height = read_webp_size(header)
    allowance.check(width * height * (2 * _RGB_BYTES + _WEBP_BYTES), width, height)


def read_webp_size(header: bytes) -> tuple[int, int]:
    """(width, height) from the first chunk (RFC 9649); zeros if it has none."""
    kind, data = header[12:16], header[20:30]
    if len(data) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return 0, 0


def _stored_bytes(image: Image.Image) -> int:
    if image.mode in _ONE_BYTE_MODES:
        return 1
    return 2 if image.mode.startswith(_TWO_BYTE_MODE) else _RGB_BYTES


def _conversion_bytes(image: Image.Image) -> int:
    """For conversion to RGB, and to RGBA before that if there is transparency."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return 0
    return 2 * _RGB_BYTES if image.has_transparency_data and image.mode != "RGBA" else _RGB_BYTES


def _reading_bytes(image: Image.Image) -> int:
    if isinstance(image, TiffImageFile):  # one strip, which may be the whole picture
        return math.ceil(sum(image.tag_v2.get(_BITS, (8,))) / 8)
    own = _READER_BYTES.get(image.format or "", _OTHER_READER_BYTES)
    depth = image.info.get("bit_depth")
    return own * _DEEP_FACTOR if isinstance(depth, int) and depth > 8 else own
