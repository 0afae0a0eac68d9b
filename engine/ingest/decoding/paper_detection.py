"""Recognises pictures that look like paper or a screen with words: mostly one plain, light background."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

SCALED_SIDE = 160  # pixels of the reduced picture that is examined
MIN_GROUND_LIGHT = 110  # least brightness of the background, of 255
MAX_LIGHT_SPREAD = 40  # how much darker than the lightest tenth the background may be
MAX_CHROMA = 24  # how far from grey, in both colour differences together
MIN_PAPER_SHARE = 0.5  # of the picture: of 24 receipts all have it, of 418 photographs 27


def looks_like_paper(jpeg: bytes) -> bool:
    """`jpeg`: one of our thumbnails. Takes a millisecond; False if it cannot be read."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            picture.draft("YCbCr", (SCALED_SIDE, SCALED_SIDE))
            pixels = np.asarray(picture.convert("YCbCr"), np.int16)
    except (OSError, SyntaxError, ValueError):  # Pillow's errors for bytes that are not a JPEG
        return False
    light, blue, red = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    ground = float(np.percentile(light, 90))
    plain = np.abs(blue - 128) + np.abs(red - 128) < MAX_CHROMA
    return ground > MIN_GROUND_LIGHT and bool(
        np.mean(plain & (light > ground - MAX_LIGHT_SPREAD)) >= MIN_PAPER_SHARE
    )
