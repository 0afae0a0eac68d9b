"""A picture model that needs no weights: it sees colours, and knows their names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.errors import QueryError
from engine.records import ModelIdentity, PictureInput, PixelBatch, Vectors

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}


class ColourModel:
    """Vectors of 4 dimensions: mean red, green and blue, and how dark it is. It counts what it embeds."""

    def __init__(self, revision: str = "1") -> None:
        self.identity = ModelIdentity("colours", revision, 4)
        self.picture_input = PictureInput(16, "squash")
        self.batch_size = 4
        self.embedded = 0

    def embed_pictures(self, pictures: PixelBatch) -> Vectors:
        self.embedded += len(pictures)
        return _unit(pictures.reshape(len(pictures), -1, 3).mean(axis=1) / 255.0)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        known = [[COLOURS[word] for word in text.split() if word in COLOURS] for text in texts]
        if not all(known):
            raise QueryError("The query names no colour.")
        return _unit(np.array([np.mean(colours, axis=0) for colours in known]) / 255.0)


def _unit(colours: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Vectors:
    vectors = np.column_stack([colours, 1.0 - colours.max(axis=1)])
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit
