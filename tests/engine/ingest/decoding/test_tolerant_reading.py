"""Pictures of which every pixel is there are read, whatever else is missing or too much."""

from __future__ import annotations

import pytest
from PIL import Image, PngImagePlugin

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decode import DecodeJob, decode
from engine.ingest.decoding.picture_reader import tolerant_pillow
from engine.records import PictureInput
from tests.engine.ingest import sample_files

WANTED = PictureInput(64)
FLAT = Image.new("RGB", (640, 480), "white")
ROUGH = sample_files.noise(64, 48).resize((640, 480), Image.Resampling.BICUBIC)


def is_read(source: bytes) -> bool:
    return len(decode(DecodeJob(source, WANTED)).items) == 1


@pytest.mark.parametrize("image", [FLAT, ROUGH, ROUGH.convert("L"), ROUGH.convert("CMYK")])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}]
)
def test_a_jpeg_needs_no_end_marker(image: Image.Image, options: dict[str, int]) -> None:
    whole = sample_files.encoded(image, "JPEG", quality=85, **options)
    expected = decode(DecodeJob(whole, WANTED)).items[0]
    for without in (whole[:-2], whole[:-1], whole[:-2] + b"\0\0", whole[:-2] + b"\0" * 4000):
        (item,) = decode(DecodeJob(without, WANTED)).items
        assert item.pixels.tobytes() == expected.pixels.tobytes()
        assert (item.width, item.height) == image.size


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (FLAT, {}),
        (FLAT, {"restart_marker_rows": 1}),
        (ROUGH, {}),
        (ROUGH, {"restart_marker_rows": 1}),
        (ROUGH, {"progressive": True}),
    ],
)
def test_a_jpeg_that_lacks_pixels_is_not_whole(image: Image.Image, options: dict[str, int]) -> None:
    whole = sample_files.encoded(image, "JPEG", quality=85, **options)
    for share in (0.2, 0.5, 0.9, 0.98):
        with pytest.raises(FileProblem) as raised:
            decode(DecodeJob(whole[: int(share * len(whole))], WANTED))
        assert raised.value.kind is ProblemKind.DAMAGED
        assert "cut short" in raised.value.message


def test_a_jpeg_of_several_pictures_needs_no_end_marker() -> None:
    assert is_read(sample_files.encoded(ROUGH, "MPO", save_all=True, append_images=[FLAT])[:-2])


def png(**options: object) -> bytes:
    return sample_files.encoded(ROUGH, "PNG", **options)


@pytest.mark.parametrize("megabytes", [2, 20])
@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt", "iCCP"])
def test_a_png_may_bring_much_text(kind: str, megabytes: int) -> None:
    written = "x" * (megabytes << 20)
    texts = PngImagePlugin.PngInfo()
    if kind == "iTXt":
        texts.add_itxt("key", written, zip=True)
    elif kind != "iCCP":
        texts.add_text("key", written, zip=kind == "zTXt")
    assert is_read(png(pnginfo=texts, icc_profile=written.encode() if kind == "iCCP" else None))


def test_a_png_needs_no_end() -> None:
    assert is_read(png()[:-12])


def test_pillow_is_as_it_was_afterwards() -> None:
    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    with tolerant_pillow():
        assert before[0] < PngImagePlugin.MAX_TEXT_CHUNK
    assert before == (PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY)
