"""Which files the scan accepts, and which format their first bytes show.

The name only decides whether a file is opened. Its content then decides how it is read, so that a JPEG named
.png and a PDF named .jpg are both found.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from engine.file_types import RAW_SUFFIXES

# Formats without a signature: the name is the only evidence.
SUFFIXES_WITHOUT_SIGNATURE = {".tga": "TGA", ".icb": "TGA", ".vda": "TGA", ".vst": "TGA", ".pcx": "PCX"}
PICTURE_SUFFIXES = (
    frozenset(
        {
            ".apng",
            ".avif",
            ".bmp",
            ".dds",
            ".dib",
            ".gif",
            ".heic",
            ".heif",
            ".hif",
            ".icns",
            ".ico",
            ".j2c",
            ".j2k",
            ".jfif",
            ".jp2",
            ".jpc",
            ".jpe",
            ".jpeg",
            ".jpf",
            ".jpg",
            ".jpx",
            ".mpo",
            ".pbm",
            ".pfm",
            ".pgm",
            ".png",
            ".pnm",
            ".ppm",
            ".psd",
            ".qoi",
            ".tif",
            ".tiff",
            ".webp",
        }
    )
    | RAW_SUFFIXES
    | SUFFIXES_WITHOUT_SIGNATURE.keys()
)
DOCUMENT_SUFFIXES = frozenset({".pdf"})
SUPPORTED_SUFFIXES = PICTURE_SUFFIXES | DOCUMENT_SUFFIXES

HEADER_BYTES = 4096  # enough for all signatures; a PDF may begin with up to 1,024 other bytes
_PDF_SEARCH_BYTES = 1024


class FileFormat(StrEnum):
    """The format of a file by its first bytes. The value is its name for people."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    BMP = "BMP"
    WEBP = "WebP"
    TIFF = "TIFF"
    HEIF = "HEIC"
    AVIF = "AVIF"
    JPEG_2000 = "JPEG 2000"
    RAW = "camera RAW"
    NETPBM = "PPM"
    PSD = "Photoshop"
    ICO = "icon"
    ICNS = "icon collection"
    QOI = "QOI"
    DDS = "DDS"
    TGA = "TGA"
    PCX = "PCX"
    UNKNOWN = "unknown"


# Pillow's readers for each format. Only these are ever tried: none of them runs another program.
PILLOW_READERS: dict[FileFormat, tuple[str, ...]] = {
    FileFormat.JPEG: ("JPEG",),
    FileFormat.PNG: ("PNG",),
    FileFormat.GIF: ("GIF",),
    FileFormat.BMP: ("BMP",),
    FileFormat.WEBP: ("WEBP",),
    FileFormat.TIFF: ("TIFF",),
    FileFormat.HEIF: ("HEIF",),
    FileFormat.AVIF: ("AVIF",),
    FileFormat.JPEG_2000: ("JPEG2000",),
    FileFormat.NETPBM: ("PPM",),
    FileFormat.PSD: ("PSD",),
    FileFormat.ICO: ("ICO",),
    FileFormat.ICNS: ("ICNS",),
    FileFormat.QOI: ("QOI",),
    FileFormat.DDS: ("DDS",),
    FileFormat.TGA: ("TGA",),
    FileFormat.PCX: ("PCX",),
}

_SIGNATURES: tuple[tuple[bytes, FileFormat], ...] = (
    (b"\xff\xd8", FileFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileFormat.PNG),
    (b"GIF8", FileFormat.GIF),
    (b"II*\x00", FileFormat.TIFF),
    (b"MM\x00*", FileFormat.TIFF),
    (b"II+\x00", FileFormat.TIFF),
    (b"MM\x00+", FileFormat.TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", FileFormat.JPEG_2000),
    (b"\xff\x4f\xff\x51", FileFormat.JPEG_2000),
    (b"FUJIFILMCCD-RAW", FileFormat.RAW),
    (b"IIRO", FileFormat.RAW),
    (b"IIRS", FileFormat.RAW),
    (b"MMOR", FileFormat.RAW),
    (b"IIU\x00", FileFormat.RAW),
    (b"FOVb", FileFormat.RAW),
    (b"\x00MRM", FileFormat.RAW),
    (b"II\x1a\x00\x00\x00HEAPCCDR", FileFormat.RAW),
    (b"8BPS", FileFormat.PSD),
    (b"\x00\x00\x01\x00", FileFormat.ICO),
    (b"icns", FileFormat.ICNS),
    (b"qoif", FileFormat.QOI),
    (b"DDS ", FileFormat.DDS),
    (b"BM", FileFormat.BMP),
)
_NETPBM_SIGNATURES = frozenset(b"P" + bytes([letter]) for letter in b"123456fF")
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)


def is_supported(name: str) -> bool:
    """Whether a file of this name is worth opening."""
    return PurePath(name).suffix.casefold() in SUPPORTED_SUFFIXES


def identify_format(header: bytes, suffix: str = "") -> FileFormat:
    """The format of a file from its first `HEADER_BYTES`.

    `suffix` matters only for formats without a signature.
    """
    for mark, content in _SIGNATURES:
        if header.startswith(mark):
            return content
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return FileFormat.WEBP
    if header[:2] in _NETPBM_SIGNATURES and header[2:3] in b" \t\r\n#":
        return FileFormat.NETPBM
    if header[4:8] == b"ftyp":
        return _identify_box_file(header)
    if b"%PDF" in header[: _PDF_SEARCH_BYTES + 4]:
        return FileFormat.PDF
    unmarked = SUFFIXES_WITHOUT_SIGNATURE.get(suffix.casefold())
    return FileFormat(unmarked) if unmarked else FileFormat.UNKNOWN


def format_by_name(header: bytes, suffix: str) -> str:
    """The format if the name affects how the content is read; "" if any name would do."""
    content = identify_format(header)
    if content is FileFormat.UNKNOWN:
        return identify_format(header, suffix).value
    if content is FileFormat.TIFF and suffix.casefold() in RAW_SUFFIXES:
        return FileFormat.RAW.value
    return ""


def _identify_box_file(header: bytes) -> FileFormat:
    """Distinguish the relatives of MP4 by the brands in their first box. Videos are not supported."""
    length = min(int.from_bytes(header[:4], "big"), len(header))
    brands = [header[8:12], *(header[start : start + 4] for start in range(16, length - 3, 4))]
    if brands[0] == b"crx ":
        return FileFormat.RAW
    for brand in brands:
        if brand in _AVIF_BRANDS:
            return FileFormat.AVIF
        if brand in _HEIF_BRANDS:
            return FileFormat.HEIF
    return FileFormat.UNKNOWN
