"""Finds a watermark on a picture: a word that lets it show through, or small letters near the border.

A mark is all lighter or all darker than what is below it, and its lines are thin. The picture shows through
as an even mixture with white or black; a thing that was added or painted over lets nothing show through, or
is not a thin line, or is a mixture with neither. Small letters are too thin to measure: they count as a mark
near the border if nothing of their colour is beside them, unlike the other digits of a number.

Arrays are float32 levels from 0 to 255 on one grid, of (height, width) or (height, width, 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
Mask = NDArray[np.bool_]

STEP = 10.0  # levels by which a mark is lighter or darker than the picture
LEAST = 60  # pixels that are fully marked
LARGEST, LARGEST_LETTERS = 0.3, 0.03  # of the picture
WIDEST, WIDEST_LETTER = 0.06, 0.025  # width of a mark's lines, of the picture's shorter side
THICK = 0.1  # share of the mark that may be wider
SLOPES = (0.3, 0.95)  # the remaining contrast of the picture below
LEAST_BELOW = 6.0  # levels that the picture below must vary by, or nothing can show through
WHITE, NEARLY_WHITE, NEARLY_BLACK = 255.0, 30.0, 25.0
MOST_REST, MOST_HUE = 9.0, 8.0  # levels of luminance and of colour that the mixture may leave unexplained
ROUNDS = 5
RIM = 2  # pixels around a mark that are partly marked
MARGIN = 0.16  # of a side: how near to the border letters are
BESIDE = 0.05  # of the shorter side, or the letters' height: how far around to search for their colour
# The tolerance of a colour in levels, and the area of it that may be near, as a multiple of the letters'.
LETTERS_SHOWING_THROUGH, OPAQUE_LETTERS = (20.0, 0.3), (60.0, 0.05)
MOST_OPACITY = 0.75  # letters of .7 strength have .71 at most, opaque digits .89 and more
LEAST_ROOM = 20.0  # levels from the picture below to white or black


def find_watermark(
    made: Levels, expected: Levels, light: Levels, expected_light: Levels, blurred: bool = False
) -> Mask | None:
    """A mask of the mark that `made` has and `expected` has not.

    None if no mark explains their difference. `blurred`: they are thumbnails, where small letters run
    together; whatever is small and near the border may be letters, and larger pictures will tell.
    """
    for sign in (1, -1):
        lies = _sums(sign * (light - expected_light), 1) > 9 * STEP
        if lies.sum() < LEAST:
            continue
        laid = _WatermarkCandidate(lies, sign, made, expected, light, expected_light)
        if laid.shows_through() or (laid.may_be_letters() if blurred else laid.is_letters()):
            return _dilate(lies, RIM)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _WatermarkCandidate:
    """What may be a mark on `made`."""

    lies: Mask
    sign: int  # 1: lighter, -1: darker
    made: Levels
    expected: Levels
    light: Levels
    expected_light: Levels

    def shows_through(self) -> bool:
        core = _erode(self.lies, 1)
        if self.lies.mean() > LARGEST or core.sum() < LEAST or self._is_thick(WIDEST):
            return False
        below, here = self.expected_light[core], self.light[core]
        if below.std() < LEAST_BELOW:
            return False
        slope, offset = _fit_line(below, here)
        if not SLOPES[0] <= slope <= SLOPES[1]:
            return False
        paint = offset / (1 - slope)
        if abs(paint - WHITE) > NEARLY_WHITE if self.sign > 0 else abs(paint) > NEARLY_BLACK:
            return False
        rest = np.median(np.abs(here - slope * below - offset))
        hue = np.abs(_chroma(self.made[core]) - np.float32(slope) * _chroma(self.expected[core])).mean()
        return bool(rest <= MOST_REST and hue <= MOST_HUE)

    def may_be_letters(self) -> bool:
        """Whether it is small and near the border."""
        return self.lies.mean() <= LARGEST_LETTERS and any(
            found[-1] < MARGIN * side or found[0] >= (1 - MARGIN) * side
            for found, side in zip(self._places(), self.lies.shape, strict=True)
        )

    def is_letters(self) -> bool:
        if not self.may_be_letters() or self._is_thick(WIDEST_LETTER):
            return False
        ink = np.quantile(self.made[self.lies], 0.9 if self.sign > 0 else 0.1, axis=0)
        height = min(int(found[-1] - found[0]) for found in self._places())
        around = _dilate(self.lies, max(height, round(BESIDE * min(self.lies.shape))))
        colour, most = LETTERS_SHOWING_THROUGH if self._opacity() <= MOST_OPACITY else OPAQUE_LETTERS
        same = around & (np.abs(self.expected - ink).max(axis=-1) < colour)
        return bool(same.sum() <= most * self.lies.sum())

    def _places(self) -> list[NDArray[np.intp]]:
        """The rows and the columns that it touches."""
        return [np.flatnonzero(self.lies.any(axis=axis)) for axis in (1, 0)]

    def _opacity(self) -> float:
        """The opacity of the strongest part, 0 to 1."""
        room = (WHITE if self.sign > 0 else 0.0) - self.expected_light[self.lies]
        room = self.sign * np.maximum(np.abs(room), LEAST_ROOM)
        return float(np.quantile((self.light - self.expected_light)[self.lies] / room, 0.97))

    def _is_thick(self, widest: float) -> bool:
        reach = max(1, round(widest * min(self.lies.shape) / 2))
        return bool(_dilate(_erode(self.lies, reach), reach).sum() > THICK * self.lies.sum())


def _fit_line(below: Levels, here: Levels) -> tuple[float, float]:
    """Slope and offset with the least absolute differences."""
    weights = np.ones_like(below)
    slope = offset = 0.0
    for _ in range(ROUNDS):
        total = float(weights.sum())
        middle, there = float(weights @ below) / total, float(weights @ here) / total
        spread = max(float(weights @ (below - middle) ** 2), 1.0)
        slope = float(weights @ ((below - middle) * (here - there))) / spread
        offset = there - slope * middle
        rest = np.abs(here - slope * below - offset)
        weights = np.asarray(1 / np.maximum(rest, 3), np.float32)
    return slope, offset


def _chroma(colours: Levels) -> Levels:
    return np.asarray(colours - colours.mean(axis=-1, keepdims=True), np.float32)


def _erode(mask: Mask, reach: int) -> Mask:
    return _sums(mask.astype(np.float32), reach) > (2 * reach + 1) ** 2 - 0.5


def _dilate(mask: Mask, reach: int) -> Mask:
    return _sums(mask.astype(np.float32), reach) > 0.5


def _sums(values: Levels, reach: int) -> NDArray[np.float64]:
    """Over the square of 2 * `reach` + 1 pixels around each."""
    padded = np.pad(values.astype(np.float64), reach, mode="edge")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    side = 2 * reach + 1
    found: NDArray[np.float64] = (
        sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    )
    return found
