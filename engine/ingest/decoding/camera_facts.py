"""What the camera wrote into a picture: which camera and lens, how it was exposed, where it stood.

Meant for a decoding process. EXIF is written by anything and read by nobody: whatever is missing, broken or
cannot be is left out, and never a reason to turn a good picture away.
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
from engine.ingest.decoding import camera_raw, picture_memory, pictures
from engine.ingest.scanning import formats
from engine.ingest.scanning.formats import FileFormat
from engine.ingest.workers.limits import GENEROUS, MemoryAllowance

if TYPE_CHECKING:
    import rawpy

LONGEST_NAME = 80  # characters
_LARGEST = 1_000_000.0  # of any number below; ISO is the largest that is real
_PARTS = (1.0, 60.0, 3600.0)  # degrees, minutes, seconds

Tags = Mapping[int, Any]  # EXIF's own numbers, and whatever is written there


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """Empty strings and None where the picture does not say."""

    camera: str = ""
    lens: str = ""
    exposure: str = ""
    latitude: float | None = None
    longitude: float | None = None
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock


def read_facts(stream: BinaryIO, suffix: str, allowance: MemoryAllowance) -> CameraFacts:
    """No pixels are decoded, but those of a PNG. Raises FileProblem and MoreMemory for what is large."""
    header = stream.read(formats.HEADER_BYTES)
    stream.seek(0)
    content = formats.identify(header, suffix)
    if content is FileFormat.WEBP:
        picture_memory.check_webp(header, allowance)
    if content in (FileFormat.UNKNOWN, FileFormat.PDF):
        return CameraFacts()
    facts = CameraFacts() if content is FileFormat.RAW else _of_picture(stream, content, allowance)
    if content is FileFormat.RAW or (facts == CameraFacts() and suffix.casefold() in RAW_SUFFIXES):
        return _of_camera_raw(stream)
    return facts


def _of_picture(stream: BinaryIO, content: FileFormat, allowance: MemoryAllowance) -> CameraFacts:
    try:
        image = pictures.open_picture(stream, content)
    except FileProblem:
        return CameraFacts()
    if content is FileFormat.PNG:
        allowance.check(picture_memory.bytes_needed(image, image.size), *image.size)
    try:
        if content is FileFormat.PNG:
            image.load()  # its texts may follow its pixels
        exif = image.getexif()
        details, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except pictures.PARSER_ERRORS:
        return CameraFacts()
    latitude, longitude = _place(place)
    return CameraFacts(
        _camera(exif),
        _name(details, ExifTags.Base.LensModel),
        _exposure(details),
        latitude,
        longitude,
        pictures.date_taken(image, exif),
    )


def _of_camera_raw(stream: BinaryIO) -> CameraFacts:
    """What the preview that the camera put inside says, else what LibRaw knows."""
    import rawpy

    stream.seek(0)
    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(stream)
            other = _exposed(
                raw.other.shutter_speed, raw.other.aperture, raw.other.iso_speed, raw.other.focal_length
            )
            facts = _of_preview(raw)
            taken = facts.taken or camera_raw.taken(raw)
        except (rawpy.LibRawError, *pictures.PARSER_ERRORS):
            return CameraFacts()
    return replace(facts, exposure=facts.exposure or other, taken=taken)


def _of_preview(raw: rawpy.RawPy) -> CameraFacts:
    import rawpy

    try:
        preview = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError, rawpy.LibRawDataError):
        return CameraFacts()
    return (
        _of_picture(io.BytesIO(preview.data), FileFormat.JPEG, GENEROUS)
        if isinstance(preview.data, bytes)
        else CameraFacts()
    )


# ---- names -------------------------------------------------------------------------------------------


def _camera(tags: Tags) -> str:
    """The maker's name once: most cameras repeat it in the model's."""
    make, model = _name(tags, ExifTags.Base.Make), _name(tags, ExifTags.Base.Model)
    if not make or model.casefold().startswith(make.split()[0].casefold()):
        return model or make
    return f"{make} {model}".strip()


def _name(tags: Tags, tag: int) -> str:
    """One line of characters that can be drawn."""
    written = tags.get(tag)
    if isinstance(written, bytes):
        written = written.decode("utf-8", "replace")
    if not isinstance(written, str):
        return ""
    whole = written[: 4 * LONGEST_NAME].partition("\0")[0]
    drawn = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in whole)
    return " ".join(drawn.split())[:LONGEST_NAME].strip()


# ---- numbers -----------------------------------------------------------------------------------------


def _exposure(tags: Tags) -> str:
    return _exposed(
        tags.get(ExifTags.Base.ExposureTime),
        tags.get(ExifTags.Base.FNumber),
        tags.get(ExifTags.Base.ISOSpeedRatings),
        tags.get(ExifTags.Base.FocalLength),
    )


def _exposed(seconds: object, aperture: object, speed: object, length: object) -> str:
    """ "1/125 s · f/2.8 · ISO 400 · 35 mm", as far as it is known."""
    parts = [
        _shutter(_positive(seconds)),
        *(
            form.format(number)
            for form, value in (("f/{:.3g}", aperture), ("ISO {:.0f}", speed), ("{:.3g} mm", length))
            if (number := _positive(value)) is not None and number >= 0.1
        ),
    ]
    return " · ".join(part for part in parts if part)


def _shutter(seconds: float | None) -> str:
    if seconds is None or seconds < 1e-6:
        return ""
    return f"{seconds:.3g} s" if seconds >= 0.3 else f"1/{1 / seconds:.0f} s"


def _positive(value: object) -> float | None:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and value:
        value = value[0]  # some cameras write the speed twice
    number = _number(value)
    return number if number is not None and 0 < number < _LARGEST else None


def _number(value: object) -> float | None:
    """Of a whole number or a fraction; a fraction by zero is none."""
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        return None
    try:
        number = float(value)
    except pictures.PARSER_ERRORS:
        return None
    return number if math.isfinite(number) else None


# ---- place -------------------------------------------------------------------------------------------


def _place(tags: Tags) -> tuple[float | None, float | None]:
    """Both or neither. Cameras without a fix write zeros, and nobody lives there: that is no place."""
    latitude = _degrees(tags, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90.0)
    longitude = _degrees(tags, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180.0)
    if latitude is None or longitude is None or (latitude == 0.0 and longitude == 0.0):
        return None, None
    return latitude, longitude


def _degrees(tags: Tags, tag: int, side: int, negative: str, most: float) -> float | None:
    written = tags.get(tag)
    if not isinstance(written, Sequence) or isinstance(written, str | bytes) or not 1 <= len(written) <= 3:
        return None
    numbers = [_number(part) for part in written]
    if any(number is None or number < 0 for number in numbers):
        return None
    degrees = sum(number / part for number, part in zip(numbers, _PARTS, strict=False) if number is not None)
    if degrees > most:
        return None
    return round(-degrees if _name(tags, side).upper() == negative else degrees, 6)
