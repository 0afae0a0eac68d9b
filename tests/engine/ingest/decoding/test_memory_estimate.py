"""How much memory a picture takes is told from its header, and by its real mode."""

from __future__ import annotations

import io

import pillow_heif
import pytest
from PIL import Image

from engine.ingest.decoding.memory_estimate import estimate_bytes, read_webp_size
from tests.engine.ingest import sample_files

GREY = Image.linear_gradient("L").resize((320, 200))
RGB = GREY.convert("RGB")


# Bytes a pixel at the peak, as measured on pictures of 24 megapixels, and the most that is asked for.
@pytest.mark.parametrize(
    ("image", "kind", "measured", "most"),
    [
        (GREY.convert("1"), "PNG", 5.3, 9),
        (GREY, "PNG", 5.3, 9),
        (RGB, "PNG", 8.3, 8.5),
        (RGB.convert("RGBA"), "PNG", 8.3, 12),
        (RGB.quantize(16), "PNG", 5.3, 9),
        (GREY.convert("LA"), "PNG", 12.1, 16),
        (GREY.convert("I").point(lambda value: value * 256).convert("I;16"), "PNG", 8.1, 10),
        (GREY.convert("1"), "TIFF", 5.3, 10),
        (RGB, "TIFF", 5.2, 11),
        (RGB.convert("CMYK"), "TIFF", 8.3, 16),
        (GREY.convert("F"), "TIFF", 10.2, 20),
        (RGB, "WEBP", 16.2, 20),
        (RGB, "AVIF", 9.2, 17),
        (RGB, "HEIF", 10.5, 17),
        (RGB.convert("RGBA"), "HEIF", 11.7, 21),
    ],
)
def test_no_more_is_asked_for_than_is_taken_and_little_less(
    image: Image.Image, kind: str, measured: float, most: float
) -> None:
    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    image.save(buffer, kind)
    with Image.open(buffer) as opened:
        assert measured - 0.5 <= estimate_bytes(opened, opened.size) / (320 * 200) <= most


@pytest.mark.parametrize(("options", "least", "most"), [({}, 0, 1), ({"progressive": True}, 6, 7)])
def test_a_jpeg_that_comes_out_smaller_needs_less(options: dict[str, bool], least: int, most: int) -> None:
    buffer = io.BytesIO()
    RGB.resize((3200, 2000)).save(buffer, "JPEG", **options)
    with Image.open(buffer) as opened:
        whole = opened.size
        assert isinstance(opened, Image.Image)
        opened.draft(None, (400, 250))
        assert least <= estimate_bytes(opened, whole) / (3200 * 2000) <= most


@pytest.mark.parametrize(
    ("image", "options"),
    [(RGB, {}), (RGB, {"lossless": True}), (RGB.convert("RGBA"), {}), (RGB, {"exif": b"Exif\0\0"})],
)
def test_a_webp_says_how_large_it_is_before_it_is_opened(
    image: Image.Image, options: dict[str, object]
) -> None:
    image = image.copy()
    if image.mode == "RGBA":
        image.putalpha(100)
    assert read_webp_size(sample_files.encoded(image, "WEBP", **options)) == image.size
    assert read_webp_size(b"RIFF") == (0, 0)
