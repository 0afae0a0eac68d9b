"""Compares two photographs that may be the same picture: saved again, resized, a little cropped or edited.

Vectors of a picture model show that two photographs have the same kind of content; the pixels show whether
they may be the same picture. A small grey view of each is aligned with the other (a crop) and then compared
twice: as a whole and by edges. Pairs that pass are examined closely, in colour (`copies`). Scores are
correlations, so brightness and contrast do not matter.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

VIEW_SIDE = 128  # pixels of the grey view, for any shape of picture
COARSE_SIDE = 16
EDGES_SIDE = 24
FITTING_SIDE = 32
LEAST_FIT = 0.8  # below this no closer comparison is made: all equal pictures reached .9
CROPS = (0.05, 0.1)  # of the side; the fit between them is found step by step
FITTING_STEPS = (4.0, 2.0, 1.0)  # pixels of the view
LARGEST_CROP = 0.14  # of the side, on both ends together
HASH_SIDE = 8
PAPER_SHARE = 0.4  # share of pixels with about one grey level: 9 of 10 pages, 1 of 80 photographs
PAPER_LEVELS = 4  # tolerance around that level

Grey = NDArray[np.float32]
Box = tuple[float, float, float, float]  # left, top, right, bottom; of the view, in pixels


@dataclass(frozen=True, eq=False)
class ComparedImage:
    """A photograph prepared for comparison."""

    image: Image.Image  # grey, VIEW_SIDE x VIEW_SIDE
    paper: bool  # mostly one grey, like pages, receipts and screenshots
    jpeg: bytes  # the thumbnail it was made from

    @functools.cached_property
    def crops(self) -> Grey:
        """(crops, COARSE_SIDE ** 2): unit rows, the first of the whole picture."""
        return np.stack([_unit(_part(self.image, box, COARSE_SIDE)) for box in _CROP_BOXES])

    def picture(self) -> Image.Image:
        """The thumbnail in colour, at full size."""
        return Image.open(io.BytesIO(self.jpeg)).convert("RGB")

    def average_hash(self) -> bytes:
        """HASH_SIDE x HASH_SIDE grey levels, row by row."""
        return self.image.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX).tobytes()


@dataclass(frozen=True, slots=True)
class ImageSimilarity:
    """How similar two pictures are: 1 for equal, 0 for nothing in common."""

    whole: float
    edges: float
    swapped: bool  # the first is the crop
    box: Box  # the part of the other that shows the crop's content, in fractions of its sides


def comparison_view(jpeg: bytes) -> ComparedImage:
    """Prepare a thumbnail for comparison. Raises OSError if the bytes are not a picture."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("L", (VIEW_SIDE, VIEW_SIDE))
        grey = image.convert("L").resize((VIEW_SIDE, VIEW_SIDE), Image.Resampling.BOX)
    return ComparedImage(grey, _is_paper(grey), jpeg)


def normalize_hashes(levels: Sequence[bytes], edge: int = 0) -> Grey:
    """Average hashes -> (count, side ** 2): rows whose dot products measure similarity.

    `edge`: how many cells to leave out on each side of HASH_SIDE.
    """
    whole = np.frombuffer(b"".join(levels), np.uint8).reshape(len(levels), HASH_SIDE, HASH_SIDE)
    side = HASH_SIDE - 2 * edge
    inner = whole[:, edge : edge + side, edge : edge + side]
    rows = inner.reshape(len(levels), side**2).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), side)
    return rows


def compare_images(first: ComparedImage, second: ComparedImage) -> ImageSimilarity:
    """Compare two photographs, either of which may be a crop of the other."""
    ahead, back = first.crops @ second.crops[0], second.crops @ first.crops[0]
    swapped = bool(back.max() > ahead.max())
    if swapped:
        first, second, ahead = second, first, back
    if ahead.max() < LEAST_FIT:
        return ImageSimilarity(float(ahead.max()), 0.0, swapped, (0.0, 0.0, 1.0, 1.0))
    box = _fit_box(first.image, second.image, _CROP_BOXES[int(ahead.argmax())])
    whole = _unit(_part(first.image, box, FITTING_SIDE)) @ _unit(_part(second.image, _WHOLE, FITTING_SIDE))
    edges = _unit(_edges(_part(first.image, box, EDGES_SIDE))) @ _unit(
        _edges(_part(second.image, _WHOLE, EDGES_SIDE))
    )
    left, top, right, bottom = (side / VIEW_SIDE for side in box)
    return ImageSimilarity(float(whole), float(edges), swapped, (left, top, right, bottom))


def _is_paper(grey: Image.Image) -> bool:
    counts = np.array(grey.histogram())
    level = int(counts.argmax())
    near = counts[max(0, level - PAPER_LEVELS) : level + PAPER_LEVELS + 1].sum()
    return bool(near >= PAPER_SHARE * counts.sum())


def _crop_boxes() -> tuple[Box, ...]:
    boxes = [_WHOLE]
    for crop in CROPS:
        margin = crop * VIEW_SIDE
        side = VIEW_SIDE - margin
        places = (0.0, margin / 2, margin)
        boxes.extend((left, top, left + side, top + side) for left in places for top in places)
    return tuple(boxes)


_WHOLE: Box = (0.0, 0.0, float(VIEW_SIDE), float(VIEW_SIDE))
_CROP_BOXES = _crop_boxes()


def _part(image: Image.Image, box: Box, side: int) -> Grey:
    return np.asarray(image.resize((side, side), Image.Resampling.BOX, box=box), dtype=np.float32)


def _unit(part: Grey) -> Grey:
    """The part as a row of unit length without its mean; zeros if there is no contrast."""
    row = (part - part.mean()).ravel()
    length = float(np.linalg.norm(row))
    return row / length if length > len(row) ** 0.5 else np.zeros_like(row)  # one grey level is noise


def _edges(part: Grey) -> Grey:
    padded = np.pad(part, 2, mode="edge")
    blurred: Grey = sliding_window_view(padded, (5, 5)).mean(axis=(2, 3), dtype=np.float32)
    return part - blurred


def _fit_box(image: Image.Image, other: Image.Image, box: Box) -> Box:
    """The part of `image` that fits all of `other` best, searched from `box` by moving one side at a time."""
    wanted = _unit(_part(other, _WHOLE, FITTING_SIDE))

    def fit(candidate: Box) -> float:
        return float(_unit(_part(image, candidate, FITTING_SIDE)) @ wanted)

    best = fit(box)
    for step in FITTING_STEPS:
        improved = True
        while improved:
            improved = False
            for candidate in _neighbour_boxes(box, step):
                score = fit(candidate)
                if score > best:
                    box, best, improved = candidate, score, True
    return box


def _neighbour_boxes(box: Box, step: float) -> list[Box]:
    """`box` with one of its sides moved out or in, if that is still a small crop."""
    moved: list[Box] = []
    for side in range(4):
        for change in (-step, step):
            places = list(box)
            places[side] = min(max(places[side] + change, 0.0), float(VIEW_SIDE))
            left, top, right, bottom = places
            if min(right - left, bottom - top) >= (1 - LARGEST_CROP) * VIEW_SIDE:
                moved.append((left, top, right, bottom))
    return moved
