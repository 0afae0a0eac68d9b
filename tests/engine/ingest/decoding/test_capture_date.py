"""The day a photograph was taken, wherever it is written."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from engine.ingest.decode import DecodeJob, decode
from engine.ingest.decoding.capture_date import parse_moment
from engine.records import PictureInput

BASE, GPS = ExifTags.Base, ExifTags.GPS
DAY = "2012-05-20 10:11:12"
WRITTEN = "2012:05:20 10:11:12"
OTHER = "2015:01:02 03:04:05"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (WRITTEN, DAY),
        ("2012-05-20 10:11:12", DAY),
        ("2012/05/20 10:11:12", DAY),
        ("2012.05.20 10:11:12", DAY),
        ("2012:05:20T10:11:12", DAY),
        ("2012-05-20T10:11:12.345+02:00", DAY),
        ("2012-05-20T10:11:12Z", DAY),
        ("2012:05:20 10:11", "2012-05-20 10:11:00"),
        ("2012: 5:20 10:11:12", DAY),
        ("2012:05:20", "2012-05-20 00:00:00"),
        ("2012:05:20   :  :  ", "2012-05-20 00:00:00"),
        ("2012:05:20 24:61:99", "2012-05-20 00:00:00"),
        ("20120520", "2012-05-20 00:00:00"),
        ("20120520T101112", DAY),
        (b"2012:05:20 10:11:12\0", DAY),
        ("1865:04:14 22:15:00", "1865-04-14 22:15:00"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2019:13:45 99:00:00", None),
        ("2023:02:29 10:00:00", None),
        ("2012:00:00 00:00:00", None),
        ("1970:01:01 00:00:00", None),
        ("1904:01:01 00:00:00", None),
        ("1600:01:01 00:00:00", None),
        ("2999:01:01 00:00:00", None),
        ("2012", None),
        ("yesterday", None),
        ("", None),
        (20120520, None),
        (None, None),
    ],
)
def test_a_date_counts_however_it_is_written_if_it_can_be(written: object, expected: str | None) -> None:
    assert parse_moment(written) == expected


def taken(kind: str, exif: Image.Exif | None = None, **options: object) -> str | None:
    buffer = io.BytesIO()
    if exif is not None:
        options["exif"] = exif.tobytes()
    Image.new("RGB", (64, 48), "teal").save(buffer, kind, **options)
    source = buffer.getvalue()
    (item,) = decode(DecodeJob(source, PictureInput(8))).items
    facts = decode(DecodeJob(source, PictureInput(8), metadata_only=True)).metadata
    assert facts is not None
    assert facts.taken == item.taken  # what is read anew is what is read at first
    return item.taken


def exif_of(
    plain: str = "", original: str = "", digitized: str = "", place: dict[int, object] | None = None
) -> Image.Exif:
    exif = Image.Exif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    for tags, tag, written in (
        (exif, BASE.DateTime, plain),
        (details, BASE.DateTimeOriginal, original),
        (details, BASE.DateTimeDigitized, digitized),
    ):
        if written:
            tags[tag] = written
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place or {})
    return exif


def xmp_of(*, attributes: str = "", elements: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" {attributes}>{elements}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def iptc_of(day: bytes, clock: bytes = b"") -> bytes:
    records = [(55, day), (60, clock)] if clock else [(55, day)]
    return b"".join(b"\x1c\x02" + bytes([tag, 0, len(value)]) + value for tag, value in records)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_exif_names_the_day_in_each_of_its_places(kind: str) -> None:
    assert taken(kind, exif_of(plain=WRITTEN)) == DAY
    assert taken(kind, exif_of(digitized=WRITTEN, plain=OTHER)) == DAY
    assert taken(kind, exif_of(original=WRITTEN, digitized=OTHER, plain=OTHER)) == DAY
    assert taken(kind, exif_of(original="0000:00:00 00:00:00", plain=WRITTEN)) == DAY
    assert taken(kind, exif_of()) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_xmp_alone_names_the_day(kind: str) -> None:
    def alone(packet: bytes) -> str | None:
        if kind == "TIFF":
            return taken(kind, tiffinfo={700: packet})
        if kind == "PNG":
            texts = PngImagePlugin.PngInfo()
            texts.add_itxt("XML:com.adobe.xmp", packet.decode())
            return taken(kind, pnginfo=texts)
        return taken(kind, xmp=packet)

    for packet in (
        xmp_of(attributes='xmp:CreateDate="2012-05-20T10:11:12+02:00"'),
        xmp_of(attributes="xap:CreateDate = '2012-05-20T10:11:12Z'"),
        xmp_of(elements="<exif:DateTimeOriginal>2012-05-20T10:11:12</exif:DateTimeOriginal>"),
        xmp_of(
            attributes='xmp:CreateDate="2015-01-02" xmp:ModifyDate="2015-01-02"',
            elements="<photoshop:DateCreated>2012-05-20T10:11:12</photoshop:DateCreated>",
        ),
    ):
        assert alone(packet) == DAY
    assert alone(xmp_of(attributes='xmp:ModifyDate="2012-05-20"')) is None


def test_iptc_alone_names_the_day() -> None:
    block = iptc_of(b"20120520", b"101112+0200")
    resource = b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block + b"\0" * (len(block) % 2)
    plain = io.BytesIO()
    Image.new("RGB", (64, 48)).save(plain, "JPEG")
    segment = b"Photoshop 3.0\0" + resource
    jpeg = b"\xff\xd8\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment + plain.getvalue()[2:]
    assert decode(DecodeJob(jpeg, PictureInput(8))).items[0].taken == DAY
    assert taken("TIFF", tiffinfo={33723: block}) == DAY
    assert taken("TIFF", tiffinfo={33723: iptc_of(b"20120520")}) == "2012-05-20 00:00:00"
    assert taken("TIFF", tiffinfo={33723: iptc_of(b"00000000")}) is None
    assert taken("TIFF", tiffinfo={33723: block + block}) == DAY


@pytest.mark.parametrize("broken", [b"\x1c\x02\x37\xff\xff", b"nothing of the kind", b"\x1c"])
def test_a_broken_iptc_is_passed_over(broken: bytes) -> None:
    assert taken("TIFF", tiffinfo={33723: broken, 306: WRITTEN}) == DAY


def test_a_tiff_may_name_the_day_beside_its_size() -> None:
    assert taken("TIFF", tiffinfo={36867: WRITTEN, 306: OTHER}) == DAY


def test_the_satellites_name_the_day_where_nothing_else_does_but_an_editor() -> None:
    place: dict[int, object] = {GPS.GPSDateStamp: "2012:05:20", GPS.GPSTimeStamp: (10.0, 11.0, 12.0)}
    assert taken("JPEG", exif_of(place=place)) == DAY
    assert taken("JPEG", exif_of(place=place, plain=OTHER)) == DAY
    assert taken("JPEG", exif_of(place=place, original=OTHER)) == "2015-01-02 03:04:05"
    assert taken("JPEG", exif_of(place={GPS.GPSDateStamp: "2012:05:20"})) == "2012-05-20 00:00:00"
    assert taken("JPEG", exif_of(place={GPS.GPSDateStamp: "0000:00:00"})) is None


@pytest.mark.parametrize("written", ["Sun, 20 May 2012 10:11:12 +0200", "2012-05-20T10:11:12+02:00"])
def test_a_png_says_when_it_was_made(written: str) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Creation Time", written)
    assert taken("PNG", pnginfo=texts) == DAY


def test_what_is_no_xmp_costs_no_photograph() -> None:
    assert taken("JPEG", exif_of(plain=WRITTEN), xmp=b':CreateDate="\xff\xfe" <:CreateDate>' * 20) == DAY
