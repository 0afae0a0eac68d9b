"""A library of photographs that were made for a test, and a model that knows what some of them show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import ExifTags, Image, ImageEnhance

from engine.clustering.resumable_steps import Steps
from engine.errors import QueryError
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import DuplicateGroup, Vectors
from tests.fakes import COLOURS, ColourModel, ColourRegistry

T = TypeVar("T")

MEANINGS = {"grass": "green", "the sea": "blue", "roses": "red"}


class KnowingModel(ColourModel):
    """Sees colours and knows what has them."""

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        return super().embed_texts([self._meant(text) for text in texts])

    def _meant(self, text: str) -> str:
        named = [colour for word, colour in MEANINGS.items() if word in text]
        if not named:
            raise QueryError("No word is known.")
        return named[0]


def at_once(steps: Steps[T]) -> T:
    """What work comes to when nobody stops it."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


class Phases(Progress):
    """Remembers what was begun; cancels `cancel` at the beginning of `last`."""

    def __init__(self, cancel: CancelToken | None = None, last: str = "") -> None:
        super().__init__()
        self.begun: list[str] = []
        self._cancel, self._last = cancel, last

    def start(self, phase: str, unit: str, found: int = 0) -> None:
        super().start(phase, unit, found)
        self.begun.append(phase)
        if self._cancel is not None and phase == self._last:
            self._cancel.cancel()


class Album:
    """A library and its folder of photographs."""

    def __init__(self, folder: Path, model: ColourModel | None = None) -> None:
        self.pictures = folder / "pictures"
        self.pictures.mkdir()
        registry = ColourRegistry(folder / "models")
        registry.colours["colours"] = model or KnowingModel("1")
        self.location = folder / "library"
        self.location.mkdir()
        self.library = Library(self.location, registry, None, read_text=False)
        self.library.use_model("colours")
        self.library.add_folder(self.pictures)

    def save(self, name: str, image: Image.Image, taken: str = "", quality: int = 92) -> Path:
        exif = Image.Exif()
        if taken:
            exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
        image.save(self.pictures / name, quality=quality, exif=exif)
        return self.pictures / name

    def index(self) -> list[str]:
        phases = Phases()
        self.library.index(phases, CancelToken())
        return phases.begun

    def groups(self) -> list[tuple[str, set[str]]]:
        return [names(group) for group in self.library.duplicates()]


def names(group: DuplicateGroup) -> tuple[str, set[str]]:
    return group.kind, {file.path.name for file in group.files}


def scene(seed: int, size: tuple[int, int] = (400, 300)) -> Image.Image:
    """A view of many soft patches. All have about one colour, so the model cannot tell them apart."""
    patches = np.random.default_rng(seed).integers(60, 200, (12, 16, 1), dtype=np.uint8)
    return Image.fromarray(patches.repeat(3, axis=2)).resize(size, Image.Resampling.BICUBIC)


def save_versions(album: Album) -> set[str]:
    """One picture in five versions, the largest file first in quality."""
    picture = scene(1)
    album.save("original.jpg", picture, quality=98)
    album.save("poor.jpg", picture, quality=40)
    album.save("small.jpg", picture.resize((200, 150)))
    album.save("cropped.jpg", picture.crop((10, 8, 390, 292)))
    album.save("bright.jpg", ImageEnhance.Brightness(picture).enhance(1.2))
    return {"original.jpg", "poor.jpg", "small.jpg", "cropped.jpg", "bright.jpg"}


def paint(album: Album, colour: str, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        shade = tuple(min(255, max(0, part + (number * 3) % 17)) for part in COLOURS[colour])
        album.save(f"{colour} {number}.png", Image.new("RGB", (20 + number, 20), shade))
