"""The same picture, told by its pixels: on photographs, where there are any."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from engine.discover.comparing import kind_of, same_shape, seconds_between
from engine.discover.likeness import View, likeness, view_of
from engine.store.discoveries import PhotoFacts

PHOTOGRAPHS = 40


def seen(image: Image.Image, quality: int = 85) -> View:
    """As the library sees it: a thumbnail."""
    image = image.convert("RGB")
    image.thumbnail((320, 320))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return view_of(stream.getvalue())


def is_same(first: View, second: View) -> bool:
    return kind_of(likeness(first, second), first.paper or second.paper, 0.9, None) == "alike"


@pytest.fixture(scope="module")
def photographs(shared_data: Path) -> list[Image.Image]:
    paths = sorted(path for path in (shared_data / "photos").glob("*.jpg"))[:PHOTOGRAPHS]
    return [Image.open(path).convert("RGB") for path in paths]


def test_altered_photographs_are_the_same_and_all_others_are_not(photographs: list[Image.Image]) -> None:
    views = [seen(photo) for photo in photographs]
    recognised = 0
    for photo, view in zip(photographs, views, strict=True):
        width, height = photo.size
        small = photo.resize((width // 3, height // 3))
        cropped = photo.crop((width // 30, height // 40, width - width // 50, height - height // 60))
        edited = ImageEnhance.Color(ImageEnhance.Brightness(photo).enhance(1.2)).enhance(0.6)
        for altered in (seen(photo, quality=40), seen(small), seen(cropped), seen(edited)):
            recognised += is_same(view, altered) and is_same(altered, view)
    assert recognised >= 0.95 * 4 * len(photographs)
    false = [
        (first, second)
        for first in range(len(views))
        for second in range(first)
        if is_same(views[first], views[second])
    ]
    assert false == []


def test_pictures_without_anything_to_see_are_like_nothing() -> None:
    black, grey = seen(Image.new("RGB", (300, 200))), seen(Image.new("RGB", (300, 200), (128, 128, 128)))
    assert likeness(black, grey).whole == 0
    assert not is_same(black, black)


def test_a_picture_is_like_itself_however_bright() -> None:
    patches = np.random.default_rng(3).integers(60, 180, (30, 40, 3), dtype=np.uint8)
    picture = Image.fromarray(patches).resize((400, 300))
    found = likeness(seen(picture), seen(ImageEnhance.Brightness(picture).enhance(0.7)))
    assert min(found.whole, found.edges, found.blocks) > 0.9


def test_the_shape_and_the_clock() -> None:
    assert same_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 1000, 750))
    assert not same_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 3000, 4000))
    assert seconds_between("2024-05-01 10:00:00", "2024-05-01 09:59:57") == 3
    assert seconds_between(None, "2024-05-01 09:59:57") is None
