"""Kinds of TIFF that Pillow does not know by itself, or gets wrong."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageFile, TiffImagePlugin

_WIDTH, _LENGTH = 256, 257
_BITS = 258
_PHOTOMETRIC = 262
_PLANAR = 284
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _LAB = 0, 1, 8
_SEPARATE_PLANES = 2
_SIGNED = [number ^ 0x80 for number in range(256)]
_UNSIGNED: tuple[int] = (1,)
_FLOAT: tuple[int] = (3,)

# By byte order, photometric, sample format, fill order, bits and extra samples: Pillow's mode and raw mode.
# Lab of 16 bits comes as RGB, whose upper bytes are what Lab of 8 bits would have.
_Kind = tuple[bytes, int, tuple[int], int, tuple[int, ...], tuple[int, ...]]
_MORE: dict[_Kind, tuple[str, str]] = {
    (b"II", _LAB, _UNSIGNED, 1, (16, 16, 16), ()): ("RGB", "RGB;16L"),
    (b"MM", _LAB, _UNSIGNED, 1, (16, 16, 16), ()): ("RGB", "RGB;16B"),
    (b"MM", _WHITE_IS_ZERO, _UNSIGNED, 1, (16,), ()): ("I;16B", "I;16B"),
    (b"MM", _BLACK_IS_ZERO, _UNSIGNED, 1, (32,), ()): ("I", "I;32B"),
    (b"II", _BLACK_IS_ZERO, _FLOAT, 1, (64,), ()): ("F", "F;64F"),
    (b"MM", _BLACK_IS_ZERO, _FLOAT, 1, (64,), ()): ("F", "F;64BF"),
}
# What libtiff hands over is in this machine's byte order, and Pillow minds that for some raw modes only.
_NATIVE = {
    "I;16BS": "I;16NS",
    "I;32B": "I;32N",
    "I;32BS": "I;32NS",
    "F;32BF": "F;32NF",
    "F;64BF": "F;64NF",
}


def know_more_kinds() -> None:
    """Tell Pillow of them, in this process."""
    TiffImagePlugin.OPEN_INFO.update(_MORE)


def prepare(image: Image.Image) -> None:
    """Set right how the current frame is going to be decoded. No effect on other pictures."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or not image.tile:
        return
    if image.use_load_libtiff:
        image.tile = [tile._replace(args=_native(tile.args)) for tile in image.tile]
    elif image.tag_v2.get(_PLANAR) == _SEPARATE_PLANES and set(image.tag_v2.get(_BITS, ())) == {16}:
        # Pillow takes such planes for those of 8 bits; libtiff does not.
        extents = (0, 0, image.tag_v2[_WIDTH], image.tag_v2[_LENGTH])
        arguments = (f"{image.mode};16N", False, image.tag_v2.offset)
        image.tile = [ImageFile._Tile("libtiff", extents, 0, arguments)]
        image.use_load_libtiff = True


def in_its_mode(image: Image.Image) -> Image.Image:
    """A loaded picture in the mode that it really has."""
    if _tag(image, _PHOTOMETRIC) != _LAB:
        return image
    if image.mode == "RGB":
        return Image.frombytes("LAB", image.size, image.tobytes())
    if _tag(image, _PLANAR) == _SEPARATE_PLANES:  # Pillow takes their signed numbers for unsigned ones
        light, *colour = image.split()
        return Image.merge("LAB", [light, *(band.point(_SIGNED) for band in colour)])
    return image


def is_negative(image: Image.Image) -> bool:
    """Whether a loaded picture is of deep grey whose least numbers are the brightest."""
    return image.mode.startswith("I") and _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO


def _tag(image: Image.Image, tag: int) -> object:
    return image.tag_v2.get(tag) if isinstance(image, TiffImagePlugin.TiffImageFile) else None


def _native(arguments: tuple[Any, ...] | str | None) -> tuple[Any, ...] | str | None:
    if not isinstance(arguments, tuple):
        return arguments
    raw_mode, *others = arguments
    return (_NATIVE.get(raw_mode, raw_mode), *others)
