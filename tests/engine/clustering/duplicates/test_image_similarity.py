"""The same picture, told by its pixels: on photographs, where there are any, and on made pictures."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from engine.clustering.duplicates.copies import SIDE_LOOKED_AT, is_copy
from engine.clustering.duplicates.image_similarity import compare_images, comparison_view
from engine.clustering.duplicates.near_duplicates import has_similar_shape, may_be_same, seconds_between
from engine.store.clusters.cluster_store import PhotoFacts
from tests.engine.clustering.synthetic_pictures import (
    SETS,
    Pictures,
    certificates,
    dense_pages,
    numbered,
    shirts,
    surroundings,
    tiny_print,
)

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


def opened(image: Image.Image) -> Image.Image:
    """As the library opens it for a closer look."""
    image = image.convert("RGB")
    image.thumbnail((SIDE_LOOKED_AT, SIDE_LOOKED_AT))
    return image


def is_same(first: Image.Image, second: Image.Image) -> bool:
    views = comparison_view(seen(first)), comparison_view(seen(second))
    alike = compare_images(*views)
    return may_be_same(alike) and is_copy(*views, alike, lambda: (opened(first), opened(second)))


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
    recognised = [is_same(photo, other) for photo in photographs[::8] for other in altered(photo)]
    assert sum(recognised) >= 0.97 * len(recognised)
    assert not [pair for pair in itertools.combinations(photographs, 2) if is_same(*pair)]


@pytest.mark.parametrize("side", [420, 900])
@pytest.mark.parametrize("made", SETS, ids=lambda made: made.__name__)
def test_pictures_that_differ_in_one_thing_are_different(made: Callable[[int], Pictures], side: int) -> None:
    pictures = [saved(picture, 85) for picture in made(side)]
    pairs = itertools.combinations(range(len(pictures)), 2)
    assert [pair for pair in pairs if is_same(*(pictures[number] for number in pair))] == []


@pytest.mark.parametrize("made", SETS, ids=lambda made: made.__name__)
def test_made_pictures_saved_again_are_the_same(made: Callable[[int], Pictures]) -> None:
    original = made(640)[0]
    for copy in (saved(original, 40), original.resize((1000, 1000 * original.height // 640))):
        assert is_same(original, copy)


def test_a_small_copy_is_not_taken_for_a_picture_with_another_word() -> None:
    first, second, _ = certificates(900)
    small = first.resize((450, 337))
    assert is_same(first, small)
    assert not is_same(second, small)


def lettered(
    picture: Image.Image, text: str, place: tuple[float, float], size: float, strength: float, anchor: str
) -> Image.Image:
    """White letters, mixed with what is below."""
    letters = Image.new("L", picture.size)
    font = ImageFont.load_default(round(size * picture.height))
    where = place[0] * picture.width, place[1] * picture.height
    ImageDraw.Draw(letters).text(where, text, font=font, fill=round(255 * strength), anchor=anchor)
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, letters)


def of_few_colours(picture: Image.Image, dithered: bool) -> Image.Image:
    few = picture.quantize(256)
    if dithered:
        few = picture.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
    stream = io.BytesIO()
    few.save(stream, "GIF")
    return Image.open(stream).convert("RGB")


HARD_COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "gif": lambda picture: of_few_colours(picture, dithered=False),
    "dithered gif": lambda picture: of_few_colours(picture, dithered=True),
    "black and white": lambda picture: saved(picture.convert("L"), 80),
    "brighter, clipped": lambda picture: saved(ImageEnhance.Brightness(picture).enhance(1.4), 85),
    "white border": lambda picture: ImageOps.expand(picture, picture.height // 20, "white"),
    "red border": lambda picture: ImageOps.expand(picture, picture.height // 33, (180, 40, 40)),
    "mark in a corner": lambda picture: lettered(picture, "(c) J. Doe", (0.97, 0.97), 0.04, 0.5, "rs"),
    "strong mark in a corner": lambda picture: lettered(
        picture, "(c) Meier 2019", (0.97, 0.97), 0.04, 0.7, "rs"
    ),
    "faint mark": lambda picture: lettered(picture, "SAMPLE", (0.5, 0.5), 0.15, 0.2, "mm"),
    "large mark": lambda picture: lettered(picture, "SAMPLE", (0.5, 0.5), 0.15, 0.4, "mm"),
}


@pytest.mark.parametrize("kind", HARD_COPIES)
def test_what_a_gif_a_border_or_a_mark_hides_is_explained(kind: str) -> None:
    picture = saved(surroundings(640), 90)
    assert is_same(picture, HARD_COPIES[kind](picture))


def test_hard_copies_of_photographs_are_the_same(photographs: list[Image.Image]) -> None:
    recognised = [is_same(photo, copy(photo)) for photo in photographs[::10] for copy in HARD_COPIES.values()]
    assert sum(recognised) >= 0.97 * len(recognised)


@pytest.mark.parametrize("strength", [0.5, 0.7])
def test_letters_that_run_together_in_a_thumbnail_are_a_mark(
    photographs: list[Image.Image], strength: float
) -> None:
    marked = [
        lettered(photo, "(c) Meier 2019", (0.95, 0.97), 0.04, strength, "rs") for photo in photographs[::5]
    ]
    recognised = [is_same(*pair) for pair in zip(photographs[::5], marked, strict=True)]
    assert sum(recognised) >= len(recognised) - 1


@pytest.mark.parametrize(("text", "longer"), [("1", "11"), ("3", "8"), ("Anna", "Anna B."), ("30", "50")])
def test_letters_beside_letters_are_another_text_and_no_mark(text: str, longer: str) -> None:
    first, second = (
        saved(lettered(surroundings(640), words, (0.03, 0.97), 0.07, 1.0, "ls"), 85)
        for words in (text, longer)
    )
    assert not is_same(first, second)


def test_a_thing_that_nothing_shows_through_is_no_mark() -> None:
    picture = surroundings(640)
    assert not is_same(picture, lettered(picture, "SAMPLE", (0.5, 0.5), 0.15, 1.0, "mm"))
    darker = picture.copy()
    darker.paste(picture.crop((250, 150, 400, 300)).point(lambda level: round(level * 0.6)), (250, 150))
    assert not is_same(picture, darker)


def test_digits_of_tiny_print_make_other_pages_and_copies_of_it_are_the_same() -> None:
    pages = [saved(page, 90) for page in tiny_print(560)]
    assert [
        pair for pair in itertools.combinations(range(4), 2) if is_same(pages[pair[0]], pages[pair[1]])
    ] == []
    original = tiny_print(560)[0]
    assert is_same(original, saved(original, 40))
    assert is_same(original, original.resize((original.width * 3 // 4, original.height * 3 // 4)))


@pytest.mark.parametrize("made", [numbered, dense_pages], ids=lambda made: made.__name__)
def test_digits_that_a_thumbnail_loses_make_other_pictures(made: Callable[[int], Pictures]) -> None:
    for first, second in itertools.combinations([saved(picture, 85) for picture in made(900)], 2):
        assert not is_same(first, second)
        assert is_same(first, saved(first, 50))


def test_black_and_white_is_a_copy_and_another_colour_is_not() -> None:
    several = surroundings(500)
    red = ImageOps.colorize(several.convert("L"), "black", (255, 128, 100))
    television = several.convert("L", (0.2126, 0.7152, 0.0722, 0))
    for original, grey in ((several, several.convert("L")), (several, television), (red, red.convert("L"))):
        assert is_same(original, saved(grey, 80))
    assert not is_same(shirts(500)[0], shirts(500)[-1])


def test_pictures_without_anything_to_see_are_like_nothing() -> None:
    black, grey = seen(Image.new("RGB", (300, 200))), seen(Image.new("RGB", (300, 200), (128, 128, 128)))
    assert compare_images(comparison_view(black), comparison_view(grey)).whole == 0
    assert not is_same(Image.new("RGB", (300, 200)), Image.new("RGB", (300, 200)))


def test_a_picture_is_like_itself_however_bright() -> None:
    patches = np.random.default_rng(3).integers(60, 180, (30, 40, 3), dtype=np.uint8)
    picture = Image.fromarray(patches).resize((400, 300))
    found = compare_images(
        comparison_view(seen(picture)), comparison_view(seen(ImageEnhance.Brightness(picture).enhance(0.7)))
    )
    assert min(found.whole, found.edges) > 0.9


def test_the_shape_and_the_clock() -> None:
    assert has_similar_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 1000, 750))
    assert not has_similar_shape(PhotoFacts(None, 4000, 3000), PhotoFacts(None, 3000, 4000))
    assert seconds_between("2024-05-01 10:00:00", "2024-05-01 09:59:57") == 3
    assert seconds_between(None, "2024-05-01 09:59:57") is None
