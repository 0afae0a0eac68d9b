"""Reads camera RAW files: the embedded preview, upright, or else a fast development."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from engine.errors import FileProblem, ProblemKind
from engine.ingest.decoding import capture_date, picture_reader
from engine.ingest.decoding.picture_reader import DecodedPicture
from engine.ingest.scanning.file_formats import FileFormat
from engine.ingest.workers.limits import MemoryAllowance
from engine.records import PictureInput

if TYPE_CHECKING:
    import rawpy

_ORIENTATIONS = {0: 1, 3: 3, 5: 8, 6: 6}  # LibRaw's flip -> EXIF's orientation
_DEVELOPED_BYTES = 6  # for each pixel of the sensor, when developed at half size


def is_camera_raw(stream: BinaryIO) -> bool:
    """Whether LibRaw recognises the file: many RAW formats identify themselves as TIFF."""
    import rawpy

    stream.seek(0)
    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(stream)
        except rawpy.LibRawError:
            return False
    return True


def read_camera_raw(
    stream: BinaryIO, picture_input: PictureInput, allowance: MemoryAllowance
) -> DecodedPicture:
    """Decode a RAW file. Raises FileProblem, MemoryError, MoreMemoryNeeded."""
    import rawpy

    stream.seek(0)
    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(stream)
            return _read_raw(raw, picture_input, allowance)
        except rawpy.LibRawUnsufficientMemoryError as error:
            raise MemoryError from error
        except rawpy.LibRawFileUnsupportedError as error:
            raise FileProblem(
                ProblemKind.DAMAGED, "The camera RAW file is damaged, or of a camera that is not known."
            ) from error
        except rawpy.LibRawError as error:
            raise FileProblem(ProblemKind.DAMAGED, "The camera RAW file is damaged.") from error


def _read_raw(raw: rawpy.RawPy, picture_input: PictureInput, allowance: MemoryAllowance) -> DecodedPicture:
    sizes = raw.sizes  # before developing, which halves them
    preview = _preview(raw, picture_input, allowance)
    if preview is not None and min(preview.image.size) >= picture_input.size:
        picture = preview
    else:
        picture = _develop(raw, allowance)
    width, height = (sizes.height, sizes.width) if sizes.flip in (5, 6) else (sizes.width, sizes.height)
    return replace(picture, width=width, height=height, taken=picture.taken or read_date_taken(raw))


def _preview(
    raw: rawpy.RawPy, picture_input: PictureInput, allowance: MemoryAllowance
) -> DecodedPicture | None:
    import rawpy

    try:
        thumbnail = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError, rawpy.LibRawDataError):
        return None
    if not isinstance(thumbnail.data, bytes):
        image = Image.fromarray(thumbnail.data)
        return picture_reader.load_picture(
            image, FileFormat.RAW, picture_input, allowance, _orientation(raw, image.size)
        )
    try:
        image = picture_reader.open_picture(io.BytesIO(thumbnail.data), FileFormat.JPEG)
        return picture_reader.load_picture(
            image, FileFormat.JPEG, picture_input, allowance, _orientation(raw, image.size)
        )
    except FileProblem:
        return None  # a broken preview does not mean that the photograph is broken


def _orientation(raw: rawpy.RawPy, size: tuple[int, int]) -> int:
    """EXIF's orientation for a preview without its own; some cameras store the preview upright."""
    sizes = raw.sizes
    turned_already = (size[1] > size[0]) != (sizes.height > sizes.width)
    return 1 if sizes.flip in (5, 6) and turned_already else _ORIENTATIONS.get(sizes.flip, 1)


def _develop(raw: rawpy.RawPy, allowance: MemoryAllowance) -> DecodedPicture:
    width, height = raw.sizes.raw_width, raw.sizes.raw_height
    allowance.check(width * height * _DEVELOPED_BYTES, width, height)
    image = Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True))
    return DecodedPicture(image, image.width, image.height)


def read_date_taken(raw: rawpy.RawPy) -> str | None:
    """LibRaw's date in the format of `capture_date.parse_moment`.

    None if unknown, which LibRaw reports as 1970.
    """
    moment = raw.other.timestamp
    return None if moment is None else capture_date.parse_moment(str(moment))
