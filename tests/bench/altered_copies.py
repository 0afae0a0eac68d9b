"""What people and programs do to pictures that stay the same picture: the kinds of copies, by name."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Picture: TypeAlias = Image.Image
Alter: TypeAlias = Callable[[Picture], Picture]
INK, WHITE, BLACK = (150, 30, 30), (255, 255, 255), (20, 20, 20)


def save(picture: Picture, kind: str, quality: int = 75) -> Picture:
    """Saved in another format and opened again."""
    stream = io.BytesIO()
    picture.save(stream, kind, quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")


def _scale(picture: Picture, by: float) -> Picture:
    return picture.resize((max(round(picture.width * by), 8), max(round(picture.height * by), 8)))


def _crop(picture: Picture, left: float, top: float, right: float, bottom: float) -> Picture:
    width, height = picture.size
    across = round(left * width), round((1 - right) * width)
    down = round(top * height), round((1 - bottom) * height)
    return picture.crop((across[0], down[0], across[1], down[1]))


def _levels(picture: Picture, change: Callable[[np.ndarray], np.ndarray]) -> Picture:
    levels = change(np.asarray(picture, np.float32))
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def _enhance(kind: Callable[[Picture], ImageEnhance._Enhance], by: float, picture: Picture) -> Picture:
    return kind(picture).enhance(by)


def _noise(picture: Picture) -> Picture:
    noise = np.random.default_rng(7).normal(0, 5, (picture.height, picture.width, 1))
    return _levels(picture, lambda levels: levels + noise)


def _mark(text: str, colour: tuple[int, int, int], strength: float, size: float, at: tuple[float, float],
          picture: Picture) -> Picture:  # fmt: skip
    """A text laid over it. `size`: of the height; `at`: where it begins, in fractions."""
    width, height = picture.size
    layer = Image.new("L", picture.size)
    font = ImageFont.load_default(max(height * size, 8))
    ImageDraw.Draw(layer).text((width * at[0], height * at[1]), text, round(255 * strength), font)
    return Image.composite(Image.new("RGB", picture.size, colour), picture, layer)


def _vignette(picture: Picture) -> Picture:
    down, across = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    return _levels(picture, lambda levels: levels * (1 - 0.25 * (down**2 + across**2)[..., None] / 2))


def _turn(degrees: float, picture: Picture) -> Picture:
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    return _crop(turned, 0.015, 0.015, 0.015, 0.015)


def _border(share: float, colour: tuple[int, int, int], picture: Picture) -> Picture:
    return ImageOps.expand(picture, round(share * max(picture.size)), colour)


BRIGHTNESS, CONTRAST, COLOUR = ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color
KINDS: Mapping[str, Alter] = {
    **{
        f"JPEG, quality {quality}": partial(save, kind="JPEG", quality=quality)
        for quality in (75, 40, 20, 10)
    },
    "WebP, quality 50": partial(save, kind="WEBP", quality=50),
    "GIF of 64 colours": lambda picture: picture.quantize(64, dither=Image.Dither.NONE).convert("RGB"),
    "GIF of 128 colours, dithered": lambda picture: picture.quantize(128).convert("RGB"),
    **{f"scaled by {by}": partial(_scale, by=by) for by in (0.75, 0.5, 0.33, 0.25)},
    "scaled to half and back": lambda picture: _scale(picture, 0.5).resize(picture.size),
    "narrower by 3 %": lambda picture: picture.resize((round(picture.width * 0.97), picture.height)),
    **{
        f"cropped by {round(100 * by)} % a side": partial(_crop, left=by, top=by, right=by, bottom=by)
        for by in (0.01, 0.02, 0.04)
    },
    "cropped at the top by 5 %": partial(_crop, left=0, top=0.05, right=0, bottom=0),
    "cropped at the right by 5 %": partial(_crop, left=0, top=0, right=0.05, bottom=0),
    "turned by half a degree": partial(_turn, 0.5),
    "brighter by 20 %": partial(_enhance, BRIGHTNESS, 1.2),
    "brighter by 40 %": partial(_enhance, BRIGHTNESS, 1.4),
    "darker by 25 %": partial(_enhance, BRIGHTNESS, 0.75),
    "more contrast": partial(_enhance, CONTRAST, 1.35),
    "less contrast": partial(_enhance, CONTRAST, 0.7),
    "more colour": partial(_enhance, COLOUR, 1.5),
    "less colour": partial(_enhance, COLOUR, 0.5),
    "black and white": lambda picture: picture.convert("L").convert("RGB"),
    "gamma 0.75": lambda picture: _levels(picture, lambda levels: 255 * (levels / 255) ** 0.75),
    "gamma 1.35": lambda picture: _levels(picture, lambda levels: 255 * (levels / 255) ** 1.35),
    "warmer": lambda picture: _levels(picture, lambda levels: levels * (1.08, 1.0, 0.9)),
    "cooler": lambda picture: _levels(picture, lambda levels: levels * (0.92, 1.0, 1.08)),
    "levels stretched": ImageOps.autocontrast,
    "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 900)),
    "sharpened": lambda picture: picture.filter(ImageFilter.UnsharpMask(2, 120)),
    "noise": _noise,
    "vignette": _vignette,
    "faded": lambda picture: ImageChops.blend(picture, Image.new("RGB", picture.size, (200, 190, 170)), 0.2),
    "mark in a corner": partial(_mark, "(c) Meier 2019", WHITE, 0.7, 0.04, (0.6, 0.93)),
    "mark in a corner, half strength": partial(_mark, "(c) Meier 2019", WHITE, 0.5, 0.04, (0.6, 0.93)),
    "large mark": partial(_mark, "PREVIEW", WHITE, 0.4, 0.16, (0.1, 0.4)),
    "large dark mark": partial(_mark, "DRAFT", INK, 0.4, 0.18, (0.15, 0.4)),
    "white border of 3 %": partial(_border, 0.03, WHITE),
    "black border of 4 %": partial(_border, 0.04, BLACK),
    "small, pale and saved badly": lambda picture: save(
        _enhance(CONTRAST, 0.8, _scale(picture, 0.4)), "JPEG", 30
    ),
}
