"""What narrows a search: where, when, of which type and shape; and the order of what is found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from engine.records import Order, Orientation, Query
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


@dataclass(frozen=True, slots=True)
class SearchFilters:
    folders: tuple[Path, ...] = ()
    file_types: tuple[str, ...] = ()  # as in `Query`
    taken_from: str = ""
    taken_to: str = ""
    orientation: Orientation | None = None
    theme: int = 0
    theme_name: str = ""
    order: Order = Order.RELEVANCE
    place_passes: bool = field(
        default=False, compare=False
    )  # it is for what is asked now, not for what is next

    @property
    def has_place(self) -> bool:
        return bool(self.folders or self.theme)

    @property
    def dated(self) -> bool:
        """Whether only what was taken on certain days is left."""
        return bool(self.taken_from or self.taken_to)

    @property
    def narrow(self) -> bool:
        """Whether something is left out. The order alone leaves nothing out."""
        return self.count > 0

    @property
    def count(self) -> int:
        return sum(without.order is self.order for _label, without in self.tokens())

    def tokens(self) -> list[tuple[str, SearchFilters]]:
        """Each thing that is set in words, with the filters that are left when it is taken away."""
        found = [
            (words.in_folder(folder), replace(self, folders=tuple(f for f in self.folders if f != folder)))
            for folder in self.folders
        ]
        if self.dated:
            without = replace(self, taken_from="", taken_to="")
            found.append((words.taken(self.taken_from, self.taken_to), without))
        found += [(name, self.without_types(types)) for name, types in kinds_of(self.file_types).items()]
        if self.orientation is not None:
            found.append((SHAPES[self.orientation], replace(self, orientation=None)))
        if self.theme:
            found.append((words.theme(self.theme_name, self.theme), replace(self, theme=0, theme_name="")))
        if self.order is not Order.RELEVANCE:
            found.append((ORDERS[self.order], replace(self, order=Order.RELEVANCE)))
        return found

    def with_folder(self, folder: Path) -> SearchFilters:
        folders = tuple(dict.fromkeys((*self.folders, folder)))
        return replace(self, folders=folders, place_passes=False)

    def anywhere(self) -> SearchFilters:
        return replace(self, folders=(), theme=0, theme_name="", place_passes=False)

    def with_types(self, types: tuple[str, ...]) -> SearchFilters:
        return replace(self, file_types=tuple(dict.fromkeys((*self.file_types, *types))))

    def without_types(self, types: tuple[str, ...]) -> SearchFilters:
        return replace(self, file_types=tuple(kept for kept in self.file_types if kept not in types))

    def narrowing(self, query: Query) -> Query:
        """`query` with these filters instead of its own."""
        return replace(
            query,
            folders=self.folders,
            file_types=self.file_types,
            taken_from=self.taken_from,
            taken_to=self.taken_to,
            orientation=self.orientation,
            theme=self.theme,
            order=self.order,
        )


NOTHING_LEFT_OUT = SearchFilters()


def filters_of(query: Query, theme_name: str = "") -> SearchFilters:
    return SearchFilters(
        query.folders,
        query.file_types,
        query.taken_from,
        query.taken_to,
        query.orientation,
        query.theme,
        theme_name,
        query.order,
    )


def kinds_of(types: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The kinds that `types` hold all of, and what is left over by its own name."""
    found = {name: kind for name, kind in FILE_KINDS.items() if set(kind) <= set(types)}
    named = {suffix for kind in found.values() for suffix in kind}
    return {**found, **{suffix: (suffix,) for suffix in types if suffix not in named}}


def spans(today: date) -> dict[str, tuple[str, str]]:
    """The stretches of time that are offered by name."""
    return {
        words.ANY_TIME: ("", ""),
        words.LAST_30_DAYS: ((today - timedelta(days=30)).isoformat(), today.isoformat()),
        words.THIS_YEAR: whole_year(today.year),
        words.LAST_YEAR: whole_year(today.year - 1),
    }


def whole_year(year: int) -> tuple[str, str]:
    return date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
