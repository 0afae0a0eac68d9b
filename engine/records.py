"""The frozen records that pass between the stages, and from the library to its callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # the window imports the records at start, and importing numpy is slow
    import numpy as np
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"  # (height, width, 3), RGB
PixelBatch: TypeAlias = "NDArray[np.uint8]"  # (count, size, size, 3), RGB
Vectors: TypeAlias = "NDArray[np.float32]"  # (count, dimension), each row of unit length
Vector: TypeAlias = "NDArray[np.float32]"  # (dimension,), unit length


class ItemKind(StrEnum):
    """Whether an item is a photograph or a page of a document."""

    PHOTO = "photo"  # a picture file; `page` is None
    PAGE = "page"  # a page of a document; `page` counts from 1


class Scope(StrEnum):
    """Which kind of items a query searches."""

    ALL = "all"
    PHOTOS = "photos"
    PAGES = "pages"


class Order(StrEnum):
    """How results are sorted."""

    RELEVANCE = "relevance"
    NEWEST = "newest"  # by the day the photograph was taken, else by the file's modification date
    OLDEST = "oldest"


class Orientation(StrEnum):
    """The shape of a picture, as a filter."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    SQUARE = "square"


class Verdict(StrEnum):
    """How sure a match is, calibrated by what unrelated queries score on this library."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


# ---- scan and decode ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file that a scan found and whose name has a supported suffix."""

    path: Path  # absolute, symlinks in the root resolved
    size: int  # bytes
    mtime_ns: int
    stamp: int | None = None  # see `paths.change_stamp`; None: not determined
    is_link: bool = False
    drive: Path | None = None  # mount point of the file system that holds it, if below the scanned folder


@dataclass(frozen=True, slots=True)
class PictureInput:
    """The picture geometry a model expects: all that a decoding process needs to know of the model.

    "shortest": scale the shorter side to `size` and crop the centre. "squash": scale both sides to `size`.
    "longest": scale the longer side to `size` and pad with `fill`. "fit": scale the longer side down to
    `size` if it is larger, and keep the shape.
    """

    size: int
    resize: Literal["shortest", "squash", "longest", "fit"] = "shortest"
    interpolation: Literal["bicubic", "bilinear"] = "bicubic"
    fill: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box (left, top, right, bottom) in fractions of the page, from the top left corner."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DecodedItem:
    """One picture, ready for a model. A decoding process makes it and sends it to the main process."""

    page: int | None
    pixels: Pixels  # as `PictureInput` says: (size, size, 3), or with "fit" (height, width, 3)
    width: int  # of the whole picture, upright, in pixels (pages: in points)
    height: int
    thumbnail: bytes  # JPEG, longer side at most 320
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    text: str = ""  # the text layer in reading order; "" where there is none
    words: tuple[Word, ...] = ()
    read: bool = False  # the text layer has all visible text, so OCR is not needed


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A page that could not be rendered, while others of its document could."""

    page: int
    kind: str  # a ProblemKind's value
    message: str


# ---- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What every stored vector carries; vectors can be compared only if all three fields are equal."""

    name: str
    revision: str
    dimension: int


