"""A picture model that needs no weights: it sees colours, and knows their names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from engine.errors import QueryError
from engine.models.manifest import ModelKind
from engine.models.protocols import PageEmbedder, PictureEmbedder, TextEncoder
from engine.models.registry import ModelRegistry
from engine.models.text.passages import PASSAGE_MODEL
from engine.records import (
    ModelIdentity,
    ModelStatus,
    PageVectors,
    PictureInput,
    PixelBatch,
    Pixels,
    QueryVectors,
    Vectors,
)
from engine.search.confidence.calibration_queries import CALIBRATION_PHRASES, CALIBRATION_WORDS

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
        assert pictures.shape[1:] == (self.picture_input.size, self.picture_input.size, 3)
        self.embedded += len(pictures)
        return _unit(pictures.reshape(len(pictures), -1, 3).mean(axis=1) / 255.0)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        known = [_colours_named(text) for text in texts]
        if not all(known):
            raise QueryError("The query names no colour.")
        return _unit(np.array([np.max(colours, axis=0) for colours in known]) / 255.0)


class WordTexts:
    """A text encoder: texts are near one another by the words that they share. It counts what it encodes."""

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), PASSAGE_MODEL.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in ["", *text.casefold().split()]:
                vectors[row] += np.random.default_rng(crc32(word.encode())).standard_normal(
                    PASSAGE_MODEL.dimension
                )
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class ColourPages:
    """A page model: a vector for each of 4 x 4 parts of a page, and one for each colour that is named."""

    GRID = 4

    def __init__(self) -> None:
        self.identity = ModelIdentity("colour-pages", "1", 4)
        self.page_input = PictureInput(64, "fit")
        self.batch_size = 2
        self.embedded = 0

    def embed_pages(self, pages: Sequence[Pixels]) -> list[PageVectors]:
        self.embedded += len(pages)
        return [self._embed_page(page) for page in pages]

    def _embed_page(self, page: Pixels) -> PageVectors:
        rows = [row for band in np.array_split(page, self.GRID) for row in np.array_split(band, self.GRID, 1)]
        vectors = _unit(np.array([part.reshape(-1, 3).mean(axis=0) for part in rows]) / 255.0)
        return PageVectors(vectors, np.arange(self.GRID**2, dtype=np.uint16).reshape(self.GRID, self.GRID))

    def embed_query(self, text: str) -> QueryVectors:
        words = [word for word in text.split() if word in COLOURS]
        if text in CALIBRATION_PHRASES:
            return QueryVectors(_unit(np.array([GREY]) / 255.0), (text,))
        if not words:
            raise QueryError("The query names no colour.")
        return QueryVectors(_unit(np.array([COLOURS[word] for word in words]) / 255.0), tuple(words))


def _colours_named(text: str) -> list[tuple[int, int, int]]:
    if text in CALIBRATION_PHRASES or any(word in CALIBRATION_WORDS for word in text.split()):
        return [GREY]
    return [COLOURS[word] for word in text.split() if word in COLOURS]


def _unit(colours: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Vectors:
    vectors = np.column_stack([colours, 1.0 - colours.max(axis=1)])
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


class ColourRegistry(ModelRegistry):
    """A registry with two revisions of the colour model beside the real models."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.colours = {"colours": ColourModel("1"), "colours-2": ColourModel("2")}
        self.colours["colours-2"].identity = ModelIdentity("colours-2", "2", 4)
        self.earlier: dict[ModelIdentity, ColourModel] = {}  # revisions that gave way to those in `colours`
        self.pages = {"colour-pages": ColourPages()}
        self.texts = WordTexts()

    def model_names(self) -> tuple[str, ...]:
        return (*super().model_names(), *self.colours, *self.pages)

    def kind_of(self, name: str) -> ModelKind:
        if name in self.pages:
            return "pages"
        return "pictures" if name in self.colours else super().kind_of(name)

    def is_installed(self, name: str) -> bool:
        return name in self.colours or name in self.pages or super().is_installed(name)

    def identity_of(self, name: str) -> ModelIdentity:
        if name in self.pages:
            return self.pages[name].identity
        return self.colours[name].identity if name in self.colours else super().identity_of(name)

    def can_load(self, identity: ModelIdentity) -> bool:
        return identity in self.earlier or super().can_load(identity)

    def page_input_of(self, name: str) -> PictureInput:
        return self.pages[name].page_input if name in self.pages else super().page_input_of(name)

    def load_page_model(self, name: str) -> PageEmbedder:
        return self.pages[name] if name in self.pages else super().load_page_model(name)

    def picture_input_of(self, identity: ModelIdentity) -> PictureInput:
        model = self._revision(identity)
        return super().picture_input_of(identity) if model is None else model.picture_input

    def load_picture_model(self, identity: ModelIdentity) -> PictureEmbedder:
        return self._revision(identity) or super().load_picture_model(identity)

    def load_text_encoder(self) -> TextEncoder:
        return self.texts

    def _revision(self, identity: ModelIdentity) -> ColourModel | None:
        models = (*self.colours.values(), *self.earlier.values())
        return next((model for model in models if model.identity == identity), None)

    def model_status(self, name: str, *, active: bool, pending: bool) -> ModelStatus:
        if name not in self.colours and name not in self.pages:
            return super().model_status(name, active=active, pending=pending)
        return ModelStatus(
            name, name, True, active, pending, "none", "English", 0, 4, "Tests.", "tests", self.kind_of(name)
        )
