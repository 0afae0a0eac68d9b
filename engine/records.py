"""The frozen records that pass between the stages, and from the library to its users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # the window needs the records to start, and numpy takes a good part of that start
    import numpy as np
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"  # (height, width, 3), RGB
PixelBatch: TypeAlias = "NDArray[np.uint8]"  # (count, size, size, 3), RGB
Vectors: TypeAlias = "NDArray[np.float32]"  # (count, dimension), each row of unit length
Vector: TypeAlias = "NDArray[np.float32]"  # (dimension,), unit length


class ItemKind(StrEnum):
    PHOTO = "photo"  # one picture of its own; `page` is None
    PAGE = "page"  # a page of a document; `page` counts from 1


class Scope(StrEnum):
    ALL = "all"
    PHOTOS = "photos"
    PAGES = "pages"


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"  # by the day a photograph was taken, else by the file's own date
    OLDEST = "oldest"


class Orientation(StrEnum):
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    SQUARE = "square"


class Verdict(StrEnum):
    """How sure a match is, against what unrelated queries reach on this very library."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


# ---- scan and decode ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file that the scan met and whose name says that we may read it."""

    path: Path  # absolute, symlinks in the root resolved
    size: int  # bytes
    mtime_ns: int
    stamp: int | None = None  # as `paths.change_stamp` tells it; None: not looked at
    is_link: bool = False
    drive: Path | None = None  # where another file system is mounted that holds it, below the scanned folder


@dataclass(frozen=True, slots=True)
class PictureInput:
    """The geometry a picture model wants: what a decoding process needs to know of the model.

    "shortest": scale the shorter side to `size`, cut the centre. "squash": scale both sides to `size`.
    "longest": scale the longer side to `size`, pad with `fill`. "fit": scale the longer side down to `size`
    if it is larger, keep the shape.
    """

    size: int
    resize: Literal["shortest", "squash", "longest", "fit"] = "shortest"
    interpolation: Literal["bicubic", "bilinear"] = "bicubic"
    fill: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in fractions of the page: left, top, right, bottom, from the top left corner."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DecodedItem:
    """One picture, ready for a model. Made in a decoding process, sent to the main one."""

    page: int | None
    pixels: Pixels  # as `PictureInput` asks: (size, size, 3), or with "fit" (height, width, 3)
    width: int  # of the whole picture, upright, in pixels (pages: in points)
    height: int
    thumbnail: bytes  # JPEG, longer side at most 320
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    text: str = ""  # the text layer in reading order; "" where there is none
    words: tuple[Word, ...] = ()
    read: bool = False  # the text layer is all the text there is to see: nothing is left for OCR


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A page that could not be drawn, while others of the document could."""

    page: int
    kind: str  # a ProblemKind's value
    message: str


# ---- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What every stored vector carries: two vectors compare only when all three are equal."""

    name: str
    revision: str
    dimension: int


