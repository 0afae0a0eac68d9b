"""The pixels that reach a model are those it would be given by its own library, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.ingest.decoding import resizing
from engine.records import PictureInput
from tests.engine.ingest import sample_files

SIZES = [
    (640, 480),
    (480, 640),
    (224, 224),
    (225, 224),
    (500, 333),
    (301, 899),
    (100, 60),
    (97, 97),
    (7, 50),
    (900, 70),
]


def reference(image: Image.Image, wanted: PictureInput) -> NDArray[np.uint8]:
    """What open_clip makes of it, before it is normalised."""
    import open_clip  # type: ignore[import-untyped]  # it ships no types

    transform = open_clip.image_transform(
        wanted.size,
        is_train=False,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        resize_mode=wanted.resize,
        interpolation=wanted.interpolation,
        fill_color=wanted.fill,
    )
    scaled: NDArray[np.float32] = transform(image).permute(1, 2, 0).numpy() * 255
    return np.rint(scaled).astype(np.uint8)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # open_clip's own imports
@pytest.mark.parametrize(
    "wanted",
    [
        PictureInput(224),
        PictureInput(64, "shortest", "bilinear"),
        PictureInput(224, "squash"),
        PictureInput(96, "longest", "bicubic", 127),
    ],
)
def test_pixels_are_the_same_as_open_clip_s_to_the_bit(wanted: PictureInput) -> None:
    for number, (width, height) in enumerate(SIZES):
        image = sample_files.noise(width, height, number)
        np.testing.assert_array_equal(resizing.resize_for_model(image, wanted), reference(image, wanted))


@pytest.mark.parametrize("resize", ["shortest", "squash", "longest"])
@pytest.mark.parametrize("size", [(1, 60000), (60000, 1), (1, 1), (3, 50000)])
def test_very_long_pictures_take_no_more_memory_than_others(resize: str, size: tuple[int, int]) -> None:
    wanted = PictureInput(224, resize)  # type: ignore[arg-type]  # a parameter of the test
    assert resizing.resize_for_model(Image.new("RGB", size, "red"), wanted).shape == (224, 224, 3)


@pytest.mark.parametrize("upright", [True, False])
def test_the_middle_of_a_very_long_picture_is_the_same_as_when_scaled_whole(upright: bool) -> None:
    image = (
        sample_files.noise(3, 300).resize((12, 1200))
        if upright
        else sample_files.noise(300, 3).resize((1200, 12))
    )
    size = (32, 3200) if upright else (3200, 32)
    box = (0, 1584, 32, 1616) if upright else (1584, 0, 1616, 32)
    whole = np.asarray(image.resize(size, Image.Resampling.BICUBIC).crop(box)).astype(int)
    assert np.abs(resizing.resize_for_model(image, PictureInput(32)).astype(int) - whole).mean() < 1


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((640, 320), (320, 160)), ((200, 100), (200, 100)), ((1, 60000), (1, 320)), ((320, 320), (320, 320))],
)
def test_thumbnails_keep_the_shape_and_are_never_enlarged(
    size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert resizing.fit_within(*size, 320) == fitted
