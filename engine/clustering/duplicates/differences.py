"""Measures what one picture does not explain of another that is aligned with it.

A copy is made from its original: resized, saved again, sharpened or blurred, brighter, of more contrast, a
little warmer, paler or black and white. Each of these affects the whole picture, so it is fitted to the whole
picture; a GIF loses colours everywhere, and a watermark lets the picture show through. What remains in one
place is a difference in content: another colour, another digit, an added thing. How far that exceeds noise is
judged by what remains elsewhere in the same picture. Flat art has too few colours to distinguish an edit from
another colour, so no edit is fitted there.

Pictures are float32 arrays of (height, width, 3), levels from 0 to 255, on one grid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.clustering.duplicates.palette import as_few_colours, has_few_colours
from engine.clustering.duplicates.watermarks import find_watermark

Levels = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
LUMA_OF_TELEVISION = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709
GREY_BIAS, GREY_MOST = (
    1.2,
    6.0,
)  # levels: largest median and eighth decile of the error where the original was coloured
WHITE, CLIPPED, BLACK = 255.0, 252.0, 3.0
GAMMAS = np.exp(np.linspace(np.log(0.58), np.log(1.75), 25))
# Gains only, since clipping hides them from a fit.
BRIGHTER = np.exp(np.linspace(np.log(0.6), np.log(1.7), 27))
GAINS = (0.6, 1.7)  # of brightness and contrast
OFFSET = 70.0  # levels
SATURATIONS = (0.4, 1.8)
CAST_GAIN, CAST_OFFSET = 0.18, 20.0  # of a channel: a warm filter, another white balance
GREY_CHROMA = 8.0  # levels; below it everything is black and white
HUES = 5.0  # least spread of colours, in levels, of an original of a black and white copy
ROUNDS = 6  # of robust fits
NOISE = 2.5  # levels of difference in flat parts that were saved twice
NOISE_OF_FEW_COLOURS = 4.0
TEXTURE = 12.0  # levels of texture that double the differences of tone and colour after an edit
EVEN = 2.5  # an area with fewer levels of texture is even
FLAT_ART = 0.75  # share of even areas: a swatch, a chart, a shirt on white, and few photographs
FLAT = 4.0  # levels of texture below which noise does not decrease


@dataclass(frozen=True, slots=True)
class PictureDifferences:
    """The largest differences in any one place."""

    flat: bool  # the original consists of even areas
    detail: float  # differences of edges and strokes, as a multiple of what is expected there
    tone: float  # levels by which a place is lighter or darker, reduced where there is much texture
    colour: float  # levels by which its colour differs, reduced likewise
    lighter: float  # levels by which strokes are lighter
    darker: float


def compare_pictures(made: Levels, original: Levels, blurred: bool = False) -> PictureDifferences:
    """The differences of `made` from the best edit of all of `original`. `blurred`: they are thumbnails."""
    original = _as_greyscale(original, made)
    flat = bool((_texture(original @ LUMA, 2, 3) < EVEN).mean() >= FLAT_ART)
    if flat:
        wanted = made @ LUMA
        return _measure_rest(made, original, wanted, _match_sharpness(original @ LUMA, wanted), NOISE, flat)
    expected, noise = _best_edit(original, made), NOISE
    if has_few_colours(Image.fromarray(made.astype(np.uint8))):
        expected, made = _smooth(as_few_colours(expected, made)), _smooth(made)
        noise = NOISE_OF_FEW_COLOURS
    wanted = made @ LUMA
    grey = _match_sharpness(expected @ LUMA, wanted)
    marked = find_watermark(made, expected, wanted, grey, blurred)
    if marked is not None:
        made = np.where(marked[..., None], expected, made)
        wanted = np.where(marked, grey, wanted)
    return _measure_rest(made, expected, wanted, grey, noise, flat)


def _measure_rest(
    made: Levels, expected: Levels, wanted: Levels, grey: Levels, noise: float, flat: bool
) -> PictureDifferences:
    """`wanted`, `grey`: the luminance of both, `grey` as sharp as `wanted`."""
    rest = _windows(made - expected, 4, 2)
    colour = np.linalg.norm(rest - (rest @ LUMA)[..., None], axis=-1)
    remains = wanted - grey
    strokes = _windows(remains, 2, 2)
    energy = np.sqrt(_windows(remains**2, 2, 3))
    fine = np.maximum(_texture(wanted, 2, 3), _texture(grey, 2, 3)) + FLAT
    coarse = 1 + np.maximum(_texture(wanted, 4, 2), _texture(grey, 4, 2)) / TEXTURE
    usual = np.quantile(energy / fine, 0.75)
    return PictureDifferences(
        flat=flat,
        detail=float((energy / (noise + usual * fine)).max()),
        tone=float((np.abs(_windows(remains, 4, 2)) / coarse).max()),
        colour=float((colour / coarse).max()),
        lighter=float(max(strokes.max(), 0)),
        darker=float(max(-strokes.min(), 0)),
    )


def _as_greyscale(original: Levels, made: Levels) -> Levels:
    """`original` in black and white if `made` is exactly that, as programs convert it.

    Otherwise a chance similarity of another colour would count.
    """
    cells, wanted = _cells(original, 4), _cells(made, 4)
    if not _is_grey(wanted) or _is_grey(cells):
        return original
    coloured = np.linalg.norm(_chroma(cells), axis=-1) > GREY_CHROMA
    if not coloured.any():
        return original
    here, there = cells[coloured], wanted[coloured] @ LUMA
    weights = min((LUMA, LUMA_OF_TELEVISION), key=lambda luma: float(np.abs(here @ luma - there).mean()))
    rest = here @ weights - there
    if abs(np.median(rest)) > GREY_BIAS or np.quantile(np.abs(rest), 0.8) > GREY_MOST:
        return original
    return np.repeat((original @ weights)[..., None], 3, axis=-1)


def _best_edit(original: Levels, made: Levels) -> Levels:
    cells, wanted = _cells(original, 4), _cells(made, 4)
    tone = _ToneEdit.fit(cells, wanted)
    cast = _ColourEdit.fit(tone.apply(cells), wanted)
    return cast.apply(tone.apply(original))


@dataclass(frozen=True, slots=True)
class _ToneEdit:
    """Brightness and contrast, or gamma: not both, or any two levels could become any other two."""

    gamma: float
    gain: float
    offset: float

    def apply(self, levels: Levels) -> Levels:
        powered = levels if self.gamma == 1 else WHITE * (np.maximum(levels, 0) / WHITE) ** self.gamma
        return np.clip(self.gain * powered + self.offset, 0, WHITE).astype(np.float32)

    @staticmethod
    def fit(cells: Levels, made: Levels) -> _ToneEdit:
        choices = [_ToneEdit(1, 1, 0), _ToneEdit._linear(cells.ravel(), made.ravel())]
        choices.extend(_ToneEdit(float(gamma), 1, 0) for gamma in GAMMAS)
        choices.extend(_ToneEdit(1, float(gain), 0) for gain in BRIGHTER)
        wanted = made @ LUMA
        return min(choices, key=lambda tone: float(np.abs(tone.apply(cells) @ LUMA - wanted).mean()))

    @staticmethod
    def _linear(levels: Levels, made: Levels) -> _ToneEdit:
        gain, offset = 1.0, 0.0
        unclipped = (made < CLIPPED) & (made > BLACK)
        for _ in range(ROUNDS):
            expected = gain * levels + offset
            usable = unclipped & (expected < WHITE) & (expected > 0)
            weights = usable / np.maximum(np.abs(expected - made), 3)
            gain, offset = _fit_line(levels, made, weights)
            gain, offset = float(np.clip(gain, *GAINS)), float(np.clip(offset, -OFFSET, OFFSET))
        return _ToneEdit(1, gain, offset)


@dataclass(frozen=True, slots=True)
class _ColourEdit:
    """Paler or more vivid, with each channel a little stronger or weaker."""

    saturation: float
    gains: Levels
    offsets: Levels

    def apply(self, picture: Levels) -> Levels:
        pale = _saturate(picture, self.saturation)
        return np.asarray(np.clip(pale * self.gains + self.offsets, 0, WHITE), np.float32)

    @staticmethod
    def fit(cells: Levels, made: Levels) -> _ColourEdit:
        cells, made = cells.reshape(-1, 3), made.reshape(-1, 3)
        if _is_grey(made) and not _is_grey(cells) and _hue_spread(cells) >= HUES:
            saturation = 0.0
        else:
            saturation = _fit_saturation(cells, made)
        pale = _saturate(cells, saturation)
        gains, offsets = np.ones(3, np.float32), np.zeros(3, np.float32)
        for channel in range(3):
            levels, wanted = pale[:, channel], made[:, channel]
            gain, offset = 1.0, 0.0
            for _ in range(ROUNDS):
                expected = gain * levels + offset
                weights = (expected < CLIPPED) / np.maximum(np.abs(expected - wanted), 3)
                gain, offset = _fit_line(levels, wanted, weights)
                gain = float(np.clip(gain, 1 - CAST_GAIN, 1 + CAST_GAIN))
                offset = float(np.clip(offset, -CAST_OFFSET, CAST_OFFSET))
            gains[channel], offsets[channel] = gain, offset
        return _ColourEdit(saturation, gains, offsets)


def _fit_line(levels: Levels, wanted: Levels, weights: Levels) -> tuple[float, float]:
    """Gain and offset by weighted least squares, regularised towards 1 and 0 if there are few levels."""
    total = float(weights.sum()) + 1e-6
    held = 30.0 * total, 0.02 * total  # gain by levels squared, offset
    a = float(weights @ levels**2) + held[0]
    b = float(weights @ levels)
    c = total + held[1]
    up, right = float(weights @ (levels * wanted)) + held[0], float(weights @ wanted)
    determinant = a * c - b * b
    return (up * c - b * right) / determinant, (a * right - b * up) / determinant


def _fit_saturation(cells: Levels, made: Levels) -> float:
    """The factor between the colours, after removing a cast that varies with luminance from both."""
    light = np.stack([cells @ LUMA, np.ones(len(cells), np.float32)], axis=1)
    weights = np.ones(len(cells), np.float32)
    best = 1.0
    for _ in range(ROUNDS):
        here, there = (_residuals(_chroma(part), light, weights) for part in (cells, made))
        held = 40.0 * float(weights.sum())
        best = float(((here * there).sum(axis=1) @ weights + held) / ((here**2).sum(axis=1) @ weights + held))
        best = float(np.clip(best, *SATURATIONS))
        weights = (1 / np.maximum(np.linalg.norm(there - best * here, axis=1), 4)).astype(np.float32)
    return best


def _residuals(values: Levels, causes: Levels, weights: Levels) -> Levels:
    weighted = causes * weights[:, None]
    fit = np.linalg.lstsq(weighted.T @ causes, weighted.T @ values, rcond=None)[0]
    return np.asarray(values - causes @ fit, np.float32)


def _saturate(picture: Levels, saturation: float) -> Levels:
    light = (picture @ LUMA)[..., None]
    return np.asarray(light + saturation * (picture - light), np.float32)


def _chroma(cells: Levels) -> Levels:
    return np.asarray(cells - (cells @ LUMA)[..., None], np.float32)


def _is_grey(cells: Levels) -> bool:
    spread = cells.max(axis=-1) - cells.min(axis=-1)
    return bool(np.quantile(spread, 0.995) < GREY_CHROMA)


def _hue_spread(cells: Levels) -> float:
    """The spread of the colours, in levels, beyond one hue and its opposite."""
    chroma = _chroma(cells)
    return float(np.sqrt(max(np.linalg.eigvalsh(chroma.T @ chroma / len(chroma))[1], 0)))


def _match_sharpness(grey: Levels, wanted: Levels) -> Levels:
    """`grey` blurred or sharpened like `wanted`: the best sum of it and its neighbourhoods."""
    padded = np.pad(grey, 2, mode="edge")
    middle = padded[1:-1, 1:-1]
    sides = (middle[:-2, 1:-1] + middle[2:, 1:-1] + middle[1:-1, :-2] + middle[1:-1, 2:]) / 4
    corners = (middle[:-2, :-2] + middle[2:, :-2] + middle[:-2, 2:] + middle[2:, 2:]) / 4
    far = (padded[:-4, 2:-2] + padded[4:, 2:-2] + padded[2:-2, :-4] + padded[2:-2, 4:]) / 4
    parts = np.stack([part.ravel() for part in (sides - grey, corners - grey, far - grey)])
    rest = (wanted - grey).ravel()
    weights = np.ones_like(rest)
    for _ in range(2):
        weighted = parts * weights
        held = 4.0 * float(weights.sum()) * np.eye(len(parts))
        fit = np.linalg.solve(weighted @ parts.T + held, weighted @ rest)
        added = fit @ parts
        weights = 1 / np.maximum(np.abs(rest - added), 6)
    return np.asarray(grey + added.reshape(grey.shape), np.float32)


def _smooth(picture: Levels) -> Levels:
    """Means of 3 x 3 pixels: the area over which a GIF dithers."""
    padded = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = picture.shape[:2]
    return _mean(
        padded[down : down + height, right : right + width] for down in range(3) for right in range(3)
    )


def _texture(grey: Levels, side: int, count: int) -> Levels:
    """The standard deviation in each window."""
    variance = _windows(grey**2, side, count) - _windows(grey, side, count) ** 2
    return np.asarray(np.sqrt(np.maximum(variance, 0)), np.float32)


def _cells(picture: Levels, side: int) -> Levels:
    """Means of `side` x `side` pixels."""
    height, width = (length // side * side for length in picture.shape[:2])
    # Sums of slices are ten times as fast as the mean over two axes.
    return _mean(picture[down:height:side, right:width:side] for down in range(side) for right in range(side))


def _windows(picture: Levels, side: int, count: int) -> Levels:
    """Means of `count` x `count` cells, at every cell."""
    cells = _cells(picture, side)
    height, width = (length - count + 1 for length in cells.shape[:2])
    return _mean(
        cells[down : down + height, right : right + width] for down in range(count) for right in range(count)
    )


def _mean(parts: Iterable[Levels]) -> Levels:
    same = list(parts)
    total = same[0].astype(np.float32)
    for part in same[1:]:
        total += part
    return total / np.float32(len(same))
