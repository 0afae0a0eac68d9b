"""Names and choices for filters: place, date, file type, orientation and sort order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from engine.records import Filters, Order, Orientation
from gui.strings import search as words

# The suffixes that the library reads, as people call them.
FILE_KINDS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "HEIC": (".heic", ".heif", ".hif"),
    "Raw": (
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos"),
        *(".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
    ),
    "WebP": (".webp",),
    "AVIF": (".avif",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp", ".dib"),
    "JPEG 2000": (".j2c", ".j2k", ".jp2", ".jpc", ".jpf", ".jpx"),
    "Photoshop": (".psd",),
    "PDF": (".pdf",),
    words.OTHER_TYPE: (
        *(".dds", ".icb", ".icns", ".ico", ".pbm", ".pcx", ".pfm", ".pgm", ".pnm", ".ppm", ".qoi", ".tga"),
        *(".vda", ".vst"),
    ),
}
SHAPES = {
    Orientation.LANDSCAPE: words.LANDSCAPE,
    Orientation.PORTRAIT: words.PORTRAIT,
    Orientation.SQUARE: words.SQUARE,
}
ORDERS = {
    Order.RELEVANCE: words.BEST_FIRST,
    Order.NEWEST: words.NEWEST_FIRST,
    Order.OLDEST: words.OLDEST_FIRST,
}


def filter_tokens(filters: Filters) -> list[tuple[str, Filters]]:
    """A label for each filter that is set, with the filters that remain without it."""
    tokens = [
        (words.in_folder(folder), replace(filters, folders=tuple(f for f in filters.folders if f != folder)))
        for folder in filters.folders
    ]
    if filters.has_days:
        without = replace(filters, taken_from="", taken_to="")
        tokens.append((words.taken(filters.taken_from, filters.taken_to), without))
    tokens += [(name, filters.without_types(types)) for name, types in kinds_of(filters.file_types).items()]
    if filters.orientation is not None:
        tokens.append((SHAPES[filters.orientation], replace(filters, orientation=None)))
    if filters.theme:
        without = replace(filters, theme=0, theme_name="")
        tokens.append((words.theme(filters.theme_name, filters.theme), without))
    if filters.order is not Order.RELEVANCE:
        tokens.append((ORDERS[filters.order], replace(filters, order=Order.RELEVANCE)))
    return tokens


def filter_count(filters: Filters) -> int:
    """Count the filters that are set, without the sort order."""
    return len(filter_tokens(replace(filters, order=Order.RELEVANCE)))


def kinds_of(types: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Group suffixes by the file types that are all among them; any other suffix has its own entry."""
    found = {name: kind for name, kind in FILE_KINDS.items() if set(kind) <= set(types)}
    named = {suffix for kind in found.values() for suffix in kind}
    return {**found, **{suffix: (suffix,) for suffix in types if suffix not in named}}


def spans(today: date) -> dict[str, tuple[str, str]]:
    """The named periods of the date menu, each with its first and last day as ISO dates ("" for open)."""
    return {
        words.ANY_TIME: ("", ""),
        words.LAST_30_DAYS: ((today - timedelta(days=30)).isoformat(), today.isoformat()),
        words.THIS_YEAR: whole_year(today.year),
        words.LAST_YEAR: whole_year(today.year - 1),
    }


def whole_year(year: int) -> tuple[str, str]:
    """The first and last day of `year` as ISO dates."""
    return date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
