"""The same picture, told by its pixels: on photographs, where there are any, and on made pictures."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from engine.discover.comparing import may_be_same, same_shape, seconds_between
from engine.discover.copies import is_copy
from engine.discover.likeness import likeness, view_of
from engine.store.discoveries import PhotoFacts
from tests.engine.discover.made_sets import SETS, Pictures, certificates, surroundings

PHOTOGRAPHS = 40


def seen(image: Image.Image, quality: int = 85) -> bytes:
    """As the library sees it: a thumbnail."""
    image = image.convert("RGB")
    image.thumbnail((320, 320))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def saved(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(stream)


def is_same(first: bytes, second: bytes) -> bool:
    views = view_of(first), view_of(second)
    alike = likeness(*views)
    if not may_be_same(alike, views[0].paper or views[1].paper):
        return False
    return is_copy(*views, alike)


@pytest.fixture(scope="module")
def photographs(shared_data: Path) -> list[Image.Image]:
    paths = sorted(path for path in (shared_data / "photos").glob("*.jpg"))[:PHOTOGRAPHS]
    return [Image.open(path).convert("RGB") for path in paths]


def altered(photo: Image.Image) -> list[Image.Image]:
    width, height = photo.size
    levels = np.asarray(photo).astype(np.float32)
    return [
        saved(photo, 30),
        photo.resize((width // 3, height // 3)),
        photo.crop((width // 30, height // 40, width - width // 50, height - height // 60)),
        ImageEnhance.Color(ImageEnhance.Brightness(photo).enhance(1.2)).enhance(0.6),
        Image.fromarray((255 * (levels / 255) ** 0.75).astype(np.uint8)),
        Image.fromarray(np.clip(levels * (1.08, 1.0, 0.9), 0, 255).astype(np.uint8)),  # warmer
        photo.filter(ImageFilter.UnsharpMask(2, 100)),
        photo.filter(ImageFilter.GaussianBlur(1)),
    ]


def test_altered_photographs_are_the_same_and_all_others_are_not(photographs: list[Image.Image]) -> None:
    thumbnails = [seen(photo) for photo in photographs]
    recognised = [
        is_same(thumbnail, seen(other))
        for photo, thumbnail in list(zip(photographs, thumbnails, strict=True))[::3]
        for other in altered(photo)
    ]
    assert sum(recognised) >= 0.97 * len(recognised)
    assert not [pair for pair in itertools.combinations(thumbnails, 2) if is_same(*pair)]


@pytest.mark.parametrize("side", [420, 900])
@pytest.mark.parametrize("made", SETS, ids=lambda made: made.__name__)
def test_pictures_that_differ_in_one_thing_are_different(made: Callable[[int], Pictures], side: int) -> None:
    thumbnails = [seen(saved(picture, 85)) for picture in made(side)]
    same = [
        pair
        for pair in itertools.combinations(range(len(thumbnails)), 2)
        if is_same(*(thumbnails[n] for n in pair))
    ]
    assert same == []


@pytest.mark.parametrize("made", SETS, ids=lambda made: made.__name__)
def test_made_pictures_saved_again_are_the_same(made: Callable[[int], Pictures]) -> None:
    original = made(640)[0]
    for copy in (saved(original, 40), original.resize((1000, 1000 * original.height // 640))):
        assert is_same(seen(original), seen(copy))


def test_a_small_copy_is_not_taken_for_a_picture_with_another_word() -> None:
    first, second, _ = certificates(900)
    small = first.resize((450, 337))
    assert is_same(seen(first), seen(small))
    assert not is_same(seen(second), seen(small))


def test_black_and_white_is_a_copy_of_a_picture_of_several_colours_alone() -> None:
    several = surroundings(500)
    assert is_same(seen(several), seen(several.convert("L")))
    one = Image.merge(
        "RGB",
        [several.convert("L").point([int(level * part) for level in range(256)]) for part in (1, 0.5, 0.4)],
    )
    assert not is_same(seen(one), seen(one.convert("L")))


def test_pictures_without_anything_to_see_are_like_nothing() -> None:
    black, grey = seen(Image.new("RGB", (300, 200))), seen(Image.new("RGB", (300, 200), (128, 128, 128)))
    assert likeness(view_of(black), view_of(grey)).whole == 0
    assert not is_same(black, black)


def test_a_picture_is_like_itself_however_bright() -> None:
    patches = np.random.default_rng(3).integers(60, 180, (30, 40, 3), dtype=np.uint8)
    picture = Image.fromarray(patches).resize((400, 300))
    found = likeness(view_of(seen(picture)), view_of(seen(ImageEnhance.Brightness(picture).enhance(0.7))))
    assert min(found.whole, found.edges, found.blocks) > 0.9


def test_the_shape_and_the_clock() -> None:
    assert same_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 1000, 750))
    assert not same_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 3000, 4000))
    assert seconds_between("2024-05-01 10:00:00", "2024-05-01 09:59:57") == 3
    assert seconds_between(None, "2024-05-01 09:59:57") is None