@dataclass(frozen=True, slots=True, eq=False)
class PageVectors:
    """What a page model says of one page, or of one picture that is looked for.

    `vectors`: (count, dimension) float32, rows of unit length, none of them padding. `cells`: (rows, columns)
    uint16, which vector stands for that part of the page; (0, 0) where no vector has a place.
    """

    vectors: NDArray[np.float32]
    cells: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class QueryVectors:
    """What a page model makes of a query: a vector a token, and the word that each token belongs to.

    `vectors`: (count, dimension) float32, rows of unit length, none of them padding. `words`: as many; "" for
    a token that belongs to no word.
    """

    vectors: NDArray[np.float32]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model as the user sees it."""

    name: str
    title: str
    installed: bool
    active: bool  # it answers searches now
    pending: bool  # chosen, its vectors not complete yet
    licence: str
    languages: str
    download_bytes: int
    dimension: int
    good_for: str
    source: str  # repository, or the folder it was added from
    kind: Literal["pictures", "pages"] = "pictures"  # what it finds: whole pictures, or places on pages
    prepared: float = 1.0  # while it is pending: the share of pictures and pages that has its vectors


# ---- the library as a whole --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FolderStatus:
    path: Path
    excludes: tuple[str, ...]
    available: bool  # False while its drive is unplugged
    files: int
    items: int
    failed: int  # files
    left_out: tuple[Path, ...] = ()  # what `excludes` name singly, and not by a pattern
    closed: tuple[Path, ...] = ()  # folders in it that could not be listed, or opened
    unplugged: tuple[Path, ...] = ()  # drives below it that are not connected


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    folders: tuple[FolderStatus, ...]
    files: int  # files known and present
    copies: int  # of these, beyond the first of each content that could be read
    items: int  # photographs and pages that can be found
    photos: int
    pages: int
    failed: int  # files, wholly or in part, and folders that could not be looked into
    missing: int  # files that are gone
    pending: int  # files not indexed yet
    unread: int  # items on which text is still to be looked for
    model: str
    page_model: str
    library_bytes: int
    unembedded: int = 0  # texts of which the meaning is still to be taken in
    meaning_problem: str = ""  # why texts are found by their words alone, in a sentence, or ""


@dataclass(frozen=True, slots=True)
class FailedFile:
    path: Path
    kind: str  # a ProblemKind's value
    message: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did. `embedded` counts pictures that went through the model."""

    files_seen: int = 0
    files_new: int = 0
    files_missing: int = 0
    linked_files: tuple[Path, ...] = ()  # the first of those that links lead to, by their real paths
    closed_folders: tuple[Path, ...] = ()  # that could not be listed, or opened
    files_other: int = 0  # neither pictures nor documents by their names
    embedded: int = 0
    read: int = 0  # items on which OCR looked for text
    pages_embedded: int = 0  # items that went through the page model
    failed: int = 0
    seconds: float = 0.0


# ---- search ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """What the user asks. At least one of `text`, `like`, `like_items` is not empty.

    `text` may take words away itself: "dog -beach", "dog not on a beach".
    """

    text: str = ""
    like: tuple[Path | bytes, ...] = ()  # a picture file, indexed or not, or the bytes of one
    like_items: tuple[int, ...] = ()  # items of the library
    not_text: tuple[str, ...] = ()
    scope: Scope = Scope.ALL
    limit: int = 50
    folders: tuple[Path, ...] = ()  # only below these; empty: everywhere
    file_types: tuple[str, ...] = ()  # only files of these types (".pdf", in lower case); empty: all
    not_like: tuple[Path | bytes, ...] = ()  # pictures to keep away from
    not_like_items: tuple[int, ...] = ()
    taken_from: str = ""  # "YYYY-MM-DD", that day included; "": no limit
    taken_to: str = ""
    orientation: Orientation | None = None
    theme: int = 0  # only items of that theme; 0: all
    order: Order = Order.RELEVANCE
    offset: int = 0  # hits up to that rank are passed over: `limit` counts from the first rank all the same
    by_document: bool = False  # the pages of a document are one hit, its best page

    @property
    def has_question(self) -> bool:
        """Whether there is a question to rank by; without one a query can only be browsed."""
        return bool(self.text.strip() or self.like or self.like_items)


@dataclass(frozen=True, slots=True)
class Hit:
    rank: int  # from 1
    item: int
    path: Path
    page: int | None
    kind: ItemKind
    score: float  # of its words and meaning, else MaxSim of a page model, else a cosine: not to be compared
    verdict: Verdict
    width: int
    height: int
    available: bool  # False while the file's drive is unplugged
    copies: int  # other files with the same content
    snippet: str = ""  # the words around a match on a page, or a file's name that is the question's text
    taken: str | None = None  # "YYYY-MM-DD HH:MM:SS", the camera's own clock
    group: int = 0  # items of one group look alike (near-duplicates, a burst); 0: of none
    dated: str = ""  # "YYYY-MM-DD": taken that day, else the file's own date; "" where it is not known
    document: DocumentHits | None = None  # of a page, where the query is `by_document`


@dataclass(frozen=True, slots=True)
class DocumentHits:
    """A document whose best page is a hit."""

    title: str  # what it calls itself
    pages: int  # all that it has
    matching: tuple[int, ...]  # the numbers of the pages that match, best first
    further: tuple[Hit, ...]  # three at most of these, best first, besides the hit's own page


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of a page that answers a word of the query."""

    text: str
    box: tuple[float, float, float, float]  # as in `Word`
    query_word: str
    score: float  # above 0 up to 1, which is the word itself


