"""Reads a picture's metadata: camera, lens, exposure and position.

Runs in a decoding process. Many programs write EXIF and few check it: whatever is missing, broken or
impossible is left out, and is never a reason to reject a good picture.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import ExifTags

from engine.errors import FileProblem
from engine.file_types import RAW_SUFFIXES
from engine.ingest.decoding import camera_raw, memory_estimate, picture_reader
from engine.ingest.scanning import file_formats
from engine.ingest.scanning.file_formats import FileFormat
from engine.ingest.workers.limits import DEFAULT_ALLOWANCE, MemoryAllowance

if TYPE_CHECKING:
    import rawpy

MAX_NAME_LENGTH = 80  # characters
_MAX_NUMBER = 1_000_000.0  # limit for all numbers below; ISO has the largest real ones
_DEGREE_DIVISORS = (1.0, 60.0, 3600.0)  # degrees, minutes, seconds

Tags = Mapping[int, Any]  # EXIF tag numbers and their values


@dataclass(frozen=True, slots=True)
class CameraMetadata:
    """The metadata of a picture; empty strings and None where it has none."""

    camera: str = ""
    lens: str = ""
    exposure: str = ""
    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock


def read_metadata(stream: BinaryIO, suffix: str, allowance: MemoryAllowance) -> CameraMetadata:
    """Read the metadata without decoding pixels, except those of a PNG.

    Raises FileProblem, and MoreMemoryNeeded for a large picture.
    """
    header = stream.read(file_formats.HEADER_BYTES)
    stream.seek(0)
    content = file_formats.identify_format(header, suffix)
    if content is FileFormat.WEBP:
        memory_estimate.check_webp(header, allowance)
    if content in (FileFormat.UNKNOWN, FileFormat.PDF):
        return CameraMetadata()
    metadata = (
        CameraMetadata() if content is FileFormat.RAW else _read_from_picture(stream, content, allowance)
    )
    if content is FileFormat.RAW or (metadata == CameraMetadata() and suffix.casefold() in RAW_SUFFIXES):
        return _read_from_raw(stream)
    return metadata


def _read_from_picture(stream: BinaryIO, content: FileFormat, allowance: MemoryAllowance) -> CameraMetadata:
    try:
        image = picture_reader.open_picture(stream, content)
    except FileProblem:
        return CameraMetadata()
    if content is FileFormat.PNG:
        allowance.check(memory_estimate.estimate_bytes(image, image.size), *image.size)
    try:
        if content is FileFormat.PNG:
            image.load()  # its text chunks may follow the pixels
        exif = image.getexif()
        details, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except picture_reader.PARSER_ERRORS:
        return CameraMetadata()
    latitude, longitude = _read_position(place)
    return CameraMetadata(
        _camera_name(exif),
        _text_tag(details, ExifTags.Base.LensModel),
        _read_exposure(details),
        latitude,
        longitude,
        picture_reader.read_date_taken(image, exif),
    )


def _read_from_raw(stream: BinaryIO) -> CameraMetadata:
    """From the embedded preview, or else from LibRaw."""
    import rawpy

    stream.seek(0)
    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(stream)
            other = _format_exposure(
                raw.other.shutter_speed, raw.other.aperture, raw.other.iso_speed, raw.other.focal_length
            )
            metadata = _read_from_preview(raw)
            taken = metadata.taken or camera_raw.read_date_taken(raw)
        except (rawpy.LibRawError, *picture_reader.PARSER_ERRORS):
            return CameraMetadata()
    return replace(metadata, exposure=metadata.exposure or other, taken=taken)


def _read_from_preview(raw: rawpy.RawPy) -> CameraMetadata:
    import rawpy

    try:
        preview = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError, rawpy.LibRawDataError):
        return CameraMetadata()
    return (
        _read_from_picture(io.BytesIO(preview.data), FileFormat.JPEG, DEFAULT_ALLOWANCE)
        if isinstance(preview.data, bytes)
        else CameraMetadata()
    )


# ---- names -------------------------------------------------------------------------------------------


def _camera_name(tags: Tags) -> str:
    """The maker's name only once: most cameras repeat it in the model's."""
    make, model = _text_tag(tags, ExifTags.Base.Make), _text_tag(tags, ExifTags.Base.Model)
    if not make or model.casefold().startswith(make.split()[0].casefold()):
        return model or make
    return f"{make} {model}".strip()


def _text_tag(tags: Tags, tag: int) -> str:
    """One line of printable characters."""
    written = tags.get(tag)
    if isinstance(written, bytes):
        written = written.decode("utf-8", "replace")
    if not isinstance(written, str):
        return ""
    whole = written[: 4 * MAX_NAME_LENGTH].partition("\0")[0]
    drawn = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in whole)
    return " ".join(drawn.split())[:MAX_NAME_LENGTH].strip()


# ---- numbers -----------------------------------------------------------------------------------------


def _read_exposure(tags: Tags) -> str:
    return _format_exposure(
        tags.get(ExifTags.Base.ExposureTime),
        tags.get(ExifTags.Base.FNumber),
        tags.get(ExifTags.Base.ISOSpeedRatings),
        tags.get(ExifTags.Base.FocalLength),
    )


def _format_exposure(seconds: object, aperture: object, speed: object, length: object) -> str:
    """The known parts of "1/125 s · f/2.8 · ISO 400 · 35 mm"."""
    parts = [
        _format_shutter(_positive_number(seconds)),
        *(
            form.format(number)
            for form, value in (("f/{:.3g}", aperture), ("ISO {:.0f}", speed), ("{:.3g} mm", length))
            if (number := _positive_number(value)) is not None and number >= 0.1
        ),
    ]
    return " · ".join(part for part in parts if part)


def _format_shutter(seconds: float | None) -> str:
    if seconds is None or seconds < 1e-6:
        return ""
    return f"{seconds:.3g} s" if seconds >= 0.3 else f"1/{1 / seconds:.0f} s"


def _positive_number(value: object) -> float | None:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and value:
        value = value[0]  # some cameras write the speed twice
    number = _to_number(value)
    return number if number is not None and 0 < number < _MAX_NUMBER else None


def _to_number(value: object) -> float | None:
    """The value of a whole number or a fraction; None for a fraction by zero."""
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        return None
    try:
        number = float(value)
    except picture_reader.PARSER_ERRORS:
        return None
    return number if math.isfinite(number) else None


# ---- place -------------------------------------------------------------------------------------------


def _read_position(tags: Tags) -> tuple[float | None, float | None]:
    """Both or neither. Cameras without a fix write zeros, which do not count as a position."""
    latitude = _read_degrees(tags, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90.0)
    longitude = _read_degrees(tags, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180.0)
    if latitude is None or longitude is None or (latitude == 0.0 and longitude == 0.0):
        return None, None
    return latitude, longitude


def _read_degrees(tags: Tags, tag: int, side: int, negative: str, most: float) -> float | None:
    written = tags.get(tag)
    if not isinstance(written, Sequence) or isinstance(written, str | bytes) or not 1 <= len(written) <= 3:
        return None
    numbers = [_to_number(part) for part in written]
    if any(number is None or number < 0 for number in numbers):
        return None
    degrees = sum(
        number / part for number, part in zip(numbers, _DEGREE_DIVISORS, strict=False) if number is not None
    )
    if degrees > most:
        return None
    return round(-degrees if _text_tag(tags, side).upper() == negative else degrees, 6)
