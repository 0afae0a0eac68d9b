"""Computes the backbone's features of many pictures, in several views each, and caches them on disk."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engine.errors import FileProblem, UserError
from engine.ingest.decoding.colour_conversion import to_rgb
from engine.ingest.decoding.picture_reader import PARSER_ERRORS, open_picture
from engine.ingest.decoding.resizing import resize_for_model
from engine.ingest.scanning.file_formats import HEADER_BYTES, identify_format
from engine.models.starter.backbone import FEATURE_COUNT, PICTURE_INPUT, EfficientNetLite
from engine.progress import CancelToken, Progress
from engine.records import Pixels
from engine.training.array_files import load_array
from engine.training.atomic_write import write_atomically

logger = logging.getLogger(__name__)

_PART = 100  # pictures in one file of the cache: the most to repeat after a stop
_AT_ONCE = 4
_SMALLEST_AREA = 0.45  # of a crop
_MOST_STRETCH = 1.33  # of a crop, relative to the shape of the whole

WHOLE, MIRRORED = "whole", "mirrored"


def view_names(crops: int) -> tuple[str, ...]:
    """The whole picture, its mirror image, and `crops` random crops."""
    return (WHOLE, MIRRORED, *(f"crop {number}" for number in range(1, crops + 1)))


class FeatureCache:
    """Features in files below a folder, each computed once."""

    def __init__(self, folder: Path, backbone: EfficientNetLite) -> None:
        self._folder = folder
        self._backbone = backbone

    def views(
        self, images: Sequence[Path], names: Sequence[str], progress: Progress, cancel: CancelToken
    ) -> NDArray[np.float32]:
        """(views, pictures, FEATURE_COUNT) float32. Computed features stay in the cache after a cancellation.

        Raises Cancelled, UserError for a picture that cannot be read, OSError if the disk is full.
        """
        progress.start("looking", "pictures", len(names) * len(images))
        result = np.empty((len(names), len(images), FEATURE_COUNT), np.float32)
        for row, name in enumerate(names):
            for start in range(0, len(images), _PART):
                part = images[start : start + _PART]
                result[row, start : start + _PART] = self._load_part(part, name, cancel)
                progress.add_done(len(part), name)
            logger.info("looked at %d pictures: %s", len(images), name)
        return result

    def _load_part(self, images: Sequence[Path], view: str, cancel: CancelToken) -> NDArray[np.float32]:
        path = self._folder / f"{_cache_key(images, view)}.npy"
        kept = load_array(path, (len(images), FEATURE_COUNT))
        if kept is not None:
            return kept
        rows = []
        for start in range(0, len(images), _AT_ONCE):
            cancel.checkpoint()
            some = images[start : start + _AT_ONCE]
            rows.append(self._backbone.features(np.stack([_load_pixels(image, view) for image in some])))
        features = np.concatenate(rows)
        content = io.BytesIO()
        np.save(content, features, allow_pickle=False)
        write_atomically(path, content.getbuffer())
        return features


def _cache_key(images: Sequence[Path], view: str) -> str:
    """Identifies these files by name, size and time."""
    digest = hashlib.sha256(f"{view} {FEATURE_COUNT}".encode())
    for image in images:
        try:
            facts = image.stat()
        except OSError as error:
            raise UserError(f"{image} cannot be read: {error.strerror}.") from error
        digest.update(f"\n{image} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def _load_pixels(path: Path, view: str) -> Pixels:
    try:
        with path.open("rb") as file:
            content = identify_format(file.read(HEADER_BYTES), path.suffix)
            file.seek(0)
            upright = to_rgb(ImageOps.exif_transpose(open_picture(file, content)))
    except (*PARSER_ERRORS, FileProblem, Image.DecompressionBombError) as error:
        raise UserError(f"{path} cannot be read: {str(error).rstrip('.')}.") from error
    return resize_for_model(_apply_view(upright, path.name, view), PICTURE_INPUT)


def _apply_view(image: Image.Image, name: str, view: str) -> Image.Image:
    if view == WHOLE:
        return image
    if view == MIRRORED:
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    rng = np.random.default_rng(list(hashlib.sha256(f"{view} {name}".encode()).digest()))
    area, stretch = rng.uniform(_SMALLEST_AREA, 1), _MOST_STRETCH ** rng.uniform(-1, 1)
    width = min(round(image.width * (area * stretch) ** 0.5), image.width)
    height = min(round(image.height * (area / stretch) ** 0.5), image.height)
    left, top = rng.integers(image.width - width + 1), rng.integers(image.height - height + 1)
    cut = image.crop((int(left), int(top), int(left) + width, int(top) + height))
    return cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else cut
