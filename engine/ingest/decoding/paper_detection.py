"""Whether a picture looks like paper or a screen with words: mostly one plain, light ground."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

SCALED_SIDE = 160  # pixels, of what is looked at
MIN_GROUND_LIGHT = 110  # of the ground, of 255, at least
MAX_LIGHT_SPREAD = 40  # how much darker than the lightest tenth the ground may be
MAX_CHROMA = 24  # how far from grey, in both colour differences together
MIN_PAPER_SHARE = 0.5  # of the picture: of 24 receipts all have it, of 418 photographs 27


def looks_like_paper(jpeg: bytes) -> bool:
    """`jpeg`: a small picture of our own making. A millisecond; False for what cannot be read."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            picture.draft("YCbCr", (SCALED_SIDE, SCALED_SIDE))
            pixels = np.asarray(picture.convert("YCbCr"), np.int16)
    except (OSError, SyntaxError, ValueError):  # what Pillow says of bytes that are no JPEG
        return False
    light, blue, red = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    ground = float(np.percentile(light, 90))
    plain = np.abs(blue - 128) + np.abs(red - 128) < MAX_CHROMA
    return ground > MIN_GROUND_LIGHT and bool(
        np.mean(plain & (light > ground - MAX_LIGHT_SPREAD)) >= MIN_PAPER_SHARE
    )