@dataclass(frozen=True, slots=True)
class HeatMap:
    """How well each part of a page fits a word of the query; "" stands for all words together."""

    query_word: str
    cells: tuple[tuple[float, ...], ...]  # rows from the top, each from the left; 0 to 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where on a page, or picture, the match is. Both are empty when nothing can be said."""

    words: tuple[MatchedWord, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    by_meaning: bool = False  # it means what is asked for, and says none of its words


LEAD = 5  # hits of the kind that is asked for, before any of the other, whatever their verdicts


@dataclass(frozen=True, slots=True)
class SearchResults:
    hits: tuple[Hit, ...]
    verdict: Verdict  # of the best hit
    model: str  # the picture model that answered
    milliseconds: Mapping[str, float] = field(default_factory=dict)  # by stage
    note: str = ""  # one sentence where something limits the answer, else ""
    ranked: bool = True  # False where nothing was asked: the hits are in the order of their dates
    question_language: str | None = None  # "German": a language that the picture model does not understand


# ---- what is known of one file -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a person may want to know of an item. Empty strings and None where the file does not say."""

    item: int
    paths: tuple[Path, ...]  # of the files that hold it; the first is the one that is shown
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
    """How a file stands with the library."""

    SEARCHABLE = "searchable"
    PARTLY = "partly"  # some of its pages failed, or are still to come
    PENDING = "pending"
    FAILED = "failed"
    EXCLUDED = "excluded"
    OUTSIDE = "outside"  # below no folder of the library
    OTHER_TYPE = "other type"  # its name is of no kind that is read
    PASSED_OVER = "passed over"  # hidden, a link, the library's own: the scan does not go there
    GONE = "gone"  # not on the disk
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class FileDiagnosis:
    """Why a file is, or is not, found."""

    path: Path
    situation: FileSituation
    message: str  # sentences for a person
    folder: Path | None = None  # the library's folder that it lies in
    items: tuple[int, ...] = ()
    left_out: Path | None = None  # what was excluded, and would have to be included again


# ---- what the library discovers by itself ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Theme:
    """Items that look as if they belonged together."""

    number: int  # from 1; `Query.theme`
    name: str
    cover: int  # the item that stands for it best
    items: int  # how many


@dataclass(frozen=True, slots=True)
class DuplicateFile:
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
    """A file as a person sees it: what lies there, and the item by which it was shown."""

    item: int
    path: Path


class ObjectionKind(StrEnum):
    """Why a file must not go to the bin."""

    GONE = "gone"  # no file is there any more
    CHANGED = "changed"  # it is not, or may not be, what the library showed
    UNREADABLE = "unreadable"  # so nobody can tell
    KEPT_GONE = "kept gone"  # the file that was to stay is not there
    KEPT_LINK = "kept link"  # the one that was to stay is only a link: it may lead to what goes
    KEPT_CHANGED = "kept changed"  # the one that was to stay holds something else, or cannot be read
    SAME_FILE = "same file"  # it and the one that was to stay are one file


@dataclass(frozen=True, slots=True)
class Objection:
    kind: ObjectionKind
    path: Path  # of the file that it is about


@dataclass(frozen=True, slots=True)
class Evaluation:
    queries: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    ndcg_at_5: float
    mean_average_precision: float
    p50_ms: float
    p95_ms: float
