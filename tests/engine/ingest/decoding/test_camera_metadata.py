"""What cameras write, and what they should not have written."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from engine.ingest.decode import DecodeJob, decode
from engine.ingest.decoding.camera_metadata import CameraMetadata
from engine.records import PictureInput

BASE, GPS = ExifTags.Base, ExifTags.GPS
BERN: dict[int, object] = {
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (46.0, 56.0, 52.8),
    GPS.GPSLongitudeRef: "E",
    GPS.GPSLongitude: (7.0, 26.0, 40.8),
}


def facts(content: bytes | Path) -> CameraMetadata | None:
    return decode(DecodeJob(content, PictureInput(8), metadata_only=True)).metadata


def picture(
    main: dict[int, object], details: dict[int, object], place: dict[int, object], kind: str = "JPEG"
) -> bytes:
    exif = Image.Exif()
    exif.update(main)
    exif.get_ifd(ExifTags.IFD.Exif).update(details)
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, kind, exif=exif.tobytes())
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_camera_lens_exposure_and_place_are_read(kind: str) -> None:
    written = picture(
        {BASE.Make: "NIKON CORPORATION", BASE.Model: "NIKON D750"},
        {
            BASE.LensModel: "24-70mm f/2.8",
            BASE.ExposureTime: IFDRational(1, 125),
            BASE.FNumber: IFDRational(28, 10),
            BASE.ISOSpeedRatings: 400,
            BASE.FocalLength: IFDRational(35, 1),
        },
        {**BERN, GPS.GPSLatitudeRef: "S"},
        kind,
    )
    assert facts(written) == CameraMetadata(
        "NIKON D750", "24-70mm f/2.8", "1/125 s · f/2.8 · ISO 400 · 35 mm", -46.948, 7.444667
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [((30, 1), "30 s"), ((1, 2), "0.5 s"), ((1, 3), "0.333 s"), ((10, 2500), "1/250 s"), ((0, 1), "")],
)
def test_a_time_of_exposure_reads_as_on_a_camera(seconds: tuple[int, int], words: str) -> None:
    found = facts(picture({}, {BASE.ExposureTime: IFDRational(*seconds)}, {}))
    assert found is not None
    assert found.exposure == words


@pytest.mark.parametrize(
    ("main", "details", "place"),
    [
        ({BASE.Make: "\0\0\x07", BASE.Model: b"\x00\xff"}, {}, {}),
        ({}, {BASE.ExposureTime: IFDRational(1, 0), BASE.FNumber: IFDRational(0, 0)}, {}),
        ({}, {BASE.ExposureTime: "fast", BASE.ISOSpeedRatings: 0, BASE.FocalLength: b"\x01"}, {}),
        ({}, {}, {**BERN, GPS.GPSLatitude: (91.0, 0.0, 0.0)}),
        ({}, {}, {**BERN, GPS.GPSLongitude: (IFDRational(1, 0), 0.0, 0.0)}),
        ({}, {}, {GPS.GPSLatitude: (0.0, 0.0, 0.0), GPS.GPSLongitude: (0.0, 0.0, 0.0)}),
        ({}, {}, {GPS.GPSLatitude: (46.0, 56.0, 52.8)}),
    ],
)
def test_what_cannot_be_is_left_out(
    main: dict[int, object], details: dict[int, object], place: dict[int, object]
) -> None:
    found = facts(picture(main, details, place))
    assert found is not None
    assert found == CameraMetadata(camera=found.camera)
    assert found.camera in ("", "\ufffd")


def test_names_are_one_short_line() -> None:
    found = facts(picture({BASE.Model: "A\nB\u202e" + "x" * 9999 + "\0behind"}, {}, {}))
    assert found is not None
    assert found.camera.startswith("A B")
    assert len(found.camera) <= 80


def test_a_picture_cut_anywhere_gives_what_it_has_or_nothing() -> None:
    whole = picture({BASE.Model: "K1"}, {BASE.LensModel: "L"}, BERN)
    for end in range(0, len(whole), 7):
        if whole[:end]:
            assert isinstance(facts(whole[:end]), CameraMetadata)


def test_no_file_of_the_broken_ones_is_too_much(shared_data: Path) -> None:
    broken = sorted(path for path in (shared_data / "broken").rglob("*") if path.is_file())[::40]
    assert broken
    assert all(isinstance(facts(path), CameraMetadata) for path in broken if path.stat().st_size)
