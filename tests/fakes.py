"""A picture model that needs no weights: it sees colours, and knows their names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.errors import QueryError
from engine.models.base import PictureEmbedder
from engine.models.shelf import ModelShelf
from engine.records import ModelIdentity, ModelStatus, PictureInput, PixelBatch, Vectors
from engine.search.verdict import REFERENCE_PHRASES

COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}
GREY = (128, 128, 128)  # of what names no colour and must have a vector all the same


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
        known = [_colours_named(text) for text in texts]
        if not all(known):
            raise QueryError("The query names no colour.")
        return _unit(np.array([np.max(colours, axis=0) for colours in known]) / 255.0)


def _colours_named(text: str) -> list[tuple[int, int, int]]:
    if text in REFERENCE_PHRASES:
        return [GREY]
    return [COLOURS[word] for word in text.split() if word in COLOURS]


def _unit(colours: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Vectors:
    vectors = np.column_stack([colours, 1.0 - colours.max(axis=1)])
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


class ColourShelf(ModelShelf):
    """A shelf with two revisions of the colour model beside the real models."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.colours = {"colours": ColourModel("1"), "colours-2": ColourModel("2")}
        self.colours["colours-2"].identity = ModelIdentity("colours-2", "2", 4)

    def names(self) -> tuple[str, ...]:
        return (*super().names(), *self.colours)

    def installed(self, name: str) -> bool:
        return name in self.colours or super().installed(name)

    def identity(self, name: str) -> ModelIdentity:
        return self.colours[name].identity if name in self.colours else super().identity(name)

    def picture_input(self, name: str) -> PictureInput:
        return self.colours[name].picture_input if name in self.colours else super().picture_input(name)

    def load(self, name: str) -> PictureEmbedder:
        return self.colours[name] if name in self.colours else super().load(name)

    def status(self, name: str, *, active: bool, pending: bool) -> ModelStatus:
        if name not in self.colours:
            return super().status(name, active=active, pending=pending)
        return ModelStatus(name, name, True, active, pending, "none", "English", 0, 4, "Tests.", "tests")
