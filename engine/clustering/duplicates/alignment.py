"""Puts two pictures on one grid: the finer over the coarser, to a tenth of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[np.float32]
Box = tuple[float, float, float, float]

COARSE_ROUNDS, FINE_ROUNDS = 5, 3
LONGEST_STEP = 2.0  # pixels that a side moves at once
NEAR = 0.02  # pixels
FARTHEST = 0.06  # of the picture's side, from the rough position of a side
LEAST_CONTRAST = 0.2
LEAST_SIDE = 16  # pixels of the grid
NEARLY_AS_FINE = 0.97
EDGE = 0.01  # of the shorter side


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPictures:
    """(height, width, 3) each, without margins: the end of a crop or border is not known to the pixel."""

    part: Levels  # the part of the first that shows the second
    whole: Levels  # the second
    box: Box  # of the part, in fractions of the first's sides


def align(first: Image.Image, second: Image.Image, box: Box, near: bool = False) -> AlignedPictures:
    """Align two RGB pictures on the grid of the coarser.

    `box`: the rough place of `second` within `first`, in fractions of its sides; `near`: it is exact to a
    pixel.
    """
    left, top, right, bottom = box
    box = left * first.width, top * first.height, right * first.width, bottom * first.height
    coarser = max((box[2] - box[0]) / second.width, (box[3] - box[1]) / second.height)
    second = _resize(second, coarser if coarser < NEARLY_AS_FINE else 1.0)
    grey, wanted = first.convert("L"), second.convert("L")
    if not near:
        box = _fit_box(grey, _resize(wanted, 0.5), box, COARSE_ROUNDS)
    left, top, right, bottom = box = _fit_box(grey, wanted, box, FINE_ROUNDS)
    part = first.resize(second.size, Image.Resampling.BICUBIC, box=box)
    found = left / first.width, top / first.height, right / first.width, bottom / first.height
    return AlignedPictures(_crop_edges(part), _crop_edges(second), found)


def _crop_edges(image: Image.Image) -> Levels:
    edge = max(1, round(EDGE * min(image.size)))
    return np.asarray(image, np.float32)[edge:-edge, edge:-edge]


def _resize(image: Image.Image, scale: float) -> Image.Image:
    size = max(round(scale * image.width), LEAST_SIDE), max(round(scale * image.height), LEAST_SIDE)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


def _fit_box(grey: Image.Image, wanted: Image.Image, box: Box, rounds: int) -> Box:
    """Move the sides of `box` to minimise the squared differences, ignoring brightness and contrast."""
    width, height = wanted.size
    target = np.asarray(wanted, np.float32)[1:-1, 1:-1].ravel()
    rightwards = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    downwards = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    sides = np.array(box)
    farthest = FARTHEST * np.array([*grey.size] * 2)
    least, most = np.maximum(sides - farthest, 0), np.minimum(sides + farthest, [*grey.size] * 2)
    for _ in range(rounds):
        resized = grey.resize((width, height), Image.Resampling.BICUBIC, box=tuple(sides))
        part = np.asarray(resized, np.float32)
        down, right = np.gradient(part)
        across, along = width / (sides[2] - sides[0]), height / (sides[3] - sides[1])
        rows = (
            right * (1 - rightwards) * across,
            down * (1 - downwards) * along,
            right * rightwards * across,
            down * downwards * along,
            part,
            np.ones_like(part),
        )
        causes = np.stack([row[1:-1, 1:-1].ravel() for row in rows])
        held = np.diag([1e-3, 1e-3, 1e-3, 1e-3, 1e-6, 1e-6]) * len(target)
        fit = np.linalg.solve(causes @ causes.T + held, causes @ target)
        contrast = fit[4] if abs(fit[4]) > LEAST_CONTRAST else 1.0
        step = np.clip(fit[:4] / contrast, -LONGEST_STEP, LONGEST_STEP)
        before, sides = sides, np.clip(sides + step, least, most)
        if np.abs(sides - before).max() < NEAR:
            break
    left, top, far, bottom = sides.tolist()
    return left, top, far, bottom
