"""Handles kinds of TIFF that Pillow does not know, or decodes wrongly."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageFile, TiffImagePlugin

_WIDTH, _LENGTH = 256, 257
_BITS = 258
_PHOTOMETRIC = 262
_PLANAR = 284
_SAMPLE_FORMAT = 339
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _LAB = 0, 1, 8
_SEPARATE_PLANES = 2
_SIGNED = [number ^ 0x80 for number in range(256)]
_UNSIGNED: tuple[int] = (1,)
_FLOAT: tuple[int] = (3,)

# By byte order, photometric, sample format, fill order, bits and extra samples: Pillow's mode and raw mode.
# 16-bit Lab is read as RGB, whose upper bytes are those of 8-bit Lab.
_ModeKey = tuple[bytes, int, tuple[int], int, tuple[int, ...], tuple[int, ...]]
_Arguments = tuple[Any, ...] | str | None  # of a tile
_ADDED_MODES: dict[_ModeKey, tuple[str, str]] = {
    (b"II", _LAB, _UNSIGNED, 1, (16, 16, 16), ()): ("RGB", "RGB;16L"),
    (b"MM", _LAB, _UNSIGNED, 1, (16, 16, 16), ()): ("RGB", "RGB;16B"),
    (b"MM", _WHITE_IS_ZERO, _UNSIGNED, 1, (16,), ()): ("I;16B", "I;16B"),
    (b"MM", _BLACK_IS_ZERO, _UNSIGNED, 1, (32,), ()): ("I", "I;32B"),
    (b"II", _BLACK_IS_ZERO, _FLOAT, 1, (64,), ()): ("F", "F;64F"),
    (b"MM", _BLACK_IS_ZERO, _FLOAT, 1, (64,), ()): ("F", "F;64BF"),
}
# libtiff returns this machine's byte order, which Pillow respects for some raw modes only.
_NATIVE_RAW_MODES = {
    "I;16BS": "I;16NS",
    "I;32B": "I;32N",
    "I;32BS": "I;32NS",
    "F;32BF": "F;32NF",
    "F;64BF": "F;64NF",
}


def register_modes() -> None:
    """Add them to Pillow, for this process."""
    TiffImagePlugin.OPEN_INFO.update(_ADDED_MODES)


def correct_raw_mode(image: Image.Image) -> None:
    """Correct how the current frame will be decoded. No effect on other pictures."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or not image.tile:
        return
    tags = image.tag_v2
    bits = tags.get(_BITS, ())
    if image.use_load_libtiff:
        image.tile = [tile._replace(args=_native_arguments(tile.args)) for tile in image.tile]
    elif tags.get(_PLANAR) != _SEPARATE_PLANES:
        return
    elif len(bits) == 1:  # Pillow reads one plane with the first letter of its raw mode
        photometric, sample_format = tags.get(_PHOTOMETRIC, 0), tags.get(_SAMPLE_FORMAT, _UNSIGNED)
        kind: _ModeKey = (tags.prefix, photometric, sample_format, 1, bits, ())
        _, raw_mode = TiffImagePlugin.OPEN_INFO.get(kind, ("", image.mode))
        image.tile = [tile._replace(args=_with_raw_mode(tile.args, raw_mode)) for tile in image.tile]
    elif set(bits) == {16}:
        # Pillow reads such planes as 8-bit ones; libtiff does not.
        extents = (0, 0, tags[_WIDTH], tags[_LENGTH])
        image.tile = [ImageFile._Tile("libtiff", extents, 0, (f"{image.mode};16N", False, tags.offset))]
        image.use_load_libtiff = True


def in_true_mode(image: Image.Image) -> Image.Image:
    """A loaded picture in its true mode."""
    if _tag(image, _PHOTOMETRIC) != _LAB:
        return image
    if image.mode == "RGB":
        return Image.frombytes("LAB", image.size, image.tobytes())
    if _tag(image, _PLANAR) == _SEPARATE_PLANES:  # Pillow reads their signed numbers as unsigned
        light, *colour = image.split()
        return Image.merge("LAB", [light, *(band.point(_SIGNED) for band in colour)])
    return image


def is_negative(image: Image.Image) -> bool:
    """Whether a loaded picture is deep grey with 0 as white."""
    return image.mode.startswith("I") and _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO


def _tag(image: Image.Image, tag: int) -> object:
    return image.tag_v2.get(tag) if isinstance(image, TiffImagePlugin.TiffImageFile) else None


def _native_arguments(arguments: _Arguments) -> _Arguments:
    raw_mode = arguments[0] if isinstance(arguments, tuple) else ""
    return _with_raw_mode(arguments, _NATIVE_RAW_MODES.get(raw_mode, raw_mode))


def _with_raw_mode(arguments: _Arguments, raw_mode: str) -> _Arguments:
    return (raw_mode, *arguments[1:]) if isinstance(arguments, tuple) else arguments