@dataclass(frozen=True, slots=True, eq=False)
class PageVectors:
    """A page model's vectors for one page, or for one query picture.

    `vectors`: (count, dimension) float32, rows of unit length, no padding. `cells`: (rows, columns) uint16,
    the row of `vectors` that stands for that part of the page; shape (0, 0) where vectors have no position.
    """

    vectors: NDArray[np.float32]
    cells: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class QueryVectors:
    """A page model's vectors for a query: one for each token, with the word that the token belongs to.

    `vectors`: (count, dimension) float32, rows of unit length, no padding. `words`: as many; "" for a token
    that belongs to no word.
    """

    vectors: NDArray[np.float32]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model as the user sees it."""

    name: str
    title: str
    installed: bool
    active: bool  # answers searches now
    pending: bool  # chosen, but its vectors are not complete yet
    licence: str
    languages: str
    download_bytes: int
    dimension: int
    good_for: str
    source: str  # repository, or the folder it was added from
    kind: Literal["pictures", "pages"] = "pictures"  # what it finds: whole pictures, or places on pages
    prepared: float = 1.0  # while pending: the share of pictures and pages that already have its vectors


# ---- the library as a whole --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder of the library and the counts of what is in it."""

    path: Path
    excludes: tuple[str, ...]
    available: bool  # False while its drive is unplugged
    files: int
    items: int
    failed: int  # files
    left_out: tuple[Path, ...] = ()  # what `excludes` names exactly, not by a pattern
    closed: tuple[Path, ...] = ()  # folders in it that could not be listed or opened
    unplugged: tuple[Path, ...] = ()  # drives below it that are not connected


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What is in the library, what is still to do, and which models answer."""

    folders: tuple[FolderStatus, ...]
    files: int  # files known and present
    copies: int  # of these, files beyond the first with the same readable content
    items: int  # photographs and pages that can be found
    photos: int
    pages: int
    failed: int  # files that failed wholly or in part, and folders that could not be opened
    missing: int  # files that are gone
    pending: int  # files not indexed yet
    unread: int  # items still waiting for OCR
    model: str
    page_model: str
    library_bytes: int
    unembedded: int = 0  # texts still waiting for their passage embeddings
    meaning_problem: str = ""  # a sentence on why texts are found by their words only, or ""


@dataclass(frozen=True, slots=True)
class LibraryChanges:
    """The differences between two looks at a library."""

    status: LibraryStatus  # now
    before: LibraryStatus | None = None  # None at the first look

    @property
    def removes_files(self) -> bool:
        """Whether there are fewer files than before."""
        return self.before is not None and self.status.files < self.before.files

    @property
    def reconnected(self) -> frozenset[Path]:
        """Folders and drives that were unplugged before and are connected now."""
        return frozenset() if self.before is None else _away(self.before) - _away(self.status)

    @property
    def folders(self) -> bool:
        """Whether the set of folders or their excludes changed."""
        return self.before is None or _searched(self.before) != _searched(self.status)


def _away(status: LibraryStatus) -> frozenset[Path]:
    folders = (folder.path for folder in status.folders if not folder.available)
    return frozenset((*folders, *(drive for folder in status.folders for drive in folder.unplugged)))


def _searched(status: LibraryStatus) -> frozenset[tuple[Path, tuple[str, ...]]]:
    return frozenset((folder.path, folder.excludes) for folder in status.folders)


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be indexed, and why."""

    path: Path
    kind: str  # a ProblemKind's value
    message: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did. `embedded` counts pictures that went through the picture model."""

    files_seen: int = 0
    files_new: int = 0
    files_missing: int = 0
    linked_files: tuple[Path, ...] = ()  # the first few targets of links, by their real paths
    closed_folders: tuple[Path, ...] = ()  # could not be listed or opened
    files_other: int = 0  # neither pictures nor documents, judging by their names
    embedded: int = 0
    read: int = 0  # items that went through OCR
    pages_embedded: int = 0  # items that went through the page model
    failed: int = 0
    seconds: float = 0.0


# ---- search ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a query, and the order of its results."""

    folders: tuple[Path, ...] = ()  # only below these; empty: everywhere
    file_types: tuple[str, ...] = ()  # only files of these types (".pdf", in lower case); empty: all
    taken_from: str = ""  # "YYYY-MM-DD", that day included; "": no limit
    taken_to: str = ""
    orientation: Orientation | None = None
    theme: int = 0  # only items of that theme; 0: all
    theme_name: str = field(default="", compare=False)  # finds the theme if its number has changed
    order: Order = Order.RELEVANCE

    @property
    def has_place(self) -> bool:
        """Whether the search is limited to folders or a theme."""
        return bool(self.folders or self.theme)

    @property
    def has_days(self) -> bool:
        """Whether the search is limited to certain days."""
        return bool(self.taken_from or self.taken_to)

    @property
    def excludes_items(self) -> bool:
        """Whether any filter is set; the order is not one."""
        return replace(self, order=Order.RELEVANCE) != NO_FILTERS

    def with_folder(self, folder: Path) -> Filters:
        """A copy with `folder` added to those named."""
        return replace(self, folders=tuple(dict.fromkeys((*self.folders, folder))))

    def anywhere(self) -> Filters:
        """A copy without folders and theme."""
        return replace(self, folders=(), theme=0, theme_name="")

    def with_types(self, types: tuple[str, ...]) -> Filters:
        """A copy with these types added to those named."""
        return replace(self, file_types=tuple(dict.fromkeys((*self.file_types, *types))))

    def without_types(self, types: tuple[str, ...]) -> Filters:
        """A copy that no longer names these types; if none is left, all types pass."""
        return replace(self, file_types=tuple(kept for kept in self.file_types if kept not in types))


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """What the user searches for. At least one of `text`, `like`, `like_items` must not be empty.

    `text` may exclude words by itself: "dog -beach", "dog not on a beach".
    """

    text: str = ""
    like: tuple[Path | bytes, ...] = ()  # a picture file, indexed or not, or the bytes of one
    like_items: tuple[int, ...] = ()  # items of the library
    not_text: tuple[str, ...] = ()
    scope: Scope = Scope.ALL
    limit: int = 50
    filters: Filters = NO_FILTERS
    not_like: tuple[Path | bytes, ...] = ()  # pictures that results should not resemble
    not_like_items: tuple[int, ...] = ()
    offset: int = 0  # skip the hits up to this rank; `limit` still counts from the first rank
    by_document: bool = False  # the pages of a document are one hit: its best page

    @property
    def has_question(self) -> bool:
        """Whether there is anything to rank by; a query without it can only be browsed."""
        return bool(self.text.strip() or self.like or self.like_items)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search, as a person sees it."""

    rank: int  # from 1
    item: int
    path: Path
    page: int | None
    kind: ItemKind
    score: float  # of words and meaning, MaxSim or a cosine; not comparable between photographs and pages
    verdict: Verdict
    width: int
    height: int
    available: bool  # False while the file's drive is unplugged
    copies: int  # other files with the same content
    snippet: str = ""  # the words around a match on a page, or a file name that matches the query's text
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    group: int = 0  # items of one group look alike (near-duplicates, a burst); 0: no group
    dated: str = ""  # "YYYY-MM-DD": the day it was taken, else of the file's modification; "": unknown
    document: DocumentHits | None = None  # set for a page if the query is `by_document`


@dataclass(frozen=True, slots=True)
class DocumentHits:
    """A document whose best page is a hit."""

    title: str  # from the document itself
    pages: int  # how many it has
    matching: tuple[int, ...]  # the numbers of the pages that match, best first
    further: tuple[Hit, ...]  # up to three of the other matching pages, best first


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of a page that matches a word of the query."""

    text: str
    box: tuple[float, float, float, float]  # as in `Word`
    query_word: str
    score: float  # above 0; 1 for the word itself


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How well each part of a page matches a word of the query; "" stands for all words together."""

    query_word: str
    cells: tuple[tuple[float, ...], ...]  # rows from the top, each from the left; 0 to 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where on a page or picture the match is. Both tuples are empty if nothing is known."""

    words: tuple[MatchedWord, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    by_meaning: bool = False  # the text matches by its meaning and contains none of the query's words


LEAD = 5  # hits of the kind the query is for that come before the other kind, whatever their verdicts


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The answer to a query: ranked hits, or with `ranked` False items sorted by date."""

    hits: tuple[Hit, ...]
    verdict: Verdict  # of the best hit
    model: str  # the picture model that answered
    milliseconds: Mapping[str, float] = field(default_factory=dict)  # by stage
    note: str = ""  # a sentence on what limits the answer, or ""
    ranked: bool = True  # False for a query without a question: the hits are sorted by date
    question_language: str | None = None  # "German": the query's language, if the picture model lacks it


# ---- what is known of one file -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Details of an item for its information panel. Empty strings and None where the file has no data."""

    item: int
    paths: tuple[Path, ...]  # of the files that contain it; the first is the one shown
    page: int | None
    pages: int | None  # of the document; None for a photograph
    bytes: int  # of the file
    modified: str  # "YYYY-MM-DD HH:MM:SS", local time
    width: int  # pixels (pages: points)
    height: int
    taken: str | None
    camera: str = ""
    lens: str = ""
    exposure: str = ""  # "1/125 s · f/2.8 · ISO 400 · 35 mm"
    latitude: float | None = None  # degrees, north is positive
    longitude: float | None = None  # degrees, east is positive
    title: str = ""  # of a document


class FileSituation(StrEnum):
    """The state of a file in relation to the library."""

    SEARCHABLE = "searchable"
    PARTLY = "partly"  # some of its pages failed, or are not indexed yet
    PENDING = "pending"
    FAILED = "failed"
    EXCLUDED = "excluded"
    OUTSIDE = "outside"  # in no folder of the library
    OTHER_TYPE = "other type"  # not a supported type, by its name
    PASSED_OVER = "passed over"  # hidden, a link, or the library's own: the scan skips it
    GONE = "gone"  # not on the disk
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class FileDiagnosis:
    """Why a file is found, or is not."""

    path: Path
    situation: FileSituation
    message: str  # sentences for a person
    folder: Path | None = None  # the library's folder that contains it
    items: tuple[int, ...] = ()
    left_out: Path | None = None  # the excluded path that would have to be included again


# ---- clusters ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of items that show one subject."""

    number: int  # from 1; `Filters.theme`
    name: str
    cover: int  # the item that represents it best
    items: int  # how many


@dataclass(frozen=True, slots=True)
class DuplicateFile:
    """One file of a group of duplicates."""

    item: int
    path: Path
    bytes: int
    width: int
    height: int
    taken: str | None


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Files with the same content ("copies"), or pictures that look the same; the best file first."""

    kind: Literal["copies", "alike", "burst"]
    files: tuple[DuplicateFile, ...]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as the user saw it: its path, and the item it was shown as."""

    item: int
    path: Path


class ObjectionKind(StrEnum):
    """Why a file must not be moved to the bin."""

    GONE = "gone"  # the file no longer exists
    CHANGED = "changed"  # it is not, or may not be, what the library showed
    UNREADABLE = "unreadable"  # its content cannot be checked
    KEPT_GONE = "kept gone"  # the file to keep does not exist
    KEPT_LINK = "kept link"  # the file to keep is only a link, perhaps to the one to remove
    KEPT_CHANGED = "kept changed"  # the file to keep has other content, or cannot be read
    SAME_FILE = "same file"  # it and the file to keep are one file


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a file must not be moved to the bin."""

    kind: ObjectionKind
    path: Path  # of the file it is about


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a set of queries was answered: recall, nDCG and mean average precision from 0 to 1."""

    queries: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    ndcg_at_5: float
    mean_average_precision: float
    p50_ms: float
    p95_ms: float
