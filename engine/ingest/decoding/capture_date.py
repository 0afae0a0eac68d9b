"""Finds when a photograph was taken, from EXIF, XMP, IPTC, PNG text or GPS time.

Runs in a decoding process. Whatever is broken, blank or impossible is skipped for the next place with a date.
The camera's local time is preferred; a time zone written beside it is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from PIL import ExifTags, Image, IptcImagePlugin
from PIL.ImageFile import ImageFile

_EARLIEST_YEAR = 1826  # of the oldest surviving photograph
_UNSET_CLOCKS = frozenset({date(1904, 1, 1), date(1970, 1, 1)})  # the epochs of computers' clocks
_MAX_CLOCK_AHEAD = timedelta(days=1)  # how far the camera's clock may be ahead of this machine's

# "2012:05:20 10:11:12" as in EXIF, and the variants of phones, scanners, XMP and IPTC.
_MOMENT = re.compile(
    r"\s*(\d{4})([:/.\- ]?)\s*(\d{1,2})\2\s*(\d{1,2})(?:[T\s,]*(\d{1,2})[:.]?(\d{2})(?:[:.]?(\d{2}))?)?"
)
# An attribute or an element, whatever its prefix: xmp:CreateDate="2012-05-20T10:11:12".
_XMP = "{name}\\s*(?:=\\s*[\"']|>)\\s*([^\"'<]{{8,40}})"
_XMP_NAMES = ("DateTimeOriginal", "DateCreated", "DateTimeDigitized", "CreateDate")
_XMP_PATTERNS = tuple(re.compile(_XMP.format(name=f":{name}").encode()) for name in _XMP_NAMES)
_IPTC_MOMENTS = (((2, 55), (2, 60)), ((2, 62), (2, 63)))  # created, then digitised: date and time
_PNG_TEXT = "Creation Time"


def find_date_taken(image: Image.Image, exif: Image.Exif) -> str | None:
    """The date of a loaded picture as "YYYY-MM-DD HH:MM:SS"; None if there is no plausible one.

    May raise what Pillow's parsers raise.
    """
    return next((moment for written in _candidates(image, exif) if (moment := parse_moment(written))), None)


def parse_moment(written: object) -> str | None:
    """Parse a date, with or without time, into "YYYY-MM-DD HH:MM:SS"; without a time it is midnight.

    None unless it is plausible: not from an unset clock, nor in the future.
    """
    if isinstance(written, bytes):
        written = written.decode("latin-1")
    found = _MOMENT.match(written) if isinstance(written, str) else None
    if found is None:
        return None
    year, _, month, day, *clock = found.groups()
    try:
        moment = datetime.combine(date(int(year), int(month), int(day)), _parse_time(clock))
    except ValueError:
        return None
    return str(moment) if is_plausible(moment) else None


def is_plausible(moment: datetime) -> bool:
    """Whether a photograph may have been taken then: since 1826, not in the future, not by an unset clock."""
    return (
        moment.year >= _EARLIEST_YEAR
        and moment.date() not in _UNSET_CLOCKS
        and moment <= datetime.now() + _MAX_CLOCK_AHEAD  # noqa: DTZ005 - a camera's clock has no zone
    )


def _parse_time(clock: Sequence[str | None]) -> time:
    """Midnight for an impossible time: the day may still be right."""
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        return time(hour, minute, second)
    except ValueError:
        return time()


def _candidates(image: Image.Image, exif: Image.Exif) -> Iterator[object]:
    """Possible dates, the likeliest first.

    EXIF's plain date comes last, since editing programs overwrite it.
    """
    details = exif.get_ifd(ExifTags.IFD.Exif)
    yield details.get(ExifTags.Base.DateTimeOriginal)
    yield exif.get(ExifTags.Base.DateTimeOriginal)  # the place in TIFF/EP and DNG
    yield details.get(ExifTags.Base.DateTimeDigitized)
    yield from _xmp_dates(image.info.get("xmp"))
    yield from _iptc_dates(image)
    yield from _png_text_dates(image.info.get(_PNG_TEXT))
    yield _gps_date(exif.get_ifd(ExifTags.IFD.GPSInfo))
    yield exif.get(ExifTags.Base.DateTime)


def _xmp_dates(packet: object) -> Iterator[bytes]:
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if isinstance(packet, bytes):
        yield from (found.group(1) for pattern in _XMP_PATTERNS if (found := pattern.search(packet)))


def _iptc_dates(image: Image.Image) -> Iterator[bytes]:
    try:
        facts = (IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile) else None) or {}
    except (SyntaxError, OSError):  # truncated, or missing
        return
    for day, clock in ((facts.get(day), facts.get(clock)) for day, clock in _IPTC_MOMENTS):
        days, clocks = _to_list(day), _to_list(clock)
        if days:
            yield days[0] + b" " + clocks[0] if clocks else days[0]


def _to_list(fact: bytes | list[bytes] | None) -> list[bytes]:
    """A value that is written more than once comes as a list."""
    return [fact] if isinstance(fact, bytes) else fact or []


def _png_text_dates(written: object) -> Iterator[object]:
    """Dates in the form of RFC 1123, which PNG prescribes, or any other."""
    if not isinstance(written, str):
        return
    yield written
    try:
        yield str(parsedate_to_datetime(written))
    except ValueError:
        return


def _gps_date(place: Mapping[int, Any]) -> str | None:
    """In universal time: at most a day from local time."""
    day, clock = place.get(ExifTags.GPS.GPSDateStamp), place.get(ExifTags.GPS.GPSTimeStamp)
    if isinstance(day, bytes):
        day = day.decode("latin-1")
    if not isinstance(day, str):
        return None
    day = day.strip("\0 ")
    if not isinstance(clock, Sequence) or isinstance(clock, str | bytes) or len(clock) != len("hms"):
        return day
    return f"{day} " + ":".join(f"{float(part):02.0f}" for part in clock)
