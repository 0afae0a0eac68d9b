"""Reads pictures through Pillow: one decode gives the model's pixels and the thumbnail."""

from __future__ import annotations

import errno
import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image, ImageFile, ImageOps, PngImagePlugin

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decoding import capture_date, colour_conversion, memory_estimate, resizing, tiff_modes
from engine.ingest.scanning.file_formats import PILLOW_READERS, FileFormat
from engine.ingest.workers.limits import MemoryAllowance
from engine.records import DecodedItem, PictureInput, Word

_THUMBNAIL_QUALITY = 80
_MAX_TEXT_BYTES = 64 << 20  # bytes of texts and profiles in a PNG

# What Pillow's readers raise for a file that is not what it claims to be.
PARSER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_DISK_ERRORS = frozenset({errno.EIO, errno.EACCES, errno.EPERM, errno.ENODEV, errno.ENXIO, errno.ESTALE})
_TRUNCATION_WORDS = ("truncated", "unexpected end", "end of file", "premature end", "not enough")
_REDUCED_READERS = ("JPEG", "MPO", "JPEG2000")
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded picture: upright, RGB, perhaps reduced. `width` and `height` are of the original, upright."""

    image: Image.Image
    width: int
    height: int
    taken: str | None = None
    icc_profile: bytes | None = None


@contextmanager
def tolerant_pillow() -> Iterator[None]:
    """Configure Pillow for hostile files: our own size check replaces its own, and warnings are ignored.

    Changes global state while it lasts, so use it only in a decoding process.
    """
    guard, texts = Image.MAX_IMAGE_PIXELS, (PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = None
        PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = _MAX_TEXT_BYTES
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = guard
            PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = texts


@contextmanager
def parser_errors_as_problems(content: FileFormat) -> Iterator[None]:
    """Turn what a parser raises into a FileProblem that fits a file of this format."""
    try:
        yield
    except PARSER_ERRORS as error:
        raise _to_file_problem(error, content) from error


def open_picture(stream: BinaryIO, content: FileFormat) -> Image.Image:
    """Read the header, but no pixels. Raises FileProblem."""
    if content is FileFormat.HEIF:
        _register_heif()
    if content is FileFormat.TIFF:
        tiff_modes.register_modes()
    with parser_errors_as_problems(content):
        image = Image.open(stream, formats=PILLOW_READERS[content])
    if image.width < 1 or image.height < 1:
        raise FileProblem(ProblemKind.DAMAGED, f"The {content} picture claims to have no area.")
    return image


def load_picture(
    image: Image.Image,
    content: FileFormat,
    picture_input: PictureInput | None,
    allowance: MemoryAllowance,
    orientation: int = 1,
) -> DecodedPicture:
    """Decode the current frame, reduced where the format allows it, and turn it upright.

    `orientation` (EXIF's 1 to 8) is used if the picture has none itself. `allowance` applies to the pixels
    that are really decoded. Raises FileProblem, MoreMemoryNeeded.
    """
    whole = image.size
    with parser_errors_as_problems(content):
        _request_reduced(image, picture_input)
    allowance.check(memory_estimate.estimate_bytes(image, whole), *whole)
    with parser_errors_as_problems(content):
        tiff_modes.correct_raw_mode(image)
        image.load()
        if image.format not in _REDUCED_READERS:
            whole = image.size  # Pillow turns a TIFF upright while loading it
        own_orientation, taken = _read_exif(image)
        orientation = own_orientation or orientation
        profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
        rgb = colour_conversion.to_rgb(tiff_modes.in_true_mode(image))
        if tiff_modes.is_negative(image):
            rgb = ImageOps.invert(rgb)
        if orientation in _TRANSPOSITIONS:
            rgb = rgb.transpose(_TRANSPOSITIONS[orientation])
    width, height = reversed(whole) if orientation >= 5 else whole
    return DecodedPicture(rgb, width, height, taken, profile)


def make_decoded_item(
    picture: DecodedPicture,
    picture_input: PictureInput,
    page: int | None = None,
    text: str = "",
    words: tuple[Word, ...] = (),
) -> DecodedItem:
    """Resize a decoded picture for the model, and make its thumbnail."""
    return DecodedItem(
        page=page,
        pixels=resizing.resize_for_model(picture.image, picture_input),
        width=picture.width,
        height=picture.height,
        thumbnail=make_thumbnail(picture),
        taken=picture.taken,
        text=text,
        words=words,
    )


def make_thumbnail(picture: DecodedPicture) -> bytes:
    """A JPEG in sRGB, the longer side at most 320 pixels."""
    size = resizing.fit_within(*picture.image.size, resizing.THUMBNAIL_SIDE)
    small = picture.image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    buffer = io.BytesIO()
    colour_conversion.to_srgb(small, picture.icc_profile).save(buffer, "JPEG", quality=_THUMBNAIL_QUALITY)
    return buffer.getvalue()


def read_date_taken(image: Image.Image, exif: Image.Exif) -> str | None:
    """Like `capture_date.find_date_taken`, but None for broken metadata."""
    try:
        return capture_date.find_date_taken(image, exif)
    except PARSER_ERRORS:
        return None


def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False)


def _request_reduced(image: Image.Image, picture_input: PictureInput | None) -> None:
    """Request no more pixels than needed, if the decoder can reduce."""
    scale = resizing.useful_scale(*image.size, picture_input)
    if scale >= 1:
        return
    if image.format == "JPEG2000":
        from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

        if isinstance(image, Jpeg2KImageFile):
            image.reduce = min(int(math.log2(1 / scale)), _jpeg_2000_levels(image))
    elif isinstance(image, ImageFile.ImageFile):
        image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))


def _jpeg_2000_levels(image: ImageFile.ImageFile) -> int:
    """How often the picture can be halved, from the coding style (COD) marker, ISO/IEC 15444-1 A.6.1."""
    if image.fp is None:
        return 0
    position = image.fp.tell()
    image.fp.seek(0)
    header = image.fp.read(1 << 16)
    image.fp.seek(position)
    start = header.find(b"\xff\x52", header.find(b"\xff\x4f\xff\x51"))
    return header[start + 9] if 0 <= start < len(header) - 9 else 0


def _read_exif(image: Image.Image) -> tuple[int, str | None]:
    """(orientation or 0, date taken or None). Broken EXIF is no reason to reject a good picture."""
    try:
        exif = image.getexif()
        orientation = exif.get(ExifTags.Base.Orientation)
    except PARSER_ERRORS:
        return 0, None
    if not (isinstance(orientation, int) and 1 <= orientation <= 8):
        orientation = 0
    return orientation, read_date_taken(image, exif)


def _to_file_problem(error: Exception, content: FileFormat) -> FileProblem:
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return FileProblem(ProblemKind.UNREADABLE, f"Reading the file failed: {error.strerror}.")
    said = str(error).casefold()
    if "memory" in said:
        return FileProblem(ProblemKind.MEMORY, "Decoding the picture takes more memory than is allowed.")
    if isinstance(error, EOFError) or any(sign in said for sign in _TRUNCATION_WORDS):
        return FileProblem(ProblemKind.DAMAGED, f"The {content} picture is cut short: its end is missing.")
    return FileProblem(
        ProblemKind.DAMAGED, f"The {content} picture is damaged, or made in a way that cannot be read."
    )
