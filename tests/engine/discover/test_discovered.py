"""What a library discovers in real files: the same picture saved again, bursts, themes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageDraw, ImageEnhance

from engine.discover.run import PHASE
from engine.errors import Cancelled, QueryError
from engine.library import Library
from engine.progress import CancelToken, Progress
from engine.records import DuplicateGroup, Vectors
from tests.fakes import COLOURS, ColourModel, ColourShelf

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

    def __init__(self, folder: Path) -> None:
        self.pictures = folder / "pictures"
        self.pictures.mkdir()
        shelf = ColourShelf(folder / "models")
        shelf.colours["colours"] = KnowingModel("1")
        (folder / "library").mkdir()
        self.library = Library(folder / "library", shelf, None, read_text=False)
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


def with_subject(view: Image.Image, left: int) -> Image.Image:
    moved = view.copy()
    ImageDraw.Draw(moved).ellipse((left, 150, left + 60, 250), fill=(250, 250, 250))
    return moved


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    album = Album(tmp_path)
    yield album
    album.library.close()


def save_versions(album: Album) -> set[str]:
    """One picture in five versions, the largest file first in quality."""
    picture = scene(1)
    album.save("original.jpg", picture, quality=98)
    album.save("poor.jpg", picture, quality=40)
    album.save("small.jpg", picture.resize((200, 150)))
    album.save("cropped.jpg", picture.crop((10, 8, 390, 292)))
    album.save("bright.jpg", ImageEnhance.Brightness(picture).enhance(1.2))
    return {"original.jpg", "poor.jpg", "small.jpg", "cropped.jpg", "bright.jpg"}


def test_versions_of_one_picture_are_a_group_and_other_pictures_are_not(album: Album) -> None:
    versions = save_versions(album)
    for seed in range(2, 12):
        album.save(f"other {seed}.jpg", scene(seed))
    album.index()
    (group,) = album.library.duplicates()
    assert names(group) == ("alike", versions)
    assert group.files[0].path.name == "original.jpg"
    assert group.files[-1].path.name == "small.jpg"


def test_copies_join_the_group_of_their_picture_and_what_frees_most_comes_first(album: Album) -> None:
    versions = save_versions(album)
    shutil.copy(album.pictures / "small.jpg", album.pictures / "small copy.jpg")
    lone = album.save("lone.jpg", scene(2, (60, 40)))
    shutil.copy(lone, album.pictures / "lone copy.jpg")
    album.index()
    assert album.groups() == [
        ("alike", versions | {"small copy.jpg"}),
        ("copies", {"lone.jpg", "lone copy.jpg"}),
    ]
    assert [file.path.name for file in album.library.duplicates()[1].files] == ["lone.jpg", "lone copy.jpg"]
    for name in versions - {"small.jpg"}:
        (album.pictures / name).unlink()
    album.index()
    assert ("copies", {"small.jpg", "small copy.jpg"}) in album.groups()


def test_photographs_of_one_moment_are_a_burst_and_those_of_later_are_not(album: Album) -> None:
    view = scene(1)
    album.save("first.jpg", with_subject(view, 120), "2024:05:01 10:00:00")
    album.save("second.jpg", with_subject(view, 150), "2024:05:01 10:00:02")
    album.save("later.jpg", with_subject(view, 121), "2024:05:01 11:00:00")
    album.save("clockless.jpg", with_subject(view, 260))
    album.index()
    assert album.groups() == [("burst", {"first.jpg", "second.jpg"})]


def test_pages_of_one_form_are_different_pictures(album: Album) -> None:
    for number in range(3):
        page = Image.new("RGB", (600, 800), "white")
        draw = ImageDraw.Draw(page)
        draw.rectangle((40, 40, 560, 120), fill=(40, 60, 120))
        for line in range(12):
            draw.text((60, 160 + 48 * line), f"Item {line}", fill="black", font_size=30)
            draw.text((420, 160 + 48 * line), f"{number}{line}{7 - number}.90", fill="black", font_size=30)
        album.save(f"receipt {number}.jpg", page)
    album.save("receipt 0 again.jpg", Image.open(album.pictures / "receipt 0.jpg"), quality=95)
    album.index()
    assert album.groups() == [("alike", {"receipt 0.jpg", "receipt 0 again.jpg"})]


def test_what_comes_later_is_compared_with_all_and_nothing_is_done_twice(album: Album) -> None:
    album.save("original.jpg", scene(1))
    album.save("other.jpg", scene(2))
    assert PHASE in album.index()
    assert PHASE not in album.index()
    assert album.groups() == []
    album.save("again.jpg", scene(1), quality=60)
    assert PHASE in album.index()
    assert album.groups() == [("alike", {"original.jpg", "again.jpg"})]
    (album.pictures / "original.jpg").unlink()
    album.index()
    assert album.groups() == []


def test_what_was_cancelled_is_done_by_the_next_run(album: Album) -> None:
    versions = save_versions(album)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        album.library.index(Phases(cancel, PHASE), cancel)
    assert album.groups() == []
    assert PHASE in album.index()
    assert album.groups() == [("alike", versions)]


def test_discoveries_outlast_a_change_of_model(album: Album) -> None:
    versions = save_versions(album)
    album.index()
    album.library.use_model("colours-2")
    assert album.groups() == [("alike", versions)]
    assert PHASE in album.index()
    assert album.groups() == [("alike", versions)]


def paint(album: Album, colour: str, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        shade = tuple(min(255, max(0, part + (number * 3) % 17)) for part in COLOURS[colour])
        album.save(f"{colour} {number}.png", Image.new("RGB", (20 + number, 20), shade))


def themes(album: Album) -> dict[str, int]:
    return {theme.name: theme.items for theme in album.library.themes()}


def test_themes_are_named_counted_and_kept(album: Album) -> None:
    paint(album, "green", 14)
    paint(album, "blue", 11)
    paint(album, "red", 9)
    album.index()
    assert themes(album) == {"Grass": 14, "The sea": 11, "Roses": 9}
    first, *_ = album.library.themes()
    (hit,) = album.library.hits([first.cover])
    assert hit.path.name.startswith("green")
    paint(album, "blue", 2, first=20)  # too few for themes to be found anew
    for number in range(3):
        (album.pictures / f"green {number}.png").unlink()
    album.index()
    assert themes(album) == {"The sea": 13, "Grass": 11, "Roses": 9}


def test_a_new_kind_of_photographs_becomes_a_theme_once_it_counts(album: Album) -> None:
    paint(album, "green", 12)
    assert album.index().count(PHASE) == 1
    assert themes(album) == {}  # so few are seen at a glance
    paint(album, "blue", 14)
    paint(album, "red", 10)
    album.index()
    assert themes(album) == {"The sea": 14, "Grass": 12, "Roses": 10}
    before = {theme.name: theme.number for theme in album.library.themes()}
    paint(album, "red", 24, first=300)
    album.index()
    assert next(iter(themes(album))) == "Roses"  # they were found anew, and another one is the biggest
    assert {theme.name: theme.number for theme in album.library.themes()} == before
