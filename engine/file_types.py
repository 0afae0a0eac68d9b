"""Which names of a type of file mean the same format, and how files of some types are asked for."""

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
# By the name that `FileFormat` has for each format.
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
    """Files whose names end so, where their format is one of these; () for any format, or any name.

    The format "" is that of a file that was opened by an earlier version, or not yet.
    """

    endings: tuple[str, ...]
    formats: tuple[str, ...]


def filters_for(file_types: Iterable[str]) -> tuple[FileTypeFilter, ...]:
    """What files of some types (".jpg", in lower case) are: those that fit one of these.

    A type means its format, whatever the name. Names decide where the format is not known, of camera RAW
    files, of which each maker has its own format, and of anything else that a name may end in.
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
    """What names of files of these types end in, if nothing else is known of them."""
    types = tuple(dict.fromkeys(file_types))
    alike = [SUFFIXES_OF[_FORMAT_OF[each]] if each in _FORMAT_OF else (each,) for each in types]
    return tuple(suffix for suffixes in alike for suffix in suffixes)
