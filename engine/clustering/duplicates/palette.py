"""What a GIF makes of a photograph: at most 256 colours, each replacing many similar ones.

A GIF shows a colour that it lacks as another one, the same everywhere; in small areas it may mix two instead
(dithering). Pictures are float32 levels from 0 to 255, of (height, width, 3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[np.float32]

MOST = 256
COARSE = 16  # levels: colours nearer than that count as one
FARTHEST = 80.0  # levels that a colour may differ from the one it replaces
SPREAD = 3.0  # standard deviations of the colours that one replaces
FARTHEST_WITHIN = 36.0


def has_few_colours(image: Image.Image) -> bool:
    """Whether an RGB picture has at most 256 colours. Black and white does not count, since it lacks none."""
    if image.getcolors(MOST) is None:
        return False
    red, green, blue = image.split()
    return red.tobytes() != green.tobytes() or green.tobytes() != blue.tobytes()


def as_few_colours(expected: Levels, made: Levels) -> Levels:
    """`expected` as the few colours of `made` can show it.

    A thing of another colour stays different if its colour is shown as itself elsewhere, or is far from that.
    """
    pixels, here = expected.reshape(-1, 3), made.reshape(-1, 3)
    shift, _ = _class_stats(here - pixels, _pack_colours(pixels // COARSE))
    shown = pixels + np.clip(shift, -FARTHEST, FARTHEST)
    means, spread = _class_stats(shown, _pack_colours(here))
    apart = shown - means
    bound = np.minimum(SPREAD * spread, FARTHEST_WITHIN)[:, None]
    return np.asarray((shown - np.clip(apart, -bound, bound)).reshape(expected.shape), np.float32)


def _pack_colours(pixels: Levels) -> NDArray[np.int32]:
    return pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)


def _class_stats(values: Levels, classes: NDArray[np.int32]) -> tuple[Levels, Levels]:
    """For each pixel the mean of its class, (pixels, 3), and the spread of the class, (pixels,)."""
    _, numbers = np.unique(classes, return_inverse=True)
    counts = np.bincount(numbers)
    means = np.stack([np.bincount(numbers, values[:, part]) / counts for part in range(3)], axis=1)[numbers]
    spread = np.sqrt(np.bincount(numbers, ((values - means) ** 2).mean(axis=1)) / counts)
    return means.astype(np.float32), spread[numbers].astype(np.float32)
