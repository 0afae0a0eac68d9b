"""What becomes of a picture file, whatever it holds."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.ingest.workers.limits import MemoryAllowance
from engine.records import DecodedItem, PictureInput
from tests.engine.ingest import sample_files

WANTED = PictureInput(64)
LITTLE = MemoryAllowance(16 << 20, 16 << 20)
SQUASHED = PictureInput(64, "squash")
RED, LIME, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
ORIENTATION, EXIF_IFD, DATE_TAKEN, STRIP_OFFSETS = 0x0112, 0x8769, 0x9003, 273


def photograph(source: Path | bytes, picture_input: PictureInput = SQUASHED) -> DecodedItem:
    decoded = decode(DecodeJob(source, picture_input))
    assert decoded.pages is None
    (item,) = decoded.items
    assert item.page is None
    return item


def problem(source: Path | bytes) -> FileProblem:
    return problem_of(DecodeJob(source, WANTED))


def problem_of(job: DecodeJob) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        decode(job)
    return caught.value


def assert_corners(item: DecodedItem, tolerance: int = 12) -> None:
    """Red, green, blue and white quarters, clockwise from the top left, in pixels and thumbnail."""
    for picture in (item.pixels.astype(int), sample_files.opened(item.thumbnail).astype(int)):
        height, width = picture.shape[:2]
        rows, columns = (height // 4, height * 3 // 4), (width // 4, width * 3 // 4)
        seen = [picture[rows[0], columns[0]], picture[rows[0], columns[1]]]
        seen += [picture[rows[1], columns[1]], picture[rows[1], columns[0]]]
        for found, expected in zip(seen, (RED, LIME, BLUE, WHITE), strict=True):
            assert np.abs(found - expected).max() <= tolerance, (found, expected)


# what can be read


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "QOI", "DDS", "HEIF"]
)
def test_each_format_is_read_whatever_its_name(kind: str, tmp_path: Path) -> None:
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    path = tmp_path / "named.png"
    path.write_bytes(sample_files.encoded(sample_files.corners(), kind))
    item = photograph(path)
    assert_corners(item)
    assert (item.width, item.height) == (400, 200)


@pytest.mark.parametrize("kind", ["TGA", "PCX"])
def test_formats_without_a_mark_are_read_by_their_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(sample_files.encoded(sample_files.corners(), kind))
    assert_corners(photograph(path))


def test_pasted_bytes_are_read_like_a_file() -> None:
    assert_corners(photograph(sample_files.encoded(sample_files.corners(), "PNG")))


def test_a_pdf_under_a_picture_s_name_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(sample_files.pdf([sample_files.Page([(72, 700, "Hello")])]))
    decoded = decode(DecodeJob(path, WANTED))
    assert decoded.pages == 1
    assert decoded.items[0].text == "Hello"


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGBA", "La", "RGBa", "CMYK", "YCbCr", "LAB", "I", "F"]
)
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    from engine.ingest.decoding.colour_conversion import to_rgb

    source = sample_files.corners()
    match mode:
        case "LAB":
            profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
            image = ImageCms.profileToProfile(source, *profiles, outputMode="LAB")
            assert image is not None
        case "PA":
            image = source.convert("P").convert("PA")
        case "La":
            image = source.convert("LA").convert("La")
        case "RGBa":
            image = source.convert("RGBA").convert("RGBa")
        case _:
            image = source.convert(mode)
    rgb = np.asarray(to_rgb(image)).astype(int)
    assert rgb.shape == (200, 400, 3)
    assert rgb[150, 100].min() >= 250  # white stays white
    grey = mode in ("1", "L", "LA", "La", "I", "F")
    expected = np.asarray(source.convert("L").convert("RGB") if grey else source).astype(int)
    assert np.abs(rgb.mean(axis=(0, 1)) - expected.mean(axis=(0, 1))).max() < 10


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_grey_keeps_its_brightness(kind: str, bits: int) -> None:
    greatest = (1 << bits) - 1
    ramp = np.linspace(0, greatest, 256).astype(np.uint16)[None, :].repeat(64, axis=0)
    pixels = photograph(sample_files.encoded(Image.fromarray(ramp), kind), PictureInput(256, "squash")).pixels
    assert np.abs(pixels[32, :, 0].astype(int) - np.arange(256)).max() <= 2


@pytest.mark.parametrize("greatest", [1.0, 255.0, 1e6])
def test_floating_point_pixels_are_scaled_and_gaps_are_black(greatest: float) -> None:
    ramp = np.linspace(0, greatest, 256, dtype=np.float32)[None, :].repeat(64, axis=0)
    ramp[0, 200] = np.nan
    pixels = photograph(
        sample_files.encoded(Image.fromarray(ramp), "TIFF"), PictureInput(256, "squash")
    ).pixels
    assert np.abs(pixels[32, :, 0].astype(int) - np.arange(256)).max() <= 2


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_transparency_shows_white(kind: str) -> None:
    image = sample_files.corners().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 100, 200, 200))
    assert_corners(photograph(sample_files.encoded(image, kind)))


def test_a_transparent_colour_of_a_palette_shows_white() -> None:
    image = sample_files.corners().quantize(4)
    black_for_white = image.getpalette() or []
    white = image.getpixel((10, 190))
    assert isinstance(white, int)
    black_for_white[3 * white : 3 * white + 3] = [0, 0, 0]
    image.putpalette(black_for_white)
    assert_corners(photograph(sample_files.encoded(image, "PNG", transparency=white)))


def test_the_first_frame_stands_for_an_animation() -> None:
    frames = [sample_files.corners(), Image.new("RGB", (400, 200), "black")]
    for kind in ("GIF", "WEBP", "PNG"):
        assert_corners(
            photograph(sample_files.encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
        )


def test_cmyk_photographs_are_not_inverted() -> None:
    assert_corners(photograph(sample_files.encoded(sample_files.corners().convert("CMYK"), "JPEG")))


# upright, dated, in the right colours


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(kind: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = sample_files.corners()
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    item = photograph(sample_files.encoded(stored, kind, exif=exif))
    assert_corners(item)
    assert (item.width, item.height) == (400, 200)


def test_exif_turns_no_heif_because_its_container_says_how_it_lies() -> None:
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    assert_corners(photograph(sample_files.encoded(sample_files.corners(), "HEIF", exif=exif)))


def test_the_orientation_photographs_all_look_the_same() -> None:
    folder = sample_files.SHARED_DATA / "photos" / "orientation"
    if not folder.is_dir():
        pytest.skip("needs the shared data")
    for shape in ("Landscape", "Portrait"):
        first = sample_files.opened(photograph(folder / f"{shape}_1.jpg").thumbnail)
        for number in range(2, 9):
            other = sample_files.opened(photograph(folder / f"{shape}_{number}.jpg").thumbnail)
            assert np.abs(first - other).mean() < 4


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2019:07:14 18:30:05", "2019-07-14 18:30:05"),
        ("0000:00:00 00:00:00", None),
        ("2019:13:45 99:00:00", None),
        ("    :  :     :  :  ", None),
        ("yesterday", None),
    ],
)
def test_the_date_taken_is_the_camera_s_if_it_can_be(written: str, taken: str | None) -> None:
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[DATE_TAKEN] = written
    assert photograph(sample_files.encoded(sample_files.corners(), "JPEG", exif=exif)).taken == taken


def test_broken_exif_does_not_cost_the_photograph() -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 40
    assert_corners(photograph(sample_files.encoded(sample_files.corners(), "JPEG", exif=exif)))


def test_thumbnails_are_small_upright_jpegs() -> None:
    item = photograph(sample_files.encoded(sample_files.noise(2000, 1000), "JPEG"), WANTED)
    with Image.open(io.BytesIO(item.thumbnail)) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.size == (320, 160)


# what is decoded is bounded


def test_large_photographs_are_reduced_while_they_are_decoded() -> None:
    source = sample_files.encoded(Image.new("RGB", (8000, 6000), "red"), "JPEG")
    item = decode(DecodeJob(source, WANTED, allowance=LITTLE)).items[0]
    assert (item.width, item.height) == (8000, 6000)
    assert np.abs(item.pixels.astype(int) - RED).max() < 5


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("JPEG", {"progressive": True})])
def test_too_many_pixels_are_refused_before_memory_is_taken(kind: str, options: dict[str, bool]) -> None:
    source = sample_files.encoded(Image.new("L", (8000, 6000)), kind, **options)
    tracemalloc.start()
    found = problem_of(DecodeJob(source, WANTED, allowance=LITTLE))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.kind is ProblemKind.TOO_LARGE
    assert "8,000 x 6,000" in found.message
    assert peak < 4_000_000


def test_reduced_jpeg_2000_is_close_to_the_whole() -> None:
    image = sample_files.noise(60, 40).resize((2400, 1600), Image.Resampling.BICUBIC)
    item = photograph(sample_files.encoded(image, "JPEG2000"))
    expected = np.asarray(image.resize((64, 64), Image.Resampling.BICUBIC)).astype(int)
    assert (item.width, item.height) == (2400, 1600)
    assert np.abs(item.pixels.astype(int) - expected).mean() < 2


# several frames


def test_a_tiff_of_several_frames_is_a_document_of_pages() -> None:
    source = sample_files.tiff(
        [sample_files.corners(), sample_files.noise(60, 80), sample_files.corners()], dpi=(100, 100)
    )
    decoded = decode(DecodeJob(source, SQUASHED, first_page=2, page_limit=2))
    assert decoded.pages == 3
    assert [item.page for item in decoded.items] == [2, 3]
    assert_corners(decoded.items[1])
    assert (decoded.items[1].width, decoded.items[1].height) == (288, 144)  # points


def test_reduced_frames_of_a_tiff_are_no_pages() -> None:
    source = sample_files.tiff(
        [sample_files.noise(40, 20), sample_files.corners(), sample_files.noise(40, 20)], frozenset({0, 2})
    )
    assert_corners(photograph(source))


def test_a_broken_page_of_a_tiff_does_not_cost_the_others() -> None:
    source = bytearray(
        sample_files.tiff(
            [sample_files.corners(), sample_files.noise(64, 64), sample_files.corners()], compression="jpeg"
        )
    )
    with Image.open(io.BytesIO(source)) as image:
        image.seek(1)
        (start,) = image.tag_v2[STRIP_OFFSETS]  # type: ignore[attr-defined]  # a TIFF has tags
    source[start : start + 300] = b"\0" * 300
    decoded = decode(DecodeJob(bytes(source), SQUASHED))
    assert [item.page for item in decoded.items] == [1, 3]
    assert [(found.page, found.kind) for found in decoded.problems] == [(2, "damaged")]


# camera RAW


@pytest.mark.parametrize("name", ["shot.dng", "shot.tif"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_camera_raw_without_a_preview_is_developed_upright(
    tmp_path: Path, name: str, orientation: int
) -> None:
    path = tmp_path / name
    path.write_bytes(sample_files.dng(orientation=orientation))
    item = photograph(path)
    first, last = {
        1: ((32, 8), (32, -8)),
        3: ((32, -8), (32, 8)),
        6: ((8, 32), (-8, 32)),
        8: ((-8, 32), (8, 32)),
    }[orientation]
    assert item.pixels[first][0] > 200 > item.pixels[first][2]
    assert item.pixels[last][2] > 150 > item.pixels[last][0]
    assert (item.width, item.height) == ((128, 256) if orientation in (6, 8) else (256, 128))
    assert item.taken == "2021-03-04 05:06:07"


def test_damaged_camera_raw_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "shot.raf"
    path.write_bytes(b"FUJIFILMCCD-RAW 0201" + b"\x55" * 4000)
    assert problem(path).kind is ProblemKind.DAMAGED


# what cannot be read


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.touch()
    assert problem(path).kind is ProblemKind.EMPTY


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    assert problem(tmp_path / "gone.jpg").kind is ProblemKind.VANISHED
    (tmp_path / "file").touch()
    assert problem(tmp_path / "file" / "a.jpg").kind is ProblemKind.VANISHED


def test_a_folder_under_a_picture_s_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    assert problem(tmp_path / "a.jpg").kind is ProblemKind.UNREADABLE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_under_a_picture_s_name_does_not_hold_the_decoder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    assert problem(tmp_path / "a.jpg").kind is ProblemKind.UNREADABLE


def test_unknown_content_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("a letter, not a photograph")
    assert problem(path).kind is ProblemKind.UNRECOGNISED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_picture_that_is_cut_short_says_so(kind: str) -> None:
    source = sample_files.encoded(sample_files.noise(200, 200), kind)
    found = problem(source[: len(source) * 2 // 3])
    assert found.kind is ProblemKind.DAMAGED
    assert "cut short" in found.message or kind == "TIFF"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "JPEG2000", "HEIF", "TIFF"])
def test_a_picture_that_is_only_its_beginning_is_damaged(kind: str) -> None:
    pillow_heif.register_heif_opener()
    found = problem(sample_files.encoded(sample_files.noise(64, 64), kind)[:40])
    assert found.kind is ProblemKind.DAMAGED


@pytest.mark.parametrize("change", ["before", "during"])
def test_a_file_that_changes_is_left_for_the_next_run(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(sample_files.encoded(sample_files.corners(), "PNG"))
    seen = path.stat()
    if change == "before":
        path.write_bytes(sample_files.encoded(sample_files.noise(9, 9), "PNG"))
    else:
        from engine.ingest.decoding import picture_reader

        original = picture_reader.make_decoded_item

        def grow_meanwhile(*arguments: object) -> DecodedItem:
            path.write_bytes(b"something else")
            return original(*arguments)  # type: ignore[arg-type]  # passed through

        monkeypatch.setattr(picture_reader, "make_decoded_item", grow_meanwhile)
    found = problem_of(DecodeJob(path, WANTED, size=seen.st_size, mtime_ns=seen.st_mtime_ns))
    assert found.kind is ProblemKind.UNREADABLE
    assert "changed" in found.message


def test_a_damaged_file_that_is_still_being_written_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.ingest.decoding import picture_reader

    path = tmp_path / "a.png"
    whole = sample_files.encoded(sample_files.noise(64, 64), "PNG")
    path.write_bytes(whole[:2000])
    original = picture_reader.load_picture

    def finish_copying(*arguments: object) -> picture_reader.DecodedPicture:
        path.write_bytes(whole)
        return original(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(picture_reader, "load_picture", finish_copying)
    monkeypatch.setattr(
        Image.Image, "load", lambda _: (_ for _ in ()).throw(OSError("image file is truncated"))
    )
    assert "changed" in problem(path).message


def test_pillow_is_left_as_it_was_found() -> None:
    guard = Image.MAX_IMAGE_PIXELS
    assert isinstance(
        decode(DecodeJob(sample_files.encoded(sample_files.corners(), "PNG"), WANTED)), DecodedFile
    )
    assert guard == Image.MAX_IMAGE_PIXELS
