"""The file types a person can filter by, and the file name suffixes and formats that belong to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RAW_SUFFIXES = frozenset(
    {
        ".3fr",
        ".arw",
        ".cr2",
        ".cr3",
        ".crw",
        ".dcr",
        ".dng",
        ".erf",
        ".iiq",
        ".kdc",
        ".mef",
        ".mos",
        ".mrw",
        ".nef",
        ".nrw",
        ".orf",
        ".pef",
        ".raf",
        ".rw2",
        ".rwl",
        ".sr2",
        ".srf",
        ".srw",
        ".x3f",
    }
)
CAMERA_RAW = "camera RAW"
# The keys are the names that `FileFormat` uses.
SUFFIXES_OF: dict[str, tuple[str, ...]] = {
    "PDF": (".pdf",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "WebP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "HEIC": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
    "JPEG 2000": (".j2c", ".j2k", ".jp2", ".jpc", ".jpf", ".jpx"),
    "PPM": (".pbm", ".pfm", ".pgm", ".pnm", ".ppm"),
    "Photoshop": (".psd",),
    "icon": (".ico",),
    "icon collection": (".icns",),
    "QOI": (".qoi",),
    "DDS": (".dds",),
    "TGA": (".tga", ".icb", ".vda", ".vst"),
    "PCX": (".pcx",),
}
_FORMAT_OF = {suffix: name for name, suffixes in SUFFIXES_OF.items() for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class FileTypeFilter:
    """Matches a file by its suffix (one of `endings`) and its format (one of `formats`); () matches any.

    The format "" is that of a file that was indexed by an earlier version, or has not been opened yet.
    """

    endings: tuple[str, ...]
    formats: tuple[str, ...]


def filters_for(file_types: Iterable[str]) -> tuple[FileTypeFilter, ...]:
    """The filters for some file types (suffixes such as ".jpg", in lower case).

    A file must match one of them. A type stands for its format, whatever the file is named. Names decide
    where the format is unknown, for camera RAW (each maker has its own format), and for suffixes of no known
    format.
    """
    types = tuple(dict.fromkeys(file_types))
    formats = tuple(dict.fromkeys(_FORMAT_OF[each] for each in types if each in _FORMAT_OF))
    raw = tuple(each for each in types if each in RAW_SUFFIXES)
    others = tuple(each for each in types if each not in _FORMAT_OF and each not in RAW_SUFFIXES)
    wanted: list[FileTypeFilter] = []
    if formats:
        endings = tuple(suffix for name in formats for suffix in SUFFIXES_OF[name])
        wanted += [FileTypeFilter((), formats), FileTypeFilter(endings, ("", CAMERA_RAW))]
    if raw:
        wanted.append(FileTypeFilter(raw, ("", CAMERA_RAW, "TIFF")))
    if others:
        wanted.append(FileTypeFilter(others, ()))
    return tuple(wanted)


def suffixes_for(file_types: Iterable[str]) -> tuple[str, ...]:
    """All suffixes of these file types, for callers that know only file names:  ".jpg" also gives ".jpeg"."""
    types = tuple(dict.fromkeys(file_types))
    alike = [SUFFIXES_OF[_FORMAT_OF[each]] if each in _FORMAT_OF else (each,) for each in types]
    return tuple(suffix for suffixes in alike for suffix in suffixes)
