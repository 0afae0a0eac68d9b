"""Which files are looked at, and what their content says they are."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.ingest.scanning.file_formats import FileFormat, identify_format, is_supported
from tests.engine.ingest import sample_files


@pytest.mark.parametrize(
    "name",
    [
        *("a.jpg", "A.JPG", "b.jpeg", "c.png", "d.webp", "e.gif", "f.bmp", "g.tiff", "h.HEIC", "i.heif"),
        *("j.avif", "k.jp2", "l.CR2", "m.cr3", "n.nef", "o.arw", "p.dng", "q.orf", "r.rw2", "s.raf"),
        *("t.pef", "u.srw", "v.pdf", "w.tga", "x.ppm", "y.psd", "two.dots.jpg", "\udcff.jpg"),
    ],
)
def test_pictures_and_documents_are_looked_at(name: str) -> None:
    assert is_supported(name)


@pytest.mark.parametrize(
    "name", ["a.txt", "jpg", ".jpg", "b.eps", "c.ps", "d.svg", "e.mp4", "f.jpg.part", ""]
)
def test_other_files_are_not(name: str) -> None:
    assert not is_supported(name)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("JPEG", FileFormat.JPEG),
        ("PNG", FileFormat.PNG),
        ("GIF", FileFormat.GIF),
        ("BMP", FileFormat.BMP),
        ("WEBP", FileFormat.WEBP),
        ("TIFF", FileFormat.TIFF),
        ("AVIF", FileFormat.AVIF),
        ("JPEG2000", FileFormat.JPEG_2000),
        ("PPM", FileFormat.NETPBM),
        ("ICO", FileFormat.ICO),
        ("QOI", FileFormat.QOI),
        ("DDS", FileFormat.DDS),
    ],
)
def test_the_content_is_told_by_its_first_bytes(kind: str, content: FileFormat) -> None:
    assert identify_format(sample_files.encoded(sample_files.corners(), kind), ".xyz") is content


@pytest.mark.parametrize(
    ("header", "content"),
    [
        (b"%PDF-1.7\n", FileFormat.PDF),
        (b"\n" * 1000 + b"%PDF-1.4", FileFormat.PDF),
        (b"\n" * 2000 + b"%PDF-1.4", FileFormat.UNKNOWN),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileFormat.HEIF),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", FileFormat.HEIF),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", FileFormat.RAW),
        (b"\0\0\0\x18ftypisom\0\0\0\1isommp41", FileFormat.UNKNOWN),
        (b"\xff\xff\xff\xffftyp", FileFormat.UNKNOWN),
        (b"FUJIFILMCCD-RAW 0201", FileFormat.RAW),
        (b"", FileFormat.UNKNOWN),
        (b"just some text", FileFormat.UNKNOWN),
    ],
)
def test_headers_are_told_apart(header: bytes, content: FileFormat) -> None:
    assert identify_format(header) is content


def test_the_name_counts_only_for_formats_without_a_mark() -> None:
    header = sample_files.encoded(sample_files.corners(), "TGA")
    assert identify_format(header, ".tga") is FileFormat.TGA
    assert identify_format(header, ".jpg") is FileFormat.UNKNOWN
    assert identify_format(b"%PDF-1.7", ".tga") is FileFormat.PDF


def test_the_scan_loads_no_picture_library() -> None:
    code = (
        "import sys, engine.ingest.scanning.file_formats;"
        "sys.exit('PIL' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
