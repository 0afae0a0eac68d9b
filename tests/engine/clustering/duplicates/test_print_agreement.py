"""The ink of two pages tells letters of one form from copies of one letter."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from engine.clustering.duplicates.copies import is_copy
from engine.clustering.duplicates.image_similarity import compare_images, comparison_view
from engine.clustering.duplicates.near_duplicates import may_be_same
from engine.clustering.duplicates.print_agreement import LEAST_AGREEMENT, ink_agreement
from tests.engine.clustering.duplicates.test_image_similarity import seen

WORDS = (
    "rent",
    "meter",
    "garden",
    "invoice",
    "flat",
    "costs",
    "please",
    "until",
    "December",
    "account",
    "gas",
)


def letter(seed: int) -> Image.Image:
    """Of one form: the same head, other words in the same lines."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((50, 40), "Miller & Sons", font=ImageFont.load_default(30), fill="black")
    for line in range(24):
        words = " ".join(chance.choice(WORDS) for _ in range(9))
        draw.text((60, 210 + 23 * line), words, font=ImageFont.load_default(14), fill=(20, 20, 20))
    return picture


def levels(picture: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(picture, np.float32)


@pytest.mark.parametrize("seed", range(1, 4))
def test_other_words_in_the_same_lines_do_not_agree(seed: int) -> None:
    small = [levels(letter(each).resize((226, 320))) for each in (0, seed)]
    assert ink_agreement(*small) < LEAST_AGREEMENT


def test_a_blurred_paler_copy_agrees() -> None:
    original = letter(0).resize((226, 320))
    copy = levels(original.filter(ImageFilter.GaussianBlur(0.5))) * 0.7 + 60
    assert ink_agreement(levels(original), copy) > 0.9


def test_letters_of_one_form_are_told_apart_without_opening_them() -> None:
    first, second = (comparison_view(seen(letter(each))) for each in (0, 1))
    alike = compare_images(first, second)
    assert may_be_same(alike)

    def opened() -> tuple[Image.Image, Image.Image] | None:
        raise AssertionError("they were opened")

    assert not is_copy(first, second, alike, opened)
